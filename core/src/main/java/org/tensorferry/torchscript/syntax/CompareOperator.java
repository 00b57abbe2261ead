package org.tensorferry.torchscript.syntax;

/**
 * A comparison, with the function that PyTorch prints in its place.
 *
 * <p>The function of {@code IN} and {@code NOT_IN} takes the container first; {@code NOT_IN}
 * negates its result.
 */
public enum CompareOperator {
  EQUAL("==", "eq"),
  NOT_EQUAL("!=", "ne"),
  LESS("<", "lt"),
  LESS_EQUAL("<=", "le"),
  GREATER(">", "gt"),
  GREATER_EQUAL(">=", "ge"),
  IS("is", "__is__"),
  IS_NOT("is not", "__isnot__"),
  IN("in", "__contains__"),
  NOT_IN("not in", "__contains__");

  private final String symbol;
  private final String function;

  CompareOperator(String symbol, String function) {
    this.symbol = symbol;
    this.function = function;
  }

  /** As it is written between its operands. */
  public String symbol() {
    return symbol;
  }

  /**
   * The function under {@code torch} that PyTorch's compiler calls for it, such as {@code
   * floordiv}.
   */
  public String function() {
    return function;
  }
}
