package org.tensorferry.converters.keras;

import java.util.List;
import org.tensorferry.rule.KerasCall;
import org.tensorferry.rule.KerasRule;
import org.tensorferry.rule.KerasValue;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Products with a matrix, and tables of vectors. */
final class DenseLayers {

  private DenseLayers() {}

  static List<KerasRule> rows() {
    return List.of(
        KerasRule.layer("Dense", DenseLayers::dense),
        KerasRule.layer("EinsumDense", DenseLayers::einsum),
        KerasRule.layer("Embedding", DenseLayers::embedding));
  }

  private static KerasValue dense(KerasCall call) {
    call.ignore("units", "use_bias");
    List<TfValue> variables = call.variables(1, 2);
    TfValue product = product(call.tf(), call.input(), variables.get(0));
    return KerasValue.of(Activations.apply(call, "activation", biased(call, product, variables)));
  }

  static TfValue biased(KerasCall call, TfValue x, List<TfValue> variables) {
    return variables.size() > 1 ? call.tf().add(x, variables.get(1)) : x;
  }

  /** The last axis of x times a matrix. */
  static TfValue product(TfGraph tf, TfValue x, TfValue matrix) {
    return tf.matmul(x, matrix);
  }

  private static KerasValue einsum(KerasCall call) {
    call.ignore("output_shape", "bias_axes");
    List<TfValue> variables = call.variables(1, 2);
    TfValue product = einsum(call.tf(), call.text("equation", ""), call.input(), variables.get(0));
    return KerasValue.of(Activations.apply(call, "activation", biased(call, product, variables)));
  }

  /** TensorFlow's operator, whose shape follows from the equation. */
  static TfValue einsum(TfGraph tf, String equation, TfValue x, TfValue y) {
    return Einsums.emit(tf, equation, x, y);
  }

  private static KerasValue embedding(KerasCall call) {
    call.ignore("input_dim", "output_dim");
    if (call.flag("mask_zero", false)) {
      throw call.refuse("it makes a mask of the id 0, and masks are not followed");
    }
    TfValue ids = call.input();
    TfValue whole = ids.dtype().isInteger() ? ids : call.tf().cast(ids, DType.INT32);
    return KerasValue.of(call.tf().gather(call.variables(1, 1).get(0), whole, 0));
  }
}
