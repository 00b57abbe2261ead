package org.tensorferry.converters.layer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.tensorferry.converters.layer.Roles.Role;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.rule.PortRule.Fill;
import org.tensorferry.rule.PortRule.Layer;
import org.tensorferry.rule.PortRule.Reading;
import org.tensorferry.rule.PortRule.Slot;

/**
 * Dense layers whose input or output has several axes: torch's matrix, transposed and cut into
 * axes. Keras' MultiHeadAttention has query, key and value of [in, heads, size] and an output of
 * [heads, size, out] (keras/src/layers/attention/multi_head_attention.py).
 */
final class EinsumLayers {

  private static final List<String> PROJECTIONS = List.of("query", "key", "value", "output");

  private EinsumLayers() {}

  static Reading reading(Layer layer) {
    Reading reading =
        Roles.of(Role.always("kernel"), Role.option("use_bias", "bias"))
            .read(layer, variables -> KerasLayers.slot(List.of()));
    List<List<Slot>> alternatives = new ArrayList<>();
    if (!reading.alternatives().isEmpty()) {
      int inputs = layer.variables().size() < 2 ? -1 : inputAxes(layer);
      for (int axes = 1; axes < layer.variables().get(0).shape().size(); axes++) {
        if (inputs < 0 || axes == inputs) {
          alternatives.add(KerasLayers.slot(fills(layer, 0, 1, axes)));
        }
      }
    }
    return Reading.of(alternatives);
  }

  /** Axes of the kernel that are summed over: all but those of the bias. */
  private static int inputAxes(Layer layer) {
    return layer.variables().get(0).shape().size() - layer.variables().get(1).shape().size();
  }

  private static List<Fill> fills(Layer layer, int kernel, int bias, int inputAxes) {
    Variables variables = new Variables(layer, Map.of("kernel", kernel, "bias", bias));
    long[] shape = variables.shape("kernel");
    long in = product(shape, 0, inputAxes);
    long out = product(shape, inputAxes, shape.length);
    Fill weight = variables.reshaped("kernel", Layouts.DENSE, new long[] {out, in}, "weight");
    if (bias >= layer.variables().size()) {
      return List.of(weight);
    }
    long[] biasShape = variables.shape("bias");
    Fill added =
        biasShape.length == 1
            ? variables.copy("bias", "bias")
            : variables.reshaped(
                "bias",
                Recipe.identity(),
                new long[] {product(biasShape, 0, biasShape.length)},
                "bias");
    return List.of(weight, added);
  }

  /** A layer that has its four projections' variables itself, or is one of the projections. */
  static Reading attention(Layer layer) {
    int variables = layer.variables().size();
    if (variables <= 2) {
      return reading(layer);
    }
    if (variables != 4 && variables != 8) {
      return Reading.none();
    }
    int each = variables / 4;
    for (int i = 0; i < 4; i++) {
      if (layer.variables().get(i * each).shape().size() != 3) {
        return Reading.none();
      }
    }
    List<Slot> slots = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int bias = each == 2 ? i * 2 + 1 : variables;
      slots.add(new Slot(PROJECTIONS.get(i), fills(layer, i * each, bias, i == 3 ? 2 : 1)));
    }
    return Reading.of(List.of(slots));
  }

  private static long product(long[] shape, int from, int to) {
    return Arrays.stream(shape, from, to).reduce(1, (a, b) -> a * b);
  }
}
