package org.tensorferry.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.dim.Assumptions.Assumption;
import org.tensorferry.engine.TfRunner;
import org.tensorferry.engine.TorchRunner;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/**
 * What asks for gradients, training or fast paths is answered as in evaluation without gradients.
 */
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
  }

  /** libtorch makes no nested tensor of such a mask, and leaves what stands in its holes. */
  @Test
  void aMaskWithHolesKeepsAllPlaces() {
    Path file = directory.resolve("holes.pt");
    AttentionOpsTest.encoder().write(file);
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    inputs.put("x", HostTensor.generate(DType.FLOAT32, new long[] {2, 3, 2}, i -> 1 + i));
    inputs.put("y", HostTensor.generate(DType.BOOL, new long[] {2, 3}, i -> i == 1 ? 0 : 1));
    Path saved = directory.resolve("holes");
    try (TorchModel model = Tensorferry.open(file)) {
      model
          .convert(ConvertOptions.defaults().input("x:float32[n,t,2]").input("y:bool[n,t]"))
          .save(saved);
    }
    try (TorchRunner torch = TorchRunner.open(file);
        TfRunner tensorFlow = TfRunner.open(saved)) {
      Differences.requireEqual(
          torch.run(List.copyOf(inputs.values())).flatten(), tensorFlow.run(inputs), 0);
    }
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
    Path file = directory.resolve("said.pt");
    program.write(file);
    try (TorchModel model = Tensorferry.open(file)) {
      return model.convert(ConvertOptions.defaults().input("x:float32[3]")).assumptions().stream()
          .map(Assumption::text)
          .toList();
    }
  }
}
