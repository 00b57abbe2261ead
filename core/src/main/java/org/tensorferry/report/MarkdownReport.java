package org.tensorferry.report;

import java.util.Optional;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.LayerReport;
import org.tensorferry.parity.Metrics;
import org.tensorferry.parity.OutputComparison;
import org.tensorferry.parity.ParityReport;

/** The report as Markdown, for a pull request or a wiki. */
final class MarkdownReport {

  private final StringBuilder out = new StringBuilder();

  private MarkdownReport() {}

  static String of(ParityReport report) {
    return new MarkdownReport().write(report);
  }

  private String write(ParityReport report) {
    line("# Parity: " + (report.isEqual() ? "equal" : "different"));
    line("");
    line(ReportText.summary(report) + ".");
    line("");
    line("| | |");
    line("|---|---|");
    line("| original | " + code(report.model()) + " in libtorch " + report.torchVersion() + " |");
    line(
        "| result | "
            + code(report.savedModel())
            + " in TensorFlow "
            + report.tensorFlowVersion()
            + " |");
    line("| equal means | " + code(report.profile().toString()) + " |");
    line("| seed | " + report.seed() + " |");
    report
        .referee()
        .ifPresent(third -> line("| third opinion | " + cell(ReportText.referee(third)) + " |"));
    report.latency().ifPresent(l -> line("| latency | " + ReportText.latency(l) + " |"));
    line("");
    line("| case | output | SNR dB | max abs | mean abs | max rel | cosine | |");
    line("|---|---|--:|--:|--:|--:|--:|---|");
    report.cases().forEach(this::write);
    report.regressions().forEach(worse -> line("\nWorse than the baseline: " + cell(worse)));
    report.layers().ifPresent(this::write);
    if (!report.assumptions().isEmpty()) {
      line("");
      line("The conversion took for granted:");
      line("");
      report.assumptions().forEach(assumption -> line("- " + cell(assumption)));
    }
    return out.toString();
  }

  private void write(CaseReport report) {
    for (OutputComparison output : report.outputs()) {
      Optional<Metrics> metrics = output.metrics();
      String numbers = metrics.map(MarkdownReport::numbers).orElse("| | | | | |");
      String verdict =
          String.join(
              " ", ReportText.verdict(output), ReportText.worst(output), ReportText.scores(output));
      line(
          "| "
              + cell(report.label())
              + " | "
              + code(output.name())
              + " "
              + numbers
              + " "
              + cell(verdict)
              + " |");
    }
    String remark = ReportText.remark(report);
    if (!remark.isEmpty()) {
      line("| " + cell(report.label()) + " | | | | | | | " + cell(remark) + " |");
    }
  }

  private void write(LayerReport layers) {
    line("");
    line("## Call by call");
    line("");
    if (!layers.unavailable().isEmpty()) {
      line("Not compared: " + cell(layers.unavailable()) + ".");
    }
    layers.findings().forEach(finding -> line("- " + cell(finding)));
    line("");
    line("| module | calls | inputs dB | own dB | result dB | |");
    line("|---|--:|--:|--:|--:|---|");
    for (LayerReport.Module module : layers.modules()) {
      line(
          "| "
              + code(ReportText.module(module.path()))
              + " | "
              + module.calls()
              + " | "
              + ReportText.ratio(module.snrInputs())
              + " | "
              + ReportText.ratio(module.snrOwn())
              + " | "
              + ReportText.ratio(module.snrResult())
              + (module.diverges() ? " | diverges |" : " | |"));
    }
    for (LayerReport.Variable variable : layers.changedVariables()) {
      line("");
      line("Variable " + code(variable.name()) + ": " + cell(variable.difference()) + ".");
    }
  }

  private static String numbers(Metrics metrics) {
    return "| "
        + String.join(
            " | ",
            ReportText.snr(metrics.snrDb()),
            ReportText.error(metrics.maxAbsolute()),
            ReportText.error(metrics.meanAbsolute()),
            ReportText.error(metrics.maxRelative()),
            ReportText.cosine(metrics.cosine()))
        + " |";
  }

  static String code(String text) {
    return "`" + cell(text).replace("`", "'") + "`";
  }

  /** Without what would end a table cell. */
  static String cell(String text) {
    return text.strip().replaceAll("\\s+", " ").replace("|", "\\|");
  }

  private void line(String text) {
    out.append(text).append('\n');
  }
}
