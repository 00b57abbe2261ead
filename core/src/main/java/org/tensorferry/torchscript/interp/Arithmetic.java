package org.tensorferry.torchscript.interp;

import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;
import org.tensorferry.tensor.Dim;

/** The binary operators whose result has the type of its operands: on ints, dims and floats. */
enum Arithmetic {
  ADD("aten::add", (a, b) -> a + b, (a, b) -> a + b, Dim::plus),
  SUBTRACT("aten::sub", (a, b) -> a - b, (a, b) -> a - b, Dim::minus),
  MULTIPLY("aten::mul", (a, b) -> a * b, (a, b) -> a * b, Dim::times),
  FLOOR_DIVIDE("aten::floor_divide", Math::floorDiv, (a, b) -> Math.floor(a / b), Dim::floorDiv),
  REMAINDER("aten::remainder", Math::floorMod, Arithmetic::remainder, Dim::floorMod),
  MINIMUM("aten::minimum", Math::min, (a, b) -> b < a ? b : a, Dim::min),
  MAXIMUM("aten::maximum", Math::max, (a, b) -> b > a ? b : a, Dim::max);

  private final String operator;
  private final LongBinaryOperator onIntegers;
  private final DoubleBinaryOperator onFloats;
  private final BinaryOperator<Dim> onDims;

  Arithmetic(
      String operator,
      LongBinaryOperator onIntegers,
      DoubleBinaryOperator onFloats,
      BinaryOperator<Dim> onDims) {
    this.operator = operator;
    this.onIntegers = onIntegers;
    this.onFloats = onFloats;
    this.onDims = onDims;
  }

  /** The operator on tensors that does the same. */
  String operator() {
    return operator;
  }

  /** On 64-bit integers that wrap, as libtorch's do; on dims exactly. */
  Dim apply(Dim a, Dim b) {
    return a.isKnown() && b.isKnown()
        ? Dim.of(onIntegers.applyAsLong(a.known(), b.known()))
        : onDims.apply(a, b);
  }

  double apply(double a, double b) {
    return onFloats.applyAsDouble(a, b);
  }

  /** Python's {@code %}: the result has the sign of the divisor. */
  private static double remainder(double a, double b) {
    double rest = a % b;
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  }
}
