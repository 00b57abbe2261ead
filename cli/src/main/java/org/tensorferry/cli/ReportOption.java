package org.tensorferry.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.report.BenchmarkReport;
import org.tensorferry.report.Reports;
import org.tensorferry.report.SensitivityReport;
import picocli.CommandLine.Option;

/** {@code --report FILE}, in the form that the file's ending asks for. */
final class ReportOption {

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "write a report: .html, .json, .md, .txt or .xml (JUnit); repeatable")
  List<Path> files = new ArrayList<>();

  /** Checks before the work begins that every report can be written in its form. */
  void requireForms(boolean compared) {
    for (Path file : files) {
      Reports.requireForm(file);
      if (!compared && file.toString().endsWith(".xml")) {
        throw Problem.of("The report `" + file + "` would be empty")
            .because("JUnit XML reports comparisons, and nothing is compared")
            .fix("add --verify, or choose .html, .json, .md or .txt")
            .as(ExitCode.USAGE);
      }
    }
  }

  void write(ParityReport report) {
    files.forEach(file -> Reports.write(report, file));
  }

  void write(SensitivityReport report) {
    files.forEach(file -> Reports.write(report.as(file), file));
  }

  void write(BenchmarkReport report) {
    files.forEach(file -> Reports.write(report.as(file), file));
  }

  /** The reports that are meant. */
  void write(ConversionSummary summary, Predicate<Path> meant) {
    files.stream().filter(meant).forEach(file -> Reports.write(summary.as(file), file));
  }

  void write(PortSummary summary) {
    files.forEach(file -> Reports.write(summary.as(file), file));
  }

  void write(TwinSummary summary) {
    files.forEach(file -> Reports.write(summary.as(file), file));
  }
}
