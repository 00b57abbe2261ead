package org.tensorferry.converters.keras;

import java.util.ArrayList;
import java.util.List;
import org.tensorferry.rule.KerasCall;
import org.tensorferry.rule.KerasRule;
import org.tensorferry.rule.KerasValue;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Activations as layers, and layers that do nothing at inference. */
final class ActivationLayers {

  private ActivationLayers() {}

  static List<KerasRule> rows() {
    List<KerasRule> rows = new ArrayList<>();
    rows.add(
        KerasRule.layer(
            "Activation",
            call -> KerasValue.of(Activations.apply(call, "activation", call.input()))));
    rows.add(KerasRule.layer("ReLU", call -> KerasValue.of(relu(call, call.input()))));
    rows.add(KerasRule.layer("LeakyReLU", ActivationLayers::leaky));
    rows.add(KerasRule.layer("PReLU", ActivationLayers::prelu));
    rows.add(KerasRule.layer("ELU", ActivationLayers::elu));
    rows.add(KerasRule.layer("LayerScale", ActivationLayers::scaled));
    rows.add(KerasRule.layer("Softmax", ActivationLayers::softmax));
    for (String idle :
        List.of(
            "Dropout",
            "SpatialDropout1D",
            "SpatialDropout2D",
            "SpatialDropout3D",
            "AlphaDropout",
            "GaussianNoise",
            "GaussianDropout",
            "ActivityRegularization",
            "StochasticDepth",
            "Identity")) {
      rows.add(KerasRule.layer(idle, ActivationLayers::nothing));
    }
    return rows;
  }

  private static KerasValue nothing(KerasCall call) {
    call.ignore("stddev", "l1", "l2", "data_format", "drop_path_rate");
    return KerasValue.of(call.input());
  }

  /** x above the threshold, at most the greatest value; else slope (x - threshold). */
  static TfValue relu(KerasCall call, TfValue x) {
    TfGraph tf = call.tf();
    double slope = call.number("negative_slope", 0);
    double threshold = call.number("threshold", 0);
    double most = call.number("max_value", Double.NaN);
    if (threshold != 0) {
      TfValue limit = tf.scalar(x.dtype(), threshold);
      TfValue above = Double.isNaN(most) ? x : tf.minimum(x, tf.scalar(x.dtype(), most));
      TfValue below = tf.mul(tf.sub(x, limit), slope);
      return tf.select(tf.binary("Greater", x, limit), above, below);
    }
    if (slope == 0) {
      return Double.isNaN(most)
          ? tf.unary("Relu", x)
          : most == 6 ? tf.unary("Relu6", x) : Activations.clip(tf, x, 0, most);
    }
    TfValue leaky = tf.op("LeakyRelu", x).attr("alpha", slope).get();
    return Double.isNaN(most) ? leaky : tf.minimum(leaky, tf.scalar(x.dtype(), most));
  }

  /** Keras 2 calls the slope alpha. */
  private static KerasValue leaky(KerasCall call) {
    double slope = call.number("negative_slope", call.number("alpha", 0.3));
    return KerasValue.of(call.tf().op("LeakyRelu", call.input()).attr("alpha", slope).get());
  }

  private static KerasValue prelu(KerasCall call) {
    call.ignore("shared_axes");
    TfGraph tf = call.tf();
    TfValue x = call.input();
    TfValue below = tf.mul(call.variables(1, 1).get(0), tf.neg(tf.unary("Relu", tf.neg(x))));
    return KerasValue.of(tf.add(tf.unary("Relu", x), below));
  }

  /** Each channel times a number (keras/src/applications/convnext.py). */
  private static KerasValue scaled(KerasCall call) {
    call.ignore("init_values", "projection_dim");
    return KerasValue.of(call.tf().mul(call.input(), call.variables(1, 1).get(0)));
  }

  private static KerasValue elu(KerasCall call) {
    TfGraph tf = call.tf();
    TfValue x = call.input();
    double alpha = call.number("alpha", 1);
    if (alpha == 1) {
      return KerasValue.of(tf.unary("Elu", x));
    }
    TfValue below = tf.minimum(x, tf.scalar(x.dtype(), 0));
    return KerasValue.of(tf.add(tf.unary("Relu", x), tf.mul(tf.unary("Expm1", below), alpha)));
  }

  private static KerasValue softmax(KerasCall call) {
    call.mustBeNone(1, "mask");
    int[] axes = call.has("axis") ? call.list("axis") : new int[] {-1};
    if (axes.length != 1) {
      throw call.refuse("it is a softmax over several axes at once");
    }
    return KerasValue.of(Activations.softmax(call.tf(), call.input(), axes[0]));
  }
}
