package org.tensorferry.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorferry.ConvertOptions;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.dim.Assumptions.Assumption;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** What asks for gradients, training or fast paths is answered as in evaluation without gradients. */
final class InferenceModeTest extends OperatorTest {

  private static final String ASKS =
      """
      def forward(self, x: Tensor) -> Tensor:
        if %s:
          y = torch.neg(x)
        else:
          y = x
        return y
      """;

  /** As torch.nn.TransformerEncoder decides whether it makes a nested tensor. */
  private static final String ENCODER =
      """
      def forward(self, x: Tensor, y: Tensor) -> Tensor:
        if torch._nested_tensor_from_mask_left_aligned(x, y):
          z = torch._nested_tensor_from_mask(x, y, False)
          n = True
        else:
          z = x
          n = False
        if torch.__and__(n, ops.prim.is_nested(z)):
          w = torch.to_padded_tensor(z, 0., torch.size(x))
        else:
          w = z
        return w
      """;

  @Override
  protected void cases(Cases c) {
    for (String question :
        new String[] {
          "torch.is_grad_enabled()",
          "ops.prim.requires_grad(self.p)",
          "ops.prim.requires_grad(self.b)",
          "ops.prim.requires_grad(torch.mul(x, self.p))",
          "ops.prim.requires_grad(x)",
          "torch.is_leaf(torch.mul(x, self.p))",
          "torch.is_leaf(self.p)",
          "torch.__and__(torch.is_grad_enabled(), ops.prim.requires_grad(self.p))",
          "self.training",
          "ops.prim.is_nested(x)",
          "torch.is_autocast_enabled()"
        }) {
      c.program(question, ASKS.formatted(question), f32(3))
          .parameter("p", f32(3).fixed())
          .buffer("b", f32(3).fixed())
          .with(program -> program.attribute("training", "bool", true))
          .staticOnly("weights have that size");
    }
    c.program(
        "gradients switched on and off",
        """
        def forward(self, x: Tensor) -> Tensor:
          before = torch.is_grad_enabled()
          _0 = torch.set_grad_enabled(True)
          within = torch.is_grad_enabled()
          _1 = torch.set_grad_enabled(before)
          if torch.__and__(within, torch.__not__(torch.is_grad_enabled())):
            y = torch.neg(x)
          else:
            y = x
          return y
        """,
        f32(3));
    encoder(c, "an encoder's mask of ends", 1, 1, 0, 0, 0, 0, 1, 1, 1);
    encoder(c, "an encoder's mask with holes", 1, 0, 1, 1, 1, 1, 0, 1, 1);
    encoder(c, "an encoder's mask of nothing", 1, 1, 1, 1, 1, 1, 1, 1, 1);
  }

  private static void encoder(Cases c, String name, double... mask) {
    TorchProgram encoder =
        TorchScript.layer("torch.nn.modules.transformer.TransformerEncoder", ENCODER);
    c.program(
            name,
            "def forward(self, x: Tensor, y: Tensor) -> Tensor:\n  return (self.e).forward(x, y, )\n",
            f32(3, 3, 4).fixed(),
            bool(3, 3).values(mask))
        .with(program -> program.submodule("e", encoder));
  }

  @Test
  void whatTheAnswerChangesIsSaid() {
    TorchProgram program =
        TorchScript.module(ASKS.formatted("torch.__and__(torch.is_grad_enabled(), self.training)"))
            .attribute("training", "bool", true)
            .buffer("b", HostTensor.generate(DType.FLOAT32, new long[] {3}, i -> 1));
    assertEquals(
        List.of(
            "gradients are off, as in torch.no_grad()",
            "the model is in evaluation, though it was saved in training"),
        assumptions(program));
  }

  private List<String> assumptions(TorchProgram program) {
    var file = directory.resolve("said.pt");
    program.write(file);
    try (TorchModel model = Tensorferry.open(file)) {
      return model.convert(ConvertOptions.defaults().input("x:float32[3]")).assumptions().stream()
          .map(Assumption::text)
          .toList();
    }
  }
}
