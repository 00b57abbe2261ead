package org.tensorferry.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.Metrics;
import org.tensorferry.parity.OutputComparison;
import org.tensorferry.parity.ParityReport;

/** The report for a terminal of 80 columns. */
final class TextReport {

  private static final int WIDTH = 80;

  private final StringBuilder out = new StringBuilder();

  private TextReport() {}

  static String of(ParityReport report) {
    return new TextReport().write(report);
  }

  private String write(ParityReport report) {
    line("Parity of " + report.model());
    line("     and " + report.savedModel());
    line(
        "libtorch "
            + report.torchVersion()
            + ", TensorFlow "
            + report.tensorFlowVersion()
            + ", seed "
            + report.seed());
    line("equal means " + report.profile());
    line("");
    line(row("output", "SNR dB", "max abs", "mean abs", "max rel", ""));
    report.cases().stream().filter(each -> each.engine().isEmpty()).forEach(this::write);
    ReportText.engines(report).forEach(this::write);
    line("");
    report
        .layers()
        .ifPresent(
            layers -> {
              LayerText.of(layers).forEach(this::line);
              line("");
            });
    if (!report.assumptions().isEmpty()) {
      line("The conversion took for granted:");
      report.assumptions().forEach(assumption -> wrapped("  ", assumption));
      line("");
    }
    report.referee().ifPresent(third -> wrapped("", ReportText.referee(third)));
    report.latency().ifPresent(latency -> wrapped("", ReportText.latency(latency)));
    report.regressions().forEach(worse -> wrapped("", "Worse than the baseline: " + worse));
    line(ReportText.summary(report));
    return out.toString();
  }

  /** Another engine in one line, and what went wrong there. */
  private void write(String engine, List<CaseReport> cases) {
    line(engine);
    wrapped("  ", ReportText.inShort(cases));
    cases.stream().filter(each -> !each.isEqual()).forEach(this::write);
  }

  private void write(CaseReport report) {
    line(report.label());
    report.outputs().forEach(this::write);
    String remark = ReportText.remark(report);
    if (!remark.isEmpty()) {
      wrapped("  ", remark);
    }
  }

  private void write(OutputComparison output) {
    String verdict = output.isEqual() ? "equal" : "DIFFERENT";
    if (output.metrics().isPresent()) {
      Metrics metrics = output.metrics().get();
      line(
          row(
              output.name(),
              ReportText.snr(metrics.snrDb()),
              ReportText.error(metrics.maxAbsolute()),
              ReportText.error(metrics.meanAbsolute()),
              ReportText.error(metrics.maxRelative()),
              verdict));
    } else {
      line(row(output.name(), "", "", "", "", verdict));
    }
    wrapped("    ", ReportText.scores(output));
    if (!output.isEqual() || !output.remark().isEmpty()) {
      wrapped("    ", ReportText.verdict(output));
      wrapped("    ", ReportText.worst(output));
    }
  }

  private static String row(String... cells) {
    return String.format(Locale.ROOT, "  %-24s %8s %9s %9s %9s  %s", (Object[]) cells)
        .stripTrailing();
  }

  /** Breaks a long text at spaces. */
  private void wrapped(String indent, String text) {
    for (String line : wrap(text, WIDTH - indent.length())) {
      line(indent + line);
    }
  }

  static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.strip().split("\\s+", -1)) {
      if (line.length() > 0 && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(word);
    }
    if (line.length() > 0) {
      lines.add(line.toString());
    }
    return lines;
  }

  private void line(String text) {
    out.append(text).append('\n');
  }
}
