package org.tensorferry.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.Metric;
import org.tensorferry.parity.Metrics;
import org.tensorferry.parity.OutputComparison;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.RefereeReport;
import org.tensorferry.parity.Score;

/** Words and numbers that all forms of the report share. */
final class ReportText {

  private ReportText() {}

  /** Three digits: {@code 1.23e-06}, {@code 0}, {@code inf}. */
  static String error(double value) {
    if (value == 0) {
      return "0";
    }
    return Double.isInfinite(value) ? "inf" : String.format(Locale.ROOT, "%.2e", value);
  }

  /** One decimal: {@code 123.4}, or {@code exact} where nothing differs. */
  static String snr(double db) {
    if (Double.isInfinite(db)) {
      return db > 0 ? "exact" : "-inf";
    }
    return String.format(Locale.ROOT, "%.1f", db);
  }

  /** As {@link #snr}, or {@code -} where there is none. */
  static String ratio(double db) {
    return Double.isNaN(db) ? "-" : snr(db);
  }

  /** A module's path; the root has none. */
  static String module(String path) {
    return path.isEmpty() ? "(root)" : path;
  }

  static String cosine(double value) {
    return String.format(Locale.ROOT, "%.7f", value);
  }

  static String millis(double value) {
    return String.format(Locale.ROOT, value < 10 ? "%.2f ms" : "%.1f ms", value);
  }

  /** {@code si-sdr 61.2 dB, top-1 0.98 (49 of 50 rows)}; empty where nothing was asked for. */
  static String scores(OutputComparison output) {
    return output.scores().stream().map(ReportText::score).collect(Collectors.joining(", "));
  }

  private static String score(Score score) {
    Metric metric = score.metric();
    String value =
        Double.isInfinite(score.value()) ? snr(score.value()) : Metric.digits(score.value());
    boolean isChannels = metric.unit().equals("dB") && score.parts().size() > 1;
    String detail =
        isChannels
            ? (metric.isHigherBetter() ? "least of " : "most of ")
                + counted(score.parts().size(), "channel")
            : score.detail();
    return metric
        + " "
        + value
        + (metric.unit().isEmpty() || value.equals("exact") ? "" : " " + metric.unit())
        + (detail.isEmpty() ? "" : " (" + detail + ")");
  }

  /** {@code equal} with the reason where there is one, or what differs. */
  static String verdict(OutputComparison output) {
    if (output.isEqual()) {
      return output.remark().isEmpty() ? "equal" : output.remark();
    }
    boolean types =
        !output.original().isEmpty()
            && !output.result().isEmpty()
            && !output.original().equals(output.result());
    return output.difference()
        + (types ? ": " + output.original() + " became " + output.result() : "");
  }

  /** Where an unequal output is farthest off; empty where it is equal. */
  static String worst(OutputComparison output) {
    if (output.isEqual() || output.metrics().isEmpty()) {
      return "";
    }
    Metrics.Place place = output.metrics().get().worst();
    return "at "
        + place.index().toString().replace(" ", "")
        + " "
        + number(place.original())
        + " became "
        + number(place.result());
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.7g", value);
  }

  /** The last line: {@code Equal: 12 outputs in 4 cases, least SNR 121.3 dB}. */
  static String summary(ParityReport report) {
    long outputs = report.cases().stream().mapToLong(c -> c.outputs().size()).sum();
    long different =
        report.cases().stream()
            .flatMap(c -> c.outputs().stream())
            .filter(output -> !output.isEqual())
            .count();
    long failed = report.count(CaseReport.Outcome.FAILED);
    long compared = report.count(CaseReport.Outcome.COMPARED);
    List<String> parts = new ArrayList<>();
    if (report.isEqual()) {
      String verdict = report.profile().judgesNothing() ? "Ran: " : "Equal: ";
      parts.add(verdict + counted(outputs, "output") + " in " + counted(compared, "case"));
      double least = report.leastSnrDb();
      parts.add(Double.isInfinite(least) ? "bit for bit" : "least SNR " + snr(least) + " dB");
      if (report.isExcused()) {
        parts.add("as exact as libtorch");
      }
    } else {
      parts.add("DIFFERENT: " + different + " of " + counted(outputs, "output"));
      if (failed > 0) {
        parts.add(counted(failed, "case") + " failed in " + failedIn(report));
      }
    }
    report
        .referee()
        .flatMap(RefereeReport::alone)
        .ifPresent(party -> parts.add(party + " stands alone"));
    if (!report.regressions().isEmpty()) {
      parts.add("WORSE than the baseline");
    }
    long skipped = report.count(CaseReport.Outcome.SKIPPED);
    if (skipped > 0) {
      parts.add(counted(skipped, "case") + " skipped");
    }
    return String.join(", ", parts);
  }

  /** The engines in which cases failed, without their versions. */
  private static String failedIn(ParityReport report) {
    return report.cases().stream()
        .filter(each -> each.outcome() == CaseReport.Outcome.FAILED)
        .map(ReportText::engine)
        .distinct()
        .collect(Collectors.joining(" and "));
  }

  private static String engine(CaseReport report) {
    return report.engine().isEmpty() || report.engine().contains("TensorFlow")
        ? "TensorFlow"
        : report.engine().replaceFirst(" [\\d.]+$", "");
  }

  /** As in {@code ONNX Runtime 1.23.2 on model.onnx (inputs by name): All three agree}. */
  static String referee(RefereeReport referee) {
    String said = referee.said().isEmpty() ? "" : " (" + String.join("; ", referee.said()) + ")";
    return referee.engine() + " on " + referee.file() + said + ": " + referee.verdict();
  }

  /** The cases that ran in other engines, by engine. */
  static Map<String, List<CaseReport>> engines(ParityReport report) {
    Map<String, List<CaseReport>> engines = new LinkedHashMap<>();
    report.cases().stream()
        .filter(each -> !each.engine().isEmpty())
        .forEach(each -> engines.computeIfAbsent(each.engine(), e -> new ArrayList<>()).add(each));
    return engines;
  }

  /** As in {@code 3 cases equal, least SNR 121.3 dB, gradients of 15 variables 103.2 dB}. */
  static String inShort(List<CaseReport> cases) {
    List<String> parts = new ArrayList<>();
    long equal =
        cases.stream()
            .filter(c -> c.outcome() == CaseReport.Outcome.COMPARED && c.isEqual())
            .count();
    parts.add(equal + " of " + counted(cases.size(), "case") + " equal");
    outputs(cases)
        .filter(output -> !output.isGradients())
        .flatMap(output -> output.metrics().stream())
        .mapToDouble(Metrics::snrDb)
        .min()
        .ifPresent(least -> parts.add("least SNR " + snr(least) + " dB"));
    outputs(cases)
        .filter(OutputComparison::isGradients)
        .forEach(
            o -> o.metrics().ifPresent(m -> parts.add(o.name() + " " + snr(m.snrDb()) + " dB")));
    cases.stream()
        .filter(c -> c.isEqual() && !c.reason().isEmpty())
        .map(CaseReport::reason)
        .distinct()
        .forEach(parts::add);
    return String.join(", ", parts);
  }

  private static Stream<OutputComparison> outputs(List<CaseReport> cases) {
    return cases.stream().flatMap(c -> c.outputs().stream());
  }

  static String counted(long count, String thing) {
    return count + " " + thing + (count == 1 ? "" : "s");
  }

  static String latency(ParityReport.Latency latency) {
    return "libtorch "
        + millis(latency.torchMillis())
        + ", TensorFlow "
        + millis(latency.tensorFlowMillis())
        + " (median of "
        + latency.runs()
        + ", "
        + latency.label()
        + ")";
  }

  /**
   * {@code skipped} or {@code failed} with the reason, for cases without outputs; else the remark.
   */
  static String remark(CaseReport report) {
    return switch (report.outcome()) {
      case COMPARED -> report.reason().isEmpty() ? "" : "remark: " + report.reason();
      case SKIPPED ->
          (report.engine().isEmpty() ? "skipped, libtorch refuses these sizes: " : "skipped: ")
              + report.reason();
      case FAILED -> "FAILED in " + engine(report) + ": " + report.reason();
    };
  }
}
