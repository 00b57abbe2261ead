package org.tensorferry.tensor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Single elements in little-endian arrays: reading, writing, converting and adding them. */
final class Elements {

  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Elements() {}

  /**
   * Copies {@code n} elements of {@code bytes} bytes between strided places; positions count
   * elements.
   */
  static void copy(
      byte[] source, int from, int fromStep, byte[] target, int to, int toStep, int n, int bytes) {
    switch (bytes) {
      case 1 -> {
        for (int i = 0; i < n; i++) {
          target[to + i * toStep] = source[from + i * fromStep];
        }
      }
      case 2 -> {
        for (int i = 0; i < n; i++) {
          short bits = (short) SHORTS.get(source, (from + i * fromStep) * 2);
          SHORTS.set(target, (to + i * toStep) * 2, bits);
        }
      }
      case 4 -> {
        for (int i = 0; i < n; i++) {
          int bits = (int) INTS.get(source, (from + i * fromStep) * 4);
          INTS.set(target, (to + i * toStep) * 4, bits);
        }
      }
      case 8 -> {
        for (int i = 0; i < n; i++) {
          long bits = (long) LONGS.get(source, (from + i * fromStep) * 8);
          LONGS.set(target, (to + i * toStep) * 8, bits);
        }
      }
      default -> {
        for (int i = 0; i < n; i++) {
          System.arraycopy(
              source, (from + i * fromStep) * bytes, target, (to + i * toStep) * bytes, bytes);
        }
      }
    }
  }

  /** An element of an integer type or bool; bool is 0 or 1. */
  static long getLong(DType type, byte[] source, int index) {
    return switch (type) {
      case BOOL -> source[index] == 0 ? 0 : 1;
      case UINT8 -> source[index] & 0xff;
      case INT8 -> source[index];
      case INT16 -> (short) SHORTS.get(source, index * 2);
      case INT32 -> (int) INTS.get(source, index * 4);
      case INT64 -> (long) LONGS.get(source, index * 8);
      default -> throw new IllegalArgumentException(type + " is not an integer type");
    };
  }

  /** An element of a floating or integer type or bool. */
  static double getDouble(DType type, byte[] source, int index) {
    return switch (type) {
      case FLOAT16 -> HalfFloats.fromHalf((short) SHORTS.get(source, index * 2));
      case BFLOAT16 -> HalfFloats.fromBfloat16((short) SHORTS.get(source, index * 2));
      case FLOAT32 -> Float.intBitsToFloat((int) INTS.get(source, index * 4));
      case FLOAT64 -> Double.longBitsToDouble((long) LONGS.get(source, index * 8));
      default -> getLong(type, source, index);
    };
  }

  /** Writes an element of an integer type or bool, dropping high bits. */
  static void putLong(DType type, byte[] target, int index, long value) {
    switch (type) {
      case BOOL -> target[index] = (byte) (value == 0 ? 0 : 1);
      case UINT8, INT8 -> target[index] = (byte) value;
      case INT16 -> SHORTS.set(target, index * 2, (short) value);
      case INT32 -> INTS.set(target, index * 4, (int) value);
      case INT64 -> LONGS.set(target, index * 8, value);
      default -> throw new IllegalArgumentException(type + " is not an integer type");
    }
  }

  /** Writes an element of a floating or integer type or bool, rounding as torch does. */
  static void putDouble(DType type, byte[] target, int index, double value) {
    switch (type) {
      // Through float: c10::Half and c10::BFloat16 have no conversion of their own from double.
      case FLOAT16 -> SHORTS.set(target, index * 2, HalfFloats.toHalf((float) value));
      case BFLOAT16 -> SHORTS.set(target, index * 2, HalfFloats.toBfloat16(value));
      case FLOAT32 -> INTS.set(target, index * 4, Float.floatToRawIntBits((float) value));
      case FLOAT64 -> LONGS.set(target, index * 8, Double.doubleToRawLongBits(value));
      case BOOL -> target[index] = (byte) (value == 0 ? 0 : 1);
      default -> putLong(type, target, index, (long) value);
    }
  }

  /** Converts the first {@code n} elements. */
  static void convert(DType from, byte[] source, DType to, byte[] target, int n) {
    boolean whole = !from.isFloating() && !to.isFloating();
    for (int i = 0; i < n; i++) {
      if (whole) {
        putLong(to, target, i, getLong(from, source, i));
      } else if (to.isFloating() && from == DType.INT64) {
        putLongRounded(to, target, i, getLong(from, source, i));
      } else {
        putDouble(to, target, i, getDouble(from, source, i));
      }
    }
  }

  /** Rounds once: a long on its way to a float must not pass through a double. */
  private static void putLongRounded(DType type, byte[] target, int index, long value) {
    putDouble(type, target, index, type == DType.FLOAT64 ? (double) value : (double) (float) value);
  }

  /** Adds the first {@code n} elements to those of {@code sum}, in the precision of the type. */
  static void add(DType type, byte[] sum, byte[] term, int n) {
    switch (type) {
      case COMPLEX64 -> add(DType.FLOAT32, sum, term, 2 * n);
      case COMPLEX128 -> add(DType.FLOAT64, sum, term, 2 * n);
      case COMPLEX32 -> add(DType.FLOAT16, sum, term, 2 * n);
      case FLOAT16, BFLOAT16, FLOAT32 -> {
        for (int i = 0; i < n; i++) {
          float a = (float) getDouble(type, sum, i);
          float b = (float) getDouble(type, term, i);
          putDouble(type, sum, i, a + b);
        }
      }
      case FLOAT64 -> {
        for (int i = 0; i < n; i++) {
          putDouble(type, sum, i, getDouble(type, sum, i) + getDouble(type, term, i));
        }
      }
      default -> {
        for (int i = 0; i < n; i++) {
          putLong(type, sum, i, getLong(type, sum, i) + getLong(type, term, i));
        }
      }
    }
  }
}
