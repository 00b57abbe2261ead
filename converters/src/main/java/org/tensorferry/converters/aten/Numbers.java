package org.tensorferry.converters.aten;

import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Small functions of numbers that several families need. */
final class Numbers {

  private Numbers() {}

  static TfValue abs(TfGraph tf, TfValue x) {
    return switch (x.dtype()) {
      case UINT8, BOOL -> x;
      case COMPLEX64 -> tf.op("ComplexAbs", x).attr("Tout", DType.FLOAT32).get();
      case COMPLEX128 -> tf.op("ComplexAbs", x).attr("Tout", DType.FLOAT64).get();
      default -> tf.unary("Abs", x);
    };
  }

  /** Toward zero; of a floating type. */
  static TfValue truncate(TfGraph tf, TfValue x) {
    TfValue negative = tf.binary("Less", x, tf.scalar(x.dtype(), 0));
    return tf.select(negative, tf.unary("Ceil", x), tf.unary("Floor", x));
  }

  /** True also for negative zero and NaN with a sign. */
  static TfValue isSignSet(TfGraph tf, TfValue x) {
    TfValue bits =
        switch (x.dtype()) {
          case FLOAT16, BFLOAT16 -> bits(tf, x, DType.INT16);
          case FLOAT32 -> bits(tf, x, DType.INT32);
          case FLOAT64 -> bits(tf, x, DType.INT64);
          case BOOL -> tf.cast(x, DType.INT32);
          default -> x;
        };
    return tf.binary("Less", bits, tf.scalar(bits.dtype(), 0));
  }

  private static TfValue bits(TfGraph tf, TfValue x, DType dtype) {
    return tf.op("Bitcast", x).attr("type", dtype).shape(x.shape()).get();
  }

  /** x is not zero. */
  static TfValue isTrue(TfGraph tf, TfValue x) {
    if (x.dtype().isComplex()) {
      return tf.binary("NotEqual", x, tf.scalar(x.dtype(), 0));
    }
    return tf.cast(x, DType.BOOL);
  }

  /** NaN; never true for integers. */
  static TfValue isNan(TfGraph tf, TfValue x) {
    return x.dtype().isFloating() ? tf.unary("IsNan", x) : tf.binary("NotEqual", x, x);
  }

  /** The greatest finite number of a floating type. */
  static double largest(DType dtype) {
    return switch (dtype) {
      case FLOAT16 -> 65504;
      case BFLOAT16 -> 0x1.FEp127;
      case FLOAT32 -> Float.MAX_VALUE;
      case FLOAT64 -> Double.MAX_VALUE;
      default -> throw new IllegalArgumentException("not floating: " + dtype);
    };
  }

  /** A value that no element is greater than (or, less than): the identity of min (max). */
  static TfValue extreme(TfGraph tf, DType dtype, boolean greatest) {
    double sign = greatest ? 1 : -1;
    double value =
        switch (dtype) {
          case UINT8 -> greatest ? 255 : 0;
          case INT8 -> greatest ? Byte.MAX_VALUE : Byte.MIN_VALUE;
          case INT16 -> greatest ? Short.MAX_VALUE : Short.MIN_VALUE;
          case INT32 -> greatest ? Integer.MAX_VALUE : Integer.MIN_VALUE;
          case INT64 -> greatest ? Long.MAX_VALUE : Long.MIN_VALUE;
          default -> sign * Double.POSITIVE_INFINITY;
        };
    return tf.scalar(dtype, value);
  }
}
