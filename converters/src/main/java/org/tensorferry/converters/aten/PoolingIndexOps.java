package org.tensorferry.converters.aten;

import java.util.List;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Maximum pooling that tells where each maximum stood, and its inverse. */
final class PoolingIndexOps {

  private PoolingIndexOps() {}

  static List<AtenRule> rows() {
    return List.of(
        fractional("fractional_max_pool2d(Tensor self, int[2] kernel_size, int[2] output_size"),
        fractional("fractional_max_pool3d(Tensor self, int[3] kernel_size, int[3] output_size"),
        withIndices("max_pool1d_with_indices", 1),
        withIndices("max_pool2d_with_indices", 2),
        withIndices("max_pool3d_with_indices", 3),
        AtenRule.of(
            "max_unpool2d(Tensor self, Tensor indices, int[2] output_size) -> Tensor",
            PoolingIndexOps::unpool),
        AtenRule.of(
            "max_unpool3d(Tensor self, Tensor indices, int[3] output_size, int[3] stride, int[3] padding) -> Tensor",
            PoolingIndexOps::unpool));
  }

  private static AtenRule fractional(String schema) {
    return AtenRule.refused(
        schema + ", Tensor random_samples) -> (Tensor, Tensor)",
        "its windows are drawn at random on every run",
        "use AdaptiveMaxPool with the same output size");
  }

  private static AtenRule withIndices(String name, int axes) {
    String sizes = "int[" + axes + "] ";
    return AtenRule.several(
        name
            + "(Tensor self, "
            + sizes
            + "kernel_size, "
            + sizes
            + "stride=[], "
            + sizes
            + "padding=0, "
            + sizes
            + "dilation=1, bool ceil_mode=False) -> (Tensor, Tensor)",
        PoolingIndexOps::maximum);
  }

  static List<TfValue> maximum(OpArgs a, TfGraph tf) {
    Window window = Window.read(a);
    TfValue x = a.tensor("self");
    return List.of(
        window.over(tf, x, nhwc -> PoolingOps.maximum(tf, window, nhwc)),
        window.over(tf, x, nhwc -> positions(tf, window, nhwc)));
  }

  /** The least position in each window where its maximum stands; all in channels-last layout. */
  private static TfValue positions(TfGraph tf, Window window, TfValue x) {
    TfValue maxima = PoolingOps.maximum(tf, window, x);
    Shape plane = x.shape().with(0, 1).with(-1, 1);
    TfValue numbers = tf.reshape(tf.range(plane.numel(), DType.INT64), plane);
    Padding pads = window.paddings(x);
    TfValue values = pads.constant(tf, x, Numbers.extreme(tf, x.dtype(), false));
    TfValue none = Numbers.extreme(tf, DType.INT64, true);
    TfValue places = pads.constant(tf, numbers, none);
    TfValue least = none;
    for (int i = 0; i < window.size(); i++) {
      int[] offset = offset(window, i);
      TfValue candidate = window.slice(tf, values, offset, window.outputs(x));
      TfValue place = window.slice(tf, places, offset, window.outputs(x));
      least = tf.minimum(least, AdaptivePoolingOps.isMaximum(tf, candidate, maxima, place));
    }
    return least;
  }

  /** The i-th element of the window, row by row. */
  private static int[] offset(Window window, int i) {
    int[] offset = new int[window.axes()];
    int rest = i;
    for (int axis = window.axes() - 1; axis >= 0; axis--) {
      offset[axis] = rest % window.kernel()[axis];
      rest /= window.kernel()[axis];
    }
    return offset;
  }

  /** Zeros with each value at its index of the plane. */
  static TfValue unpool(OpArgs a, TfGraph tf) {
    a.ignore("stride", "padding");
    TfValue x = a.tensor("self");
    List<Dim> sizes = a.dims("output_size");
    int first = x.rank() - sizes.size();
    Shape plane = new Shape(sizes);
    Dim planes = x.shape().slice(0, first).numel();
    TfValue starts =
        tf.mul(tf.range(planes, DType.INT64), tf.cast(tf.dim(plane.numel()), DType.INT64));
    Dim each = x.shape().slice(first, x.rank()).numel();
    TfValue indices =
        tf.add(tf.reshape(a.tensor("indices"), planes, each), tf.expandDims(starts, 1));
    TfValue zeros = tf.zeros(Shape.of(planes.times(plane.numel())), x.dtype());
    TfValue flat =
        tf.op(
                "TensorScatterUpdate",
                zeros,
                tf.reshape(indices, x.shape().numel(), Dim.ONE),
                tf.reshape(x, x.shape().numel()))
            .get();
    return tf.reshape(flat, x.shape().slice(0, first).concat(plane));
  }
}
