package org.tensorferry.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.parity.Baseline.Allowance;
import org.tensorferry.report.Reports;
import org.tensorferry.tensor.HostTensor;

class BaselineTest {

  @TempDir Path directory;

  /** One output of a case, off by noise of a ratio. */
  private static ParityReport report(String label, double snrDb, double millis, long bytes) {
    double share = Math.pow(10, -snrDb / 20);
    HostTensor one = HostTensor.doubles(new long[] {2}, 1, -1);
    HostTensor other = HostTensor.doubles(new long[] {2}, 1 + share, -1 + share);
    CaseReport compared =
        CaseReport.compared(
            new InputCase(Map.of(), label, List.of(one)),
            "",
            List.of(Comparer.compare("y", one, other, Tolerance.ratio(10))));
    return new ParityReport(
        "m.pt",
        "out",
        "2",
        "2",
        0,
        Profile.of(Tolerance.ratio(10)),
        List.of(),
        List.of(compared),
        Optional.of(new ParityReport.Latency(label, 3, 10, millis)),
        Optional.empty(),
        bytes,
        List.of(),
        Optional.empty());
  }

  private Baseline kept() throws IOException {
    Path file = directory.resolve("parity.json");
    Reports.write(report("a", 100, 20, 1000), file);
    return Baseline.read(file);
  }

  /** The baseline has 100 dB, twice libtorch's time, 1000 bytes. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a | 100 | 20 | 1000 | 0
          a | 98  | 29 | 1099 | 0
          a | 130 | 5  | 10   | 0
          a | 96  | 20 | 1000 | 1
          a | 100 | 31 | 1000 | 1
          a | 100 | 20 | 1101 | 1
          a | 60  | 90 | 5000 | 3
          b | 100 | 20 | 1000 | 1
          """)
  void whatGotWorseByMoreThanIsAllowedIsNamed(
      String label, double snrDb, double millis, long bytes, int regressions) throws IOException {
    ParityReport judged = kept().judge(report(label, snrDb, millis, bytes), Allowance.DEFAULT);
    assertEquals(regressions, judged.regressions().size(), judged.regressions()::toString);
    assertEquals(regressions == 0 ? ExitCode.OK : ExitCode.DIFFERENT, judged.exitCode());
  }

  @Test
  void whatIsAllowedCanBeSet() throws IOException {
    Allowance allowance = Allowance.of(Map.of("snr", "50", "latency", "10", "size", "9"));
    assertEquals(List.of(), kept().judge(report("a", 60, 90, 5000), allowance).regressions());
  }

  @ParameterizedTest
  @CsvSource({"snr, -1", "latency, 0.5", "size, x", "speed, 2"})
  void anAllowanceWithoutMeaningIsRefused(String name, String value) {
    assertThrows(FerryException.class, () -> Allowance.of(Map.of(name, value)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "{}", "[]", "{\"cases\": 3}"})
  void whatIsNoReportIsRefused(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("x.json"), text);
    FerryException error = assertThrows(FerryException.class, () -> Baseline.read(file));
    assertEquals(ExitCode.USAGE, error.exitCode());
  }
}
