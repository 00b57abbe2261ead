package org.tensorferry.pass;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Shape;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfNode;
import org.tensorferry.tf.TfValue;

/**
 * Computes what is computed twice once: operators of one kind, with the same inputs and attributes.
 * Reads of variables and all else that TensorFlow calls stateful stay as they are.
 */
final class CommonSubexpressions implements Rewriter.Step {

  /** What makes two nodes equal. Shapes too, as the same size can stand under two names. */
  private record Expression(
      String op, List<TfValue> inputs, Map<String, Object> attributes, List<Shape> shapes) {}

  private final Map<Expression, TfNode> known = new HashMap<>();

  static Pass.Rewritten run(TfModel model) {
    return Rewriter.run(
        model, graph -> new CommonSubexpressions(), "%d operators computed what others do");
  }

  @Override
  public Optional<List<TfValue>> rewrite(TfNode node) {
    if (node.isArgument() || node.spec().stateful()) {
      return Optional.empty();
    }
    Expression expression =
        new Expression(
            node.op(), List.copyOf(node.inputs()), Map.copyOf(node.attributes()), node.shapes());
    @Nullable TfNode first = known.putIfAbsent(expression, node);
    return Optional.ofNullable(first).map(TfNode::outputs);
  }
}
