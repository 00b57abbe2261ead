package org.tensorferry.operators;

import java.util.List;

/** Dropout of an evaluated model is the identity; in training it is refused. */
final class DropoutOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    for (String name :
        List.of("dropout", "feature_dropout", "alpha_dropout", "feature_alpha_dropout")) {
      c.op("torch." + name + "(x, 0.5, False)", f32(2, 3));
      c.op("torch." + name + "(x, 0.0, True)", f32(2, 3));
      c.refused("torch." + name + "(x, 0.5, True)", "model.eval()", f32(2, 3));
      c.program(
          name + "_",
          "def forward(self, x: Tensor) -> Tensor:\n  return torch." + name + "_(x, 0.5, False)\n",
          f32(3));
    }
    c.program(
        "native_dropout",
        "def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:\n  return torch.native_dropout(x, 0.5, False)\n",
        f32(3));
  }
}
