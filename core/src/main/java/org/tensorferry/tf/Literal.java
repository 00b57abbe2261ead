package org.tensorferry.tf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HalfFloats;
import org.tensorferry.tensor.TensorData;

/**
 * The value of a {@code Const} node.
 *
 * @param dtype element type
 * @param shape sizes
 * @param bytes row-major, little endian
 */
public record Literal(DType dtype, long[] shape, byte[] bytes) {

  /** Numbers converted to the type as a cast would. */
  public static Literal of(DType dtype, long[] shape, double... values) {
    byte[] bytes = new byte[dtype.bytes() * values.length];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (double value : values) {
      put(buffer, dtype, value);
    }
    return new Literal(dtype, shape, bytes);
  }

  /** Integers, exact for all 64 bits. */
  public static Literal ofLongs(DType dtype, long[] shape, long... values) {
    byte[] bytes = new byte[dtype.bytes() * values.length];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      if (dtype == DType.INT64) {
        buffer.putLong(value);
      } else {
        put(buffer, dtype, (double) value);
      }
    }
    return new Literal(dtype, shape, bytes);
  }

  public static Literal vector(int... values) {
    return ofLongs(
        DType.INT32, new long[] {values.length}, Arrays.stream(values).asLongStream().toArray());
  }

  public static Literal scalar(DType dtype, double value) {
    return of(dtype, new long[0], value);
  }

  private static void put(ByteBuffer buffer, DType dtype, double value) {
    switch (dtype) {
      case BOOL -> buffer.put((byte) (value != 0 ? 1 : 0));
      case UINT8, INT8 -> buffer.put((byte) (long) value);
      case INT16 -> buffer.putShort((short) (long) value);
      case INT32 -> buffer.putInt((int) (long) value);
      case INT64 -> buffer.putLong((long) value);
      case FLOAT16 -> buffer.putShort(HalfFloats.toHalf(value));
      case BFLOAT16 -> buffer.putShort(HalfFloats.toBfloat16(value));
      case FLOAT32 -> buffer.putFloat((float) value);
      case FLOAT64 -> buffer.putDouble(value);
      case COMPLEX64 -> buffer.putFloat((float) value).putFloat(0);
      case COMPLEX128 -> buffer.putDouble(value).putDouble(0);
      case COMPLEX32, STRING, RESOURCE, VARIANT ->
          throw new IllegalArgumentException("no literals of type " + dtype);
    }
  }

  /** The elements of an integer or bool literal. */
  public long[] longs() {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long[] values = new long[bytes.length / dtype.bytes()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (dtype) {
            case INT64 -> buffer.getLong();
            case INT32 -> buffer.getInt();
            case INT16 -> buffer.getShort();
            case INT8 -> buffer.get();
            case UINT8, BOOL -> Byte.toUnsignedLong(buffer.get());
            default -> throw new IllegalStateException("not integers: " + dtype);
          };
    }
    return values;
  }

  /** True where an element of a floating point literal is greater than a bound. */
  boolean exceeds(double bound) {
    double[] values = TensorData.of(dtype, shape, bytes).toDoubles();
    return Arrays.stream(values).anyMatch(value -> value > bound);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Literal literal
        && literal.dtype == dtype
        && Arrays.equals(literal.shape, shape)
        && Arrays.equals(literal.bytes, bytes);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(bytes) + Arrays.hashCode(shape) + dtype.ordinal();
  }

  @Override
  public String toString() {
    return dtype + Arrays.toString(shape) + " (" + bytes.length + " bytes)";
  }
}
