package org.tensorferry.torchscript.syntax;

/** A unary operator, with the function that PyTorch prints in its place. */
public enum UnaryOperator {
  NEGATE("-", "neg"),
  INVERT("~", "bitwise_not"),
  NOT("not", "__not__");

  private final String symbol;
  private final String function;

  UnaryOperator(String symbol, String function) {
    this.symbol = symbol;
    this.function = function;
  }

  /** As it is written before its operand. */
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
