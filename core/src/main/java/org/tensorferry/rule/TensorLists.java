package org.tensorferry.rule;

import java.util.List;
import java.util.stream.IntStream;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.Flow;
import org.tensorferry.tf.Literal;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * Lists of tensors whose length is known only when the model runs, as TensorFlow's TensorList.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/ops/list_ops.cc">list_ops.cc</a>
 */
final class TensorLists {

  private final TfGraph tf;

  TensorLists(TfGraph tf) {
    this.tf = tf;
  }

  TfValue empty(DType dtype) {
    return tf.op("EmptyTensorList", tf.scalar(DType.INT32, -1), tf.scalar(DType.INT32, -1))
        .attr("element_dtype", dtype)
        .shape(Shape.SCALAR)
        .get();
  }

  TfValue append(TfValue list, TfValue tensor) {
    return tf.op("TensorListPushBack", list, tensor).shape(Shape.SCALAR).get();
  }

  TfValue element(TfValue list, Dim index, DType dtype, Shape shape) {
    return sized(
        tf.op("TensorListGetItem", list, tf.dim(index), sizes(shape, 0))
            .attr("element_dtype", dtype)
            .shape(shape)
            .get());
  }

  TfValue stack(TfValue list, Dim length, DType dtype, Shape shape) {
    return sized(
        tf.op("TensorListStack", list, sizes(shape, 0))
            .attr("element_dtype", dtype)
            .shape(shape.insert(0, length))
            .get());
  }

  TfValue join(TfValue list, DType dtype, Shape shape) {
    TfValue none = tf.constant(Literal.ofLongs(DType.INT64, new long[] {0}));
    return sized(
        tf.op("TensorListConcatV2", list, sizes(shape, 1), none)
            .attr("element_dtype", dtype)
            .shape(shape.with(0, tf.freshSize()), Shape.of(tf.freshSize()))
            .get());
  }

  private TfValue sized(TfValue value) {
    Flow.defineSizes(tf, value);
    return value;
  }

  /** Run-time sizes of elements; -1 for those that may differ, and for the first {@code open}. */
  private TfValue sizes(Shape shape, int open) {
    List<TfValue> sizes =
        IntStream.range(0, shape.rank())
            .mapToObj(
                axis -> {
                  Dim dim = shape.dim(axis);
                  boolean known = axis >= open && dim.symbols().stream().allMatch(tf::isDefined);
                  return tf.dim(known ? dim : Dim.of(-1));
                })
            .toList();
    return sizes.isEmpty()
        ? tf.constant(Literal.ofLongs(DType.INT32, new long[] {0}))
        : tf.stack(sizes, 0);
  }
}
