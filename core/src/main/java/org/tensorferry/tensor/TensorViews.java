package org.tensorferry.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The compositions that {@link TensorSource} offers. */
final class TensorViews {

  private TensorViews() {}

  static TensorSource permute(TensorSource base, int[] permutation) {
    Boxes.checkPermutation(permutation, base.shape().length);
    return new Permuted(base, permutation.clone());
  }

  static TensorSource narrow(TensorSource base, int axis, long start, long length) {
    return new Narrowed(base, axis, start, length);
  }

  static TensorSource reshape(TensorSource base, long[] shape) {
    return Arrays.equals(base.shape(), shape) ? base : new Reshaped(base, shape);
  }

  static TensorSource reorderBlocks(TensorSource base, int axis, int[] order) {
    long size = base.shape()[axis];
    Boxes.checkPermutation(order, order.length);
    if (size % order.length != 0) {
      throw new IllegalArgumentException(
          size + " indices can't be cut into " + order.length + " blocks");
    }
    long block = size / order.length;
    List<TensorSource> blocks = new ArrayList<>();
    for (int source : order) {
      blocks.add(base.narrow(axis, source * block, block));
    }
    return concat(blocks, axis);
  }

  static TensorSource cast(TensorSource base, DType type) {
    if (base.dtype() == type) {
      return base;
    }
    if (base.dtype().isComplex() || type.isComplex()) {
      throw new IllegalArgumentException("no conversion from " + base.dtype() + " to " + type);
    }
    return new Cast(base, type);
  }

  static TensorSource concat(List<? extends TensorSource> parts, int axis) {
    return parts.size() == 1 ? parts.get(0) : new Concatenated(List.copyOf(parts), axis);
  }

  static TensorSource sum(List<? extends TensorSource> parts) {
    return parts.size() == 1 ? parts.get(0) : new Summed(List.copyOf(parts));
  }

  /** Permuted axes. */
  private static final class Permuted implements TensorSource {
    private final TensorSource base;
    private final int[] permutation;
    private final int[] inverse;

    Permuted(TensorSource base, int[] permutation) {
      this.base = base;
      this.permutation = permutation;
      this.inverse = Permutations.inverse(permutation);
    }

    @Override
    public DType dtype() {
      return base.dtype();
    }

    @Override
    public long[] shape() {
      return Boxes.permute(base.shape(), permutation);
    }

    @Override
    public void read(long[] start, int[] size, byte[] target, int at, int[] strides) {
      base.read(Boxes.permute(start, inverse), permuted(size), target, at, permuted(strides));
    }

    private int[] permuted(int[] values) {
      return Arrays.stream(inverse).map(axis -> values[axis]).toArray();
    }
  }

  /** Some indices of an axis. */
  private static final class Narrowed implements TensorSource {
    private final TensorSource base;
    private final int axis;
    private final long first;
    private final long length;

    Narrowed(TensorSource base, int axis, long first, long length) {
      if (first < 0 || length < 0 || first > base.shape()[axis] - length) {
        throw new IndexOutOfBoundsException(
            first + "+" + length + " leaves axis " + axis + " of " + Arrays.toString(base.shape()));
      }
      this.base = base;
      this.axis = axis;
      this.first = first;
      this.length = length;
    }

    @Override
    public DType dtype() {
      return base.dtype();
    }

    @Override
    public long[] shape() {
      long[] shape = base.shape();
      shape[axis] = length;
      return shape;
    }

    @Override
    public void read(long[] start, int[] size, byte[] target, int at, int[] strides) {
      Boxes.checkInside(shape(), start, size);
      long[] moved = start.clone();
      moved[axis] += first;
      base.read(moved, size, target, at, strides);
    }
  }

  /** Another shape over the same row-major order. */
  private static final class Reshaped implements TensorSource {
    private final TensorSource base;
    private final long[] shape;

    Reshaped(TensorSource base, long[] shape) {
      this.base = base;
      this.shape = shape;
    }

    @Override
    public DType dtype() {
      return base.dtype();
    }

    @Override
    public long[] shape() {
      return shape.clone();
    }

    @Override
    public TensorSource reshape(long... other) {
      return base.reshape(Boxes.resolve(other, numel()));
    }

    @Override
    public void read(long[] start, int[] size, byte[] target, int at, int[] strides) {
      Boxes.checkInside(shape, start, size);
      Boxes.Box box = new Boxes.Box(start, size);
      if (box.elements() == 0) {
        return;
      }
      if (Arrays.equals(strides, box.rowMajor())) {
        readRuns(box, target, at);
        return;
      }
      byte[] rows = new byte[Math.multiplyExact(box.elements(), dtype().bytes())];
      readRuns(box, rows, 0);
      scatter(rows, size, box.rowMajor(), target, at, strides, dtype().bytes());
    }

    /**
     * Reads a box into row-major order: each stretch of it that is contiguous in the whole is a
     * run.
     */
    private void readRuns(Boxes.Box box, byte[] target, int at) {
      int axis = shape.length;
      int run = 1;
      while (axis > 0 && (axis == shape.length || box.size()[axis] == shape[axis])) {
        axis--;
        run *= box.size()[axis];
      }
      long[] strides = Boxes.rowMajor(shape);
      int[] outer = Arrays.copyOf(box.size(), axis);
      int runs = box.elements() / run;
      for (int i = 0; i < runs; i++) {
        long first = 0;
        int rest = i;
        for (int k = shape.length - 1; k >= 0; k--) {
          long index = box.start()[k];
          if (k < axis) {
            index += rest % outer[k];
            rest /= outer[k];
          }
          first += index * strides[k];
        }
        readRun(first, run, target, at + i * run);
      }
    }

    private void readRun(long first, int run, byte[] target, int at) {
      long[] baseShape = base.shape();
      for (int done = 0; done < run; ) {
        Boxes.Box box = Boxes.largestAt(baseShape, first + done, run - done);
        base.read(box.start(), box.size(), target, at + done, box.rowMajor());
        done += box.elements();
      }
    }
  }

  /** Parts behind one another along an axis. */
  private static final class Concatenated implements TensorSource {
    private final List<TensorSource> parts;
    private final int axis;
    private final long[] shape;

    Concatenated(List<TensorSource> parts, int axis) {
      this.parts = parts;
      this.axis = axis;
      this.shape = parts.get(0).shape();
      shape[axis] = 0;
      for (TensorSource part : parts) {
        long[] other = part.shape();
        shape[axis] += other[axis];
        other[axis] = shape[axis];
        if (!Arrays.equals(other, shape) || part.dtype() != parts.get(0).dtype()) {
          throw new IllegalArgumentException(
              "can't join "
                  + describe(parts.get(0))
                  + " and "
                  + describe(part)
                  + " along axis "
                  + axis);
        }
      }
    }

    @Override
    public DType dtype() {
      return parts.get(0).dtype();
    }

    @Override
    public long[] shape() {
      return shape.clone();
    }

    @Override
    public TensorSource permute(int... permutation) {
      Boxes.checkPermutation(permutation, shape.length);
      return concat(
          parts.stream().map(part -> part.permute(permutation)).toList(),
          Permutations.inverse(permutation)[axis]);
    }

    @Override
    public void read(long[] start, int[] size, byte[] target, int at, int[] strides) {
      Boxes.checkInside(shape, start, size);
      long from = start[axis];
      long to = from + size[axis];
      long partStart = 0;
      for (TensorSource part : parts) {
        long partEnd = partStart + part.shape()[axis];
        long first = Math.max(from, partStart);
        long last = Math.min(to, partEnd);
        if (first < last) {
          long[] inner = start.clone();
          inner[axis] = first - partStart;
          int[] cut = size.clone();
          cut[axis] = (int) (last - first);
          part.read(inner, cut, target, at + (int) (first - from) * strides[axis], strides);
        }
        partStart = partEnd;
      }
    }
  }

  /** Sums of elements. */
  private static final class Summed implements TensorSource {
    private final List<TensorSource> parts;

    Summed(List<TensorSource> parts) {
      this.parts = parts;
      TensorSource first = parts.get(0);
      for (TensorSource part : parts) {
        if (!Arrays.equals(part.shape(), first.shape()) || part.dtype() != first.dtype()) {
          throw new IllegalArgumentException(
              "can't add " + describe(first) + " and " + describe(part));
        }
      }
    }

    @Override
    public DType dtype() {
      return parts.get(0).dtype();
    }

    @Override
    public long[] shape() {
      return parts.get(0).shape();
    }

    @Override
    public void read(long[] start, int[] size, byte[] target, int at, int[] strides) {
      Boxes.Box box = new Boxes.Box(start, size);
      int[] rows = box.rowMajor();
      int bytes = dtype().bytes();
      byte[] sum = new byte[Math.multiplyExact(box.elements(), bytes)];
      byte[] term = new byte[sum.length];
      parts.get(0).read(start, size, sum, 0, rows);
      for (TensorSource part : parts.subList(1, parts.size())) {
        part.read(start, size, term, 0, rows);
        Elements.add(dtype(), sum, term, box.elements());
      }
      scatter(sum, size, rows, target, at, strides, bytes);
    }
  }

  /** Converted elements. */
  private static final class Cast implements TensorSource {
    private final TensorSource base;
    private final DType type;

    Cast(TensorSource base, DType type) {
      this.base = base;
      this.type = type;
    }

    @Override
    public DType dtype() {
      return type;
    }

    @Override
    public long[] shape() {
      return base.shape();
    }

    @Override
    public void read(long[] start, int[] size, byte[] target, int at, int[] strides) {
      Boxes.Box box = new Boxes.Box(start, size);
      int[] rows = box.rowMajor();
      byte[] source = new byte[Math.multiplyExact(box.elements(), base.dtype().bytes())];
      byte[] converted = new byte[Math.multiplyExact(box.elements(), type.bytes())];
      base.read(start, size, source, 0, rows);
      Elements.convert(base.dtype(), source, type, converted, box.elements());
      scatter(converted, size, rows, target, at, strides, type.bytes());
    }
  }

  /** Copies a row-major box of elements to strided places. */
  static void scatter(
      byte[] rows, int[] size, int[] from, byte[] target, int at, int[] strides, int bytes) {
    StridedCopy.copy(
        new HeapStorage(rows),
        0,
        size,
        Arrays.stream(from).asLongStream().toArray(),
        target,
        at,
        strides,
        bytes);
  }

  private static String describe(TensorSource source) {
    return source.dtype() + Arrays.toString(source.shape());
  }
}
