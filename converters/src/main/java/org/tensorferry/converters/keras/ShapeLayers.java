package org.tensorferry.converters.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.KerasCall;
import org.tensorferry.rule.KerasRule;
import org.tensorferry.rule.KerasValue;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.Literal;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Other shapes, other sizes, and plain scaling. */
final class ShapeLayers {

  private ShapeLayers() {}

  static List<KerasRule> rows() {
    List<KerasRule> rows = new ArrayList<>();
    rows.add(KerasRule.layer("Flatten", ShapeLayers::flatten));
    rows.add(
        KerasRule.layer(
            "Reshape",
            call -> KerasValue.of(reshape(call.tf(), call.input(), call.list("target_shape")))));
    rows.add(KerasRule.layer("Permute", ShapeLayers::permute));
    rows.add(KerasRule.layer("RepeatVector", ShapeLayers::repeat));
    rows.add(KerasRule.layer("Rescaling", ShapeLayers::rescale));
    rows.add(KerasRule.layer("Resizing", ShapeLayers::resize));
    for (int axes = 1; axes <= 3; axes++) {
      int n = axes;
      rows.add(KerasRule.layer("ZeroPadding" + n + "D", call -> pad(call, n)));
      rows.add(KerasRule.layer("Cropping" + n + "D", call -> crop(call, n)));
      rows.add(KerasRule.layer("UpSampling" + n + "D", call -> up(call, n)));
    }
    return rows;
  }

  /** Channels that come first go last before. */
  private static KerasValue flatten(KerasCall call) {
    TfGraph tf = call.tf();
    TfValue x = call.input();
    boolean isFirst =
        call.text("data_format", "channels_last").equals("channels_first") && x.rank() > 2;
    TfValue last = isFirst ? tf.toChannelsLast(x) : x;
    Dim all = last.shape().slice(1, last.rank()).numel();
    return KerasValue.of(tf.reshape(last, x.dim(0), all));
  }

  /** Sizes behind the batch; one may be -1. */
  static TfValue reshape(TfGraph tf, TfValue x, int[] sizes) {
    Dim known =
        Arrays.stream(sizes)
            .filter(size -> size >= 0)
            .mapToObj(Dim::of)
            .reduce(Dim.ONE, Dim::times);
    Dim all = x.shape().slice(1, x.rank()).numel();
    List<Dim> dims = new ArrayList<>();
    dims.add(x.dim(0));
    for (int size : sizes) {
      dims.add(size < 0 ? all.floorDiv(known) : Dim.of(size));
    }
    return tf.reshape(x, new Shape(dims));
  }

  /** Axes counted from 1, without the batch. */
  private static KerasValue permute(KerasCall call) {
    int[] dims = call.list("dims");
    int[] permutation = new int[dims.length + 1];
    System.arraycopy(dims, 0, permutation, 1, dims.length);
    return KerasValue.of(call.tf().transpose(call.input(), permutation));
  }

  private static KerasValue repeat(KerasCall call) {
    TfValue x = call.input();
    Shape wide = x.shape().insert(1, Dim.of(call.integer("n", 1)));
    return KerasValue.of(call.tf().broadcastTo(call.tf().expandDims(x, 1), wide));
  }

  private static KerasValue rescale(KerasCall call) {
    TfGraph tf = call.tf();
    TfValue x = tf.cast(call.input(), DType.FLOAT32);
    TfValue scaled = tf.mul(x, numbers(call, "scale"));
    return KerasValue.of(tf.add(scaled, numbers(call, "offset")));
  }

  private static TfValue numbers(KerasCall call, String key) {
    List<Double> values = new ArrayList<>();
    JsonNode given = call.setting(key);
    LongArrays.flatten(given, values);
    double[] all = values.stream().mapToDouble(Double::doubleValue).toArray();
    if (all.length == 0) {
      throw call.refuse("its `" + key + "` is no number");
    }
    long[] shape = given.isArray() ? new long[] {all.length} : new long[0];
    return call.tf().constant(Literal.of(DType.FLOAT32, shape, all));
  }

  private static KerasValue resize(KerasCall call) {
    TfGraph tf = call.tf();
    call.ignore("fill_mode", "fill_value");
    TfValue size = tf.ints(call.integer("height", 1), call.integer("width", 1));
    String kind = call.text("interpolation", "bilinear");
    return KerasValue.of(
        ConvolutionLayers.spatially(call, call.input(), x -> resized(call, x, size, kind)));
  }

  private static TfValue resized(KerasCall call, TfValue x, TfValue size, String kind) {
    if (!kind.equals("bilinear") && !kind.equals("nearest")) {
      throw call.refuse("its interpolation is `" + kind + "`");
    }
    String op = kind.equals("bilinear") ? "ResizeBilinear" : "ResizeNearestNeighbor";
    return call.tf().op(op, x, size).attr("half_pixel_centers", true).get();
  }

  /** Pairs of amounts, or one number for both sides of an axis, or one for all. */
  private static int[][] amounts(KerasCall call, String key, int axes) {
    JsonNode value = call.setting(key);
    int[][] amounts = new int[axes][2];
    for (int axis = 0; axis < axes; axis++) {
      boolean isPairAlone = axes == 1 && value.isArray() && !value.path(0).isArray();
      JsonNode one = value.isArray() && !isPairAlone ? value.path(axis) : value;
      amounts[axis][0] = one.isArray() ? one.path(0).asInt() : one.asInt(1);
      amounts[axis][1] = one.isArray() ? one.path(1).asInt() : one.asInt(1);
    }
    return amounts;
  }

  private static KerasValue pad(KerasCall call, int axes) {
    int[][] amounts = amounts(call, "padding", axes);
    return KerasValue.of(
        ConvolutionLayers.spatially(
            call,
            call.input(),
            x -> {
              int[] pads = new int[2 * x.rank()];
              for (int axis = 0; axis < axes; axis++) {
                pads[2 * axis + 2] = amounts[axis][0];
                pads[2 * axis + 3] = amounts[axis][1];
              }
              return call.tf().pad(x, call.tf().scalar(x.dtype(), 0), pads);
            }));
  }

  private static KerasValue crop(KerasCall call, int axes) {
    int[][] amounts = amounts(call, "cropping", axes);
    return KerasValue.of(
        ConvolutionLayers.spatially(
            call,
            call.input(),
            x -> {
              TfValue out = x;
              for (int axis = 0; axis < axes; axis++) {
                Dim size = x.dim(axis + 1).minus(amounts[axis][0]).minus(amounts[axis][1]);
                out = call.tf().slice(out, axis + 1, Dim.of(amounts[axis][0]), size);
              }
              return out;
            }));
  }

  private static KerasValue up(KerasCall call, int axes) {
    int[] factors = call.ints("size", axes, 2);
    String kind = call.text("interpolation", "nearest");
    return KerasValue.of(
        ConvolutionLayers.spatially(
            call,
            call.input(),
            x ->
                kind.equals("nearest")
                    ? repeated(call.tf(), x, factors)
                    : wider(call, x, factors, kind)));
  }

  private static TfValue wider(KerasCall call, TfValue x, int[] factors, String kind) {
    TfGraph tf = call.tf();
    Dim height = x.dim(1).times(factors[0]);
    Dim width = x.dim(2).times(factors[1]);
    TfValue size = tf.sizes(Shape.of(height, width));
    if (!kind.equals("bilinear")) {
      throw call.refuse("its interpolation is `" + kind + "`");
    }
    return tf.op("ResizeBilinear", x, size)
        .attr("half_pixel_centers", true)
        .shape(x.shape().with(1, height).with(2, width))
        .get();
  }

  /** Every element of the spatial axes several times. */
  private static TfValue repeated(TfGraph tf, TfValue x, int[] factors) {
    TfValue out = x;
    for (int i = 0; i < factors.length; i++) {
      int axis = i + 1;
      if (factors[i] > 1) {
        Shape wide = out.shape().insert(axis + 1, Dim.of(factors[i]));
        Shape joined = out.shape().with(axis, out.dim(axis).times(factors[i]));
        out = tf.reshape(tf.broadcastTo(tf.expandDims(out, axis + 1), wide), joined);
      }
    }
    return out;
  }
}
