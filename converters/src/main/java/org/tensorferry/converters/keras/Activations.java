package org.tensorferry.converters.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.tensorferry.rule.KerasCall;
import org.tensorferry.rule.KerasValue;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Keras' activation functions by name (keras/src/activations/activations.py). */
final class Activations {

  private Activations() {}

  /** Applies the function that a setting names, or the layer that it holds. */
  static TfValue apply(KerasCall call, String key, TfValue x) {
    return apply(call, call.setting(key), x);
  }

  private static TfValue apply(KerasCall call, JsonNode activation, TfValue x) {
    if (activation.isNull() || activation.isMissingNode()) {
      return x;
    }
    if (activation.isTextual()) {
      return named(call, activation.asText(), x);
    }
    boolean isFunction = activation.path("class_name").asText().equals("function");
    if (isFunction || !activation.has("class_name")) {
      String name = activation.path("config").asText(activation.toString());
      throw call.refuse("its activation `" + name + "` is a function of the user's own");
    }
    return call.model()
        .call(activation, call.path() + "/activation", List.of(KerasValue.of(x)), Map.of())
        .tensors()
        .get(0);
  }

  /** Applies a function in the loop of a recurrent layer. */
  static TfValue inLoop(KerasCall call, TfGraph tf, String name, TfValue x) {
    return function(call, tf, name, x);
  }

  private static TfValue named(KerasCall call, String name, TfValue x) {
    return function(call, call.tf(), name, x);
  }

  private static TfValue function(KerasCall call, TfGraph tf, String name, TfValue x) {
    return switch (name) {
      case "linear" -> x;
      case "relu" -> tf.unary("Relu", x);
      case "relu6" -> tf.unary("Relu6", x);
      case "sigmoid" -> tf.unary("Sigmoid", x);
      case "tanh" -> tf.unary("Tanh", x);
      case "softplus" -> tf.unary("Softplus", x);
      case "softsign" -> tf.unary("Softsign", x);
      case "elu" -> tf.unary("Elu", x);
      case "selu" -> tf.unary("Selu", x);
      case "exponential" -> tf.unary("Exp", x);
      case "silu", "swish" -> tf.mul(x, tf.unary("Sigmoid", x));
      case "gelu" -> gelu(tf, x, false);
      case "leaky_relu" -> tf.op("LeakyRelu", x).attr("alpha", 0.2).get();
      case "hard_sigmoid" -> hardSigmoid(tf, x, call.model().isKeras2());
      case "hard_silu", "hard_swish" -> tf.mul(x, hardSigmoid(tf, x, false));
      case "hard_tanh" -> clip(tf, x, -1, 1);
      case "mish" -> tf.mul(x, tf.unary("Tanh", tf.unary("Softplus", x)));
      case "softmax" -> softmax(tf, x, -1);
      case "log_softmax" -> tf.unary("LogSoftmax", x);
      case "log_sigmoid" -> tf.neg(tf.unary("Softplus", tf.neg(x)));
      case "tanh_shrink" -> tf.sub(x, tf.unary("Tanh", x));
      case "squareplus" -> tf.mul(tf.add(x, tf.unary("Sqrt", tf.add(tf.mul(x, x), 4))), 0.5);
      case "sparse_sigmoid" -> clip(tf, tf.mul(tf.add(x, 1), 0.5), 0, 1);
      default -> throw call.refuse("its activation `" + name + "` has no row");
    };
  }

  /** x (1 + erf(x / sqrt 2)) / 2, or with tanh. */
  static TfValue gelu(TfGraph tf, TfValue x, boolean isApproximate) {
    if (isApproximate) {
      TfValue cube = tf.mul(tf.mul(x, x), x);
      TfValue inner = tf.mul(tf.add(x, tf.mul(cube, 0.044715)), Math.sqrt(2 / Math.PI));
      return tf.mul(tf.mul(x, 0.5), tf.add(tf.unary("Tanh", inner), 1));
    }
    TfValue erf = tf.unary("Erf", tf.mul(x, Math.sqrt(0.5)));
    return tf.mul(tf.mul(x, 0.5), tf.add(erf, 1));
  }

  /** Keras 3: relu6(x + 3) / 6; Keras 2: clip(0.2 x + 0.5, 0, 1). */
  static TfValue hardSigmoid(TfGraph tf, TfValue x, boolean isKeras2) {
    return isKeras2
        ? clip(tf, tf.add(tf.mul(x, 0.2), 0.5), 0, 1)
        : tf.mul(tf.unary("Relu6", tf.add(x, 3)), 1.0 / 6);
  }

  static TfValue clip(TfGraph tf, TfValue x, double min, double max) {
    return tf.minimum(tf.maximum(x, tf.scalar(x.dtype(), min)), tf.scalar(x.dtype(), max));
  }

  /** Over one axis. */
  static TfValue softmax(TfGraph tf, TfValue x, int axis) {
    int last = x.rank() - 1;
    int over = axis < 0 ? axis + x.rank() : axis;
    if (over == last) {
      return tf.unary("Softmax", x);
    }
    int[] swapped = new int[x.rank()];
    for (int i = 0; i < swapped.length; i++) {
      swapped[i] = i == over ? last : i == last ? over : i;
    }
    return tf.transpose(tf.unary("Softmax", tf.transpose(x, swapped)), swapped);
  }
}
