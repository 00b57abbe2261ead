package org.tensorferry.pass;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.tf.Literal;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfNode;
import org.tensorferry.tf.TfValue;

/**
 * Makes a model that only answers: weights become constants, what is computed of them alone is
 * computed here, and scales and offsets of channels, BatchNorm's among them, move into the kernel
 * and the bias of the convolution or Linear before them. State stays in variables.
 *
 * <p>A weight that a loop uses stays outside of its body, as a value that the loop takes along: a
 * constant inside would be unpacked in every round.
 */
final class Freezing implements Rewriter.Step {

  /** A saved_model.pb may not pass 2 GB; this leaves room for the graph. */
  private static final long LARGEST = 1_900_000_000L;

  private final TfGraph graph;
  private final Map<TfNode, PortedVariable> weights = new HashMap<>();

  private Freezing(TfGraph graph, TfModel model) {
    this.graph = graph;
    graph.variables().forEach((variable, handle) -> weights.put(handle, variable));
    weights.values().removeAll(model.updates().keySet());
  }

  /**
   * Freezes a model.
   *
   * @throws org.tensorferry.error.FerryException (unconvertible) where the weights are too large
   *     for constants
   */
  static Pass.Rewritten run(TfModel model) {
    requireRoom(model);
    Pass.Rewritten constants =
        Rewriter.run(model, graph -> new Freezing(graph, model), "%d weights became constants");
    Pass.Rewritten computed = constants.then(ConstantFolding::run);
    Pass.Rewritten scaled = computed.then(ScaleFolding::run);
    List<String> told = new ArrayList<>(constants.notes());
    told.addAll(scaled.notes());
    return new Pass.Rewritten(scaled.model(), scaled.places(), List.of(String.join(", ", told)));
  }

  private static void requireRoom(TfModel model) {
    long size =
        new Freezing(model.graph(), model)
            .weights.values().stream().mapToLong(weight -> weight.bytes().byteSize()).sum();
    if (size > LARGEST) {
      throw Problem.of("The weights are too large to be constants")
          .because(
              "they take " + (size >> 20) + " MB, and a saved_model.pb can hold less than 2 GB")
          .fix("convert without --freeze")
          .as(ExitCode.UNCONVERTIBLE);
    }
  }

  @Override
  public Optional<List<TfValue>> rewrite(TfNode node) {
    @Nullable PortedVariable weight =
        node.is("ReadVariableOp") ? weights.get(node.input(0).node()) : null;
    return Optional.ofNullable(weight).map(known -> List.of(constant(known)));
  }

  private TfValue constant(PortedVariable weight) {
    return graph.constant(
        new Literal(weight.dtype(), weight.shape().known(), weight.bytes().toBytes()));
  }
}
