package org.tensorferry.tensor;

import java.util.Arrays;

/** Index arithmetic over row-major shapes. */
final class Boxes {

  /** The indices {@code start} to {@code start + size} (exclusive) on every axis. */
  static final class Box {
    private final long[] start;
    private final int[] size;

    Box(long[] start, int[] size) {
      this.start = start;
      this.size = size;
    }

    long[] start() {
      return start;
    }

    int[] size() {
      return size;
    }

    int elements() {
      int elements = 1;
      for (int n : size) {
        elements = Math.multiplyExact(elements, n);
      }
      return elements;
    }

    /** Strides that lay the box out in row-major order. */
    int[] rowMajor() {
      return Boxes.rowMajor(size);
    }
  }

  private Boxes() {}

  static long product(long[] shape) {
    long product = 1;
    for (long size : shape) {
      product = Math.multiplyExact(product, size);
    }
    return product;
  }

  static int[] rowMajor(int[] size) {
    int[] strides = new int[size.length];
    int stride = 1;
    for (int axis = size.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride = Math.multiplyExact(stride, size[axis]);
    }
    return strides;
  }

  static long[] rowMajor(long[] shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride = Math.multiplyExact(stride, Math.max(shape[axis], 1));
    }
    return strides;
  }

  static Box all(long[] shape) {
    return new Box(
        new long[shape.length], Arrays.stream(shape).mapToInt(Math::toIntExact).toArray());
  }

  /**
   * The largest box that begins at a row-major position and covers elements that follow one
   * another.
   *
   * @param first position of its first element
   * @param limit elements at most, from 1
   */
  static Box largestAt(long[] shape, long first, long limit) {
    long[] start = new long[shape.length];
    int[] size = new int[shape.length];
    Arrays.fill(size, 1);
    long rest = first;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      start[axis] = rest % shape[axis];
      rest /= shape[axis];
    }
    long inner = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      size[axis] = (int) Math.min(shape[axis] - start[axis], limit / inner);
      inner *= shape[axis];
      if (size[axis] < shape[axis] || inner > limit) {
        break;
      }
    }
    return new Box(start, size);
  }

  /** Replaces the one size of -1 by what is left of the elements. */
  static long[] resolve(long[] shape, long numel) {
    long[] resolved = shape.clone();
    long known = product(Arrays.stream(shape).filter(size -> size != -1).toArray());
    for (int axis = 0; axis < resolved.length; axis++) {
      if (resolved[axis] == -1) {
        resolved[axis] = known == 0 ? 0 : numel / known;
      }
    }
    if (product(resolved) != numel) {
      throw new IllegalArgumentException(
          numel + " elements don't fit shape " + Arrays.toString(shape));
    }
    return resolved;
  }

  static void checkInside(long[] shape, long[] start, int[] size) {
    for (int axis = 0; axis < shape.length; axis++) {
      if (start[axis] < 0 || size[axis] < 0 || start[axis] > shape[axis] - size[axis]) {
        throw new IndexOutOfBoundsException(
            "indices "
                + start[axis]
                + " to "
                + (start[axis] + size[axis])
                + " leave axis "
                + axis
                + " of shape "
                + Arrays.toString(shape));
      }
    }
  }

  static void checkPermutation(int[] permutation, int rank) {
    boolean[] seen = new boolean[rank];
    boolean valid = permutation.length == rank;
    for (int i = 0; valid && i < rank; i++) {
      valid = permutation[i] >= 0 && permutation[i] < rank && !seen[permutation[i]];
      if (valid) {
        seen[permutation[i]] = true;
      }
    }
    if (!valid) {
      throw new IllegalArgumentException(
          Arrays.toString(permutation) + " is not a permutation of " + rank + " axes");
    }
  }

  static long[] permute(long[] values, int[] permutation) {
    return Arrays.stream(permutation).mapToLong(axis -> values[axis]).toArray();
  }
}
