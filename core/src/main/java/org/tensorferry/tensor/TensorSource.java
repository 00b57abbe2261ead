package org.tensorferry.tensor;

import java.io.IOException;
import java.util.List;

/**
 * A tensor whose elements can be read in any order, in bounded pieces, without being held whole.
 *
 * <p>{@link TensorData} reads from a file. The other sources are compositions made by the methods
 * here; each answers a box of its elements by asking its parts for boxes, so a permuted, cut,
 * joined or converted tensor needs no more memory than the piece that is read. Elements are little
 * endian everywhere. Sources are immutable and safe for many threads.
 */
public interface TensorSource {

  /** Bytes of one piece that {@link #stream} hands out, at most. */
  int CHUNK_BYTES = 1 << 20;

  /** Takes the pieces of a stream in order. */
  @FunctionalInterface
  interface ChunkSink {
    /**
     * Takes the first {@code length} bytes of {@code chunk}; the array is used again afterwards.
     */
    void accept(byte[] chunk, int length) throws IOException;
  }

  DType dtype();

  /** The sizes of the axes, a fresh array. */
  long[] shape();

  /**
   * Copies a box of elements. The element with index {@code start + i} goes to element {@code at +
   * sum(i[k] * strides[k])} of the target.
   *
   * @param start first index on each axis
   * @param size number of indices on each axis
   * @param at where the first element goes, counted in elements
   * @param strides distance in the target between neighbours on each axis, counted in elements
   * @throws IndexOutOfBoundsException where the box leaves the tensor
   */
  void read(long[] start, int[] size, byte[] target, int at, int[] strides);

  /** Number of elements. */
  default long numel() {
    return Boxes.product(shape());
  }

  /** Size of all elements in bytes. */
  default long byteSize() {
    return Math.multiplyExact(numel(), dtype().bytes());
  }

  /** Hands out all elements in row-major order, in pieces of at most {@link #CHUNK_BYTES} bytes. */
  default void stream(ChunkSink sink) throws IOException {
    int bytes = dtype().bytes();
    long numel = numel();
    byte[] chunk = new byte[(int) Math.min(numel * bytes, CHUNK_BYTES)];
    int perChunk = CHUNK_BYTES / bytes;
    long[] shape = shape();
    for (long first = 0; first < numel; ) {
      Boxes.Box box = Boxes.largestAt(shape, first, Math.min(numel - first, perChunk));
      read(box.start(), box.size(), chunk, 0, box.rowMajor());
      sink.accept(chunk, box.elements() * bytes);
      first += box.elements();
    }
  }

  /**
   * All bytes in row-major order; for small tensors.
   *
   * @throws IllegalStateException where an array can't hold them
   */
  default byte[] toBytes() {
    if (byteSize() > Integer.MAX_VALUE - 8) {
      throw new IllegalStateException(byteSize() + " bytes don't fit into an array");
    }
    byte[] bytes = new byte[(int) byteSize()];
    if (bytes.length > 0) {
      Boxes.Box all = Boxes.all(shape());
      read(all.start(), all.size(), bytes, 0, all.rowMajor());
    }
    return bytes;
  }

  /** Result axis i is axis {@code permutation[i]} of this. */
  default TensorSource permute(int... permutation) {
    return TensorViews.permute(this, permutation);
  }

  /** The indices from {@code start} to {@code start + length} (exclusive) of an axis. */
  default TensorSource narrow(int axis, long start, long length) {
    return TensorViews.narrow(this, axis, start, length);
  }

  /** The same elements in row-major order under another shape; at most one size is -1. */
  default TensorSource reshape(long... shape) {
    return TensorViews.reshape(this, Boxes.resolve(shape, numel()));
  }

  /**
   * Cuts an axis into {@code order.length} equal blocks; result block i is block {@code order[i]}
   * of this.
   */
  default TensorSource reorderBlocks(int axis, int... order) {
    return TensorViews.reorderBlocks(this, axis, order);
  }

  /**
   * The elements converted as torch converts them: to a floating type with rounding to nearest
   * even, to an integer type by dropping the fraction, to bool by comparing with zero.
   *
   * @throws IllegalArgumentException between complex and other types
   */
  default TensorSource cast(DType type) {
    return TensorViews.cast(this, type);
  }

  /**
   * The elements of a floating tensor, each with a number added in double precision and rounded
   * once.
   */
  default TensorSource plus(double number) {
    return number == 0 ? this : new Offset(this, number);
  }

  /** How many elements are NaN or infinite; reads all of them. */
  default long nonFinite() throws IOException {
    DType type = dtype();
    if (!type.isFloating()) {
      return 0;
    }
    long[] count = new long[1];
    stream(
        (chunk, length) -> {
          for (int i = 0; i < length / type.bytes(); i++) {
            count[0] += Double.isFinite(Elements.getDouble(type, chunk, i)) ? 0 : 1;
          }
        });
    return count[0];
  }

  /** Sources of one type, one behind the other along an axis. */
  static TensorSource concat(List<? extends TensorSource> parts, int axis) {
    return TensorViews.concat(parts, axis);
  }

  /**
   * The element-wise sum of sources of one type and shape, added from left to right in their own
   * precision.
   */
  static TensorSource sum(List<? extends TensorSource> parts) {
    return TensorViews.sum(parts);
  }
}
