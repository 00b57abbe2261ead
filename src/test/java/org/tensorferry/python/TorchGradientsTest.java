package org.tensorferry.python;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.engine.TorchGradients;
import org.tensorferry.engine.TorchRunner;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.tensor.HostTensor;

/** libtorch's autograd, as gradients are compared with. */
class TorchGradientsTest {

  @TempDir Path directory;

  @Test
  void parametersAndInputsGetTheGradientsOfTheWeightedSum() {
    Path file = directory.resolve("m.pt");
    TorchScript.module(
            """
            def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
              return (torch.mul(x, self.w), torch.mul(self.w, 3.0))
            """)
        .parameter("w", HostTensor.floats(new long[] {2}, 5, 7))
        .parameter("unused", HostTensor.floats(new long[] {1}, 1))
        .buffer("b", HostTensor.floats(new long[] {1}, 1))
        .write(file);
    List<HostTensor> inputs = List.of(HostTensor.floats(new long[] {2}, 2, 4));
    Map<String, HostTensor> outputs;
    try (TorchRunner torch = TorchRunner.open(file)) {
      outputs = torch.run(inputs).flatten();
    }
    TorchGradients gradients =
        TorchGradients.of(
            file,
            "forward",
            inputs,
            outputs,
            Map.of(
                "output_0", HostTensor.floats(new long[] {2}, 10, 20),
                "output_1", HostTensor.floats(new long[] {2}, 1, 1)));
    assertEquals(List.of("w"), List.copyOf(gradients.parameters().keySet()));
    assertEquals(2 * 10 + 3, gradients.parameters().get("w").get(0));
    assertEquals(4 * 20 + 3, gradients.parameters().get("w").get(1));
    assertEquals(5 * 10, gradients.inputs().get(0).get(0));
    assertEquals(7 * 20, gradients.inputs().get(0).get(1));
  }

  /** As outputs are compared, though libtorch lacks an operator in a branch that is not taken. */
  @Test
  void anUnknownOperatorElsewhereInTheCodeHarmsNothing() {
    Path file = directory.resolve("u.pt");
    TorchScript.module(
            """
            def forward(self, x: Tensor) -> Tensor:
              return torch._of_tomorrow(x) if x.dim() == 7 else torch.mul(x, self.w)
            """)
        .parameter("w", HostTensor.floats(new long[] {2}, 5, 7))
        .write(file);
    HostTensor x = HostTensor.floats(new long[] {2}, 2, 4);
    TorchGradients gradients =
        TorchGradients.of(
            file,
            "forward",
            List.of(x),
            Map.of("output", HostTensor.floats(new long[] {2}, 10, 28)),
            Map.of("output", HostTensor.floats(new long[] {2}, 1, 1)));
    assertEquals(2, gradients.parameters().get("w").get(0));
    assertEquals(7, gradients.inputs().get(0).get(1));
  }
}
