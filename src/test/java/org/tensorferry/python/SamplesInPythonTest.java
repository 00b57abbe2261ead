package org.tensorferry.python;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.harness.SampleModels;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.OutputComparison;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.report.Reports;

/** The committed models as a user would verify them with {@code --python}. */
class SamplesInPythonTest {

  private static final String PYTHON = System.getenv("TENSORFERRY_TENSORFLOW_PYTHON");

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "denoiser.traced.pt",
        "denoiser_step.scripted.pt",
        "resnet_small.scripted.torch2.pt",
        "sentence_cnn.traced.pt"
      })
  void isEqualAndTrainsInEveryWay(String name) {
    assumeTrue(
        PYTHON != null,
        "SKIPPED: TENSORFERRY_TENSORFLOW_PYTHON names no Python, so no sample is run in Python TensorFlow");
    Path file = SampleModels.file(name);
    try (TorchModel model = Tensorferry.open(file)) {
      ParityReport report =
          model
              .convert(ConvertOptions.defaults().inputs(SampleModels.inputs(file)))
              .save(directory.resolve("saved"))
              .verify(VerifyOptions.DEFAULT.samples(1).timedRuns(0).python(Path.of(PYTHON)));
      assertTrue(report.isEqual(), () -> Reports.text(report));
      assertTrue(report.leastSnrDb() >= 100, () -> Reports.text(report));
      List<String> engines = report.cases().stream().map(CaseReport::engine).distinct().toList();
      assertEquals(6, engines.size(), "TF Java and five ways in Python");
      long gradients =
          report.cases().stream()
              .flatMap(each -> each.outputs().stream())
              .filter(OutputComparison::isGradients)
              .count();
      assertEquals(2, gradients, () -> Reports.text(report));
    }
  }
}
