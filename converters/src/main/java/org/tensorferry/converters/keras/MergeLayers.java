package org.tensorferry.converters.keras;

import java.util.List;
import java.util.function.BinaryOperator;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.KerasCall;
import org.tensorferry.rule.KerasRule;
import org.tensorferry.rule.KerasValue;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Layers that make one tensor of several. */
final class MergeLayers {

  private MergeLayers() {}

  static List<KerasRule> rows() {
    return List.of(
        KerasRule.layer("Add", call -> fold(call, call.tf()::add)),
        KerasRule.layer("Subtract", call -> fold(call, call.tf()::sub)),
        KerasRule.layer("Multiply", call -> fold(call, call.tf()::mul)),
        KerasRule.layer("Maximum", call -> fold(call, call.tf()::maximum)),
        KerasRule.layer("Minimum", call -> fold(call, call.tf()::minimum)),
        KerasRule.layer("Average", MergeLayers::average),
        KerasRule.layer(
            "Concatenate",
            call -> KerasValue.of(concat(call.tf(), call.inputs(), call.integer("axis", -1)))),
        KerasRule.layer("Dot", MergeLayers::dot));
  }

  /** Keras gives tensors of lower rank axes of size 1 behind the batch. */
  private static KerasValue fold(KerasCall call, BinaryOperator<TfValue> operator) {
    List<TfValue> inputs = call.inputs();
    int rank = inputs.stream().mapToInt(TfValue::rank).max().orElse(0);
    TfValue result = null;
    for (TfValue input : inputs) {
      TfValue x = input;
      while (x.rank() < rank) {
        x = call.tf().expandDims(x, 1);
      }
      result = result == null ? x : operator.apply(result, x);
    }
    if (result == null) {
      throw call.refuse("it is called with no tensors");
    }
    return KerasValue.of(result);
  }

  private static KerasValue average(KerasCall call) {
    TfValue sum = fold(call, call.tf()::add).tensors().get(0);
    return KerasValue.of(call.tf().mul(sum, 1.0 / call.inputs().size()));
  }

  static TfValue concat(TfGraph tf, List<TfValue> values, int axis) {
    int rank = values.get(0).rank();
    return tf.concat(values, axis < 0 ? axis + rank : axis);
  }

  /** Products over one axis of each; of vectors, or of matrices. */
  private static KerasValue dot(KerasCall call) {
    TfGraph tf = call.tf();
    List<TfValue> inputs = call.inputs();
    int[] axes = call.ints("axes", 2, -1);
    TfValue x = inputs.get(0);
    TfValue y = inputs.get(1);
    if (call.flag("normalize", false)) {
      throw call.refuse("it normalises its arguments");
    }
    int first = axes[0] < 0 ? axes[0] + x.rank() : axes[0];
    int second = axes[1] < 0 ? axes[1] + y.rank() : axes[1];
    if (x.rank() == 2 && y.rank() == 2) {
      return KerasValue.of(tf.sum(tf.mul(x, y), true, 1));
    }
    if (x.rank() == 3 && y.rank() == 3) {
      return KerasValue.of(tf.matmul(x, y, first == 1, second == 2));
    }
    if (x.rank() == 2 && y.rank() == 3) {
      TfValue row = tf.reshape(x, Shape.of(x.dim(0), Dim.ONE, x.dim(1)));
      return KerasValue.of(tf.squeeze(tf.matmul(row, y, false, second == 2), 1));
    }
    throw call.refuse("it multiplies tensors of ranks " + x.rank() + " and " + y.rank());
  }
}
