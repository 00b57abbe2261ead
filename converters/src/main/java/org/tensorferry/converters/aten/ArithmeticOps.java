package org.tensorferry.converters.aten;

import java.util.List;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.Value;

/** Sums, products, quotients and powers. */
final class ArithmeticOps {

  private ArithmeticOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // sums
        AtenRule.of(
            "_add_relu.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor",
            (a, tf) -> tf.unary("Relu", add(a, tf))),
        AtenRule.of(
            "_add_relu.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor",
            (a, tf) -> tf.unary("Relu", add(a, tf))),
        AtenRule.of(
            "add.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor", ArithmeticOps::add),
        AtenRule.of(
            "add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor",
            ArithmeticOps::add),
        AtenRule.of(
            "addcdiv(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor",
            ArithmeticOps::addcdiv),
        AtenRule.of(
            "addcmul(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor",
            ArithmeticOps::addcmul),
        AtenRule.of(
            "lerp.Scalar(Tensor self, Tensor end, Scalar weight) -> Tensor", ArithmeticOps::lerp),
        AtenRule.of(
            "lerp.Tensor(Tensor self, Tensor end, Tensor weight) -> Tensor", ArithmeticOps::lerp),
        AtenRule.of(
            "rsub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor",
            ArithmeticOps::rsub),
        AtenRule.of(
            "rsub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor",
            ArithmeticOps::rsub),
        AtenRule.of(
            "sub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor", ArithmeticOps::sub),
        AtenRule.of(
            "sub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor",
            ArithmeticOps::sub),
        AtenRule.of(
            "subtract.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor",
            ArithmeticOps::sub),
        AtenRule.of(
            "subtract.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor",
            ArithmeticOps::sub),

        // products
        AtenRule.of("ldexp.Tensor(Tensor self, Tensor other) -> Tensor", ArithmeticOps::ldexp),
        AtenRule.of(
            "mul.Scalar(Tensor self, Scalar other) -> Tensor",
            Elementwise.numberOrBool("Mul", "LogicalAnd")),
        AtenRule.of(
            "mul.Tensor(Tensor self, Tensor other) -> Tensor",
            Elementwise.numberOrBool("Mul", "LogicalAnd")),
        AtenRule.of(
            "multiply.Scalar(Tensor self, Scalar other) -> Tensor",
            Elementwise.numberOrBool("Mul", "LogicalAnd")),
        AtenRule.of(
            "multiply.Tensor(Tensor self, Tensor other) -> Tensor",
            Elementwise.numberOrBool("Mul", "LogicalAnd")),
        AtenRule.of("square(Tensor self) -> Tensor", ArithmeticOps::square),

        // quotients
        AtenRule.of(
            "div.Scalar(Tensor self, Scalar other) -> Tensor", Elementwise.floating2("RealDiv")),
        AtenRule.of(
            "div.Scalar_mode(Tensor self, Scalar other, *, str? rounding_mode) -> Tensor",
            ArithmeticOps::divMode),
        AtenRule.of(
            "div.Tensor(Tensor self, Tensor other) -> Tensor", Elementwise.floating2("RealDiv")),
        AtenRule.of(
            "div.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode) -> Tensor",
            ArithmeticOps::divMode),
        AtenRule.of(
            "divide.Scalar(Tensor self, Scalar other) -> Tensor", Elementwise.floating2("RealDiv")),
        AtenRule.of(
            "divide.Scalar_mode(Tensor self, Scalar other, *, str? rounding_mode) -> Tensor",
            ArithmeticOps::divMode),
        AtenRule.of(
            "divide.Tensor(Tensor self, Tensor other) -> Tensor", Elementwise.floating2("RealDiv")),
        AtenRule.of(
            "divide.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode) -> Tensor",
            ArithmeticOps::divMode),
        AtenRule.of(
            "floor_divide(Tensor self, Tensor other) -> Tensor",
            Elementwise.promoted(ArithmeticOps::floorQuotient)),
        AtenRule.of(
            "floor_divide.Scalar(Tensor self, Scalar other) -> Tensor",
            Elementwise.promoted(ArithmeticOps::floorQuotient)),
        AtenRule.of(
            "fmod.Scalar(Tensor self, Scalar other) -> Tensor",
            Elementwise.rounded(ArithmeticOps::truncateMod)),
        AtenRule.of(
            "fmod.Tensor(Tensor self, Tensor other) -> Tensor",
            Elementwise.rounded(ArithmeticOps::truncateMod)),
        AtenRule.of("reciprocal(Tensor self) -> Tensor", Elementwise.floating("Reciprocal")),
        AtenRule.of(
            "remainder.Scalar(Tensor self, Scalar other) -> Tensor",
            Elementwise.rounded(ArithmeticOps::floorMod)),
        AtenRule.of(
            "remainder.Scalar_Tensor(Scalar self, Tensor other) -> Tensor",
            Elementwise.rounded(ArithmeticOps::floorMod)),
        AtenRule.of(
            "remainder.Tensor(Tensor self, Tensor other) -> Tensor",
            Elementwise.rounded(ArithmeticOps::floorMod)),
        AtenRule.of(
            "true_divide.Scalar(Tensor self, Scalar other) -> Tensor",
            Elementwise.floating2("RealDiv")),
        AtenRule.of(
            "true_divide.Tensor(Tensor self, Tensor other) -> Tensor",
            Elementwise.floating2("RealDiv")),

        // powers
        AtenRule.of(
            "float_power.Scalar(Scalar self, Tensor exponent) -> Tensor",
            ArithmeticOps::floatPower),
        AtenRule.of(
            "float_power.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor",
            ArithmeticOps::floatPower),
        AtenRule.of(
            "float_power.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor",
            ArithmeticOps::floatPower),
        AtenRule.of("pow.Scalar(Scalar self, Tensor exponent) -> Tensor", ArithmeticOps::pow),
        AtenRule.of(
            "pow.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor", ArithmeticOps::pow),
        AtenRule.of(
            "pow.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor", ArithmeticOps::pow));
  }

  // --- sums

  static TfValue add(OpArgs a, TfGraph tf) {
    DType dtype = a.promote("self", "other");
    TfValue self = a.operand("self", dtype);
    TfValue other = scaledOther(a, tf, dtype);
    return dtype == DType.BOOL ? tf.binary("LogicalOr", self, other) : tf.add(self, other);
  }

  static TfValue sub(OpArgs a, TfGraph tf) {
    DType dtype = a.promote("self", "other");
    return tf.sub(a.operand("self", dtype), scaledOther(a, tf, dtype));
  }

  static TfValue rsub(OpArgs a, TfGraph tf) {
    DType dtype = a.promote("self", "other");
    TfValue self = scaled(a, tf, "alpha", a.operand("self", dtype));
    return tf.sub(a.operand("other", dtype), self);
  }

  private static TfValue scaledOther(OpArgs a, TfGraph tf, DType dtype) {
    return scaled(a, tf, "alpha", a.operand("other", dtype));
  }

  private static TfValue scaled(OpArgs a, TfGraph tf, String factor, TfValue x) {
    if (Elementwise.isOne(a.value(factor))) {
      return x;
    }
    TfValue scale = a.operand(factor, x.dtype());
    return x.dtype() == DType.BOOL ? tf.binary("LogicalAnd", x, scale) : tf.mul(x, scale);
  }

  static TfValue addcmul(OpArgs a, TfGraph tf) {
    DType dtype = a.promote("self", "tensor1", "tensor2");
    DType wide = Kernels.accumulator(dtype);
    TfValue scaled = scaled(a, tf, "value", a.operand("tensor1", wide));
    TfValue product = tf.mul(scaled, a.operand("tensor2", wide));
    return tf.cast(tf.add(a.operand("self", wide), product), dtype);
  }

  static TfValue addcdiv(OpArgs a, TfGraph tf) {
    DType dtype = a.promoteToFloating("self", "tensor1", "tensor2");
    DType wide = Kernels.accumulator(dtype);
    TfValue quotient = tf.div(a.operand("tensor1", wide), a.operand("tensor2", wide));
    return tf.cast(tf.add(a.operand("self", wide), scaled(a, tf, "value", quotient)), dtype);
  }

  /** From the nearer end, so that weight 1 gives {@code end} exactly. */
  static TfValue lerp(OpArgs a, TfGraph tf) {
    DType dtype = a.promote("self", "end");
    DType wide = Kernels.accumulator(dtype);
    TfValue start = a.operand("self", wide);
    TfValue end = a.operand("end", wide);
    TfValue weight = a.operand("weight", wide);
    TfValue way = tf.sub(end, start);
    TfValue fromStart = tf.add(start, tf.mul(weight, way));
    TfValue rest = tf.sub(tf.scalar(wide, 1), weight);
    TfValue fromEnd = tf.sub(end, tf.mul(way, rest));
    TfValue near = tf.binary("Less", Numbers.abs(tf, weight), tf.scalar(wide, 0.5));
    return tf.cast(tf.select(near, fromStart, fromEnd), dtype);
  }

  // --- products

  /** x 2^y, where the power is rounded to the type of y. */
  static TfValue ldexp(OpArgs a, TfGraph tf) {
    DType dtype = a.promoteToFloating("self", "other");
    DType powers = a.promoteToFloating("other");
    TfValue power = Kernels.binary(tf, "Pow", tf.scalar(powers, 2), a.operand("other", powers));
    return Kernels.binary(tf, "Mul", a.operand("self", dtype), tf.cast(power, dtype));
  }

  static TfValue square(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    return x.dtype() == DType.BOOL
        ? tf.cast(x, DType.INT64)
        : Kernels.wide(tf, x, wide -> tf.unary("Square", wide));
  }

  // --- quotients

  static TfValue divMode(OpArgs a, TfGraph tf) {
    if (!a.isGiven("rounding_mode")) {
      return Elementwise.floating2("RealDiv").emit(a, tf);
    }
    String mode = a.text("rounding_mode");
    return switch (mode) {
      case "floor" -> Elementwise.promoted(ArithmeticOps::floorQuotient).emit(a, tf);
      case "trunc" -> Elementwise.promoted(ArithmeticOps::truncateQuotient).emit(a, tf);
      default -> throw a.refuse("torch knows no rounding mode `" + mode + "`", "");
    };
  }

  /**
   * Exact quotient of what is divisible: 1.0 // 0.1 is 9 as in torch, where the floor of the
   * rounded quotient would be 10.
   */
  private static TfValue floorQuotient(TfGraph tf, TfValue x, TfValue y) {
    if (!x.dtype().isFloating()) {
      return Kernels.binary(tf, "FloorDiv", x, y);
    }
    TfValue divisible = tf.sub(x, tf.binary("FloorMod", x, y));
    TfValue isZero = tf.binary("Equal", y, tf.scalar(y.dtype(), 0));
    TfValue quotient = tf.select(isZero, tf.div(x, y), tf.unary("Round", tf.div(divisible, y)));
    return tf.select(tf.unary("IsInf", y), ofInfinity(tf, x, y), quotient);
  }

  /** 0 or -1 by the signs; x - x is NaN where x is infinite too. */
  private static TfValue ofInfinity(TfGraph tf, TfValue x, TfValue y) {
    TfValue sign = tf.mul(tf.unary("Sign", x), tf.unary("Sign", y));
    return tf.add(tf.unary("Floor", tf.mul(sign, 0.5)), tf.sub(x, x));
  }

  private static TfValue truncateQuotient(TfGraph tf, TfValue x, TfValue y) {
    return x.dtype().isFloating()
        ? Numbers.truncate(tf, tf.div(x, y))
        : Kernels.binary(tf, "TruncateDiv", x, y);
  }

  private static TfValue floorMod(TfGraph tf, TfValue x, TfValue y) {
    return Kernels.binary(tf, "FloorMod", x, y);
  }

  /**
   * Remainder with the sign of x. TruncateMod has no gradient, so floats use the remainder of the
   * magnitudes, which is exact too.
   */
  private static TfValue truncateMod(TfGraph tf, TfValue x, TfValue y) {
    if (!x.dtype().isFloating()) {
      return Kernels.binary(tf, "TruncateMod", x, y);
    }
    TfValue magnitude = tf.binary("FloorMod", tf.unary("Abs", x), tf.unary("Abs", y));
    return tf.mul(tf.unary("Sign", x), magnitude);
  }

  // --- powers

  static TfValue pow(OpArgs a, TfGraph tf) {
    DType dtype = a.promote("self", "exponent");
    DType wide = Kernels.accumulator(dtype);
    Value exponent = a.value("exponent");
    boolean fixed =
        exponent instanceof Value.Floating
            || (exponent instanceof Value.Int number && number.value().isKnown());
    TfValue base = a.operand("self", wide);
    TfValue power =
        fixed && dtype != DType.BOOL
            ? pow(a, tf, base, a.number("exponent"))
            : power(tf, base, a.operand("exponent", wide));
    return tf.cast(power, dtype);
  }

  /** Integers to negative powers, which TensorFlow refuses: 0, but for the powers of 1 and -1. */
  private static TfValue power(TfGraph tf, TfValue x, TfValue exponent) {
    if (!x.dtype().isInteger() || x.dtype() == DType.UINT8) {
      return Kernels.binary(tf, "Pow", x, exponent);
    }
    TfValue negative = tf.binary("Less", exponent, tf.scalar(x.dtype(), 0));
    TfValue parity = Kernels.binary(tf, "FloorMod", exponent, tf.scalar(x.dtype(), 2));
    TfValue power = Kernels.binary(tf, "Pow", x, tf.select(negative, parity, exponent));
    TfValue unit = tf.binary("Equal", Kernels.unary(tf, "Abs", x), tf.scalar(x.dtype(), 1));
    TfValue vanishes = tf.binary("LogicalAnd", negative, tf.unary("LogicalNot", unit));
    return tf.select(vanishes, tf.scalar(x.dtype(), 0), power);
  }

  /** The exponents that torch computes by multiplication and roots. */
  private static TfValue pow(OpArgs a, TfGraph tf, TfValue x, double exponent) {
    if (exponent == 1) {
      return x;
    }
    if (exponent == 2) {
      return tf.unary("Square", x);
    }
    if (exponent == 3) {
      return tf.mul(tf.unary("Square", x), x);
    }
    if (x.dtype().isFloating() || x.dtype().isComplex()) {
      if (exponent == 0.5) {
        return tf.unary("Sqrt", x);
      }
      if (exponent == -0.5) {
        return tf.unary("Rsqrt", x);
      }
      if (exponent == -1) {
        return tf.unary("Reciprocal", x);
      }
      if (exponent == -2) {
        return tf.unary("Reciprocal", tf.unary("Square", x));
      }
    }
    return Kernels.binary(tf, "Pow", x, a.operand("exponent", x.dtype()));
  }

  static TfValue floatPower(OpArgs a, TfGraph tf) {
    boolean complex = a.promote("self", "exponent").isComplex();
    DType dtype = complex ? DType.COMPLEX128 : DType.FLOAT64;
    return tf.binary("Pow", a.operand("self", dtype), a.operand("exponent", dtype));
  }
}
