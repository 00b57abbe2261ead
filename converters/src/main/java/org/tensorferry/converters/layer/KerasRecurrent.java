package org.tensorferry.converters.layer;

import java.util.List;
import org.tensorferry.converters.layer.Roles.Role;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.rule.PortRule;
import org.tensorferry.rule.PortRule.Layer;
import org.tensorferry.rule.PortRule.Reading;
import org.tensorferry.rule.PortRule.Slot;

/** Keras' recurrent layers and cells: one layer and direction of torch's each. */
final class KerasRecurrent {

  private static final Roles ROLES =
      Roles.of(
          Role.always("kernel"),
          Role.always("recurrent_kernel"),
          Role.option("use_bias", "bias"),
          // Keras has no projection; the SavedModels of convert do.
          Role.option("use_projection", "projection_kernel"));

  private static final PortRule.Fixed GATES =
      new PortRule.Fixed("recurrent_activation", "sigmoid", "sigmoid", false);

  private KerasRecurrent() {}

  /** LSTM and SimpleRNN, whose one bias is the sum of torch's two. */
  static PortRule plain(String keras, String torch) {
    int gates = keras.startsWith("LSTM") ? 4 : 1;
    Recipe kernel = gates == 4 ? Layouts.LSTM_KERNEL : Layouts.RNN_KERNEL;
    Recipe bias = gates == 4 ? Layouts.LSTM_BIAS : Layouts.RNN_BIAS;
    PortRule row =
        PortRule.of(keras, torch, layer -> ROLES.read(layer, v -> slots(v, gates, kernel, bias)))
            .with(new PortRule.Fixed("activation", "tanh", "tanh", gates == 1));
    return gates == 4 ? row.with(GATES) : row;
  }

  /** GRU, which computes as torch's only where the reset gate is applied after the product. */
  static PortRule gru(String keras, String torch) {
    return PortRule.of(
            keras,
            torch,
            layer ->
                resetsBefore(layer)
                    ? Reading.refused(
                        "with `reset_after=False` the reset gate works on the state before the"
                            + " recurrent product; torch applies it after, so no weights make both equal",
                        "build the layer with `reset_after=True` (Keras' default)")
                    : ROLES.read(layer, v -> slots(v, 3, Layouts.GRU_KERNEL, Layouts.GRU_BIAS)))
        .with(new PortRule.Fixed("activation", "tanh", "tanh", false))
        .with(GATES);
  }

  private static boolean resetsBefore(Layer layer) {
    boolean isGru =
        layer.variables().size() >= 2
            && layer.variables().get(1).shape().size() == 2
            && layer.variables().get(1).shape().get(1)
                == 3 * layer.variables().get(1).shape().get(0);
    return isGru
        && (!layer.config().path("reset_after").asBoolean(true)
            || (layer.variables().size() == 3 && layer.variables().get(2).shape().size() == 1));
  }

  private static List<Slot> slots(Variables v, int gates, Recipe kernel, Recipe bias) {
    boolean fits =
        v.rank("kernel") == 2
            && v.rank("recurrent_kernel") == 2
            && (!v.has("projection_kernel") || v.rank("projection_kernel") == 2)
            && v.shape("kernel")[1] == v.shape("recurrent_kernel")[1]
            && v.shape("kernel")[1] % gates == 0
            && (v.has("projection_kernel")
                || v.shape("recurrent_kernel")[1] == gates * v.shape("recurrent_kernel")[0]);
    return fits
        ? KerasLayers.slot(
            v.fills(
                v.make("kernel", kernel, "weight_ih"),
                v.make("recurrent_kernel", kernel, "weight_hh"),
                v.make("bias", bias, "bias_ih", "bias_hh"),
                v.make("projection_kernel", Layouts.DENSE, "weight_hr")))
        : List.of();
  }
}
