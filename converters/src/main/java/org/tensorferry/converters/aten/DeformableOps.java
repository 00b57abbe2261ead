package org.tensorferry.converters.aten;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * Convolution whose kernel reads at places that a tensor moves: the places are read as columns, and
 * these are multiplied with the kernel.
 *
 * @see <a
 *     href="https://github.com/pytorch/vision/blob/main/torchvision/csrc/ops/cpu/deform_conv2d_kernel.cpp">deform_conv2d_kernel.cpp</a>
 */
final class DeformableOps {

  private DeformableOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.of(
            "torchvision::deform_conv2d(Tensor input, Tensor weight, Tensor offset, Tensor mask, Tensor bias, int stride_h,"
                + " int stride_w, int pad_h, int pad_w, int dilation_h, int dilation_w, int groups, int offset_groups,"
                + " bool use_mask) -> Tensor",
            DeformableOps::convolve));
  }

  /**
   * Where the kernel reads: values of one axis are [N, G, taps, H', W'], with G groups of offsets.
   *
   * @param low whole positions before
   * @param fraction of the way to the next
   */
  private record Places(TfValue low, TfValue fraction, Dim size) {}

  private static TfValue convolve(OpArgs a, TfGraph tf) {
    TfValue weight = a.tensor("weight");
    Dim taps = weight.dim(2).times(weight.dim(3));
    Dim groups = a.dim("offset_groups");
    TfValue offset = a.tensor("offset");
    TfValue x = a.tensor("input");
    Dim height = offset.dim(2);
    Dim width = offset.dim(3);
    TfValue pairs = tf.reshape(offset, Shape.of(x.dim(0), groups, taps, Dim.of(2), height, width));
    Places down = places(a, tf, tf.pick(pairs, 3, Dim.ZERO), 0);
    Places across = places(a, tf, tf.pick(pairs, 3, Dim.ONE), 1);
    TfValue read = between(a, tf, down, across);
    if (a.flag("use_mask")) {
      TfValue mask = tf.reshape(a.tensor("mask"), Shape.of(x.dim(0), groups, taps, height, width));
      read = tf.mul(read, tf.expandDims(mask, 5));
    } else {
      a.ignore("mask");
    }
    return tf.add(product(a, tf, read), biasOf(a, tf));
  }

  private static TfValue biasOf(OpArgs a, TfGraph tf) {
    TfValue bias = a.tensor("bias");
    return tf.reshape(bias, Dim.ONE, bias.dim(0), Dim.ONE, Dim.ONE);
  }

  private static Places places(OpArgs a, TfGraph tf, TfValue offset, int axis) {
    String suffix = axis == 0 ? "_h" : "_w";
    DType dtype = offset.dtype();
    TfValue weight = a.tensor("weight");
    Dim kernel = weight.dim(2 + axis);
    Dim out = offset.dim(3 + axis);
    TfValue output = tf.mul(tf.range(out, dtype), a.integer("stride" + suffix));
    TfValue tap = tf.mul(tf.range(kernel, dtype), a.integer("dilation" + suffix));
    Shape ofTaps = axis == 0 ? Shape.of(kernel, Dim.ONE) : Shape.of(Dim.ONE, kernel);
    TfValue all =
        tf.reshape(
            tf.broadcastTo(tf.reshape(tap, ofTaps), Shape.of(weight.dim(2), weight.dim(3))),
            offset.dim(2),
            Dim.ONE,
            Dim.ONE);
    Shape ofOutputs = axis == 0 ? Shape.of(out, Dim.ONE) : Shape.of(Dim.ONE, out);
    TfValue base = tf.add(tf.add(tf.reshape(output, ofOutputs), -a.integer("pad" + suffix)), all);
    TfValue position = tf.add(tf.expandDims(tf.expandDims(base, 0), 0), offset);
    TfValue low = tf.unary("Floor", position);
    return new Places(low, tf.sub(position, low), a.tensor("input").dim(2 + axis));
  }

  /** The sum over the four pixels around each place, [N, G, taps, H', W', C / G]. */
  private static TfValue between(OpArgs a, TfGraph tf, Places down, Places across) {
    @Nullable TfValue sum = null;
    for (int i = 0; i < 4; i++) {
      TfValue weight = tf.mul(near(tf, down, i / 2), near(tf, across, i % 2));
      TfValue pixel = pixel(a, tf, down, i / 2, across, i % 2);
      TfValue term = tf.mul(pixel, tf.expandDims(weight, 5));
      sum = sum == null ? term : tf.add(sum, term);
    }
    return Objects.requireNonNull(sum);
  }

  private static TfValue near(TfGraph tf, Places places, int next) {
    TfValue one = tf.scalar(places.fraction().dtype(), 1);
    return next == 1 ? places.fraction() : tf.sub(one, places.fraction());
  }

  /** Pixels of the map, and zeros around it. */
  private static TfValue pixel(
      OpArgs a, TfGraph tf, Places down, int nextDown, Places across, int nextAcross) {
    TfValue x = a.tensor("input");
    Dim groups = a.dim("offset_groups");
    TfValue y = tf.add(down.low(), nextDown);
    TfValue column = tf.add(across.low(), nextAcross);
    TfValue insideY = inside(tf, y, down.size());
    TfValue insideX = inside(tf, column, across.size());
    TfValue picture = tf.reshape(tf.range(x.dim(0), DType.INT32), along(x.dim(0), 0));
    TfValue group = tf.reshape(tf.range(groups, DType.INT32), along(groups, 1));
    TfValue index = tf.add(tf.mul(picture, tf.dim(x.dim(2))), tf.cast(insideY, DType.INT32));
    index = tf.add(tf.mul(index, tf.dim(x.dim(3))), tf.cast(insideX, DType.INT32));
    index = tf.add(tf.mul(index, tf.dim(groups)), group);
    TfValue last = tf.toChannelsLast(x);
    Dim pixels = last.shape().remove(3).numel();
    Dim each = x.dim(1).floorDiv(groups);
    TfValue rows = tf.reshape(last, pixels.times(groups), each);
    TfValue exists =
        tf.binary(
            "LogicalAnd", tf.binary("Equal", insideY, y), tf.binary("Equal", insideX, column));
    return tf.select(tf.expandDims(exists, 5), tf.gather(rows, index, 0), tf.scalar(x.dtype(), 0));
  }

  private static Shape along(Dim size, int axis) {
    return Shape.of(1, 1, 1, 1, 1).with(axis, size);
  }

  private static TfValue inside(TfGraph tf, TfValue position, Dim size) {
    TfValue last = tf.add(tf.cast(tf.dim(size), position.dtype()), -1);
    return tf.minimum(tf.maximum(position, tf.scalar(position.dtype(), 0)), last);
  }

  /** The columns [N, G, taps, H', W', C / G] times the kernel, group by group. */
  private static TfValue product(OpArgs a, TfGraph tf, TfValue read) {
    TfValue weight = a.tensor("weight");
    TfValue x = a.tensor("input");
    Dim groups = a.dim("groups");
    Dim taps = read.dim(2);
    Dim places = read.dim(0).times(read.dim(3)).times(read.dim(4));
    Dim inputs = weight.dim(1);
    // [N, H', W', G, C / G, taps]: channels in their order, with a kernel's taps last.
    TfValue ordered = tf.transpose(read, 0, 3, 4, 1, 5, 2);
    TfValue columns =
        tf.transpose(tf.reshape(ordered, places, groups, inputs.times(taps)), 1, 0, 2);
    Dim outputs = weight.dim(0).floorDiv(groups);
    TfValue kernel = tf.reshape(weight, groups, outputs, inputs.times(taps));
    TfValue product = tf.transpose(tf.matmul(columns, kernel, false, true), 1, 0, 2);
    TfValue last = tf.reshape(product, x.dim(0), read.dim(3), read.dim(4), weight.dim(0));
    return tf.toChannelsFirst(last);
  }
}
