package org.tensorferry.torchscript.syntax;

/**
 * A binary operator of numbers, tensors and lists, with the function that PyTorch prints in its
 * place.
 */
public enum BinaryOperator {
  ADD("+", "add"),
  SUBTRACT("-", "sub"),
  MULTIPLY("*", "mul"),
  DIVIDE("/", "div"),
  FLOOR_DIVIDE("//", "floordiv"),
  REMAINDER("%", "remainder"),
  MATRIX_MULTIPLY("@", "matmul"),
  POWER("**", "pow"),
  AND("&", "__and__"),
  OR("|", "__or__"),
  XOR("^", "__xor__"),
  SHIFT_LEFT("<<", "__lshift__"),
  SHIFT_RIGHT(">>", "__rshift__");

  private final String symbol;
  private final String function;

  BinaryOperator(String symbol, String function) {
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
