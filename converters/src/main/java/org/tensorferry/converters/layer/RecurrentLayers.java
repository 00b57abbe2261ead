package org.tensorferry.converters.layer;

import static org.tensorferry.rule.LayerRule.port;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.rule.LayerRule;
import org.tensorferry.rule.LayerRule.Port;
import org.tensorferry.tensor.TensorData;

/**
 * GRU, LSTM and RNN: one set of Keras variables for each layer and direction.
 *
 * <p>A single unidirectional layer has its variables directly ({@code gru/kernel}); stacked ones
 * below {@code layer_0}, {@code layer_1}; bidirectional ones below {@code forward} and {@code
 * backward}.
 */
final class RecurrentLayers {

  private RecurrentLayers() {}

  static LayerRule stacked(String torchClass, String keras, Recipe kernel, Recipe bias) {
    return new LayerRule(torchClass, keras, tensors -> ports(tensors, kernel, bias));
  }

  /** A cell computes one step and has the tensors of one layer without a suffix. */
  static LayerRule cell(String torchClass, String keras, Recipe kernel, Recipe bias) {
    return LayerRule.of(
        torchClass,
        keras,
        port("kernel", kernel, "weight_ih"),
        port("recurrent_kernel", kernel, "weight_hh"),
        port("bias", bias, "bias_ih", "bias_hh"));
  }

  private static List<Port> ports(Map<String, TensorData> tensors, Recipe kernel, Recipe bias) {
    boolean stacked = tensors.containsKey("weight_ih_l1");
    List<Port> ports = new ArrayList<>();
    for (int layer = 0; tensors.containsKey("weight_ih_l" + layer); layer++) {
      boolean bidirectional = tensors.containsKey("weight_ih_l" + layer + "_reverse");
      String scope = stacked ? "layer_" + layer + "/" : "";
      direction(ports, scope + (bidirectional ? "forward/" : ""), "_l" + layer, kernel, bias);
      if (bidirectional) {
        direction(ports, scope + "backward/", "_l" + layer + "_reverse", kernel, bias);
      }
    }
    return ports;
  }

  private static void direction(
      List<Port> ports, String scope, String suffix, Recipe kernel, Recipe bias) {
    ports.add(port(scope + "kernel", kernel, "weight_ih" + suffix));
    ports.add(port(scope + "recurrent_kernel", kernel, "weight_hh" + suffix));
    ports.add(port(scope + "bias", bias, "bias_ih" + suffix, "bias_hh" + suffix));
    ports.add(port(scope + "projection_kernel", Layouts.DENSE, "weight_hr" + suffix));
  }
}
