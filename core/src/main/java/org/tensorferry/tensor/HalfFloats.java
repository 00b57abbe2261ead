package org.tensorferry.tensor;

/**
 * Conversions of the 16-bit floating types, which Java 17 lacks: IEEE 754 binary16 and bfloat16,
 * rounding half to even.
 */
public final class HalfFloats {

  private HalfFloats() {}

  /** The binary16 nearest to a number, ties to even. */
  public static short toHalf(double value) {
    int sign = (int) (Double.doubleToRawLongBits(value) >>> 48) & 0x8000;
    double magnitude = Math.abs(value);
    if (Double.isNaN(value)) {
      return (short) (sign | 0x7e00);
    }
    if (magnitude >= 65520.0) {
      return (short) (sign | 0x7c00);
    }
    if (magnitude < 0x1p-14) {
      // Subnormal: units of 2^-24; Math.rint rounds half to even. A carry gives the least normal
      // number.
      return (short) (sign | (int) Math.rint(magnitude * 0x1p24));
    }
    int exponent = Math.getExponent(magnitude);
    int mantissa = (int) Math.rint(magnitude * Math.scalb(1.0, 10 - exponent)) - 1024;
    return (short) (sign | (((exponent + 15) << 10) + mantissa));
  }

  public static float fromHalf(short half) {
    int exponent = (half >>> 10) & 0x1f;
    int mantissa = half & 0x3ff;
    float sign = half < 0 ? -1f : 1f;
    if (exponent == 0x1f) {
      return mantissa == 0 ? sign * Float.POSITIVE_INFINITY : Float.NaN;
    }
    return exponent == 0
        ? sign * mantissa * 0x1p-24f
        : sign * Math.scalb(1024f + mantissa, exponent - 25);
  }

  /** The bfloat16 nearest to a number's float32 value, ties to even. */
  public static short toBfloat16(double value) {
    int bits = Float.floatToRawIntBits((float) value);
    if (Double.isNaN(value)) {
      return (short) ((bits >>> 16) | 0x40);
    }
    return (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
  }

  public static float fromBfloat16(short bfloat16) {
    return Float.intBitsToFloat(bfloat16 << 16);
  }
}
