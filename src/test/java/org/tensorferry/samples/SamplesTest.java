package org.tensorferry.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.Conversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.harness.SampleModels;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.ModelPair;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.Verification;
import org.tensorferry.parity.VerifyListener;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.report.Reports;

/** Every committed model: equal to the original at every swept size, to at least 100 dB. */
class SamplesTest {

  @TempDir Path directory;

  static Stream<Path> models() throws IOException {
    return SampleModels.files();
  }

  private Conversion convert(Path file) {
    try (TorchModel model = Tensorferry.open(file)) {
      Conversion conversion =
          model.convert(ConvertOptions.defaults().inputs(SampleModels.inputs(file)));
      conversion.save(directory.resolve("saved"));
      return conversion;
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void equalsTheOriginalAtEverySize(Path file) {
    Conversion conversion = convert(file);
    ParityReport report =
        Verification.run(
            ModelPair.of(file, directory.resolve("saved"), conversion.inputs())
                .assuming(conversion.assumptions()),
            VerifyOptions.DEFAULT.timedRuns(0),
            VerifyListener.SILENT);
    assertTrue(report.isEqual(), () -> Reports.text(report));
    assertTrue(report.leastSnrDb() >= 100, () -> Reports.text(report));
    assertEquals(0, report.count(CaseReport.Outcome.SKIPPED), () -> Reports.text(report));
  }

  @Test
  void variablesHaveKerasNamesAndLayouts() {
    Conversion conversion = convert(SampleModels.file("denoiser.scripted.pt"));
    List<String> variables =
        conversion.variables().stream().map(PortedVariable::provenance).sorted().toList();
    assertEquals(
        String.join("\n", readGolden("denoiser.variables.txt")), String.join("\n", variables));
  }

  private static List<String> readGolden(String name) {
    try {
      return Files.readAllLines(Path.of("resources/org/tensorferry/samples").resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
