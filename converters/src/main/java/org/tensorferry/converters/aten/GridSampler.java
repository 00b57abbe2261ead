package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * Interpolation at positions of a grid [N, out..., axes] whose last axis is (x, y[, z]) in [-1, 1]
 * (ATen/native/GridSampler.h).
 *
 * @param input [N, C, spatial...]
 * @param plane sizes of the spatial axes
 * @param paddingMode what stands outside: 0 zeros, 1 the border, 2 the reflection
 * @param alignCorners whether -1 and 1 are the centres of the outermost elements
 */
record GridSampler(TfValue input, Shape plane, int paddingMode, boolean alignCorners) {

  private static final int ZEROS = 0;
  private static final int REFLECTION = 2;

  TfValue nearest(TfGraph tf, TfValue grid) {
    List<TfValue> positions = new ArrayList<>();
    for (int i = 0; i < plane.rank(); i++) {
      positions.add(tf.unary("Round", clipped(tf, position(tf, grid, i), i)));
    }
    return tf.toChannelsFirst(read(tf, positions));
  }

  /** The sum over the corners around each position, weighted by nearness along each axis. */
  TfValue linear(TfGraph tf, TfValue grid) {
    List<TfValue> floors = new ArrayList<>();
    List<TfValue> weights = new ArrayList<>();
    for (int i = 0; i < plane.rank(); i++) {
      TfValue position = clipped(tf, position(tf, grid, i), i);
      floors.add(tf.unary("Floor", position));
      weights.add(tf.sub(position, floors.get(i)));
    }
    List<List<TfValue>> near =
        weights.stream().map(w -> List.of(tf.sub(tf.scalar(w.dtype(), 1), w), w)).toList();
    return tf.toChannelsFirst(weightedSum(tf, floors, near, 0, false));
  }

  /** As {@link #linear} over four elements along each axis, which are padded one by one. */
  TfValue cubic(TfGraph tf, TfValue grid) {
    List<TfValue> before = new ArrayList<>();
    List<List<TfValue>> weights = new ArrayList<>();
    for (int i = 0; i < plane.rank(); i++) {
      TfValue position = position(tf, grid, i);
      TfValue floor = tf.unary("Floor", position);
      weights.add(Resize.cubicWeights(tf, tf.sub(position, floor)));
      before.add(tf.add(floor, -1));
    }
    return tf.toChannelsFirst(weightedSum(tf, before, weights, 0, true));
  }

  private TfValue weightedSum(
      TfGraph tf, List<TfValue> first, List<List<TfValue>> weights, int axis, boolean clip) {
    if (axis == plane.rank()) {
      return read(
          tf,
          clip
              ? IntStream.range(0, axis).mapToObj(i -> clipped(tf, first.get(i), i)).toList()
              : first);
    }
    @Nullable TfValue sum = null;
    for (int i = 0; i < weights.get(axis).size(); i++) {
      List<TfValue> moved = new ArrayList<>(first);
      moved.set(axis, i == 0 ? first.get(axis) : tf.add(first.get(axis), i));
      TfValue weight = weights.get(axis).get(i);
      TfValue term =
          tf.mul(
              weightedSum(tf, moved, weights, axis + 1, clip),
              tf.expandDims(weight, weight.rank()));
      sum = sum == null ? term : tf.add(sum, term);
    }
    return Objects.requireNonNull(sum);
  }

  /** Elements counted from the first along a spatial axis: [N, out...]. */
  private TfValue position(TfGraph tf, TfValue grid, int axis) {
    TfValue x = tf.pick(grid, grid.rank() - 1, Dim.of(plane.rank() - 1L - axis));
    TfValue size = size(tf, axis, x.dtype());
    TfValue shifted = tf.add(x, 1);
    return alignCorners
        ? tf.mul(tf.mul(shifted, 0.5), tf.add(size, -1))
        : tf.mul(tf.add(tf.mul(shifted, size), -1), 0.5);
  }

  private TfValue size(TfGraph tf, int axis, DType dtype) {
    return tf.cast(tf.dim(plane.dim(axis)), dtype);
  }

  private TfValue clipped(TfGraph tf, TfValue position, int axis) {
    if (paddingMode == ZEROS) {
      return position;
    }
    TfValue last = tf.add(size(tf, axis, position.dtype()), -1);
    TfValue inside = paddingMode == REFLECTION ? reflected(tf, position, axis) : position;
    return tf.minimum(tf.maximum(inside, tf.scalar(position.dtype(), 0)), last);
  }

  /** Mirrored at the centres or the outer borders of the outermost elements. */
  private TfValue reflected(TfGraph tf, TfValue position, int axis) {
    double low = alignCorners ? 0 : -0.5;
    if (alignCorners && plane.dim(axis).is(1)) {
      return tf.mul(position, 0);
    }
    TfValue span = tf.add(size(tf, axis, position.dtype()), alignCorners ? -1 : 0);
    TfValue distance = tf.unary("Abs", tf.add(position, -low));
    TfValue period = tf.mul(span, 2);
    TfValue rest = tf.binary("FloorMod", distance, period);
    return tf.add(tf.minimum(rest, tf.sub(period, rest)), low);
  }

  /** The elements at whole positions as [N, out..., C]; zeros outside. */
  private TfValue read(TfGraph tf, List<TfValue> positions) {
    TfValue index = tf.dim(Dim.ZERO);
    @Nullable TfValue inside = null;
    for (int i = 0; i < plane.rank(); i++) {
      TfValue position = positions.get(i);
      TfValue zero = tf.scalar(position.dtype(), 0);
      TfValue last = tf.add(size(tf, i, position.dtype()), -1);
      TfValue within = tf.minimum(tf.maximum(position, zero), last);
      TfValue here = tf.binary("Equal", within, position);
      inside = inside == null ? here : tf.binary("LogicalAnd", inside, here);
      index = tf.add(tf.mul(index, tf.dim(plane.dim(i))), tf.cast(within, DType.INT32));
    }
    TfValue elements = gather(tf, index);
    if (paddingMode != ZEROS) {
      return elements;
    }
    TfValue mask = Objects.requireNonNull(inside);
    return tf.select(tf.expandDims(mask, mask.rank()), elements, tf.scalar(elements.dtype(), 0));
  }

  private TfValue gather(TfGraph tf, TfValue index) {
    TfValue last = tf.toChannelsLast(input);
    TfValue rows = tf.reshape(last, input.dim(0), plane.numel(), input.dim(1));
    TfValue flat = tf.reshape(index, input.dim(0), index.shape().remove(0).numel());
    TfValue read =
        tf.op("GatherV2", rows, flat, tf.dim(Dim.ONE))
            .attr("batch_dims", 1)
            .shape(Shape.of(input.dim(0), flat.dim(1), input.dim(1)))
            .get();
    return tf.reshape(read, index.shape().concat(Shape.of(input.dim(1))));
  }
}
