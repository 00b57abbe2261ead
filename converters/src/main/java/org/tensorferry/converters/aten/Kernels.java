package org.tensorferry.converters.aten;

import java.util.Set;
import java.util.function.UnaryOperator;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * The element types in which TensorFlow's CPU can compute. Where an operator has no kernel for a
 * type, it is computed in the next wider type that has one and converted back: bool and small
 * integers in int32, half types in float32. Integer conversion wraps, so the result is torch's.
 */
final class Kernels {

  /** No kernel for uint8, some none for int8 and int16 either. */
  private static final Set<String> NO_SMALL_INTEGERS =
      Set.of("Abs", "Mod", "Neg", "Pow", "Round", "Sign", "SquaredDifference", "TruncateMod");

  /** No kernel for float16 or bfloat16, or one that adds up in the narrow type. */
  private static final Set<String> NO_HALF =
      Set.of(
          "BesselI0",
          "BesselI0e",
          "BesselI1",
          "BesselI1e",
          "Cumprod",
          "Cumsum",
          "CumulativeLogsumexp",
          "Digamma",
          "Erfinv",
          "Igamma",
          "Igammac",
          "Lgamma",
          "LogSoftmax",
          "Mean",
          "Ndtri",
          "Polygamma",
          "Prod",
          "Rint",
          "Rsqrt",
          "Softmax",
          "Sum",
          "TruncateMod",
          "Zeta");

  private Kernels() {}

  /** The type that an operator computes in, given the type that it is wanted in. */
  static DType computed(String op, DType wanted) {
    return switch (wanted) {
      case BOOL -> DType.INT32;
      case UINT8, INT8, INT16 -> NO_SMALL_INTEGERS.contains(op) ? DType.INT32 : wanted;
      case FLOAT16, BFLOAT16 -> NO_HALF.contains(op) ? DType.FLOAT32 : wanted;
      default -> wanted;
    };
  }

  /** An operator of one operand; the result has the operand's type. */
  static TfValue unary(TfGraph tf, String op, TfValue x) {
    return tf.cast(tf.unary(op, tf.cast(x, computed(op, x.dtype()))), x.dtype());
  }

  /** An operator of two operands of one type; the result has that type. */
  static TfValue binary(TfGraph tf, String op, TfValue x, TfValue y) {
    DType dtype = computed(op, x.dtype());
    return tf.cast(tf.binary(op, tf.cast(x, dtype), tf.cast(y, dtype)), x.dtype());
  }

  /** A reduction; the result has the operand's type. */
  static TfValue reduce(TfGraph tf, String op, TfValue x, boolean keepDims, int... axes) {
    DType dtype = computed(op, x.dtype());
    return tf.cast(tf.reduce(op, tf.cast(x, dtype), keepDims, axes), x.dtype());
  }

  /** Sums of updates at places; a sum of bools is true where any of them is. */
  static TfValue scatterSum(TfGraph tf, TfValue base, TfValue places, TfValue updates) {
    if (base.dtype() != DType.BOOL) {
      return tf.op("TensorScatterAdd", base, places, updates).get();
    }
    TfValue count = tf.cast(base, DType.INT32);
    TfValue more = tf.cast(updates, DType.INT32);
    return tf.cast(tf.op("TensorScatterAdd", count, places, more).get(), DType.BOOL);
  }

  /** The type in which torch computes formulas of several steps. */
  static DType accumulator(DType dtype) {
    return dtype == DType.FLOAT16 || dtype == DType.BFLOAT16 ? DType.FLOAT32 : dtype;
  }

  /** A formula of several steps on one operand: half types in float32, rounded once at the end. */
  static TfValue wide(TfGraph tf, TfValue x, UnaryOperator<TfValue> formula) {
    return tf.cast(formula.apply(tf.cast(x, accumulator(x.dtype()))), x.dtype());
  }
}
