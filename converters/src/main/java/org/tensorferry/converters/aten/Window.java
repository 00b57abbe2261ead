package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfOperations;
import org.tensorferry.tf.TfValue;

/**
 * The window of a pooling layer, one number for each spatial axis; all in channels-last layout [N,
 * spatial..., C].
 */
record Window(
    OpArgs args, int[] kernel, int[] stride, int[] padding, int[] dilation, boolean ceilMode) {

  /** AvgPool adds floats up one by one: larger windows go by rows and then by columns. */
  private static final int LARGEST_SUM = 32;

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

  /** What ceil_mode adds after a spatial axis, so that the last window is whole. */
  Dim extra(TfValue x, int i) {
    if (!ceilMode || stride[i] == 1) {
      return Dim.ZERO;
    }
    Dim span = x.dim(i + 1).plus(2L * padding[i] - covered(i));
    return outputs(x.dim(i + 1), i).minus(1).times(stride[i]).minus(span).max(Dim.ZERO);
  }

  /**
   * Windows on an axis of that size. With ceil_mode the last one may hang over the end, but not
   * begin beyond the padding before it: out = min(ceil((H + 2p - c) / s) + 1, ceil((H + p) / s))
   * where a window covers c. Which of the two is smaller does not depend on H.
   */
  private Dim outputs(Dim size, int i) {
    Dim span = size.plus(2L * padding[i] - covered(i));
    if (!ceilMode) {
      return span.floorDiv(stride[i]).plus(1);
    }
    return padding[i] + stride[i] <= covered(i)
        ? span.ceilDiv(stride[i]).plus(1)
        : size.plus(padding[i]).ceilDiv(stride[i]);
  }

  /** Windows on each spatial axis of an input without padding. */
  List<Dim> outputs(TfValue x) {
    return IntStream.range(0, axes()).mapToObj(i -> outputs(x.dim(i + 1), i)).toList();
  }

  private long covered(int i) {
    return (long) dilation[i] * (kernel[i] - 1) + 1;
  }

  /** Padding of the layer and of ceil_mode, on the spatial axes of x. */
  Padding paddings(TfValue x) {
    return frame(x, i -> Dim.of(padding[i]), i -> extra(x, i).plus(padding[i]));
  }

  /** Padding of the layer alone. */
  Padding ownPadding(TfValue x) {
    return frame(x, i -> Dim.of(padding[i]), i -> Dim.of(padding[i]));
  }

  /** Padding of ceil_mode alone. */
  Padding extraPadding(TfValue x) {
    return frame(x, i -> Dim.ZERO, i -> extra(x, i));
  }

  private Padding frame(TfValue x, IntFunction<Dim> before, IntFunction<Dim> after) {
    List<Dim> front = new ArrayList<>(Collections.nCopies(x.rank(), Dim.ZERO));
    List<Dim> back = new ArrayList<>(front);
    for (int i = 0; i < axes(); i++) {
      front.set(i + 1, before.apply(i));
      back.set(i + 1, after.apply(i));
    }
    return new Padding(front, back);
  }

  /**
   * {@code MaxPool} or {@code AvgPool} of an input that has its padding; one axis as a plane of
   * height 1.
   */
  TfValue pool(TfGraph tf, String op, TfValue x, List<Dim> outputs) {
    if (axes() == 3 && x.dtype() == DType.FLOAT16) {
      return tf.cast(pool(tf, op, tf.cast(x, DType.FLOAT32), outputs), DType.FLOAT16);
    }
    Shape shape = x.shape();
    for (int i = 0; i < axes(); i++) {
      shape = shape.with(i + 1, outputs.get(i));
    }
    if (axes() == 1) {
      TfValue plane =
          tf.op(op, tf.expandDims(x, 1))
              .ints("ksize", 1, 1, kernel[0], 1)
              .ints("strides", 1, 1, stride[0], 1)
              .attr("padding", "VALID")
              .shape(shape.insert(1, Dim.ONE))
              .get();
      return tf.squeeze(plane, 1);
    }
    if (axes() == 3 && op.equals("AvgPool") && x.dtype() == DType.FLOAT64) {
      return planesThenDepth(tf, x);
    }
    if (axes() == 2 && op.equals("AvgPool") && size() > LARGEST_SUM) {
      TfValue rows = mean(tf, x, kernel[0], 1, stride[0], 1);
      return mean(tf, rows, 1, kernel[1], 1, stride[1]);
    }
    return tf.op(axes() == 3 ? op + "3D" : op, x)
        .ints("ksize", framed(kernel))
        .ints("strides", framed(stride))
        .attr("padding", "VALID")
        .shape(shape)
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

  /** The elements at one offset of every window of an input that has its padding. */
  TfValue slice(TfGraph tf, TfValue x, int[] offset, List<Dim> outputs) {
    TfValue result = x;
    for (int i = 0; i < axes(); i++) {
      result = slice(tf, result, i, offset[i] * dilation[i], outputs.get(i));
    }
    return result;
  }

  /** The maximum of one strided slice for each element of the window. */
  TfValue maximumOfSlices(TfGraph tf, TfValue x, List<Dim> outputs) {
    TfValue maximum = x;
    for (int i = 0; i < axes(); i++) {
      TfValue along = slice(tf, maximum, i, 0, outputs.get(i));
      for (int k = 1; k < kernel[i]; k++) {
        along = tf.maximum(along, slice(tf, maximum, i, k * dilation[i], outputs.get(i)));
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
