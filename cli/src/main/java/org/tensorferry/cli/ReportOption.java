package org.tensorferry.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.tensorferry.SavedConversion;
import org.tensorferry.archive.NpzFile;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.report.BatchReport;
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

  void write(BatchReport report) {
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

  private static boolean isInside(Path file, Path directory) {
    return file.toAbsolutePath().normalize().startsWith(directory.toAbsolutePath().normalize());
  }

  /** The inputs of the first case that differs, beside the first report, to be run again. */
  Optional<Path> keepInputs(
      SavedConversion saved, ParityReport report, VerifyOptions options, Path unwritten) {
    int different =
        IntStream.range(0, report.cases().size())
            .filter(i -> report.cases().get(i).engine().isEmpty())
            .filter(i -> !report.cases().get(i).isEqual())
            .findFirst()
            .orElse(-1);
    Optional<Path> outside = files.stream().filter(f -> !isInside(f, unwritten)).findFirst();
    if (outside.isEmpty() || different < 0) {
      return Optional.empty();
    }
    Path first = outside.get();
    String name = String.valueOf(first.getFileName()).replaceFirst("\\.\\w+$", "");
    Path place = first.resolveSibling(name + ".inputs.npz");
    NpzFile.write(place, saved.inputsOf(different, options));
    return Optional.of(place);
  }

  /**
   * Does the work; where that fails, every report tells why.
   *
   * @param work as {@code conversion of model.pt}
   * @param unwritten a directory that is not written then, nor what lies in it
   */
  <T> T reporting(String work, Path unwritten, Supplier<T> body) {
    try {
      return body.get();
    } catch (FerryException failure) {
      boolean isTold = failure.exitCode() != ExitCode.UNWRITABLE;
      files.stream()
          .filter(file -> isTold && !isInside(file, unwritten))
          .forEach(file -> Reports.writeFailure(work, failure, file));
      throw failure;
    }
  }
}
