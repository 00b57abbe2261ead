package org.tensorferry.torchscript.syntax;

/** An operator that evaluates its right operand only where the left one does not decide. */
public enum BoolOperator {
  AND("and"),
  OR("or");

  private final String symbol;

  BoolOperator(String symbol) {
    this.symbol = symbol;
  }

  /** As it is written between its operands. */
  public String symbol() {
    return symbol;
  }
}
