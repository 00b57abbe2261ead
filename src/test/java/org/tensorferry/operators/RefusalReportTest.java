package org.tensorferry.operators;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** A model with many problems gets one report: each with module, line, reason and a way out. */
class RefusalReportTest {

  @TempDir Path directory;

  private static final String MODEL =
      """
      def forward(self, x: Tensor) -> Tensor:
        if bool(torch.any(x > 1)):
          x = torch.clamp(x, -1, 1)
        n = 0
        while bool(x.sum() > n):
          n += 1
        y = self.head.forward(x)
        z = torch.add_(self.mean, 1)
        self.steps = torch.add(self.steps, [1])
        return y
      """;

  private static final String HEAD =
      """
      def forward(self, x: Tensor) -> Tensor:
        x = torch.dropout(x, 0.5, True)
        noise = torch.randn_like(x)
        drawn = torch.multinomial(x, 2)
        coin = torch.bernoulli(x)
        sampled = torch.rand([2])
        fused = ops.mylib.fused_gate(x, 2)
        return x + noise
      """;

  private List<Problem> problems() {
    TorchProgram program =
        TorchScript.module(MODEL)
            .buffer("mean", HostTensor.generate(DType.FLOAT32, new long[] {3}, i -> i))
            .attribute("steps", "List[int]", List.of(0))
            .submodule("head", TorchProgram.ofClass("__torch__.Head").code(HEAD));
    Path file = directory.resolve("model.pt");
    program.write(file);
    try (TorchModel model = Tensorferry.open(file)) {
      FerryException refusal =
          assertThrows(
              FerryException.class,
              () -> model.convert(ConvertOptions.defaults().input("x:float32[batch,3]")));
      return refusal.problems();
    }
  }

  @Test
  void everyProblemStandsInOneReport() {
    List<Problem> problems = problems();
    String all = String.join("\n", problems.stream().map(Problem::text).toList());
    assertAll(
        List.of(
                "`aten::dropout` can't be converted",
                "`aten::randn_like` is not supported",
                "`aten::multinomial` is not supported",
                "`aten::bernoulli` is not supported",
                "`aten::rand` is not supported",
                "`mylib::fused_gate` is not supported",
                "attribute `steps` is changed while the model runs")
            .stream()
            .map(text -> () -> assertTrue(all.contains(text), text + " in\n" + all)));
    assertEquals(7, problems.size(), all);
  }

  @Test
  void everyProblemSaysWhereWhyAndWhatToDo() {
    assertAll(
        problems().stream()
            .map(
                problem ->
                    () -> {
                      assertFalse(problem.why().isBlank(), problem.text());
                      assertFalse(problem.fix().isBlank(), problem.text());
                      boolean isState = problem.what().startsWith("buffer");
                      assertTrue(isState || problem.text().contains("line code/"), problem.text());
                      boolean isHead = problem.what().contains("aten::");
                      assertTrue(!isHead || problem.text().contains("module head"), problem.text());
                    }));
  }
}
