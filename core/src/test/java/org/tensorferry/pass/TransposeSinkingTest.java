package org.tensorferry.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfNode;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.Structure;

/**
 * What transposes are left, by operators between them; that values stay equal, every parity test
 * shows.
 */
class TransposeSinkingTest {

  private static TfValue relu(TfGraph tf, TfValue x) {
    return tf.channelsLast(x, nhwc -> tf.unary("Relu", nhwc));
  }

  static Stream<Arguments> graphs() {
    return Stream.of(
        graph("two in a row cancel", "", (tf, x) -> tf.toChannelsFirst(tf.toChannelsLast(x))),
        graph(
            "element-wise operators let them pass",
            "",
            (tf, x) -> tf.toChannelsFirst(tf.unary("Relu", tf.toChannelsLast(x)))),
        graph(
            "one is left at the edge",
            "Transpose",
            (tf, x) -> tf.unary("Relu", tf.toChannelsLast(x))),
        graph(
            "a residual sum lets them pass",
            "",
            (tf, x) -> tf.add(relu(tf, x), relu(tf, relu(tf, x)))),
        graph(
            "a number joins in",
            "",
            (tf, x) -> tf.toChannelsFirst(tf.mul(tf.toChannelsLast(x), 2))),
        graph(
            "reductions take other axes",
            "",
            (tf, x) -> tf.mean(tf.toChannelsLast(x), false, 1, 2)),
        graph(
            "paddings move",
            "",
            (tf, x) ->
                tf.toChannelsFirst(
                    tf.pad(
                        tf.toChannelsLast(x),
                        tf.scalar(DType.FLOAT32, 0),
                        0,
                        0,
                        1,
                        1,
                        2,
                        2,
                        0,
                        0))),
        graph(
            "joins take another axis",
            "",
            (tf, x) ->
                tf.toChannelsFirst(
                    tf.concat(List.of(tf.toChannelsLast(x), tf.toChannelsLast(x)), 3))),
        graph(
            "a softmax does not let them pass",
            "Transpose Transpose",
            (tf, x) -> tf.toChannelsFirst(tf.unary("Softmax", tf.toChannelsLast(x)))));
  }

  private static Arguments graph(
      String name, String left, BiFunction<TfGraph, TfValue, TfValue> body) {
    return Arguments.of(name, left, body);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("graphs")
  void transposesMeetAndVanish(
      String name, String left, BiFunction<TfGraph, TfValue, TfValue> body) {
    TfGraph tf = new TfGraph(new Assumptions());
    TfValue x = tf.argument("x", DType.FLOAT32, Shape.of(2, 3, 4, 5));
    TfValue result = body.apply(tf, x);
    Shape before = result.shape();
    TfModel model = Passes.run(new TfModel(tf, List.of("x"), new Structure.Leaf<>(result)));
    List<String> transposes =
        model.graph().nodes().stream().map(TfNode::op).filter("Transpose"::equals).toList();
    assertEquals(left, String.join(" ", transposes), name);
    assertEquals(before, model.results().get(0).shape(), name);
  }

  @ParameterizedTest
  @MethodSource("matrices")
  void aTransposedMatrixBecomesAnOption(int[] permutation, String operator) {
    TfGraph tf = new TfGraph(new Assumptions());
    int rank = permutation.length;
    TfValue x = tf.argument("x", DType.FLOAT32, rank == 2 ? Shape.of(4, 3) : Shape.of(2, 4, 3));
    TfValue y = tf.argument("y", DType.FLOAT32, rank == 2 ? Shape.of(4, 5) : Shape.of(2, 4, 5));
    TfValue product = tf.matmul(tf.transpose(x, permutation), y);
    TfModel model = Passes.run(new TfModel(tf, List.of("x", "y"), new Structure.Leaf<>(product)));
    List<String> ops =
        model.graph().nodes().stream().filter(node -> !node.isArgument()).map(TfNode::op).toList();
    assertEquals(List.of(operator), ops);
  }

  static Stream<Arguments> matrices() {
    return Stream.of(
        Arguments.of(new int[] {1, 0}, "MatMul"),
        Arguments.of(new int[] {0, 2, 1}, "BatchMatMulV2"));
  }
}
