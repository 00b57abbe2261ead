package org.tensorferry.converters.aten;

import java.util.List;
import org.tensorferry.rule.AtenRule;

/** Activation functions. */
public final class ActivationOps {

  private ActivationOps() {}

  public static List<AtenRule> rows() {
    return List.of(
        AtenRule.unary("relu(Tensor self) -> Tensor", "Relu"),
        AtenRule.unary("relu6(Tensor self) -> Tensor", "Relu6"));
  }
}
