package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorferry.converters.layer.Layouts;
import org.tensorferry.dim.Dim;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.rule.Weight;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfOperations;
import org.tensorferry.tf.TfValue;

/**
 * The arguments of a convolution, and its emission in channels-last layout.
 *
 * @param input [N, C, spatial...], or [C, spatial...] without a batch
 * @param weight [out, in/groups, spatial...]; of a transposed one [in, out/groups, spatial...]
 */
record Convolution(
    TfValue input,
    Weight weight,
    Optional<TfValue> bias,
    int[] stride,
    int[] dilation,
    Dim groups) {

  static Convolution read(OpArgs a) {
    Weight weight = a.weight("weight");
    int axes = weight.shape().rank() - 2;
    return new Convolution(
        a.tensor("input"),
        weight,
        a.optionalTensor("bias"),
        a.ints("stride", axes),
        a.ints("dilation", axes),
        a.dim("groups"));
  }

  /** As {@link #read}, for an operator that is written once for each group. */
  static Convolution readGroups(OpArgs a) {
    Convolution convolution = read(a);
    a.integer("groups");
    return convolution;
  }

  /** The number of groups, where {@link #readGroups} has seen to it. */
  int knownGroups() {
    return Math.toIntExact(groups.known());
  }

  /** Number of spatial axes. */
  int axes() {
    return weight.shape().rank() - 2;
  }

  /** Pads before and after each spatial axis, from one number an axis. */
  static int[] symmetric(int[] padding) {
    return IntStream.range(0, 2 * padding.length).map(i -> padding[i / 2]).toArray();
  }

  /** What {@code padding="same"} adds: the odd one goes after (ATen/native/Convolution.cpp). */
  int[] samePadding() {
    int[] pads = new int[2 * axes()];
    for (int i = 0; i < axes(); i++) {
      int total = dilation[i] * Math.toIntExact(weight.shape().dim(i + 2).known() - 1);
      pads[2 * i] = total / 2;
      pads[2 * i + 1] = total - total / 2;
    }
    return pads;
  }

  /**
   * Emits the convolution.
   *
   * @param pads before and after each spatial axis
   */
  TfValue emit(TfGraph tf, int[] pads) {
    return spatially(
        tf,
        nhwc -> {
          TfValue kernel = weight.as(Layouts.convolution(axes()));
          int[] around = pads.clone();
          int[] strides = stride.clone();
          TfValue x = cut(tf, nhwc, around, strides);
          TfValue out =
              axes() == 1
                  ? oneAxis(tf, nhwc, kernel, pads)
                  : axes() == 2
                      ? new PlanarConvolution(groups, strides, dilation).emit(tf, x, kernel, around)
                      : threeAxes(tf, x, kernel, around, strides);
          return bias.map(b -> tf.add(out, b)).orElse(out);
        });
  }

  /**
   * With one channel, TensorFlow's oneDNN kernels (2.18 and 2.21) read the wrong places where the
   * last axis has a single one and a greater stride than others: cuts the axis to that place, so
   * that any stride will do.
   */
  private TfValue cut(TfGraph tf, TfValue x, int[] pads, int[] strides) {
    int last = axes() - 1;
    Dim size = x.dim(last + 1).plus(pads[2 * last]).plus(pads[2 * last + 1]);
    long reach = dilation[last] * (weight.shape().dim(last + 2).known() - 1) + 1;
    Dim behind = size.minus(reach);
    boolean fails = x.dim(-1).is(1) && behind.isKnown() && behind.known() < strides[last];
    if (!fails || strides[last] == strides[0]) {
      return x;
    }
    strides[last] = strides[0];
    int padding = (int) Math.min(behind.known(), pads[2 * last + 1]);
    pads[2 * last + 1] -= padding;
    return tf.slice(x, last + 1, Dim.ZERO, x.dim(last + 1).minus(behind.known() - padding));
  }

  /** Adds a batch axis where there is none, and goes to channels-last and back. */
  TfValue spatially(TfGraph tf, TfOperations.ChannelsLast operator) {
    boolean batched = input.rank() == axes() + 2;
    TfValue x = batched ? input : tf.expandDims(input, 0);
    TfValue out = tf.channelsLast(x, operator);
    return batched ? out : tf.squeeze(out, 0);
  }

  private TfValue oneAxis(TfGraph tf, TfValue x, TfValue kernel, int[] pads) {
    int[] strides = {stride[0], stride[0]};
    int[] dilations = {1, dilation[0]};
    TfValue out =
        new PlanarConvolution(groups, strides, dilations)
            .emit(
                tf,
                tf.expandDims(x, 1),
                tf.expandDims(kernel, 0),
                new int[] {0, 0, pads[0], pads[1]});
    return tf.squeeze(out, 1);
  }

  /** Conv3D has no groups and no explicit padding, and dilation only with oneDNN. */
  private TfValue threeAxes(TfGraph tf, TfValue x, TfValue kernel, int[] pads, int[] strides) {
    boolean padded = Arrays.stream(pads).anyMatch(pad -> pad != 0);
    TfValue in =
        padded
            ? tf.pad(
                x,
                tf.scalar(x.dtype(), 0),
                0,
                0,
                pads[0],
                pads[1],
                pads[2],
                pads[3],
                pads[4],
                pads[5],
                0,
                0)
            : x;
    TfValue filter = dilate(tf, kernel);
    int count = knownGroups();
    List<TfValue> inputs = tf.split(in, 4, count);
    List<TfValue> filters = tf.split(filter, 4, count);
    List<TfValue> outputs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      outputs.add(
          tf.op("Conv3D", inputs.get(i), filters.get(i))
              .ints("strides", 1, strides[0], strides[1], strides[2], 1)
              .attr("padding", "VALID")
              .get());
    }
    return tf.concat(outputs, 4);
  }

  /** The kernel of this convolution with its dilation in it. */
  TfValue dilate(TfGraph tf, TfValue kernel) {
    return tf.dilate(kernel, dilation);
  }
}
