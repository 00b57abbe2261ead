package org.tensorferry.pass;

import java.util.List;
import java.util.Optional;
import org.tensorferry.tf.Literal;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfNode;
import org.tensorferry.tf.TfValue;

/**
 * Computes operators of constants now, where TensorFlow's result is known to the last bit. What
 * would make the model larger by more than a little stays an operator.
 */
final class ConstantFolding implements Rewriter.Step {

  /** Bytes of a result that may be larger than what it is made of. */
  private static final long LITTLE = 16 << 10;

  /** Bytes of a result that are computed in memory at most. */
  private static final long MOST = 256 << 20;

  private final TfGraph graph;

  private ConstantFolding(TfGraph graph) {
    this.graph = graph;
  }

  static Pass.Rewritten run(TfModel model) {
    return Rewriter.run(model, ConstantFolding::new, "%d operators of constants computed");
  }

  @Override
  public Optional<List<TfValue>> rewrite(TfNode node) {
    if (node.inputs().isEmpty() || node.spec().stateful() || !isSmall(node)) {
      return Optional.empty();
    }
    return node.is("Shape") || node.inputs().stream().allMatch(ConstantOperators::isConstant)
        ? ConstantOperators.evaluate(node)
            .map(literals -> literals.stream().map(graph::constant).toList())
        : Optional.empty();
  }

  private static boolean isSmall(TfNode node) {
    if (!node.shapes().stream().allMatch(shape -> shape.isKnown())) {
      return false;
    }
    long given = node.inputs().stream().mapToLong(ConstantFolding::bytes).sum();
    long made = node.outputs().stream().mapToLong(ConstantFolding::bytes).sum();
    return made <= Math.min(Math.max(LITTLE, given), MOST);
  }

  private static long bytes(TfValue value) {
    return value.node().attributes().get("value") instanceof Literal literal
        ? literal.bytes().length
        : value.shape().isKnown() ? value.shape().numel().known() * value.dtype().bytes() : 0;
  }
}
