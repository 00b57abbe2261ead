package org.tensorferry.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfFunction;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfNode;
import org.tensorferry.tf.TfPlace;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.Structure;

/** Which operators are left; that values stay equal, every parity test shows. */
class CommonSubexpressionsTest {

  private final TfGraph tf = new TfGraph(new Assumptions());
  private final TfValue x = tf.argument("x", DType.FLOAT32, Shape.of(2, 3));

  private static String operators(TfGraph graph) {
    return String.join(
        " ",
        graph.nodes().stream()
            .filter(node -> !node.isArgument() && !node.is("Const"))
            .map(TfNode::op)
            .sorted()
            .toList());
  }

  private Passes.Arranged run(TfValue result, TfValue... watched) {
    return Passes.run(
        new TfModel(tf, List.of("x"), new Structure.Leaf<>(result)), List.of(watched), false);
  }

  static Stream<Arguments> graphs() {
    return Stream.of(
        graph("one operator twice", "AddV2 Exp", (tf, x) -> tf.add(exp(tf, x), exp(tf, x))),
        graph(
            "what stands on the same",
            "AddV2 Exp Tanh",
            (tf, x) -> tf.add(tf.unary("Tanh", exp(tf, x)), tf.unary("Tanh", exp(tf, x)))),
        graph("other operands", "AddV2 Mul Mul", (tf, x) -> tf.add(tf.mul(x, 2), tf.mul(x, 3))),
        graph(
            "other attributes",
            "AddV2 Sum Sum",
            (tf, x) -> tf.add(tf.sum(x, true, 0), tf.sum(x, false, 0))),
        graph(
            "what is equal once transposes are gone",
            "AddV2 Exp",
            (tf, x) -> tf.add(exp(tf, x), tf.transpose(exp(tf, tf.transpose(x, 1, 0)), 1, 0))),
        graph(
            "reads of state",
            "AddV2 ReadVariableOp ReadVariableOp",
            (tf, x) -> {
              TfValue handle = tf.argument("handle", DType.RESOURCE, Shape.SCALAR);
              return tf.add(read(tf, handle), read(tf, handle));
            }));
  }

  private static Arguments graph(
      String name, String left, BiFunction<TfGraph, TfValue, TfValue> body) {
    return Arguments.of(name, left, body);
  }

  private static TfValue exp(TfGraph tf, TfValue x) {
    return tf.unary("Exp", x);
  }

  private static TfValue read(TfGraph tf, TfValue handle) {
    return tf.op("ReadVariableOp", handle).attr("dtype", DType.FLOAT32).shape(Shape.of(2, 3)).get();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("graphs")
  void isComputedOnce(String name, String left, BiFunction<TfGraph, TfValue, TfValue> body) {
    assertEquals(left, operators(run(body.apply(tf, x)).model().graph()), name);
  }

  @Test
  void inTheBodyOfALoopToo() {
    TfValue doubled =
        tf.loop(
                Dim.of(3),
                List.of(x),
                (body, step, state) ->
                    List.of(body.add(exp(body, state.get(0)), exp(body, state.get(0)))))
            .get(0);
    TfGraph graph = run(doubled).model().graph();
    TfNode loop = graph.nodes().stream().filter(n -> n.is("StatelessWhile")).findAny().get();
    TfFunction body = (TfFunction) Objects.requireNonNull(loop.attributes().get("body"));
    assertEquals("AddV2 AddV2 Exp", operators(body.graph()));
    assertEquals(body.graph().parameters().size(), body.results().size());
  }

  @Test
  void whereEachValueWentIsKnown() {
    TfValue first = exp(tf, x);
    TfValue second = exp(tf, tf.transpose(x, 1, 0));
    TfValue unused = tf.unary("Sin", x);
    Map<TfValue, TfPlace> places =
        run(tf.add(first, tf.transpose(second, 1, 0)), first, second, unused).places();
    assertEquals(
        Map.of(first, new TfPlace(first, List.of(0, 1)), second, new TfPlace(first, List.of(1, 0))),
        places);
  }
}
