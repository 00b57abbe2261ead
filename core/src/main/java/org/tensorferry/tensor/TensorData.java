package org.tensorferry.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;

/**
 * A torch tensor: a strided view of a storage. Immutable; its bytes stay in the storage until they
 * are read.
 *
 * <p>Equality is identity. Two tensors that are the same weight share their storage object; see
 * {@link #isSameView}.
 */
public final class TensorData implements TensorSource {

  /** {@link #toDoubles} and {@link #toLongs} refuse more elements than this. */
  public static final int MAX_HEAP_ELEMENTS = 1 << 26;

  /** A broadcast tensor can claim any size; above its storage's size, this is the limit. */
  private static final long MAX_BROADCAST_ELEMENTS = 1L << 32;

  private final DType dtype;
  private final long[] shape;
  private final long[] strides;
  private final long offset;
  private final Storage storage;
  private final boolean requiresGrad;

  private TensorData(
      DType dtype,
      long[] shape,
      long[] strides,
      long offset,
      Storage storage,
      boolean requiresGrad) {
    this.dtype = dtype;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    this.storage = storage;
    this.requiresGrad = requiresGrad;
  }

  /**
   * A view of a storage.
   *
   * @param strides distance between neighbours on each axis, counted in elements
   * @param offset the first element, counted in elements
   * @throws org.tensorferry.error.FerryException where an element of the view lies outside the
   *     storage (UNREADABLE)
   */
  public static TensorData of(
      DType dtype,
      long[] shape,
      long[] strides,
      long offset,
      Storage storage,
      boolean requiresGrad) {
    if (dtype.bytes() == 0) {
      throw new IllegalArgumentException(dtype + " has no elements of fixed size");
    }
    checkReach(dtype, shape, strides, offset, storage.size() / dtype.bytes());
    return new TensorData(dtype, shape.clone(), strides.clone(), offset, storage, requiresGrad);
  }

  /** A tensor over all bytes of an array, in row-major order. */
  public static TensorData of(DType dtype, long[] shape, byte[] littleEndian) {
    Storage storage = new HeapStorage(littleEndian.clone());
    return of(dtype, shape, Boxes.rowMajor(shape), 0, storage, false);
  }

  /** A tensor over the first bytes of a storage, in row-major order. */
  public static TensorData rowMajor(DType dtype, long[] shape, Storage storage) {
    return of(dtype, shape, Boxes.rowMajor(shape), 0, storage, false);
  }

  /** A floating, integer or bool tensor of these values, rounded to its type. */
  public static TensorData ofDoubles(DType dtype, long[] shape, double... values) {
    byte[] bytes = new byte[values.length * dtype.bytes()];
    for (int i = 0; i < values.length; i++) {
      Elements.putDouble(dtype, bytes, i, values[i]);
    }
    return of(dtype, shape, bytes);
  }

  /** The same values in a storage of their own: another tensor. */
  public TensorData copy() {
    return of(dtype, shape, toBytes());
  }

  /** An integer or bool tensor of these values. */
  public static TensorData ofLongs(DType dtype, long[] shape, long... values) {
    byte[] bytes = new byte[values.length * dtype.bytes()];
    for (int i = 0; i < values.length; i++) {
      Elements.putLong(dtype, bytes, i, values[i]);
    }
    return of(dtype, shape, bytes);
  }

  private static void checkReach(
      DType dtype, long[] shape, long[] strides, long offset, long available) {
    String tensor = dtype + Arrays.toString(shape) + " with strides " + Arrays.toString(strides);
    if (shape.length != strides.length) {
      throw broken("Tensor `" + tensor + "` has " + strides.length + " strides.");
    }
    try {
      long reach = Math.addExact(offset, 1);
      long numel = 1;
      boolean negative = offset < 0;
      for (int axis = 0; axis < shape.length; axis++) {
        negative |= shape[axis] < 0 || strides[axis] < 0;
        numel = Math.multiplyExact(numel, shape[axis]);
        if (shape[axis] > 1) {
          reach = Math.addExact(reach, Math.multiplyExact(shape[axis] - 1, strides[axis]));
        }
      }
      if (negative) {
        throw broken(
            "Tensor `" + tensor + "` has a negative size, stride or offset " + offset + ".");
      }
      if (numel > 0 && reach > available) {
        throw broken(
            "Tensor `"
                + tensor
                + "` reaches element "
                + (reach - 1)
                + " of a storage of "
                + available
                + " elements.");
      }
      if (numel > Math.max(available, MAX_BROADCAST_ELEMENTS)) {
        throw broken("Tensor `" + tensor + "` claims " + numel + " elements.");
      }
    } catch (ArithmeticException overflow) {
      throw broken("Tensor `" + tensor + "` is larger than 64 bits can count.");
    }
  }

  private static FerryException broken(String what) {
    return Problem.of(what)
        .because("the file is damaged or was made to mislead")
        .fix("save the model again")
        .as(ExitCode.UNREADABLE);
  }

  @Override
  public DType dtype() {
    return dtype;
  }

  @Override
  public long[] shape() {
    return shape.clone();
  }

  /** Distance between neighbours on each axis, counted in elements; a fresh array. */
  public long[] strides() {
    return strides.clone();
  }

  /** First element in the storage, counted in elements. */
  public long offset() {
    return offset;
  }

  /** The bytes; tensors that share memory share this object. */
  public Storage storage() {
    return storage;
  }

  public boolean requiresGrad() {
    return requiresGrad;
  }

  public int rank() {
    return shape.length;
  }

  /** The same numbers as float64, read when they are asked for; only of a real floating type. */
  public TensorData asFloat64() {
    if (!dtype.isFloating()) {
      throw new IllegalArgumentException(dtype + " is no real floating type");
    }
    return dtype == DType.FLOAT64
        ? this
        : new TensorData(
            DType.FLOAT64, shape, strides, offset, new WideStorage(storage, dtype), requiresGrad);
  }

  public TensorData withRequiresGrad(boolean required) {
    return new TensorData(dtype, shape, strides, offset, storage, required);
  }

  /**
   * What makes a tensor this one: its elements, in the same order, of the same storage. Two names
   * of one weight have equal identities.
   */
  public record Identity(
      Storage storage, DType dtype, long offset, List<Long> shape, List<Long> strides) {}

  public Identity identity() {
    return new Identity(storage, dtype, offset, boxed(shape), boxed(strides));
  }

  private static List<Long> boxed(long[] numbers) {
    return Arrays.stream(numbers).boxed().toList();
  }

  /**
   * True where both are the same elements of the same storage in the same order: one weight, used
   * twice.
   */
  public boolean isSameView(TensorData other) {
    return identity().equals(other.identity());
  }

  /** True where dtype, shape and every bit of every element agree. */
  public boolean contentEquals(TensorData other) {
    if (dtype != other.dtype || !Arrays.equals(shape, other.shape)) {
      return false;
    }
    int limit = CHUNK_BYTES / dtype.bytes();
    long numel = numel();
    for (long first = 0; first < numel; ) {
      Boxes.Box box = Boxes.largestAt(shape, first, Math.min(limit, numel - first));
      if (!Arrays.equals(bytes(box), other.bytes(box))) {
        return false;
      }
      first += box.elements();
    }
    return true;
  }

  private byte[] bytes(Boxes.Box box) {
    byte[] bytes = new byte[box.elements() * dtype.bytes()];
    read(box.start(), box.size(), bytes, 0, box.rowMajor());
    return bytes;
  }

  /** True where the elements follow one another in row-major order. */
  public boolean isContiguous() {
    long expected = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      if (shape[axis] > 1 && strides[axis] != expected) {
        return numel() == 0;
      }
      expected *= shape[axis];
    }
    return true;
  }

  @Override
  public void read(long[] start, int[] size, byte[] target, int at, int[] targetStrides) {
    Boxes.checkInside(shape, start, size);
    long first = offset;
    for (int axis = 0; axis < shape.length; axis++) {
      first += shape[axis] > 1 ? start[axis] * strides[axis] : 0;
    }
    StridedCopy.copy(storage, first, size, strides, target, at, targetStrides, dtype.bytes());
  }

  @Override
  public TensorData permute(int... permutation) {
    Boxes.checkPermutation(permutation, shape.length);
    return new TensorData(
        dtype,
        Boxes.permute(shape, permutation),
        Boxes.permute(strides, permutation),
        offset,
        storage,
        requiresGrad);
  }

  @Override
  public TensorData narrow(int axis, long start, long length) {
    if (start < 0 || length < 0 || start > shape[axis] - length) {
      throw new IndexOutOfBoundsException(
          start + "+" + length + " leaves axis " + axis + " of " + Arrays.toString(shape));
    }
    long[] cut = shape();
    cut[axis] = length;
    long moved = start == 0 || length == 0 ? offset : offset + start * strides[axis];
    return new TensorData(dtype, cut, strides, moved, storage, requiresGrad);
  }

  /**
   * A view where the strides allow one, else a source that reads in row-major order; never a copy.
   */
  @Override
  public TensorSource reshape(long... newShape) {
    long[] resolved = Boxes.resolve(newShape, numel());
    long[] newStrides = viewStrides(resolved);
    return newStrides == null
        ? TensorViews.reshape(this, resolved)
        : new TensorData(dtype, resolved, newStrides, offset, storage, requiresGrad);
  }

  /**
   * The strides of a view of another shape where there is one, found as torch does
   * (ATen/TensorUtils.cpp).
   */
  private long @Nullable [] viewStrides(long[] newShape) {
    if (numel() == 0) {
      return Boxes.rowMajor(newShape);
    }
    long[] result = new long[newShape.length];
    int view = newShape.length - 1;
    long chunkStride = shape.length == 0 ? 1 : strides[shape.length - 1];
    long elements = 1;
    long viewElements = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      elements *= shape[axis];
      // A stretch ends at the first axis or where the next axis does not continue it.
      if (axis == 0 || (shape[axis - 1] != 1 && strides[axis - 1] != elements * chunkStride)) {
        while (view >= 0 && (viewElements < elements || newShape[view] == 1)) {
          result[view] = viewElements * chunkStride;
          viewElements *= newShape[view];
          view--;
        }
        if (viewElements != elements) {
          return null;
        }
        if (axis > 0) {
          chunkStride = strides[axis - 1];
          elements = 1;
          viewElements = 1;
        }
      }
    }
    if (shape.length == 0) {
      Arrays.fill(result, 1);
    }
    return result;
  }

  /**
   * All elements in row-major order; bool as 0 and 1.
   *
   * @throws IllegalStateException for a complex tensor or more than {@link #MAX_HEAP_ELEMENTS}
   *     elements
   */
  public double[] toDoubles() {
    byte[] bytes = heapBytes(dtype.isComplex());
    double[] values = new double[bytes.length / dtype.bytes()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Elements.getDouble(dtype, bytes, i);
    }
    return values;
  }

  /**
   * All elements of an integer or bool tensor in row-major order.
   *
   * @throws IllegalStateException for another type or more than {@link #MAX_HEAP_ELEMENTS} elements
   */
  public long[] toLongs() {
    byte[] bytes = heapBytes(dtype.isFloating() || dtype.isComplex());
    long[] values = new long[bytes.length / dtype.bytes()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Elements.getLong(dtype, bytes, i);
    }
    return values;
  }

  /** All elements of a complex tensor in row-major order, real and imaginary parts by turns. */
  public double[] toComplex() {
    byte[] bytes = heapBytes(!dtype.isComplex());
    DType part =
        switch (dtype) {
          case COMPLEX32 -> DType.FLOAT16;
          case COMPLEX64 -> DType.FLOAT32;
          default -> DType.FLOAT64;
        };
    double[] values = new double[bytes.length / part.bytes()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Elements.getDouble(part, bytes, i);
    }
    return values;
  }

  private byte[] heapBytes(boolean wrongKind) {
    if (wrongKind || numel() > MAX_HEAP_ELEMENTS) {
      throw new IllegalStateException(this + " can't be listed this way");
    }
    return toBytes();
  }

  /** As users read it: {@code float32[3,4]}. */
  @Override
  public String toString() {
    return dtype
        + Arrays.stream(shape).mapToObj(Long::toString).collect(Collectors.joining(",", "[", "]"));
  }
}
