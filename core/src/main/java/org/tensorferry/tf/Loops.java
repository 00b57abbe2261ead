package org.tensorferry.tf;

import java.util.ArrayList;
import java.util.List;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;

/**
 * Emits While loops whose functions take what they use of the enclosing graph as further arguments.
 */
final class Loops {

  private Loops() {}

  static List<TfValue> emit(
      TfGraph graph, TfValue steps, List<TfValue> state, TfOperations.LoopBody body) {
    List<TfValue> initial = new ArrayList<>();
    initial.add(graph.scalar(DType.INT32, 0));
    initial.add(steps);
    initial.addAll(state);

    TfGraph bodyGraph = graph.child(null);
    List<TfValue> inBody = arguments(bodyGraph, initial);
    List<TfValue> next = new ArrayList<>();
    next.add(bodyGraph.add(inBody.get(0), bodyGraph.scalar(DType.INT32, 1)));
    next.add(inBody.get(1));
    for (TfValue value : body.emit(bodyGraph, inBody.get(0), inBody.subList(2, inBody.size()))) {
      next.add(bodyGraph.resolve(value));
    }
    requireSameTypes(initial, next);

    TfGraph conditionGraph = graph.child(bodyGraph);
    List<TfValue> inCondition = arguments(conditionGraph, initial);
    TfValue condition = conditionGraph.binary("Less", inCondition.get(0), inCondition.get(1));

    List<TfValue> captured = bodyGraph.settleCaptures();
    conditionGraph.settleCaptures();
    next.addAll(bodyGraph.capturedArguments());
    List<TfValue> inputs = new ArrayList<>(initial);
    inputs.addAll(captured);

    List<Shape> shapes = inputs.stream().map(TfValue::shape).toList();
    TfNode node =
        graph
            .op("StatelessWhile")
            .inputs(inputs)
            .attr(
                "cond",
                new TfFunction(
                    graph.functionName("while_cond"), conditionGraph, List.of(condition)))
            .attr("body", new TfFunction(graph.functionName("while_body"), bodyGraph, next))
            .attr("output_shapes", shapes)
            .shape(shapes.toArray(Shape[]::new))
            .build();
    return node.outputs().subList(2, 2 + state.size());
  }

  private static List<TfValue> arguments(TfGraph graph, List<TfValue> initial) {
    List<TfValue> arguments = new ArrayList<>();
    for (int i = 0; i < initial.size(); i++) {
      arguments.add(graph.argument("arg" + i, initial.get(i).dtype(), initial.get(i).shape()));
    }
    return arguments;
  }

  private static void requireSameTypes(List<TfValue> before, List<TfValue> after) {
    if (before.size() != after.size()) {
      throw new IllegalArgumentException(
          "a loop of " + before.size() + " values returns " + after.size());
    }
    for (int i = 0; i < before.size(); i++) {
      if (before.get(i).dtype() != after.get(i).dtype()
          || before.get(i).rank() != after.get(i).rank()) {
        throw new IllegalArgumentException(
            "a loop changes " + before.get(i) + " to " + after.get(i));
      }
    }
  }
}
