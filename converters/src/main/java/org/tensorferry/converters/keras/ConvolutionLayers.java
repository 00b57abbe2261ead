package org.tensorferry.converters.keras;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.KerasCall;
import org.tensorferry.rule.KerasRule;
import org.tensorferry.rule.KerasValue;
import org.tensorferry.tf.OpBuilder;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Convolutions, forward and transposed; computed with channels last. */
final class ConvolutionLayers {

  private ConvolutionLayers() {}

  static List<KerasRule> rows() {
    List<KerasRule> rows = new ArrayList<>();
    for (int axes = 1; axes <= 3; axes++) {
      int n = axes;
      rows.add(KerasRule.layer("Conv" + n + "D", call -> convolution(call, n)));
      rows.add(KerasRule.layer("Conv" + n + "DTranspose", call -> transposed(call, n)));
    }
    for (int axes = 1; axes <= 2; axes++) {
      int n = axes;
      rows.add(KerasRule.layer("DepthwiseConv" + n + "D", call -> depthwise(call, n)));
      rows.add(KerasRule.layer("SeparableConv" + n + "D", call -> separable(call, n)));
    }
    return rows;
  }

  /** Between two transposes where channels come first. */
  static TfValue spatially(KerasCall call, TfValue x, UnaryOperator<TfValue> channelsLast) {
    boolean isFirst = call.text("data_format", "channels_last").equals("channels_first");
    return isFirst ? call.tf().channelsLast(x, channelsLast::apply) : channelsLast.apply(x);
  }

  /** Windows of a convolution along the spatial axes. */
  private record Windows(int[] strides, int[] dilations, String padding) {
    static Windows read(KerasCall call, int axes) {
      return new Windows(
          call.ints("strides", axes, 1),
          call.ints("dilation_rate", axes, 1),
          call.text("padding", "valid"));
    }

    Windows once() {
      int[] ones = new int[strides.length];
      Arrays.fill(ones, 1);
      return new Windows(ones, ones, "valid");
    }
  }

  private static KerasValue convolution(KerasCall call, int axes) {
    call.ignore("filters", "kernel_size", "use_bias", "rank");
    List<TfValue> variables = call.variables(1, 2);
    Windows windows = Windows.read(call, axes);
    int groups = call.integer("groups", 1);
    return finish(call, variables, x -> emit(call, x, variables.get(0), windows, groups));
  }

  private static KerasValue finish(
      KerasCall call, List<TfValue> variables, UnaryOperator<TfValue> body) {
    TfValue out =
        spatially(
            call,
            call.input(),
            x -> {
              TfValue made = body.apply(x);
              TfValue bias = variables.size() > 1 ? variables.get(variables.size() - 1) : null;
              return bias != null && bias.rank() == 1 ? call.tf().add(made, bias) : made;
            });
    return KerasValue.of(Activations.apply(call, "activation", out));
  }

  /** A convolution of x [N, spatial..., C] with a kernel [spatial..., in/groups, out]. */
  private static TfValue emit(
      KerasCall call, TfValue x, TfValue kernel, Windows windows, int groups) {
    TfGraph tf = call.tf();
    int axes = windows.strides().length;
    if (axes == 1) {
      TfValue in = x;
      String padding = windows.padding();
      if (padding.equals("causal")) {
        long reach = windows.dilations()[0] * (kernel.dim(0).known() - 1);
        in = tf.pad(x, tf.scalar(x.dtype(), 0), 0, 0, Math.toIntExact(reach), 0, 0, 0);
        padding = "valid";
      }
      Windows plane =
          new Windows(
              new int[] {1, windows.strides()[0]}, new int[] {1, windows.dilations()[0]}, padding);
      TfValue out = emit(call, tf.expandDims(in, 1), tf.expandDims(kernel, 0), plane, groups);
      return tf.squeeze(out, 1);
    }
    if (axes == 2) {
      return configure(tf.op("Conv2D", x, kernel), windows)
          .ints("dilations", 1, windows.dilations()[0], windows.dilations()[1], 1)
          .get();
    }
    TfValue filter = tf.dilate(kernel, windows.dilations());
    List<TfValue> inputs = tf.split(x, 4, groups);
    List<TfValue> filters = tf.split(filter, 4, groups);
    List<TfValue> outputs = new ArrayList<>();
    for (int i = 0; i < groups; i++) {
      outputs.add(configure(tf.op("Conv3D", inputs.get(i), filters.get(i)), windows).get());
    }
    return tf.concat(outputs, 4);
  }

  private static OpBuilder configure(OpBuilder op, Windows windows) {
    int[] strides = new int[windows.strides().length + 2];
    Arrays.fill(strides, 1);
    System.arraycopy(windows.strides(), 0, strides, 1, windows.strides().length);
    return op.ints("strides", strides)
        .attr("padding", windows.padding().equals("same") ? "SAME" : "VALID");
  }

  // --- depthwise

  private static KerasValue depthwise(KerasCall call, int axes) {
    call.ignore("kernel_size", "use_bias", "depth_multiplier", "rank", "filters");
    List<TfValue> variables = call.variables(1, 2);
    Windows windows = Windows.read(call, axes);
    return finish(call, variables, x -> depthwise(call, x, variables.get(0), windows));
  }

  /** As a convolution of as many groups as channels: channel c gives c * multiplier + m. */
  private static TfValue depthwise(KerasCall call, TfValue x, TfValue kernel, Windows windows) {
    int axes = windows.strides().length;
    Dim channels = kernel.dim(axes);
    Shape grouped =
        kernel.shape().with(axes, 1).with(axes + 1, channels.times(kernel.dim(axes + 1)));
    boolean isPlain =
        axes == 2
            && windows.strides()[0] == windows.strides()[1]
            && Arrays.stream(windows.dilations()).allMatch(d -> d == 1);
    if (isPlain) {
      return configure(call.tf().op("DepthwiseConv2dNative", x, kernel), windows).get();
    }
    return emit(
        call, x, call.tf().reshape(kernel, grouped), windows, Math.toIntExact(channels.known()));
  }

  private static KerasValue separable(KerasCall call, int axes) {
    call.ignore("kernel_size", "use_bias", "depth_multiplier", "rank", "filters", "groups");
    List<TfValue> variables = call.variables(2, 3);
    Windows windows = Windows.read(call, axes);
    return finish(
        call,
        variables,
        x -> {
          TfValue deep = depthwise(call, x, variables.get(0), windows);
          return emit(call, deep, variables.get(1), windows.once(), 1);
        });
  }

  // --- transposed

  private static KerasValue transposed(KerasCall call, int axes) {
    call.ignore("filters", "kernel_size", "use_bias", "rank", "groups");
    List<TfValue> variables = call.variables(1, 2);
    Windows windows = Windows.read(call, axes);
    boolean hasPadding = call.has("output_padding");
    int[] outputPadding = call.ints("output_padding", axes, 0);
    return finish(
        call,
        variables,
        x -> {
          TfValue kernel = call.tf().dilate(variables.get(0), windows.dilations());
          TfValue full = scatter(call.tf(), x, kernel, windows.strides());
          return cut(call.tf(), full, kernel, windows, hasPadding, outputPadding);
        });
  }

  /** Every input element times the kernel at its stride's place: [(n - 1) s + k]. */
  private static TfValue scatter(TfGraph tf, TfValue x, TfValue kernel, int[] strides) {
    int axes = strides.length;
    Shape shape = x.shape().with(-1, kernel.dim(axes));
    for (int i = 0; i < axes; i++) {
      shape = shape.with(i + 1, x.dim(i + 1).minus(1).times(strides[i]).plus(kernel.dim(i)));
    }
    if (axes == 1) {
      TfValue plane =
          scatter(tf, tf.expandDims(x, 1), tf.expandDims(kernel, 0), new int[] {1, strides[0]});
      return tf.squeeze(plane, 1);
    }
    String op = axes == 2 ? "Conv2DBackpropInput" : "Conv3DBackpropInputV2";
    int[] all = new int[axes + 2];
    Arrays.fill(all, 1);
    System.arraycopy(strides, 0, all, 1, axes);
    return tf.op(op, tf.sizes(shape), kernel, x)
        .ints("strides", all)
        .attr("padding", "VALID")
        .shape(shape)
        .get();
  }

  /** Keras' output sizes, cut out of the whole or filled up with zeros at the end. */
  private static TfValue cut(
      TfGraph tf,
      TfValue full,
      TfValue kernel,
      Windows windows,
      boolean hasPadding,
      int[] outputPadding) {
    TfValue out = full;
    boolean isSame = windows.padding().equals("same");
    for (int i = 0; i < outputPadding.length; i++) {
      int axis = i + 1;
      int size = Math.toIntExact(kernel.dim(i).known());
      int stride = windows.strides()[i];
      // How much longer the result is than the whole; negative where it is cut.
      int more;
      if (isSame) {
        more = hasPadding ? outputPadding[i] - 2 * (size / 2) : stride - size;
      } else {
        more = hasPadding ? outputPadding[i] : Math.max(stride - size, 0);
      }
      if (more > 0) {
        int[] pads = new int[2 * out.rank()];
        pads[2 * axis + 1] = more;
        out = tf.pad(out, tf.scalar(out.dtype(), 0), pads);
      } else if (more < 0) {
        out = tf.slice(out, axis, Dim.of(-more / 2), full.dim(axis).plus(more));
      }
    }
    return out;
  }
}
