package org.tensorferry.converters.aten;

import java.util.List;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.Value;

/** Dropout, which is the identity in a model that is evaluated. */
final class DropoutOps {

  private DropoutOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.aliasWhereSame(
            "alpha_dropout(Tensor input, float p, bool train) -> Tensor", DropoutOps::dropout),
        AtenRule.aliasWhereSame(
            "dropout(Tensor input, float p, bool train) -> Tensor", DropoutOps::dropout),
        AtenRule.aliasWhereSame(
            "feature_alpha_dropout(Tensor input, float p, bool train) -> Tensor",
            DropoutOps::dropout),
        AtenRule.aliasWhereSame(
            "feature_dropout(Tensor input, float p, bool train) -> Tensor", DropoutOps::dropout),
        AtenRule.several(
            "native_dropout(Tensor input, float p, bool? train) -> (Tensor, Tensor)",
            DropoutOps::nativeDropout));
  }

  static TfValue dropout(OpArgs a, TfGraph tf) {
    refuseTraining(a);
    return a.tensor("input");
  }

  /** With the mask of what is kept: everything. */
  static List<TfValue> nativeDropout(OpArgs a, TfGraph tf) {
    refuseTraining(a);
    TfValue x = a.tensor("input");
    return List.of(x, tf.fill(x.shape(), DType.BOOL, 1));
  }

  private static void refuseTraining(OpArgs a) {
    boolean training = !(a.value("train") instanceof Value.Bool train) || train.value();
    if (training && a.number("p") != 0) {
      throw a.refuse(
          "in training it drops at random, so no two runs are equal",
          "call model.eval() before the export; where the code itself keeps dropout on"
              + " (F.dropout(x, p, training=True), as Tacotron's prenet does), convert with"
              + " --noise zero, or --noise arguments to pass in what is dropped");
    }
    a.ignore("p");
  }
}
