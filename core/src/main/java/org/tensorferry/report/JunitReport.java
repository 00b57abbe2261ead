package org.tensorferry.report;

import java.util.List;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.LayerReport;
import org.tensorferry.parity.OutputComparison;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.RefereeReport;

/** The report as JUnit XML for CI: one test case for each output of each case. */
final class JunitReport {

  private final JunitXml xml;

  private JunitReport(JunitXml xml) {
    this.xml = xml;
  }

  static String of(ParityReport report) {
    List<CaseReport> cases = report.cases();
    long skipped = report.count(CaseReport.Outcome.SKIPPED);
    long failed = report.count(CaseReport.Outcome.FAILED);
    long outputs = cases.stream().mapToLong(c -> c.outputs().size()).sum();
    long different =
        cases.stream()
            .flatMap(c -> c.outputs().stream())
            .filter(output -> !output.isEqual())
            .count();
    List<LayerReport.Call> calls = report.layers().map(LayerReport::calls).orElse(List.of());
    List<LayerReport.Variable> variables =
        report.layers().map(LayerReport::variables).orElse(List.of());
    long diverging =
        calls.stream().filter(LayerReport.Call::diverges).count()
            + variables.stream().filter(variable -> !variable.isEqual()).count();
    int worse = report.regressions().size();
    long asked = report.referee().stream().count();
    long alone = report.referee().flatMap(RefereeReport::alone).stream().count();
    JunitReport written =
        new JunitReport(
            new JunitXml(
                "parity of " + report.model(),
                outputs + skipped + failed + calls.size() + variables.size() + worse + asked,
                different + failed + diverging + worse + alone,
                skipped));
    cases.forEach(written::write);
    report.referee().ifPresent(written::write);
    calls.forEach(written::write);
    variables.forEach(written::write);
    for (String regression : report.regressions()) {
      written.xml.testCase("baseline", regression);
      written.xml.failure("worse than the baseline", regression).end();
    }
    return written.xml.printed(TextReport.of(report)).text();
  }

  private void write(CaseReport report) {
    if (report.outcome() != CaseReport.Outcome.COMPARED) {
      xml.testCase(report.label(), "all outputs");
      if (report.outcome() == CaseReport.Outcome.SKIPPED) {
        xml.skipped(report.reason(), ReportText.remark(report));
      } else {
        xml.failure(report.reason(), ReportText.remark(report));
      }
      xml.end();
    }
    for (OutputComparison output : report.outputs()) {
      xml.testCase(report.label(), output.name());
      if (!output.isEqual()) {
        String details =
            String.join("\n", ReportText.worst(output), ReportText.scores(output), report.reason());
        xml.failure(ReportText.verdict(output), details.strip());
      }
      xml.end();
    }
  }

  private void write(RefereeReport referee) {
    xml.testCase("third opinion", referee.engine());
    referee
        .alone()
        .ifPresent(party -> xml.failure(party + " stands alone", ReportText.referee(referee)));
    xml.end();
  }

  private void write(LayerReport.Call call) {
    xml.testCase(
        "call in " + ReportText.module(call.module()), call.operator() + " at " + call.line());
    if (call.diverges()) {
      String own = "SNR " + ReportText.ratio(call.snrOwn()) + " dB on equal inputs";
      xml.failure(call.failure().isEmpty() ? own : call.failure(), call.tensor());
    }
    xml.end();
  }

  private void write(LayerReport.Variable variable) {
    xml.testCase("variables", variable.name());
    if (!variable.isEqual()) {
      String from = String.join(" + ", variable.sources()) + " (" + variable.recipe() + ")";
      xml.failure(variable.difference(), from);
    }
    xml.end();
  }
}
