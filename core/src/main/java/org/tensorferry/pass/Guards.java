package org.tensorferry.pass;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Assumptions.Assumption;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Relation;
import org.tensorferry.dim.Shape;
import org.tensorferry.dim.Symbol;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.Origin;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfNode;
import org.tensorferry.tf.TfValue;

/**
 * Makes a model fail where it is called with sizes that it was not converted for, instead of
 * answering.
 *
 * <p><b>Principle.</b> Rank and fixed sizes of an input are checked by EnsureShape. Whatever else
 * was taken for granted of sizes, that a dim is the same in two inputs or how a branch on it was
 * decided, is a condition on int32 scalars. Each takes a Slice out of a constant of one element,
 * which is two elements long where the condition does not hold, and fails then; all results are
 * multiplied by what is taken, a one. An Assert would not do, as XLA and TFLite drop it; nor a
 * Reshape of the input, which TensorFlow's optimizer removes.
 */
public final class Guards {

  private final TfModel model;
  private final TfGraph tf;
  private final Map<TfNode, TfValue> ensured = new LinkedHashMap<>();
  private @Nullable TfValue one;

  private Guards(TfModel model) {
    this.model = model;
    this.tf = model.graph();
  }

  /** Puts guards between the inputs and all that uses them, and behind the results. */
  public static TfModel insert(TfModel model) {
    Guards guards = new Guards(model);
    model.graph().at(Origin.NONE);
    guards.ensureShapes();
    guards.sharedDims();
    guards.assumptions();
    return guards.guarded();
  }

  private void ensureShapes() {
    for (int i = 0; i < tf.arguments().size(); i++) {
      TfNode argument = tf.arguments().get(i);
      ensured.put(
          argument,
          tf.op("EnsureShape", argument.output())
              .attr("shape", argument.output().shape())
              .name("guard/" + model.argumentNames().get(i))
              .get());
    }
    for (TfNode node : tf.nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        @Nullable TfValue value = ensured.get(node.input(i).node());
        if (value != null && !value.node().equals(node)) {
          tf.replaceInput(node, i, value);
        }
      }
    }
  }

  /** A dim that several axes have is what its first axis says. */
  private void sharedDims() {
    Map<Symbol, TfValue> sources = new HashMap<>();
    for (TfValue value : ensured.values()) {
      for (int axis = 0; axis < value.rank(); axis++) {
        Dim dim = value.dim(axis);
        for (Symbol symbol : dim.symbols()) {
          if (dim.equals(Dim.of(symbol)) && sources.putIfAbsent(symbol, value) != null) {
            require(tf.binary("Equal", tf.dimOf(value, axis), tf.dim(dim)), dim + "_differs");
          }
        }
      }
    }
  }

  private void assumptions() {
    for (Assumption check : tf.assumptions().checks()) {
      Relation relation = check.relation().orElseThrow();
      if (relation.symbols().stream().allMatch(tf::isDefined)) {
        require(
            tf.binary(operator(relation), tf.dim(relation.left()), tf.dim(relation.right())),
            relation.toString());
      }
    }
  }

  private static String operator(Relation relation) {
    return switch (relation.operator()) {
      case EQUAL -> "Equal";
      case NOT_EQUAL -> "NotEqual";
      case LESS -> "Less";
      case LESS_EQUAL -> "LessEqual";
      case GREATER -> "Greater";
      case GREATER_EQUAL -> "GreaterEqual";
    };
  }

  /** The node's name is what the failure's message shows. */
  private void require(TfValue holds, String name) {
    TfValue excess = tf.cast(tf.unary("LogicalNot", holds), DType.INT32);
    TfValue size = tf.reshape(tf.add(excess, 1), Shape.of(1));
    TfValue taken =
        tf.op("Slice", tf.ints(1), tf.ints(0), size)
            .shape(Shape.of(1))
            .name("guard/" + name.replaceAll("[^A-Za-z0-9]+", "_"))
            .get();
    one = one == null ? taken : tf.mul(one, taken);
  }

  private TfModel guarded() {
    Optional<TfValue> factor = Optional.ofNullable(one).map(o -> tf.reshape(o, Shape.SCALAR));
    return model.map(
        value -> {
          TfValue checked = ensured.getOrDefault(value.node(), value);
          return factor.isPresent() ? times(checked, factor.get()) : checked;
        });
  }

  private TfValue times(TfValue result, TfValue factor) {
    TfValue same = tf.cast(factor, result.dtype());
    return result.dtype() == DType.BOOL
        ? tf.binary("LogicalAnd", result, same)
        : tf.mul(result, same);
  }
}
