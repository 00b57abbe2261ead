package org.tensorferry.tf;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.dim.Symbol;
import org.tensorferry.tensor.DType;

/**
 * Emits If and While over graphs that are written already. Their functions take what they use of
 * the enclosing graph as further arguments.
 */
public final class Flow {

  /** Python's loops carry a counter from 0 and a maximum first; the gradient reads them there. */
  private static final int OWN = 2;

  private final TfGraph outer;
  private final TfGraph graph;
  private final List<TfValue> initial;
  private final List<TfValue> arguments;
  private @Nullable TfValue rounds;

  private Flow(TfGraph outer, TfGraph graph, List<TfValue> initial, List<TfValue> arguments) {
    this.outer = outer;
    this.graph = graph;
    this.initial = initial;
    this.arguments = arguments;
  }

  /** An empty branch inside a graph. */
  public static Flow branch(TfGraph outer) {
    return new Flow(outer, outer.child(null), List.of(), List.of());
  }

  /** An empty branch that shares the arguments of another, which it is the alternative to. */
  public static Flow alternative(Flow branch) {
    return new Flow(branch.outer, branch.outer.child(branch.graph), List.of(), List.of());
  }

  /**
   * The body of a loop.
   *
   * @param most rounds, -1 where nothing is known
   * @param carried before the first round
   * @param shapes in every round; a lone symbol that the enclosing graph does not know is a size
   *     that changes
   */
  public static Flow loop(TfGraph outer, Dim most, List<TfValue> carried, List<Shape> shapes) {
    List<TfValue> initial = new ArrayList<>();
    initial.add(outer.scalar(DType.INT32, 0));
    initial.add(outer.dim(most));
    initial.addAll(carried);
    List<Shape> all = new ArrayList<>(List.of(Shape.SCALAR, Shape.SCALAR));
    all.addAll(shapes);
    TfGraph body = outer.child(null);
    List<TfValue> arguments = arguments(body, initial, all);
    arguments.forEach(argument -> defineSizes(body, argument));
    return new Flow(outer, body, initial, arguments);
  }

  private static List<TfValue> arguments(TfGraph graph, List<TfValue> like, List<Shape> shapes) {
    List<TfValue> arguments = new ArrayList<>();
    for (int i = 0; i < like.size(); i++) {
      arguments.add(graph.argument("arg" + i, like.get(i).dtype(), shapes.get(i)));
    }
    return arguments;
  }

  /** Symbols that are met first as the size of an axis get their value there. */
  public static void defineSizes(TfGraph graph, TfValue value) {
    for (int axis = 0; axis < value.rank(); axis++) {
      for (Symbol symbol : value.dim(axis).symbols()) {
        if (value.dim(axis).equals(Dim.of(symbol)) && !graph.isDefined(symbol)) {
          graph.define(symbol, graph.dimOf(value, axis));
        }
      }
    }
  }

  /** Where the operators of the region go. */
  public TfGraph graph() {
    return graph;
  }

  /** The graph around it. */
  public TfGraph outer() {
    return outer;
  }

  /** What the loop carries, at the begin of a round. */
  public List<TfValue> carried() {
    return arguments.subList(OWN, arguments.size());
  }

  /** The number of rounds before this one: an int32 scalar. */
  public TfValue round() {
    return arguments.get(0);
  }

  /** How many rounds the emitted loop ran: an int32 scalar of the enclosing graph. */
  public TfValue rounds() {
    return Objects.requireNonNull(rounds);
  }

  /** Runs this or its alternative. */
  public List<TfValue> emitBranch(
      TfValue condition,
      List<TfValue> results,
      Flow otherwise,
      List<TfValue> otherwiseResults,
      List<Shape> shapes) {
    List<TfValue> here = results.stream().map(graph::resolve).toList();
    List<TfValue> there = otherwiseResults.stream().map(otherwise.graph::resolve).toList();
    for (int i = 0; i < here.size(); i++) {
      requireSame(here.get(i), there.get(i));
    }
    List<TfValue> captured = graph.settleCaptures();
    otherwise.graph.settleCaptures();
    if (here.isEmpty()) {
      return List.of();
    }
    TfNode node =
        outer
            .op("StatelessIf", condition)
            .inputs(captured)
            .attr("Tout", here.stream().map(TfValue::dtype).toList())
            .attr("then_branch", new TfFunction(outer.functionName("if_then"), graph, here))
            .attr(
                "else_branch",
                new TfFunction(outer.functionName("if_else"), otherwise.graph, there))
            .attr("output_shapes", shapes)
            .attr("_lower_using_switch_merge", true)
            .shape(shapes.toArray(Shape[]::new))
            .build();
    node.outputs().forEach(output -> defineSizes(outer, output));
    return node.outputs();
  }

  /** Runs this as long as the first carried value, a bool of rank 0, holds. */
  public List<TfValue> emitLoop(List<TfValue> results, List<Shape> shapes) {
    List<TfValue> next = new ArrayList<>();
    next.add(graph.add(arguments.get(0), graph.scalar(DType.INT32, 1)));
    next.add(arguments.get(1));
    results.forEach(result -> next.add(graph.resolve(result)));
    for (int i = 0; i < next.size(); i++) {
      requireSame(initial.get(i), next.get(i));
    }
    TfGraph conditionGraph = outer.child(graph);
    List<Shape> ofArguments = arguments.stream().map(TfValue::shape).toList();
    TfValue condition = arguments(conditionGraph, initial, ofArguments).get(OWN);
    List<TfValue> captured = graph.settleCaptures();
    conditionGraph.settleCaptures();
    next.addAll(graph.capturedArguments());
    List<TfValue> inputs = new ArrayList<>(initial);
    inputs.addAll(captured);
    List<Shape> all = new ArrayList<>(List.of(Shape.SCALAR, Shape.SCALAR));
    all.addAll(shapes);
    captured.forEach(value -> all.add(value.shape()));
    TfNode node =
        outer
            .op("StatelessWhile")
            .inputs(inputs)
            .attr(
                "cond",
                new TfFunction(
                    outer.functionName("while_cond"), conditionGraph, List.of(condition)))
            .attr("body", new TfFunction(outer.functionName("while_body"), graph, next))
            .attr("output_shapes", all)
            .attr("_lower_using_switch_merge", true)
            .shape(all.toArray(Shape[]::new))
            .build();
    rounds = node.output(0);
    List<TfValue> outputs = node.outputs().subList(OWN, OWN + results.size());
    outputs.forEach(output -> defineSizes(outer, output));
    return outputs;
  }

  private static void requireSame(TfValue a, TfValue b) {
    if (a.dtype() != b.dtype() || a.rank() != b.rank()) {
      throw new IllegalArgumentException("what stands for " + a + " becomes " + b);
    }
  }
}
