package org.tensorferry.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;
import static org.tensorferry.junit.ParityAssert.assertParity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.EventConditions;
import org.junit.platform.testkit.engine.TestExecutionResultConditions;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.error.FerryException;
import org.tensorferry.parity.ParityReport;

/** What the assertion and the annotation promise, on the samples. */
class ParityTest {

  private static final String MODEL = "../samples/denoiser.traced.pt";
  private static final String INPUT = "x:float32[batch,time,257]";

  @TempDir Path directory;

  @Test
  void anEqualModelPasses() {
    ParityReport report = assertParity(Path.of(MODEL)).input(INPUT).snrAtLeast(100);
    assertTrue(report.leastSnrDb() >= 100);
  }

  @Test
  void aBarThatIsTooHighFailsWithBothFigures() {
    AssertionError failure =
        assertThrows(
            AssertionError.class, () -> assertParity(Path.of(MODEL)).input(INPUT).snrAtLeast(400));
    assertTrue(failure.getMessage().contains("expected: <least SNR 400.0 dB>"), failure::toString);
  }

  @Test
  void aResultIsComparedByTheInputsThatItRecords() {
    Path saved = directory.resolve("saved");
    try (TorchModel model = Tensorferry.open(Path.of(MODEL))) {
      model.convert(ConvertOptions.defaults().input(INPUT)).save(saved);
    }
    assertParity(Path.of(MODEL)).result(saved).isEqual();
  }

  @Test
  void aResultOfAnotherModelFails() throws IOException {
    Path other = Path.of("../samples/resnet_small.traced.pt");
    Path saved = directory.resolve("saved");
    try (TorchModel model = Tensorferry.open(Path.of(MODEL))) {
      model.convert(ConvertOptions.defaults().input(INPUT)).save(saved);
    }
    assertThrows(FerryException.class, () -> assertParity(other).result(saved).isEqual());
  }

  @Test
  void aReportIsWrittenWhateverTheVerdict() throws IOException {
    Path report = directory.resolve("parity.json");
    assertThrows(
        AssertionError.class,
        () -> assertParity(Path.of(MODEL)).input(INPUT).report(report).snrAtLeast(400));
    assertTrue(Files.readString(report).contains("\"equal\" : true"));
  }

  @Test
  void aModelThatCanNotBeReadIsAnErrorAndNoFailure() {
    assertThrows(
        FerryException.class, () -> assertParity(Path.of("no-such.pt")).input(INPUT).isEqual());
  }

  @Test
  void theAnnotationPassesAndFails() {
    EngineTestKit.engine("junit-jupiter")
        .selectors(selectMethod(Annotated.class, "passes"), selectMethod(Annotated.class, "fails"))
        .selectors(selectMethod(Annotated.class, "asksMore", ParityReport.class.getName()))
        .execute()
        .testEvents()
        .assertStatistics(events -> events.started(3).succeeded(2).failed(1))
        .assertThatEvents()
        .haveExactly(
            1,
            EventConditions.event(
                EventConditions.test("fails"),
                EventConditions.finishedWithFailure(
                    TestExecutionResultConditions.instanceOf(AssertionError.class))));
  }

  /** Run by the test above only: the name is none that a build looks for. */
  static class Annotated {

    @Parity(model = MODEL, input = INPUT, snr = 100, samples = 1)
    void passes() {}

    @Parity(model = MODEL, input = INPUT, snr = 400, samples = 1)
    void fails() {}

    @Parity(model = MODEL, input = INPUT, samples = 1)
    void asksMore(ParityReport report) {
      assertEquals(7, report.cases().size());
    }
  }
}
