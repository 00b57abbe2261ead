package org.tensorferry.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.Conversion;
import org.tensorferry.ConvertOptions;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.Reports;
import org.tensorferry.parity.Verification;
import org.tensorferry.parity.VerifyListener;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.tensor.PortedVariable;

/** Every committed model: equal to the original at every swept size, to at least 100 dB. */
class SamplesTest {

  private static final Path SAMPLES = Path.of("../../samples");

  private static final Map<String, List<String>> INPUTS =
      Map.of(
          "denoiser", List.of("x:float32[batch,time,257]"),
          "denoiser_step",
              List.of(
                  "x:float32[batch,257]",
                  "gru_state:float32[2,batch,48]",
                  "h:float32[1,batch,48]",
                  "c:float32[1,batch,48]"),
          "resnet_small", List.of("x:float32[batch,3,height,width]"),
          "sentence_cnn", List.of("ids:int64[batch,length]<200"));

  @TempDir Path directory;

  static Stream<Path> models() throws IOException {
    try (Stream<Path> files = Files.list(SAMPLES)) {
      return files.filter(file -> file.toString().endsWith(".pt")).sorted().toList().stream();
    }
  }

  private Conversion convert(Path file) {
    String name = file.getFileName().toString();
    List<String> inputs = INPUTS.get(name.substring(0, name.indexOf('.')));
    try (TorchModel model = Tensorferry.open(file)) {
      Conversion conversion =
          model.convert(ConvertOptions.defaults().inputs(inputs.toArray(String[]::new)));
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
            file,
            directory.resolve("saved"),
            conversion.inputs(),
            VerifyOptions.DEFAULT.timedRuns(0),
            VerifyListener.SILENT);
    assertTrue(report.isEqual(), () -> Reports.text(report));
    assertTrue(report.leastSnrDb() >= 100, () -> Reports.text(report));
    assertEquals(0, report.count(CaseReport.Outcome.SKIPPED), () -> Reports.text(report));
  }

  @Test
  void variablesHaveKerasNamesAndLayouts() {
    Conversion conversion = convert(SAMPLES.resolve("denoiser.scripted.pt"));
    List<String> variables =
        conversion.variables().stream().map(PortedVariable::provenance).sorted().toList();
    assertEquals(
        String.join("\n", readGolden("denoiser.variables.txt")), String.join("\n", variables));
  }

  private static List<String> readGolden(String name) {
    try {
      return Files.readAllLines(Path.of("resources/org/tensorferry/samples").resolve(name));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
