package org.tensorferry.report;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.IoReasons;
import org.tensorferry.error.Problem;
import org.tensorferry.parity.LayerReport;
import org.tensorferry.parity.ParityReport;

/** The forms of a report. */
public final class Reports {

  private static final Map<String, Function<ParityReport, String>> FORMS =
      Map.of(
          ".json", JsonReport::of,
          ".html", HtmlReport::of,
          ".xml", JunitReport::of,
          ".md", MarkdownReport::of,
          ".txt", TextReport::of);

  private Reports() {}

  /** For a terminal, at most 80 columns but for long names. */
  public static String text(ParityReport report) {
    return TextReport.of(report);
  }

  /** The verdict in one line. */
  public static String summary(ParityReport report) {
    return ReportText.summary(report);
  }

  /** The comparison call by call, for a terminal of 80 columns. */
  public static List<String> layers(LayerReport layers) {
    return LayerText.of(layers);
  }

  /** How long both engines take, in one line; empty where it was not measured. */
  public static Optional<String> latency(ParityReport report) {
    return report.latency().map(ReportText::latency);
  }

  public static String json(ParityReport report) {
    return JsonReport.of(report);
  }

  /** JUnit XML: one test case for each output of each case. */
  public static String junit(ParityReport report) {
    return JunitReport.of(report);
  }

  /** One self-contained page of a conversion, with the comparison where there was one. */
  public static String html(ConversionFacts facts, Optional<ParityReport> parity) {
    return HtmlReport.of(facts, parity);
  }

  public static String markdown(ParityReport report) {
    return MarkdownReport.of(report);
  }

  /**
   * Checks before a long run that a report can be written in the form that its ending asks for.
   *
   * @throws org.tensorferry.error.FerryException (usage) for an unknown ending
   */
  public static void requireForm(Path file) {
    form(file);
  }

  private static Function<ParityReport, String> form(Path file) {
    String name = String.valueOf(file.getFileName());
    String ending = name.substring(Math.max(name.lastIndexOf('.'), 0));
    Function<ParityReport, String> form = FORMS.get(ending);
    if (form == null) {
      throw Problem.of("A report can't be written as `" + name + "`")
          .because(
              "its ending tells the form, and the forms are "
                  + String.join(", ", new TreeSet<>(FORMS.keySet())))
          .fix("give a name such as `report.json`")
          .as(ExitCode.USAGE);
    }
    return form;
  }

  /**
   * Writes a report in the form of the file's ending (.html, .json, .xml for JUnit, .md, .txt); the
   * file appears whole or not at all.
   *
   * @throws org.tensorferry.error.FerryException (usage) for an unknown ending, (unwritable) where
   *     it can't be written
   */
  public static void write(ParityReport report, Path file) {
    write(form(file).apply(report), file);
  }

  /**
   * Writes what a report says of work that failed before there was anything to compare.
   *
   * @param work as {@code conversion of model.pt}
   */
  public static void writeFailure(String work, FerryException failure, Path file) {
    write(FailureReport.of(work, failure).as(file), file);
  }

  /** Writes the text of a report; the file appears whole or not at all. */
  public static void write(String text, Path file) {
    Path target = file.toAbsolutePath();
    String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    Path temporary = target.resolveSibling("." + target.getFileName() + "." + random + ".part");
    try {
      if (target.getParent() != null) {
        Files.createDirectories(target.getParent());
      }
      // Never through a link that somebody else has put there.
      Files.writeString(temporary, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      move(temporary, target);
    } catch (IOException e) {
      discard(temporary);
      throw Problem.of("The report can't be written")
          .at("file", file)
          .because(IoReasons.of(e))
          .fix("choose a place that can be written")
          .as(ExitCode.UNWRITABLE);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void discard(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      // The problem that is being reported is the one that matters.
    }
  }
}
