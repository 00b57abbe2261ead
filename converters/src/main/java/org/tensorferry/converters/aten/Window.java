package org.tensorferry.converters.aten;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.Dim;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfOperations;
import org.tensorferry.tf.TfValue;

/**
 * The window of a pooling layer, one number for each spatial axis; all in channels-last layout [N,
 * spatial..., C].
 */
record Window(
    OpArgs args, int[] kernel, int[] stride, int[] padding, int[] dilation, boolean ceilMode) {

  static Window read(OpArgs a) {
    String name = a.schema().name();
    int axes = name.charAt(name.indexOf("d", name.indexOf("pool")) - 1) - '0';
    int[] kernel = a.ints("kernel_size", axes);
    int[] stride = a.ints("stride", axes);
    int[] dilation = new int[axes];
    Arrays.fill(dilation, 1);
    return new Window(
        a,
        kernel,
        stride.length == 0 ? kernel : stride,
        a.ints("padding", axes),
        a.has("dilation") ? a.ints("dilation", axes) : dilation,
        a.flag("ceil_mode"));
  }

  int axes() {
    return kernel.length;
  }

  /** Elements in the window. */
  int size() {
    return Arrays.stream(kernel).reduce(1, (x, y) -> x * y);
  }

  private boolean isDilated() {
    return Arrays.stream(dilation).anyMatch(d -> d > 1);
  }

  /** Adds a batch axis where there is none, and goes to channels-last and back. */
  TfValue over(TfGraph tf, TfValue x, TfOperations.ChannelsLast operator) {
    boolean batched = x.rank() == axes() + 2;
    TfValue out = tf.channelsLast(batched ? x : tf.expandDims(x, 0), operator);
    return batched ? out : tf.squeeze(out, 0);
  }

  /**
   * What ceil_mode adds after a spatial axis: out = ceil((H + 2p - d(k-1) - 1) / s) + 1, one less
   * where the last window would start beyond H + p.
   */
  int extra(TfValue x, int i) {
    if (!ceilMode) {
      return 0;
    }
    Dim dim = x.dim(i + 1);
    if (!dim.isKnown()) {
      if (stride[i] == 1) {
        return 0;
      }
      throw args.refuse(
          "`ceil_mode` needs a fixed size, but the axis is `" + dim + "`",
          "give that dim of --input a number");
    }
    long size = dim.known();
    long covered = (long) dilation[i] * (kernel[i] - 1) + 1;
    long span = size + 2L * padding[i] - covered;
    long out = Math.floorDiv(span + stride[i] - 1, stride[i]) + 1;
    if ((out - 1) * stride[i] >= size + padding[i]) {
      out--;
    }
    return Math.toIntExact(Math.max(0, (out - 1) * stride[i] - span));
  }

  /** Pads before and after each spatial axis. */
  TfValue pad(TfGraph tf, TfValue x, int[] pads, TfValue value) {
    if (Arrays.stream(pads).allMatch(pad -> pad == 0)) {
      return x;
    }
    int[] all = new int[2 * x.rank()];
    System.arraycopy(pads, 0, all, 2, pads.length);
    return tf.pad(x, value, all);
  }

  /** {@code MaxPool} or {@code AvgPool} without padding; one axis as a plane of height 1. */
  TfValue pool(TfGraph tf, String op, TfValue x) {
    if (axes() == 3 && x.dtype() == DType.FLOAT16) {
      return tf.cast(pool(tf, op, tf.cast(x, DType.FLOAT32)), DType.FLOAT16);
    }
    if (axes() == 1) {
      TfValue plane =
          tf.op(op, tf.expandDims(x, 1))
              .ints("ksize", 1, 1, kernel[0], 1)
              .ints("strides", 1, 1, stride[0], 1)
              .attr("padding", "VALID")
              .get();
      return tf.squeeze(plane, 1);
    }
    if (axes() == 3 && op.equals("AvgPool") && x.dtype() == DType.FLOAT64) {
      return planesThenDepth(tf, x);
    }
    return tf.op(axes() == 3 ? op + "3D" : op, x)
        .ints("ksize", framed(kernel))
        .ints("strides", framed(stride))
        .attr("padding", "VALID")
        .get();
  }

  /** A mean of means of equal size: AvgPool3D has no kernel for float64. */
  private TfValue planesThenDepth(TfGraph tf, TfValue x) {
    TfValue planes = tf.reshape(x, x.dim(0).times(x.dim(1)), x.dim(2), x.dim(3), x.dim(4));
    TfValue rows = mean(tf, planes, kernel[1], kernel[2], stride[1], stride[2]);
    Dim area = rows.dim(1).times(rows.dim(2));
    TfValue columns = tf.reshape(rows, x.dim(0), x.dim(1), area, x.dim(4));
    TfValue means = mean(tf, columns, kernel[0], 1, stride[0], 1);
    return tf.reshape(means, x.dim(0), means.dim(1), rows.dim(1), rows.dim(2), x.dim(4));
  }

  private static TfValue mean(
      TfGraph tf, TfValue x, int height, int width, int downBy, int acrossBy) {
    return tf.op("AvgPool", x)
        .ints("ksize", 1, height, width, 1)
        .ints("strides", 1, downBy, acrossBy, 1)
        .attr("padding", "VALID")
        .get();
  }

  private static int[] framed(int[] sizes) {
    return IntStream.concat(
            IntStream.concat(IntStream.of(1), Arrays.stream(sizes)), IntStream.of(1))
        .toArray();
  }

  /** True where the maximum is taken over slices: MaxPool has no dilation, in 3d no float64. */
  boolean isSliced(TfValue x) {
    return isDilated() || (axes() == 3 && x.dtype() == DType.FLOAT64);
  }

  /** The elements at one offset of every window of a padded input. */
  TfValue slice(TfGraph tf, TfValue x, int[] offset) {
    TfValue result = x;
    for (int i = 0; i < axes(); i++) {
      result = slice(tf, result, i, offset[i] * dilation[i], windows(x, i));
    }
    return result;
  }

  private Dim windows(TfValue x, int i) {
    Dim covered = Dim.of((long) dilation[i] * (kernel[i] - 1));
    return x.dim(i + 1).minus(covered).minus(1).floorDiv(stride[i]).plus(1);
  }

  /** The maximum of one strided slice for each element of the window. */
  TfValue maximumOfSlices(TfGraph tf, TfValue x) {
    TfValue maximum = x;
    for (int i = 0; i < axes(); i++) {
      Dim windows = windows(x, i);
      TfValue along = slice(tf, maximum, i, 0, windows);
      for (int k = 1; k < kernel[i]; k++) {
        along = tf.maximum(along, slice(tf, maximum, i, k * dilation[i], windows));
      }
      maximum = along;
    }
    return maximum;
  }

  private TfValue slice(TfGraph tf, TfValue x, int i, int start, Dim windows) {
    Dim end = windows.minus(1).times(stride[i]).plus(start + 1);
    return tf.stridedSlice(x, i + 1, Dim.of(start), end, stride[i]);
  }
}
