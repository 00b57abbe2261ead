package org.tensorferry.dim;

import java.util.SortedSet;
import java.util.TreeSet;

/** A comparison of two integers over dims, {@code time >= 16}. */
public record Relation(Dim left, Operator operator, Dim right) {

  /** How two integers are compared. */
  public enum Operator {
    EQUAL("=="),
    NOT_EQUAL("!="),
    LESS("<"),
    LESS_EQUAL("<="),
    GREATER(">"),
    GREATER_EQUAL(">=");

    private final String sign;

    Operator(String sign) {
      this.sign = sign;
    }
  }

  /** All symbols of both sides. */
  public SortedSet<Symbol> symbols() {
    TreeSet<Symbol> symbols = new TreeSet<>(left.symbols());
    symbols.addAll(right.symbols());
    return symbols;
  }

  @Override
  public String toString() {
    return left + " " + operator.sign + " " + right;
  }
}
