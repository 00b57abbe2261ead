package org.tensorferry.dim;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A comparison of two integers over dims, {@code time >= 16}. */
public record Relation(Dim left, Operator operator, Dim right) {

  private static final Pattern COMPARISON =
      Pattern.compile("([^=<>!]+) (==|!=|<=|>=|<|>) ([^=<>!]+)");

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

    static Optional<Operator> of(String sign) {
      return Arrays.stream(values()).filter(operator -> operator.sign.equals(sign)).findFirst();
    }
  }

  /**
   * Reads what {@link #toString} prints.
   *
   * @throws IllegalArgumentException where the text is no relation of dims
   */
  public static Relation parse(String text) {
    Matcher comparison = COMPARISON.matcher(text);
    if (!comparison.matches()) {
      throw new IllegalArgumentException("`" + text + "` is no relation of dims");
    }
    Operator operator = Operator.of(comparison.group(2)).orElseThrow();
    return new Relation(Dim.parse(comparison.group(1)), operator, Dim.parse(comparison.group(3)));
  }

  /** Whether it holds at these sizes; one that is about other dims as well does. */
  public boolean holds(Map<String, Long> sizes) {
    if (symbols().stream().anyMatch(symbol -> !sizes.containsKey(symbol.name()))) {
      return true;
    }
    int order = Long.compare(at(left, sizes), at(right, sizes));
    return switch (operator) {
      case EQUAL -> order == 0;
      case NOT_EQUAL -> order != 0;
      case LESS -> order < 0;
      case LESS_EQUAL -> order <= 0;
      case GREATER -> order > 0;
      case GREATER_EQUAL -> order >= 0;
    };
  }

  private static long at(Dim dim, Map<String, Long> sizes) {
    return dim.evaluate(symbol -> sizes.getOrDefault(symbol.name(), 1L));
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
