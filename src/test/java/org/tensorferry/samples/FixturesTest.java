package org.tensorferry.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.Conversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.ModelPair;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.Verification;
import org.tensorferry.parity.VerifyListener;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.report.Reports;

/**
 * The blocks that models of a current torch 2.x are built of: equal to the original at every swept
 * size, to at least 100 dB, or refused with a reason that the manifest names.
 */
class FixturesTest {

  private static final Path FIXTURES = Path.of("../../samples/torch2");

  /** A line of the manifest. */
  record Fixture(String file, List<String> inputs) {

    static Fixture of(JsonNode line) {
      List<String> inputs = new ArrayList<>();
      line.get("inputs").forEach(input -> inputs.add(input.asText()));
      return new Fixture(line.get("file").asText(), inputs);
    }

    @Override
    public String toString() {
      return file;
    }
  }

  @TempDir Path directory;

  static Stream<Fixture> fixtures() throws IOException {
    JsonNode manifest = new ObjectMapper().readTree(FIXTURES.resolve("manifest.json").toFile());
    return StreamSupport.stream(manifest.get("models").spliterator(), false).map(Fixture::of);
  }

  private Conversion convert(Fixture fixture) {
    try (TorchModel model = Tensorferry.open(FIXTURES.resolve(fixture.file()))) {
      Conversion conversion =
          model.convert(ConvertOptions.defaults().inputs(fixture.inputs().toArray(String[]::new)));
      conversion.save(directory.resolve("saved"));
      return conversion;
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("fixtures")
  void equalsTheOriginalAtEverySize(Fixture fixture) {
    Conversion conversion = convert(fixture);
    ParityReport report =
        Verification.run(
            ModelPair.of(
                    FIXTURES.resolve(fixture.file()),
                    directory.resolve("saved"),
                    conversion.inputs())
                .assuming(conversion.assumptions()),
            VerifyOptions.DEFAULT.timedRuns(0),
            VerifyListener.SILENT);
    assertTrue(report.isEqual(), () -> Reports.text(report));
    assertTrue(report.leastSnrDb() >= 100, () -> Reports.text(report));
    assertEquals(0, report.count(CaseReport.Outcome.SKIPPED), () -> Reports.text(report));
  }
}
