package org.tensorferry.pass;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.tensorferry.tf.TfFunction;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfNode;
import org.tensorferry.tf.TfValue;

/**
 * Replaces values of a model by equal ones: one walk forward through the graph and the bodies of
 * its loops and branches, which knows where every value went.
 */
final class Rewriter {

  /** What is done with the nodes of one graph, in order. */
  interface Step {
    /**
     * Values for all outputs of a node, whose inputs are rewritten already; empty where it stays.
     * Nodes that are added belong to the node's graph.
     */
    Optional<List<TfValue>> rewrite(TfNode node);
  }

  private final Function<TfGraph, Step> steps;
  private final Map<TfValue, TfValue> replaced = new HashMap<>();
  private int count;

  private Rewriter(Function<TfGraph, Step> steps) {
    this.steps = steps;
  }

  /**
   * Rewrites a model.
   *
   * @param steps a new step for each graph, of the model or of a body
   * @param note what is said of the number of replaced nodes, with a %d
   */
  static Pass.Rewritten run(TfModel model, Function<TfGraph, Step> steps, String note) {
    Rewriter rewriter = new Rewriter(steps);
    rewriter.walk(model.graph());
    return new Pass.Rewritten(
        model.map(rewriter::now),
        Pass.Places.of(rewriter::now),
        rewriter.count == 0 ? List.of() : List.of(String.format(note, rewriter.count)));
  }

  private TfValue now(TfValue value) {
    return replaced.getOrDefault(value, value);
  }

  private void walk(TfGraph graph) {
    Step step = steps.apply(graph);
    for (TfNode node : List.copyOf(graph.nodes())) {
      for (int i = 0; i < node.inputs().size(); i++) {
        graph.replaceInput(node, i, now(node.input(i)));
      }
      walkBodies(node);
      graph.at(node.origin());
      step.rewrite(node).ifPresent(values -> replace(node, values));
    }
  }

  private void replace(TfNode node, List<TfValue> values) {
    for (int i = 0; i < values.size(); i++) {
      replaced.put(node.output(i), values.get(i));
    }
    count++;
  }

  private void walkBodies(TfNode node) {
    Map.copyOf(node.attributes())
        .forEach(
            (attribute, value) -> {
              if (value instanceof TfFunction function) {
                walk(function.graph());
                List<TfValue> results = function.results().stream().map(this::now).toList();
                function.graph().prune(results);
                node.setAttribute(
                    attribute, new TfFunction(function.name(), function.graph(), results));
              }
            });
  }
}
