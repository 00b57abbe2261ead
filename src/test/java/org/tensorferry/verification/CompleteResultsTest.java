package org.tensorferry.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorferry.SavedConversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.engine.EngineOptions;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.parity.OutputComparison;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.VerifyOptions;

/** All that the original returns is in the result, and nothing that is missing passes for equal. */
class CompleteResultsTest {

  private static final VerifyOptions OPTIONS =
      VerifyOptions.DEFAULT.samples(1).timedRuns(0).engines(EngineOptions.DEFAULT.inProcess(true));

  @TempDir Path directory;

  private Path model(String name, String type, String result) {
    Path file = directory.resolve(name + ".pt");
    TorchScript.module("def forward(self, x: Tensor) -> " + type + ":\n  return " + result + "\n")
        .write(file);
    return file;
  }

  private Path convert(Path file) {
    Path saved = directory.resolve(file.getFileName() + ".saved");
    try (TorchModel model = Tensorferry.open(file)) {
      model.convert(ConvertOptions.defaults().input("x:float32[batch,3]")).save(saved);
    }
    return saved;
  }

  @Test
  void numbersAreOutputsOfTheTypesThatTorchGivesThem() {
    Path file =
        model(
            "numbers",
            "Tuple[Tensor, int, float, bool, Optional[Tensor], List[int]]",
            "x * 2, x.size(0), x.size(0) * 0.25, x.size(0) > 3, None, [4, x.size(1)]");
    ParityReport report = SavedConversion.open(file, convert(file)).verify(OPTIONS);
    assertTrue(report.isEqual());
    List<String> outputs =
        report.cases().get(0).outputs().stream().map(o -> o.name() + " " + o.result()).toList();
    assertEquals(
        List.of(
            "output_0 float32[2,3]",
            "output_1 int64[]",
            "output_2 float32[]",
            "output_3 bool[]",
            "output_5_0 int64[]",
            "output_5_1 int64[]"),
        outputs);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Tuple[Tensor, int] | (x, 5) | Tuple[Tensor, Optional[int]] | (x, None)",
        "Tuple[Tensor, Optional[int]] | (x, None) | Tuple[Tensor, int] | (x, 5)",
        "Tuple[Tensor, Optional[Tensor]] | (x, None) | Tuple[Tensor] | (x,)",
        "List[Tensor] | [x, x] | Tuple[Tensor, Tensor] | (x, x)",
        "Dict[str, Tensor] | {'output_0': x} | List[Tensor] | [x]",
        "Tuple[Tensor, int] | (x, 5) | Tuple[Tensor, float] | (x, 5.)",
      })
  void anotherResultIsADifference(String type, String result, String otherType, String other) {
    Path saved = convert(model("other", otherType, other));
    ParityReport report =
        SavedConversion.open(model("original", type, result), saved).verify(OPTIONS);
    assertFalse(report.isEqual());
  }

  @Test
  void theStructureIsNamedWhereItDiffers() {
    Path saved = convert(model("other", "Tuple[Tensor]", "(x,)"));
    Path original = model("original", "Tuple[Tensor, Optional[Tensor]]", "(x, None)");
    List<OutputComparison> outputs =
        SavedConversion.open(original, saved).verify(OPTIONS).cases().get(0).outputs();
    OutputComparison structure = outputs.get(outputs.size() - 1);
    assertEquals("tuple(tensor, None)", structure.original());
    assertEquals("tuple(tensor)", structure.result());
  }

  @Test
  void aTextThatIsLeftOutIsSaid() {
    Path file = model("text", "Tuple[Tensor, str]", "x, 'done'");
    try (TorchModel model = Tensorferry.open(file)) {
      String assumptions =
          model
              .convert(ConvertOptions.defaults().input("x:float32[batch,3]"))
              .assumptions()
              .toString();
      assertTrue(assumptions.contains("\"done\" in the result is left out"), assumptions);
    }
  }
}
