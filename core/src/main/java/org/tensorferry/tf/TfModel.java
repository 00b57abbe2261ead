package org.tensorferry.tf;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.value.Structure;

/**
 * A converted {@code forward}.
 *
 * @param graph its body; {@link TfGraph#arguments()} are the inputs, {@link TfGraph#variables()}
 *     the weights it reads
 * @param argumentNames torch's name of each input, legal in TensorFlow and unique
 * @param result the structure that {@code forward} returns
 * @param updates the state that a call leaves behind: variables that are assigned at its end, with
 *     their new values in the variable's layout
 */
public record TfModel(
    TfGraph graph,
    List<String> argumentNames,
    Structure<TfValue> result,
    Map<PortedVariable, TfValue> updates) {

  public TfModel {
    argumentNames = List.copyOf(argumentNames);
    updates = Collections.unmodifiableMap(new LinkedHashMap<>(updates));
  }

  /** A model without state. */
  public TfModel(TfGraph graph, List<String> argumentNames, Structure<TfValue> result) {
    this(graph, argumentNames, result, Map.of());
  }

  /** The same with other values for its results and its state. */
  public TfModel map(UnaryOperator<TfValue> change) {
    Map<PortedVariable, TfValue> changed = new LinkedHashMap<>();
    Structure<TfValue> results = result.map(change);
    updates.forEach((variable, value) -> changed.put(variable, change.apply(value)));
    return new TfModel(graph, argumentNames, results, changed);
  }

  /**
   * The results, the state and the handles that it is assigned to, which a call need not read: all
   * that must be there.
   */
  public List<TfValue> roots() {
    List<TfValue> roots = new ArrayList<>(results());
    updates.forEach(
        (variable, value) -> {
          roots.add(value);
          roots.add(Objects.requireNonNull(graph.variables().get(variable)).output());
        });
    return roots;
  }

  /** The values that must be computed, in the order of {@link Structure#flatten()}. */
  public List<TfValue> results() {
    return List.copyOf(result.flatten().values());
  }
}
