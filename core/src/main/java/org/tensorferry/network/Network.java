package org.tensorferry.network;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.keras.TargetModel;
import org.tensorferry.keras.TargetVariable;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.tf.TfModel;

/**
 * A Keras model as a TensorFlow graph with the target's variables in it.
 *
 * @param model what it computes at inference
 * @param variables the target's variable behind each of the graph
 * @param inputs what it takes, in Keras' order
 * @param copies layers whose call holds a copy of a weight within the configuration, which no
 *     change of a variable reaches
 */
public record Network(
    TfModel model,
    Map<PortedVariable, TargetVariable> variables,
    List<InputSpec> inputs,
    List<String> copies) {

  public Network {
    variables = Map.copyOf(variables);
    inputs = List.copyOf(inputs);
    copies = List.copyOf(copies);
  }

  /** True where the target's file says how its layers are called. */
  public static boolean isKnown(TargetModel target) {
    Optional<JsonNode> config = target.config().map(TargetModel.Config::json);
    return config.isPresent() && new KerasEntry(config.get()).isModel();
  }

  /**
   * The variables along an axis that joins several in another order than torch's, each with that
   * order.
   */
  public Map<TargetVariable, AxisOrder> axisOrders() {
    return AxisOrders.of(this);
  }

  /**
   * The graph of a target.
   *
   * @throws org.tensorferry.error.FerryException (UNCONVERTIBLE) where a layer has no row or a
   *     setting that none knows
   */
  public static Network of(TargetModel target, RuleTables rules) {
    return new NetworkBuilder(target, rules).build();
  }
}
