package org.tensorferry.converters.aten;

import java.util.List;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Order along the last axis, by TensorFlow's TopKV2: equal elements keep their order. */
final class Sorting {

  private Sorting() {}

  /**
   * The first k elements of an order, and their indices as int64. NaN counts as infinity, the
   * greatest, since TopKV2 gives no order to it.
   *
   * @param descending greatest first
   */
  static List<TfValue> first(TfGraph tf, TfValue x, Dim k, boolean descending) {
    TfValue number = number(tf, x);
    TfValue key = descending ? number : reversed(tf, number);
    Shape shape = x.shape().with(-1, k);
    List<TfValue> top = tf.op("TopKV2", key, tf.dim(k)).shape(shape, shape).all();
    TfValue indices = top.get(1);
    TfValue values = descending ? top.get(0) : reversed(tf, top.get(0));
    return List.of(
        x.dtype().isFloating() ? pick(tf, x, indices) : tf.cast(values, x.dtype()),
        tf.cast(indices, DType.INT64));
  }

  private static TfValue number(TfGraph tf, TfValue x) {
    if (x.dtype() == DType.BOOL) {
      return tf.cast(x, DType.INT32);
    }
    return x.dtype().isFloating()
        ? tf.select(tf.unary("IsNan", x), Numbers.extreme(tf, x.dtype(), true), x)
        : x;
  }

  /** The elements of the last axis at indices of their own for every row. */
  static TfValue pick(TfGraph tf, TfValue x, TfValue indices) {
    return tf.op("GatherV2", x, indices, tf.scalar(DType.INT32, x.rank() - 1))
        .attr("batch_dims", x.rank() - 1)
        .get();
  }

  /** All elements in order. */
  static List<TfValue> sorted(TfGraph tf, TfValue x, boolean descending) {
    return first(tf, x, x.dim(-1), descending);
  }

  /** An order-reversing function that is its own inverse and can't overflow: -x, or ~x = -x-1. */
  private static TfValue reversed(TfGraph tf, TfValue x) {
    return tf.unary(x.dtype().isFloating() ? "Neg" : "Invert", x);
  }

  /** The element at one rank of an ascending order, with its index; the axis keeps size 1. */
  static List<TfValue> atRank(TfGraph tf, TfValue x, Dim rank) {
    int axis = x.rank() - 1;
    List<TfValue> least = first(tf, x, rank.plus(1), false);
    return least.stream().map(found -> tf.slice(found, axis, rank, Dim.ONE)).toList();
  }
}
