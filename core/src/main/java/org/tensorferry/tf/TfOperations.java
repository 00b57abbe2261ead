package org.tensorferry.tf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;

/**
 * The vocabulary that rules are written in: TensorFlow's operators with the arguments that models
 * use, over dynamic dims. Everything else is reached by {@link #op}.
 */
public abstract sealed class TfOperations permits TfGraph {

  /** Begins a call of any listed operator. */
  public abstract OpBuilder op(String type, TfValue... inputs);

  public abstract TfValue constant(Literal literal);

  /** An integer as an int32 scalar. */
  public abstract TfValue dim(Dim dim);

  // --- constants and sizes

  public TfValue scalar(DType dtype, double value) {
    return constant(Literal.scalar(dtype, value));
  }

  public TfValue ints(int... values) {
    return constant(Literal.vector(values));
  }

  /** Sizes as an int32 vector; a constant where all are known. */
  public TfValue sizes(Shape shape) {
    if (shape.isKnown()) {
      return ints(Arrays.stream(shape.known()).mapToInt(Math::toIntExact).toArray());
    }
    return op("Pack").inputs(shape.dims().stream().map(this::dim).toList()).get();
  }

  /** The size of an axis, read from the tensor when the model runs: an int32 scalar. */
  public TfValue dimOf(TfValue x, int axis) {
    TfValue shape = op("Shape", x).attr("out_type", DType.INT32).get();
    return op("StridedSlice", shape, ints(axis), ints(axis + 1), ints(1))
        .attr("shrink_axis_mask", 1)
        .shape(Shape.SCALAR)
        .get();
  }

  /** The integers of a constant, empty where the value is not constant. */
  public Optional<long[]> constantInts(TfValue value) {
    return ShapeInference.constantInts(value);
  }

  // --- element-wise

  /** Converts the element type; nothing where it is that already. */
  public TfValue cast(TfValue x, DType dtype) {
    if (x.dtype().isComplex() && dtype == DType.BOOL) {
      return binary("NotEqual", x, scalar(x.dtype(), 0)); // Cast looks at the real part only
    }
    return x.dtype() == dtype ? x : op("Cast", x).attr("DstT", dtype).get();
  }

  /** An operator of one input and one output of the same shape. */
  public TfValue unary(String type, TfValue x) {
    return op(type, x).get();
  }

  /** An operator of two broadcast inputs. */
  public TfValue binary(String type, TfValue x, TfValue y) {
    // TensorFlow's optimizer takes max(x, c x) for a leaky ReLU, which it is not where c > 1.
    return type.equals("Maximum") && (isStretched(x) || isStretched(y))
        ? neg(minimum(neg(x), neg(y)))
        : op(type, x, y).get();
  }

  private static boolean isStretched(TfValue x) {
    return x.node().is("Mul")
        && x.dtype().isFloating()
        && x.node().inputs().stream()
            .filter(factor -> factor.node().is("Const"))
            .map(
                factor -> (Literal) Objects.requireNonNull(factor.node().attributes().get("value")))
            .anyMatch(factor -> factor.exceeds(1));
  }

  public TfValue add(TfValue x, TfValue y) {
    return binary("AddV2", x, y);
  }

  public TfValue sub(TfValue x, TfValue y) {
    return binary("Sub", x, y);
  }

  public TfValue mul(TfValue x, TfValue y) {
    return binary("Mul", x, y);
  }

  /** True division; of floating types. */
  public TfValue div(TfValue x, TfValue y) {
    return binary("RealDiv", x, y);
  }

  public TfValue maximum(TfValue x, TfValue y) {
    return binary("Maximum", x, y);
  }

  public TfValue minimum(TfValue x, TfValue y) {
    return binary("Minimum", x, y);
  }

  /** With a constant of the same type. */
  public TfValue add(TfValue x, double y) {
    return add(x, scalar(x.dtype(), y));
  }

  public TfValue mul(TfValue x, double y) {
    return mul(x, scalar(x.dtype(), y));
  }

  public TfValue neg(TfValue x) {
    return unary("Neg", x);
  }

  /** Element-wise choice by a bool condition, broadcast. */
  public TfValue select(TfValue condition, TfValue whenTrue, TfValue whenFalse) {
    return op("SelectV2", condition, whenTrue, whenFalse).get();
  }

  // --- products

  /** Product of matrices, with batch dims where the rank is above two; batch dims broadcast. */
  public TfValue matmul(TfValue x, TfValue y) {
    return matmul(x, y, false, false);
  }

  public TfValue matmul(TfValue x, TfValue y, boolean transposeX, boolean transposeY) {
    if (x.rank() == 2 && y.rank() == 2) {
      return op("MatMul", x, y)
          .attr("transpose_a", transposeX)
          .attr("transpose_b", transposeY)
          .get();
    }
    return op("BatchMatMulV2", x, y).attr("adj_x", transposeX).attr("adj_y", transposeY).get();
  }

  // --- reductions

  /**
   * A reduction over axes: Sum, Mean, Prod, Max, Min, All, Any.
   *
   * <p>TensorFlow adds floats up one by one where channels come last: over a plane of 112x112 that
   * costs 16 dB, which one axis after the other does not.
   *
   * @param axes not negative; empty reduces nothing
   */
  public TfValue reduce(String type, TfValue x, boolean keepDims, int... axes) {
    boolean adds = (type.equals("Sum") || type.equals("Mean")) && !x.dtype().isInteger();
    if (adds && axes.length > 1 && axes.length < x.rank()) {
      int[] sorted = Arrays.stream(axes).sorted().distinct().toArray();
      TfValue result = x;
      for (int i = sorted.length - 1; i >= 0; i--) {
        result = reduceAtOnce(type, result, keepDims, sorted[i]);
      }
      return result;
    }
    return reduceAtOnce(type, x, keepDims, axes);
  }

  private TfValue reduceAtOnce(String type, TfValue x, boolean keepDims, int... axes) {
    return op(type, x, ints(axes)).attr("keep_dims", keepDims).get();
  }

  public TfValue sum(TfValue x, boolean keepDims, int... axes) {
    return reduce("Sum", x, keepDims, axes);
  }

  public TfValue mean(TfValue x, boolean keepDims, int... axes) {
    return reduce("Mean", x, keepDims, axes);
  }

  // --- shape

  /** The same elements in row-major order under another shape. */
  public TfValue reshape(TfValue x, Shape shape) {
    if (shape.equals(x.shape())) {
      return x;
    }
    long unknown = shape.dims().stream().filter(dim -> !dim.isKnown()).count();
    boolean zero = shape.dims().stream().anyMatch(dim -> dim.is(0));
    // One dynamic size may be left to TensorFlow, but not beside a zero, where it would be
    // ambiguous.
    TfValue target =
        unknown == 1 && !zero
            ? ints(
                shape.dims().stream()
                    .mapToInt(d -> d.isKnown() ? Math.toIntExact(d.known()) : -1)
                    .toArray())
            : sizes(shape);
    return op("Reshape", x, target).shape(shape).get();
  }

  public TfValue reshape(TfValue x, Dim... dims) {
    return reshape(x, Shape.of(dims));
  }

  /** Result axis i is axis {@code permutation[i]} of x. */
  public TfValue transpose(TfValue x, int... permutation) {
    boolean identity = IntStream.range(0, permutation.length).allMatch(i -> permutation[i] == i);
    return identity ? x : op("Transpose", x, ints(permutation)).get();
  }

  public TfValue expandDims(TfValue x, int axis) {
    return op("ExpandDims", x, constant(Literal.scalar(DType.INT32, axis))).get();
  }

  /** Removes axes of size 1. */
  public TfValue squeeze(TfValue x, int... axes) {
    return axes.length == 0 ? x : op("Squeeze", x).ints("squeeze_dims", axes).get();
  }

  /** Repeats axes of size 1, and adds axes in front, up to a shape. */
  public TfValue broadcastTo(TfValue x, Shape shape) {
    return x.shape().equals(shape) ? x : op("BroadcastTo", x, sizes(shape)).shape(shape).get();
  }

  public TfValue concat(List<TfValue> values, int axis) {
    if (values.size() == 1) {
      return values.get(0);
    }
    return op("ConcatV2").inputs(values).inputs(scalar(DType.INT32, axis)).get();
  }

  /** Joins along a new axis. */
  public TfValue stack(List<TfValue> values, int axis) {
    return op("Pack").inputs(values).attr("axis", axis).get();
  }

  /** The slices along an axis of known size, without that axis. */
  public List<TfValue> unstack(TfValue x, int axis) {
    int size = Math.toIntExact(x.dim(axis).known());
    return op("Unpack", x).attr("num", size).attr("axis", axis).all();
  }

  /** Equal parts of an axis. */
  public List<TfValue> split(TfValue x, int axis, int parts) {
    return parts == 1
        ? List.of(x)
        : op("Split", scalar(DType.INT32, axis), x).attr("num_split", parts).all();
  }

  /** Parts of given sizes. */
  public List<TfValue> split(TfValue x, int axis, List<Dim> sizes) {
    List<Shape> shapes = sizes.stream().map(size -> x.shape().with(axis, size)).toList();
    return op("SplitV", x, sizes(new Shape(sizes)), scalar(DType.INT32, axis))
        .attr("num_split", sizes.size())
        .shape(shapes.toArray(Shape[]::new))
        .all();
  }

  /**
   * A range of one axis.
   *
   * @param start first index, at least 0
   * @param size number of elements
   */
  public TfValue slice(TfValue x, int axis, Dim start, Dim size) {
    if (start.is(0) && size.equals(x.dim(axis))) {
      return x;
    }
    Shape begin = Shape.of(new long[x.rank()]).with(axis, start);
    Shape shape = x.shape().with(axis, size);
    // Size -1 means "all that is left", which needs no run-time sizes for the other axes.
    List<Dim> sizes = new ArrayList<>();
    for (int i = 0; i < x.rank(); i++) {
      boolean whole = i != axis && !x.dim(i).isKnown();
      sizes.add(whole ? Dim.of(-1) : shape.dim(i));
    }
    return op("Slice", x, sizes(begin), sizes(new Shape(sizes))).shape(shape).get();
  }

  public TfValue slice(TfValue x, int axis, long start, long size) {
    return slice(x, axis, Dim.of(start), Dim.of(size));
  }

  /**
   * Every {@code step}-th index of an axis from {@code start} up to, not including, {@code end};
   * all not negative.
   */
  public TfValue stridedSlice(TfValue x, int axis, Dim start, Dim end, long step) {
    Shape zero = Shape.of(new long[x.rank()]);
    long mask = 0;
    for (int i = 0; i < x.rank(); i++) {
      mask |= i == axis ? 0 : 1L << i;
    }
    long[] ones = new long[x.rank()];
    Arrays.fill(ones, 1);
    ones[axis] = step;
    Dim size = end.minus(start).ceilDiv(step);
    return op(
            "StridedSlice",
            x,
            sizes(zero.with(axis, start)),
            sizes(zero.with(axis, end)),
            sizes(Shape.of(ones)))
        .attr("begin_mask", mask)
        .attr("end_mask", mask)
        .shape(x.shape().with(axis, size))
        .get();
  }

  /** One index of an axis, which goes away. */
  public TfValue pick(TfValue x, int axis, Dim index) {
    return squeeze(slice(x, axis, index, Dim.ONE), axis);
  }

  /**
   * Elements along an axis by an index tensor; the index's axes replace that axis. Indices must not
   * be negative.
   */
  public TfValue gather(TfValue x, TfValue indices, int axis) {
    return op("GatherV2", x, indices, scalar(DType.INT32, axis)).get();
  }

  /**
   * Fills with one value before and after each axis. Pairs: before axis 0, after axis 0, before
   * axis 1, ...
   */
  public TfValue pad(TfValue x, TfValue value, int... paddings) {
    TfValue pairs =
        constant(
            Literal.ofLongs(
                DType.INT32,
                new long[] {x.rank(), 2},
                Arrays.stream(paddings).asLongStream().toArray()));
    return op("PadV2", x, pairs, value).get();
  }

  /** A tensor of one value. */
  public TfValue fill(Shape shape, TfValue value) {
    return shape.rank() == 0 ? value : op("Fill", sizes(shape), value).shape(shape).get();
  }

  public TfValue fill(Shape shape, DType dtype, double value) {
    return fill(shape, scalar(dtype, value));
  }

  public TfValue zeros(Shape shape, DType dtype) {
    return fill(shape, dtype, 0);
  }

  /** {@code 0, 1, ..., size - 1}. */
  public TfValue range(Dim size, DType dtype) {
    TfValue range =
        op("Range", scalar(DType.INT32, 0), dim(size), scalar(DType.INT32, 1))
            .shape(Shape.of(size))
            .get();
    return cast(range, dtype);
  }

  // --- layout

  /** What is written in channels-last layout between two transposes. */
  public interface ChannelsLast {
    TfValue emit(TfValue channelsLast);
  }

  /**
   * Emits a spatial operator in channels-last layout: transposes [N,C,...] to [N,...,C] before and
   * back after. A pass cancels the transposes between neighbours.
   */
  public TfValue channelsLast(TfValue x, ChannelsLast operator) {
    return toChannelsFirst(operator.emit(toChannelsLast(x)));
  }

  /** [N,C,...] to [N,...,C]. */
  public TfValue toChannelsLast(TfValue x) {
    int rank = x.rank();
    return transpose(
        x, IntStream.range(0, rank).map(i -> i == 0 ? 0 : i == rank - 1 ? 1 : i + 1).toArray());
  }

  /** [N,...,C] to [N,C,...]. */
  public TfValue toChannelsFirst(TfValue x) {
    int rank = x.rank();
    return transpose(
        x, IntStream.range(0, rank).map(i -> i == 0 ? 0 : i == 1 ? rank - 1 : i - 1).toArray());
  }

  // --- loops

  /** One step of a loop. */
  public interface LoopBody {
    /**
     * Emits one step.
     *
     * @param body the graph to emit into; values of the enclosing graph may be used
     * @param step int32 scalar, from 0
     * @param state the loop's values
     * @return the next values, with the same types and shapes
     */
    List<TfValue> emit(TfGraph body, TfValue step, List<TfValue> state);
  }

  /**
   * A loop of a number of steps that is known at run time.
   *
   * <p>The counter and the maximum stand first among the loop's values: TensorFlow's gradient of
   * While reads them there (tensorflow/python/ops/while_v2.py).
   */
  public List<TfValue> loop(Dim steps, List<TfValue> state, LoopBody body) {
    return Loops.emit((TfGraph) this, dim(steps), state, body);
  }

  /**
   * The kernel [spatial..., in, out] with zeros between its elements, which makes dilation plain.
   *
   * @param dilation one number for each of the leading axes
   */
  public TfValue dilate(TfValue kernel, int[] dilation) {
    TfValue dilated = kernel;
    for (int axis = 0; axis < dilation.length; axis++) {
      int step = dilation[axis];
      long size = dilated.dim(axis).known();
      if (step > 1 && size > 1) {
        TfValue apart = expandDims(dilated, axis + 1);
        int[] pads = new int[2 * apart.rank()];
        pads[2 * axis + 3] = step - 1;
        TfValue spaced = pad(apart, scalar(apart.dtype(), 0), pads);
        Shape joined = dilated.shape().with(axis, size * step);
        dilated = slice(reshape(spaced, joined), axis, 0, (size - 1) * step + 1);
      }
    }
    return dilated;
  }
}
