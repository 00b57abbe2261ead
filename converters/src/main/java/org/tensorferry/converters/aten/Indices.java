package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfNode;
import org.tensorferry.tf.TfValue;

/** Index tensors as TensorFlow wants them: int32 or int64, not negative, one row a place. */
final class Indices {

  /** Results of these are never negative. */
  private static final Set<String> NATURAL =
      Set.of("ArgMax", "ArgMin", "LowerBound", "UpperBound", "Where", "OneHot", "UnravelIndex");

  /** These only move, repeat or drop elements of their first input. */
  private static final Set<String> MOVING =
      Set.of(
          "BroadcastTo",
          "Cast",
          "ExpandDims",
          "GatherV2",
          "Identity",
          "Reshape",
          "Slice",
          "Squeeze",
          "StridedSlice",
          "Tile",
          "Transpose",
          "Unpack");

  private static final int DEEPEST = 16;

  private Indices() {}

  static TfValue integers(TfGraph tf, TfValue index) {
    boolean fits = index.dtype() == DType.INT32 || index.dtype() == DType.INT64;
    return fits ? index : tf.cast(index, DType.INT64);
  }

  /** Indices of which negative ones count from the end of an axis. */
  static TfValue wrapped(TfGraph tf, TfValue given, Dim size) {
    TfValue index = integers(tf, given);
    if (isNatural(tf, index, 0)) {
      return index;
    }
    TfValue negative = tf.binary("Less", index, tf.scalar(index.dtype(), 0));
    return tf.select(negative, tf.add(index, tf.cast(tf.dim(size), index.dtype())), index);
  }

  private static boolean isNatural(TfGraph tf, TfValue value, int depth) {
    TfNode node = value.node();
    if (node.is("Const")) {
      return tf.constantInts(value).stream().flatMapToLong(Arrays::stream).allMatch(i -> i >= 0);
    }
    if (depth == DEEPEST) {
      return false;
    }
    if (node.is("Range") || node.is("AddV2") || node.is("Mul") || node.is("FloorDiv")) {
      return node.inputs().stream()
          .allMatch(input -> input.dtype().isInteger() && isNatural(tf, input, depth + 1));
    }
    if (MOVING.stream().anyMatch(node::is)) {
      TfValue from = node.input(0);
      return (from.dtype().isInteger() || from.dtype() == DType.BOOL)
          && isNatural(tf, from, depth + 1);
    }
    return node.is("TopKV2") ? value.index() == 1 : NATURAL.stream().anyMatch(node::is);
  }

  /** The places where a mask is true, one row each: [n, rank], n known when the model runs. */
  static TfValue places(TfGraph tf, TfValue mask) {
    TfValue condition = Numbers.isTrue(tf, mask);
    int[] axes = Axes.all(condition);
    TfValue count = tf.sum(tf.cast(condition, DType.INT32), false, axes);
    Dim found = Dim.of(tf.symbol(count, OptionalLong.empty(), 0));
    return tf.op("Where", condition).shape(Shape.of(found, Dim.of(mask.rank()))).get();
  }

  /** The indices of true elements of a vector. */
  static TfValue placesOfVector(TfGraph tf, TfValue mask) {
    return tf.squeeze(places(tf, mask), 1);
  }

  /** The place of every element of an index tensor that runs along one axis: [..., rank]. */
  static TfValue placesAlong(TfGraph tf, TfValue index, int axis) {
    if (index.rank() == 1) {
      return tf.expandDims(index, 1);
    }
    List<TfValue> columns = new ArrayList<>();
    for (int i = 0; i < index.rank(); i++) {
      columns.add(i == axis ? index : position(tf, index, i));
    }
    return tf.stack(columns, index.rank());
  }

  /** For each element of a tensor its index on one axis. */
  private static TfValue position(TfGraph tf, TfValue like, int axis) {
    Dim[] sizes = new Dim[like.rank()];
    Arrays.fill(sizes, Dim.ONE);
    sizes[axis] = like.dim(axis);
    TfValue range = tf.reshape(tf.range(like.dim(axis), like.dtype()), sizes);
    return tf.broadcastTo(range, like.shape());
  }

  /** Where places lie in the row-major order of a shape: [..., rank] becomes [...]. */
  static TfValue flat(TfGraph tf, TfValue places, Shape shape) {
    int last = places.rank() - 1;
    TfValue flat = tf.pick(places, last, Dim.ZERO);
    for (int i = 1; i < shape.rank(); i++) {
      TfValue size = tf.cast(tf.dim(shape.dim(i)), places.dtype());
      flat = tf.add(tf.mul(flat, size), tf.pick(places, last, Dim.of(i)));
    }
    return flat;
  }
}
