package org.tensorferry.pass;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.dim.Symbol;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.Literal;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfPlace;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.Structure;

/** What operators of constants come to. */
class ConstantFoldingTest {

  private static final Literal MATRIX =
      Literal.of(DType.FLOAT32, new long[] {2, 3}, 1, 2, 3, 4, 5, 6);

  private static Literal floats(long[] shape, double... values) {
    return Literal.of(DType.FLOAT32, shape, values);
  }

  static Stream<Arguments> folded() {
    return Stream.of(
        folded(
            "a transpose",
            floats(new long[] {3, 2}, 1, 4, 2, 5, 3, 6),
            tf -> tf.transpose(tf.constant(MATRIX), 1, 0)),
        folded(
            "a slice",
            floats(new long[] {2, 1}, 2, 5),
            tf -> tf.slice(tf.constant(MATRIX), 1, 1, 1)),
        folded(
            "the last part",
            floats(new long[] {2, 1}, 3, 6),
            tf -> tf.split(tf.constant(MATRIX), 1, 3).get(2)),
        folded(
            "one of a row",
            floats(new long[] {3}, 4, 5, 6),
            tf -> tf.unstack(tf.constant(MATRIX), 0).get(1)),
        folded(
            "a sum with a row",
            floats(new long[] {2, 3}, 11, 22, 33, 14, 25, 36),
            tf -> tf.add(tf.constant(MATRIX), tf.constant(floats(new long[] {3}, 10, 20, 30)))),
        folded(
            "a root, rounded as float32",
            floats(new long[0], (float) (1 / (double) (float) Math.sqrt(2))),
            tf -> tf.unary("Reciprocal", tf.unary("Sqrt", tf.scalar(DType.FLOAT32, 2)))),
        folded(
            "whole numbers that wrap",
            Literal.ofLongs(DType.INT32, new long[0], Integer.MIN_VALUE),
            tf -> tf.add(tf.scalar(DType.INT32, Integer.MAX_VALUE), tf.scalar(DType.INT32, 1))),
        folded(
            "a mask",
            floats(new long[] {2, 2}, 0, -100, -100, 0),
            tf -> {
              TfValue ids = tf.constant(floats(new long[] {2}, 0, 1));
              TfValue apart = tf.sub(tf.expandDims(ids, 0), tf.expandDims(ids, 1));
              TfValue same = tf.binary("Equal", apart, tf.scalar(DType.FLOAT32, 0));
              return tf.select(same, tf.scalar(DType.FLOAT32, 0), tf.scalar(DType.FLOAT32, -100));
            }),
        folded(
            "floor of a negative quotient",
            Literal.ofLongs(DType.INT64, new long[0], -4),
            tf ->
                tf.binary(
                    "FloorDiv",
                    tf.cast(tf.scalar(DType.INT32, -7), DType.INT64),
                    tf.scalar(DType.INT64, 2))));
  }

  private static Arguments folded(String name, Literal expected, Function<TfGraph, TfValue> body) {
    return Arguments.of(name, expected, body);
  }

  private static Passes.Arranged run(TfGraph tf, TfValue result, TfValue... watched) {
    return Passes.run(
        new TfModel(tf, List.of(), new Structure.Leaf<>(result)), List.of(watched), false);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("folded")
  void isAConstant(String name, Literal expected, Function<TfGraph, TfValue> body) {
    TfGraph tf = new TfGraph(new Assumptions());
    TfValue before = body.apply(tf);
    Passes.Arranged arranged = run(tf, before, before);
    TfValue after = arranged.model().results().get(0);
    assertEquals("Const", after.node().op(), name);
    Literal literal = (Literal) Objects.requireNonNull(after.node().attributes().get("value"));
    assertEquals(expected, literal, name);
    assertEquals(1, arranged.model().graph().nodes().size(), name);
    assertEquals(Map.of(before, Pass.Places.SAME.of(after)), arranged.places(), name);
  }

  @Test
  void whatWouldGrowStays() {
    TfGraph tf = new TfGraph(new Assumptions());
    TfValue zeros = run(tf, tf.zeros(Shape.of(1 << 20), DType.FLOAT32)).model().results().get(0);
    assertTrue(zeros.node().is("Fill"));
  }

  @Test
  void sizesThatOnlyTheRunKnowsStay() {
    TfGraph tf = new TfGraph(new Assumptions());
    TfValue x = tf.argument("x", DType.FLOAT32, Shape.of(Dim.of(Symbol.computed("n", 0))));
    TfValue shape = tf.op("Shape", x).attr("out_type", DType.INT32).get();
    TfModel model =
        Passes.run(new TfModel(tf, List.of("x"), new Structure.Leaf<>(tf.add(shape, 1))));
    assertEquals("AddV2", model.results().get(0).node().op());
    assertEquals("Shape", model.results().get(0).node().input(0).node().op());
  }

  @Test
  void aDivisionByZeroIsLeftToTensorFlow() {
    TfGraph tf = new TfGraph(new Assumptions());
    TfValue quotient = tf.binary("FloorDiv", tf.scalar(DType.INT32, 1), tf.scalar(DType.INT32, 0));
    TfPlace place = Objects.requireNonNull(run(tf, quotient, quotient).places().get(quotient));
    assertEquals("FloorDiv", place.base().node().op());
  }
}
