package org.tensorferry.rule;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.tensor.TensorData;

/**
 * One row of the layer table: which TensorFlow variables a torch layer's tensors become.
 *
 * @param torchClass qualified class without mangling, for example {@code
 *     torch.nn.modules.linear.Linear}
 * @param kerasLayer the Keras layer with the same weights, for people who read the table
 * @param variables the layer's variables, given the tensors that it has
 */
public record LayerRule(
    String torchClass, String kerasLayer, Function<Map<String, TensorData>, List<Port>> variables) {

  /**
   * One variable.
   *
   * @param variable its name below the layer's: {@code kernel}, {@code forward/bias}
   * @param tensors torch's names of the sources; a row whose sources the layer lacks (no bias) does
   *     not apply
   * @param recipe makes the variable from the sources
   */
  public record Port(String variable, List<String> tensors, Recipe recipe) {}

  /** A row for layers that always have the same tensors. */
  public static LayerRule of(String torchClass, String kerasLayer, Port... ports) {
    List<Port> all = List.of(ports);
    return new LayerRule(torchClass, kerasLayer, tensors -> all);
  }

  /** {@code variable} is one torch tensor as it is. */
  public static Port port(String variable, String tensor) {
    return new Port(variable, List.of(tensor), Recipe.identity());
  }

  /** {@code variable} is made of one or more torch tensors. */
  public static Port port(String variable, Recipe recipe, String... tensors) {
    return new Port(variable, Arrays.asList(tensors), recipe);
  }
}
