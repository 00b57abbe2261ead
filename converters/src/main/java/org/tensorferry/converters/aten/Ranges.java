package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * A range of one axis, by Python's rules for bounds that are negative, absent or too large. Bounds
 * may be dynamic; what holds for every size needs no operators.
 *
 * @param start first index, at least 0
 * @param size number of indices
 * @param step distance between two, at least 1
 */
record Ranges(Dim start, Dim size, long step) {

  /** Larger than any axis: PyTorch writes 9223372036854775807 for "to the end". */
  private static final long ENDLESS = Integer.MAX_VALUE;

  /** The range that arguments named start, end and step cut out of an axis. */
  static Ranges of(OpArgs a, Dim axisSize) {
    long step = a.integer("step");
    if (step < 1) {
      throw a.refuse("`step` is " + step + ", but must be positive", "use torch.flip");
    }
    Dim start = a.isGiven("start") ? bound(a.dim("start"), axisSize) : Dim.ZERO;
    Dim end = a.isGiven("end") ? bound(a.dim("end"), axisSize) : axisSize;
    return between(start, end, axisSize, step);
  }

  /** From one bound to another; both are from 0 to the axis's size. */
  static Ranges between(Dim start, Dim end, Dim axisSize, long step) {
    boolean ordered = start.is(0) || end.equals(axisSize);
    Dim length = ordered ? end.minus(start) : end.max(start).minus(start);
    return new Ranges(start, length.ceilDiv(step), step);
  }

  /** A bound as an index from 0 to the axis's size. */
  static Dim bound(Dim bound, Dim size) {
    if (bound.isKnown() && Math.abs((double) bound.known()) >= ENDLESS) {
      return bound.known() > 0 ? size : Dim.ZERO;
    }
    if (isNegative(bound)) {
      return bound.plus(size).max(Dim.ZERO);
    }
    return isNatural(bound) ? bound.min(size) : index(bound, size).max(Dim.ZERO).min(size);
  }

  /** An index that may count from the end. */
  static Dim index(Dim index, Dim size) {
    if (isNatural(index)) {
      return index;
    }
    // min(1, max(0, -i)) is 1 for negative i, else 0.
    Dim negative = isNegative(index) ? Dim.ONE : index.times(-1).max(Dim.ZERO).min(Dim.ONE);
    return index.plus(size.times(negative));
  }

  private static boolean isNatural(Dim dim) {
    return dim.atLeast().orElse(-1) >= 0;
  }

  private static boolean isNegative(Dim dim) {
    return dim.atMost().orElse(0) < 0;
  }

  private Dim end() {
    // One past the last index, so that step and size give exactly the range.
    return step == 1 ? start.plus(size) : start.plus(size.times(step));
  }

  TfValue of(TfGraph tf, TfValue x, int axis) {
    return step == 1
        ? tf.slice(x, axis, start, size)
        : tf.stridedSlice(x, axis, start, end(), step);
  }

  /** The tensor with other content in this range. */
  TfValue replace(TfGraph tf, TfValue x, int axis, TfValue content) {
    return step == 1 ? joined(tf, x, axis, content) : updated(tf, x, axis, content);
  }

  private TfValue joined(TfGraph tf, TfValue x, int axis, TfValue content) {
    List<TfValue> parts = new ArrayList<>();
    if (!start.is(0)) {
      parts.add(tf.slice(x, axis, Dim.ZERO, start));
    }
    parts.add(content);
    Dim rest = x.dim(axis).minus(end());
    if (!rest.is(0)) {
      parts.add(tf.slice(x, axis, end(), rest));
    }
    return tf.concat(parts, axis);
  }

  private TfValue updated(TfGraph tf, TfValue x, int axis, TfValue content) {
    Shape zero = Shape.of(new long[x.rank()]);
    long[] steps = new long[x.rank()];
    Arrays.fill(steps, 1);
    steps[axis] = step;
    long others = LongStream.range(0, x.rank()).filter(i -> i != axis).map(i -> 1L << i).sum();
    return tf.op(
            "TensorStridedSliceUpdate",
            x,
            tf.sizes(zero.with(axis, start)),
            tf.sizes(zero.with(axis, end().min(x.dim(axis)))),
            tf.sizes(Shape.of(steps)),
            content)
        .attr("begin_mask", others)
        .attr("end_mask", others)
        .get();
  }
}
