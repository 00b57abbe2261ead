package org.tensorferry.torchscript.interp;

import org.tensorferry.dim.Dim;

/** The binary operators whose result has the type of its operands: on ints, dims and floats. */
enum Arithmetic {
  ADD("aten::add"),
  SUBTRACT("aten::sub"),
  MULTIPLY("aten::mul"),
  FLOOR_DIVIDE("aten::floor_divide"),
  REMAINDER("aten::remainder"),
  MINIMUM("aten::minimum"),
  MAXIMUM("aten::maximum");

  private final String operator;

  Arithmetic(String operator) {
    this.operator = operator;
  }

  /** The operator on tensors that does the same. */
  String operator() {
    return operator;
  }

  /** On 64-bit integers that wrap, as libtorch's do; on dims exactly. */
  Dim apply(Dim a, Dim b) {
    if (a.isKnown() && b.isKnown()) {
      return Dim.of(apply(a.known(), b.known()));
    }
    return switch (this) {
      case ADD -> a.plus(b);
      case SUBTRACT -> a.minus(b);
      case MULTIPLY -> a.times(b);
      case FLOOR_DIVIDE -> a.floorDiv(b);
      case REMAINDER -> a.floorMod(b);
      case MINIMUM -> a.min(b);
      case MAXIMUM -> a.max(b);
    };
  }

  private long apply(long a, long b) {
    return switch (this) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case FLOOR_DIVIDE -> Math.floorDiv(a, b);
      case REMAINDER -> Math.floorMod(a, b);
      case MINIMUM -> Math.min(a, b);
      case MAXIMUM -> Math.max(a, b);
    };
  }

  double apply(double a, double b) {
    return switch (this) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case FLOOR_DIVIDE -> Math.floor(a / b);
      case REMAINDER -> remainder(a, b);
      case MINIMUM -> b < a ? b : a;
      case MAXIMUM -> b > a ? b : a;
    };
  }

  /** Python's {@code %}: the result has the sign of the divisor. */
  private static double remainder(double a, double b) {
    double rest = a % b;
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  }
}
