package org.tensorferry.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorferry.SavedConversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.engine.EngineOptions;
import org.tensorferry.engine.Engines;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.faults.Checkpoints;
import org.tensorferry.harness.Onnx;
import org.tensorferry.harness.TfGraphs;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.ModelPair;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.RefereeReport;
import org.tensorferry.parity.Verification;
import org.tensorferry.parity.VerifyListener;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.report.Reports;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

class OnnxRefereeTest {

  private static final VerifyOptions OPTIONS =
      VerifyOptions.DEFAULT.samples(1).timedRuns(0).engines(EngineOptions.DEFAULT.inProcess(true));

  @TempDir Path directory;

  private ParityReport verify(float torch, float tensorFlow, Path onnx) {
    Path model = directory.resolve("model.pt");
    TorchScript.module(
            "def forward(self, x: Tensor) -> Tensor:\n  return torch.mul(x, " + torch + ")")
        .write(model);
    Path saved =
        TfGraphs.write(
            directory.resolve("saved"),
            (tf, signature) -> {
              Placeholder<TFloat32> x =
                  tf.withName("x").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 3)));
              signature.input("x", x);
              signature.output("output", tf.math.mul(x, tf.constant(tensorFlow)));
            });
    List<InputSpec> inputs = InputSpec.parseAll(List.of("x:float32[n,3]"));
    return Verification.run(
        ModelPair.of(model, saved, inputs), OPTIONS.onnx(onnx), VerifyListener.SILENT);
  }

  private Path onnx(float factor) {
    return Onnx.multiplication("x", "output", factor).write(directory.resolve("model.onnx"));
  }

  /** Who is wrong on purpose is named, and nobody where all or none agree. */
  @ParameterizedTest
  @CsvSource({
    "2, 2, 2, , All three agree",
    "2, 2, 3, ONNX Runtime, what is wrong is the .onnx file",
    "2, 3, 2, TensorFlow, what is wrong is the converted model",
    "3, 2, 2, libtorch, the model file is another",
    "2, 3, 4, , No two of the three agree"
  })
  void theOneThatStandsAloneIsNamed(
      float torch, float tensorFlow, float onnx, String alone, String verdict) throws IOException {
    ParityReport report = verify(torch, tensorFlow, onnx(onnx));

    RefereeReport referee = report.referee().orElseThrow();
    assertEquals(Optional.ofNullable(alone), referee.alone());
    assertTrue(referee.verdict().contains(verdict), referee.verdict());
    assertEquals(torch == tensorFlow && torch == onnx, report.isEqual());
    String named = alone == null ? verdict : alone + " stands alone";
    Path page = directory.resolve("report.html");
    Reports.write(report, page);
    for (String form :
        List.of(
            Files.readString(page),
            Reports.text(report),
            Reports.json(report),
            Reports.junit(report),
            Reports.markdown(report))) {
      assertTrue(form.replaceAll("\\s+", " ").contains(named), form);
    }
  }

  @Test
  void namesThatDifferAreBoundByOrderAndSaid() {
    Path file = Onnx.multiplication("input.1", "7", 2).write(directory.resolve("model.onnx"));

    RefereeReport referee = verify(2, 2, file).referee().orElseThrow();

    assertEquals("All three agree", referee.verdict());
    assertEquals(
        List.of("inputs by order: x is input.1", "outputs by order: output is 7"), referee.said());
  }

  @Test
  void sizesThatTheFileFixesAreLeftOut() {
    Path file =
        Onnx.model(
                Onnx.message()
                    .with(
                        1,
                        Onnx.message().text(1, "x").text(1, "x").text(2, "output").text(4, "Add"))
                    .text(2, "graph")
                    .with(11, Onnx.port("x", 7, 3))
                    .with(12, Onnx.port("output", 7, 3)))
            .write(directory.resolve("model.onnx"));

    ParityReport report = verify(2, 2, file);

    assertTrue(report.isEqual());
    assertTrue(
        report.cases().stream()
            .filter(each -> !each.engine().isEmpty())
            .allMatch(each -> each.outcome() == CaseReport.Outcome.SKIPPED));
    assertTrue(report.referee().orElseThrow().verdict().contains("ran on none of the inputs"));
  }

  @Test
  void otherInputsAreRefused() {
    Path file =
        Onnx.model(
                Onnx.message()
                    .with(
                        1,
                        Onnx.message().text(1, "a").text(1, "b").text(2, "output").text(4, "Mul"))
                    .text(2, "graph")
                    .with(11, Onnx.port("a", -1, 3))
                    .with(11, Onnx.port("b", -1, 3))
                    .with(12, Onnx.port("output", -1, 3)))
            .write(directory.resolve("model.onnx"));

    FerryException refused = assertThrows(FerryException.class, () -> verify(2, 2, file));

    assertEquals(ExitCode.USAGE, refused.exitCode());
    assertTrue(
        refused.getMessage().contains("a:float32[?,3], b:float32[?,3]"), refused::getMessage);
  }

  /** In processes of their own, as the command line runs them, with bytes in a second file. */
  @Test
  void aTamperedSavedModelStandsAlone() throws IOException {
    Path model = directory.resolve("model.pt");
    TorchScript.module("def forward(self, x: Tensor) -> Tensor:\n  return torch.mul(x, self.w)")
        .parameter("w", TensorData.ofDoubles(DType.FLOAT32, new long[] {3}, 1, 2, 3))
        .write(model);
    Path onnx =
        Onnx.model(
                Onnx.message()
                    .with(
                        1,
                        Onnx.message().text(1, "x").text(1, "w").text(2, "output").text(4, "Mul"))
                    .text(2, "graph")
                    .with(5, Onnx.elsewhere("w", "model.onnx.data", 3))
                    .with(11, Onnx.port("x", -1, 3))
                    .with(12, Onnx.port("output", -1, 3)))
            .write(directory.resolve("model.onnx"));
    Files.write(directory.resolve("model.onnx.data"), Onnx.floats(1, 2, 3));
    Path saved = directory.resolve("saved");
    try (TorchModel original = Tensorferry.open(model)) {
      original.convert(ConvertOptions.defaults().input("x:float32[n,3]")).save(saved);
    }
    VerifyOptions options = VerifyOptions.DEFAULT.samples(1).timedRuns(0).onnx(onnx);
    SavedConversion conversion = SavedConversion.open(model, saved);
    try (Engines engines = Engines.open(options.engines(), Set.of(model, saved))) {
      assertEquals("All three agree", verdict(conversion, engines, options).verdict());

      tamper(saved);

      assertEquals(Optional.of("TensorFlow"), verdict(conversion, engines, options).alone());
    }
  }

  private static RefereeReport verdict(
      SavedConversion conversion, Engines engines, VerifyOptions options) {
    return conversion.verify(engines, options, VerifyListener.SILENT).referee().orElseThrow();
  }

  private static void tamper(Path saved) throws IOException {
    Checkpoints.rewrite(
        saved.resolve("variables/variables"),
        "w",
        value -> TensorData.ofDoubles(DType.FLOAT32, new long[] {3}, 1, 2, 3.5));
  }
}
