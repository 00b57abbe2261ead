package org.tensorferry.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A whole tensor in memory, row-major and little endian: what goes into the engines and comes out
 * of them. Immutable.
 *
 * <p>A complex element has two parts, real first; every other element is one part. Comparing parts
 * compares tensors.
 */
public final class HostTensor {

  private final DType dtype;
  private final long[] shape;
  private final ByteBuffer data;

  private HostTensor(DType dtype, long[] shape, ByteBuffer data) {
    this.dtype = dtype;
    this.shape = shape.clone();
    this.data = data.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Values by position, for {@link #generate}. */
  @FunctionalInterface
  public interface Values {
    double at(int part);
  }

  /**
   * A tensor over the remaining bytes of a buffer, which must not change afterwards.
   *
   * @throws IllegalArgumentException where the number of bytes is not that of the shape
   */
  public static HostTensor of(DType dtype, long[] shape, ByteBuffer littleEndian) {
    ByteBuffer data = littleEndian.slice();
    if (bytes(dtype, shape) != data.remaining()) {
      throw new IllegalArgumentException(
          dtype + Arrays.toString(shape) + " does not have " + data.remaining() + " bytes");
    }
    return new HostTensor(dtype, shape, data);
  }

  /** A tensor whose parts are computed; a value is rounded to the type as torch does. */
  public static HostTensor generate(DType dtype, long[] shape, Values values) {
    ByteBuffer data = allocate(dtype, shape);
    int parts = parts(dtype, data.capacity());
    for (int i = 0; i < parts; i++) {
      put(dtype, data, i, values.at(i));
    }
    return new HostTensor(dtype, shape, data);
  }

  /** A float32 tensor. */
  public static HostTensor floats(long[] shape, float... values) {
    return listed(DType.FLOAT32, shape, values.length, i -> values[i]);
  }

  /** A float64 tensor. */
  public static HostTensor doubles(long[] shape, double... values) {
    return listed(DType.FLOAT64, shape, values.length, i -> values[i]);
  }

  /** A tensor of an integer type, exact for every long. */
  public static HostTensor integers(DType dtype, long[] shape, long... values) {
    checkCount(shape, values.length);
    ByteBuffer data = allocate(dtype, shape);
    for (int i = 0; i < values.length; i++) {
      putLong(dtype, data, i, values[i]);
    }
    return new HostTensor(dtype, shape, data);
  }

  /** An int64 tensor. */
  public static HostTensor longs(long[] shape, long... values) {
    return integers(DType.INT64, shape, values);
  }

  public static HostTensor booleans(long[] shape, boolean... values) {
    return listed(DType.BOOL, shape, values.length, i -> values[i] ? 1 : 0);
  }

  private static HostTensor listed(DType dtype, long[] shape, int count, Values values) {
    checkCount(shape, count);
    return generate(dtype, shape, values);
  }

  private static void checkCount(long[] shape, int count) {
    if (numel(shape) != count) {
      throw new IllegalArgumentException(
          Arrays.toString(shape) + " does not have " + count + " elements");
    }
  }

  public DType dtype() {
    return dtype;
  }

  /** The sizes of the axes, a fresh array. */
  public long[] shape() {
    return shape.clone();
  }

  /** Number of elements. */
  public int count() {
    return data.capacity() / dtype.bytes();
  }

  /** Number of parts: twice the elements for complex types, else the elements. */
  public int parts() {
    return parts(dtype, data.capacity());
  }

  /** A part as a double; exact for every type but large int64. */
  public double get(int part) {
    return switch (dtype) {
      case FLOAT16, COMPLEX32 -> HalfFloats.fromHalf(data.getShort(part * 2));
      case BFLOAT16 -> HalfFloats.fromBfloat16(data.getShort(part * 2));
      case FLOAT32, COMPLEX64 -> data.getFloat(part * 4);
      case FLOAT64, COMPLEX128 -> data.getDouble(part * 8);
      default -> getLong(part);
    };
  }

  /** An element of an integer type or bool, exact. */
  public long getLong(int element) {
    return switch (dtype) {
      case BOOL -> data.get(element) == 0 ? 0 : 1;
      case UINT8 -> data.get(element) & 0xff;
      case INT8 -> data.get(element);
      case INT16 -> data.getShort(element * 2);
      case INT32 -> data.getInt(element * 4);
      case INT64 -> data.getLong(element * 8);
      default -> throw new IllegalStateException(dtype + " is not an integer type");
    };
  }

  /** All bytes, read-only, little endian, from position 0. */
  public ByteBuffer bytes() {
    return data.duplicate().order(ByteOrder.LITTLE_ENDIAN).clear();
  }

  /** The index of an element on each axis. */
  public long[] index(int element) {
    long[] index = new long[shape.length];
    long rest = element;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = rest % shape[axis];
      rest /= shape[axis];
    }
    return index;
  }

  /** Result axis i is axis {@code axes[i]} of this. */
  public HostTensor permute(List<Integer> axes) {
    if (IntStream.range(0, axes.size()).allMatch(i -> axes.get(i) == i)) {
      return this;
    }
    byte[] bytes = new byte[data.capacity()];
    bytes().get(bytes);
    int[] order = axes.stream().mapToInt(Integer::intValue).toArray();
    TensorSource permuted = TensorData.of(dtype, shape, bytes).permute(order);
    return new HostTensor(dtype, permuted.shape(), ByteBuffer.wrap(permuted.toBytes()));
  }

  /** The same values rounded to another type. */
  public HostTensor cast(DType type) {
    return type == dtype ? this : generate(type, shape, this::get);
  }

  /** Number of elements of a shape. */
  static long numel(long[] shape) {
    long numel = 1;
    for (long size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException("negative size in " + Arrays.toString(shape));
      }
      numel = Math.multiplyExact(numel, size);
    }
    return numel;
  }

  static long bytes(DType dtype, long[] shape) {
    return Math.multiplyExact(numel(shape), dtype.bytes());
  }

  private static ByteBuffer allocate(DType dtype, long[] shape) {
    return ByteBuffer.allocate(Math.toIntExact(bytes(dtype, shape))).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int parts(DType dtype, int bytes) {
    return bytes / dtype.bytes() * (dtype.isComplex() ? 2 : 1);
  }

  private static void put(DType dtype, ByteBuffer data, int part, double value) {
    switch (dtype) {
      case FLOAT16, COMPLEX32 -> data.putShort(part * 2, HalfFloats.toHalf(value));
      case BFLOAT16 -> data.putShort(part * 2, HalfFloats.toBfloat16(value));
      case FLOAT32, COMPLEX64 -> data.putFloat(part * 4, (float) value);
      case FLOAT64, COMPLEX128 -> data.putDouble(part * 8, value);
      default -> putLong(dtype, data, part, (long) value);
    }
  }

  private static void putLong(DType dtype, ByteBuffer data, int element, long value) {
    switch (dtype) {
      case BOOL -> data.put(element, (byte) (value == 0 ? 0 : 1));
      case UINT8, INT8 -> data.put(element, (byte) value);
      case INT16 -> data.putShort(element * 2, (short) value);
      case INT32 -> data.putInt(element * 4, (int) value);
      case INT64 -> data.putLong(element * 8, value);
      default -> throw new IllegalArgumentException(dtype + " is not an integer type");
    }
  }

  /** Type and shape as torch prints sizes: {@code float32[2,3]}. */
  @Override
  public String toString() {
    return dtype + Arrays.toString(shape).replace(" ", "");
  }
}
