package org.tensorferry.converters.keras;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorferry.rule.KerasCall;
import org.tensorferry.rule.KerasRule;
import org.tensorferry.rule.KerasValue;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Pooling over windows and over everything. */
final class PoolingLayers {

  private PoolingLayers() {}

  static List<KerasRule> rows() {
    List<KerasRule> rows = new ArrayList<>();
    for (int axes = 1; axes <= 3; axes++) {
      int n = axes;
      for (String name : List.of("MaxPooling", "MaxPool")) {
        rows.add(KerasRule.layer(name + n + "D", call -> windows(call, n, "MaxPool")));
      }
      for (String name : List.of("AveragePooling", "AvgPool")) {
        rows.add(KerasRule.layer(name + n + "D", call -> windows(call, n, "AvgPool")));
      }
      for (String name : List.of("GlobalAveragePooling", "GlobalAvgPool")) {
        rows.add(KerasRule.layer(name + n + "D", call -> all(call, n, "Mean")));
      }
      for (String name : List.of("GlobalMaxPooling", "GlobalMaxPool")) {
        rows.add(KerasRule.layer(name + n + "D", call -> all(call, n, "Max")));
      }
    }
    return rows;
  }

  private static KerasValue windows(KerasCall call, int axes, String op) {
    int[] size = call.ints("pool_size", axes, 2);
    int[] strides = call.has("strides") ? call.ints("strides", axes, 1) : size;
    String padding = call.text("padding", "valid").equals("same") ? "SAME" : "VALID";
    return KerasValue.of(
        ConvolutionLayers.spatially(
            call, call.input(), x -> pool(call.tf(), x, op, size, strides, padding)));
  }

  /** Over x [N, spatial..., C]. */
  static TfValue pool(TfGraph tf, TfValue x, String op, int[] size, int[] strides, String padding) {
    if (size.length == 1) {
      TfValue plane =
          pool(
              tf,
              tf.expandDims(x, 1),
              op,
              new int[] {1, size[0]},
              new int[] {1, strides[0]},
              padding);
      return tf.squeeze(plane, 1);
    }
    return tf.op(size.length == 3 ? op + "3D" : op, x)
        .ints("ksize", around(size))
        .ints("strides", around(strides))
        .attr("padding", padding)
        .get();
  }

  private static int[] around(int[] spatial) {
    int[] all = new int[spatial.length + 2];
    Arrays.fill(all, 1);
    System.arraycopy(spatial, 0, all, 1, spatial.length);
    return all;
  }

  private static KerasValue all(KerasCall call, int axes, String reduction) {
    call.mustBeNone(1, "mask");
    boolean isFirst = call.text("data_format", "channels_last").equals("channels_first");
    boolean keeps = call.flag("keepdims", false);
    int from = isFirst ? 2 : 1;
    int[] over = IntStream.range(from, from + axes).toArray();
    return KerasValue.of(call.tf().reduce(reduction, call.input(), keeps, over));
  }
}
