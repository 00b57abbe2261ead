package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.List;
import org.tensorferry.converters.layer.Layouts;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * The gradient of a convolution with respect to its input, as a layer.
 *
 * <p>Emitted without padding, at the full size (H-1)*s + d*(k-1) + 1, then cut by the padding: the
 * form that TensorFlow and TFLite run everywhere. Groups are one operator each, because grouped
 * ones give garbage in TFLite.
 */
record TransposedConvolution(Convolution convolution, int[] padding, List<Dim> outputPadding) {

  TfValue emit(TfGraph tf) {
    return convolution.spatially(
        tf,
        nhwc -> {
          TfValue out = crop(tf, full(tf, nhwc));
          return convolution.bias().map(b -> tf.add(out, b)).orElse(out);
        });
  }

  private TfValue full(TfGraph tf, TfValue x) {
    int axes = convolution.axes();
    // [spatial..., out/groups, in]
    TfValue kernel =
        convolution.dilate(tf, convolution.weight().as(Layouts.transposedConvolution(axes)));
    List<TfValue> inputs = tf.split(x, axes + 1, convolution.knownGroups());
    List<TfValue> kernels = tf.split(kernel, axes + 1, convolution.knownGroups());
    List<TfValue> outputs = new ArrayList<>();
    for (int i = 0; i < convolution.knownGroups(); i++) {
      outputs.add(group(tf, inputs.get(i), kernels.get(i)));
    }
    return tf.concat(outputs, axes + 1);
  }

  private TfValue group(TfGraph tf, TfValue x, TfValue kernel) {
    int axes = convolution.axes();
    int[] stride = convolution.stride();
    Shape shape = x.shape().with(-1, kernel.dim(axes));
    for (int i = 0; i < axes; i++) {
      shape = shape.with(i + 1, x.dim(i + 1).minus(1).times(stride[i]).plus(kernel.dim(i)));
    }
    if (axes == 3) {
      return tf.op("Conv3DBackpropInputV2", tf.sizes(shape), kernel, x)
          .ints("strides", 1, stride[0], stride[1], stride[2], 1)
          .attr("padding", "VALID")
          .shape(shape)
          .get();
    }
    if (axes == 2) {
      return planar(tf, x, kernel, shape, stride[0], stride[1]);
    }
    TfValue plane =
        planar(
            tf,
            tf.expandDims(x, 1),
            tf.expandDims(kernel, 0),
            shape.insert(1, Dim.ONE),
            stride[0],
            stride[0]);
    return tf.squeeze(plane, 1);
  }

  private static TfValue planar(
      TfGraph tf, TfValue x, TfValue kernel, Shape shape, int down, int right) {
    return tf.op("Conv2DBackpropInput", tf.sizes(shape), kernel, x)
        .ints("strides", 1, down, right, 1)
        .attr("padding", "VALID")
        .shape(shape)
        .get();
  }

  /** Cuts the padding off; output padding beyond it is zero. */
  private TfValue crop(TfGraph tf, TfValue full) {
    TfValue out = full;
    for (int i = 0; i < padding.length; i++) {
      int axis = i + 1;
      int extra = Math.max(0, most(i) - padding[i]);
      if (extra > 0) {
        int[] pads = new int[2 * out.rank()];
        pads[2 * axis + 1] = extra;
        out = tf.pad(out, tf.scalar(out.dtype(), 0), pads);
      }
      Dim size = full.dim(axis).minus(2L * padding[i]).plus(outputPadding.get(i));
      out = tf.slice(out, axis, Dim.of(padding[i]), size);
    }
    return out;
  }

  /**
   * The most output padding of an axis; one that depends on sizes is less than stride or dilation.
   */
  private int most(int i) {
    Dim extra = outputPadding.get(i);
    return extra.isKnown()
        ? (int) extra.known()
        : Math.max(convolution.stride()[i], convolution.dilation()[i]) - 1;
  }
}
