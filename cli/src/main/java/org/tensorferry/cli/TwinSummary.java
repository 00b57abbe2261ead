package org.tensorferry.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.port.PortPlan;
import org.tensorferry.port.PortPlan.Fault;
import org.tensorferry.port.PortPlan.Kind;
import org.tensorferry.port.TwinFinding;
import org.tensorferry.report.HtmlPage;
import org.tensorferry.report.Reports;

/**
 * What {@code port --check} tells of a twin that somebody ported by hand.
 *
 * @param headline what was checked, in one line
 * @param parity of the original and the twin as it is, where they were run
 * @param unproven why they were not; empty where they were
 */
record TwinSummary(
    String headline,
    PortPlan plan,
    List<TwinFinding> findings,
    Optional<ParityReport> parity,
    String unproven) {

  /** Settings that differ are findings here; what has no place is still a fault of the mapping. */
  List<Fault> mappingFaults() {
    return plan.faults().stream().filter(fault -> !isFinding(fault)).toList();
  }

  private static boolean isFinding(Fault fault) {
    return fault.kind() == Kind.SETTING || fault.kind() == Kind.VALUES;
  }

  boolean isHealthy() {
    return findings.stream().allMatch(TwinFinding::isSame)
        && plan.settings().isEmpty()
        && (parity.isPresent() || plan.differences().isEmpty())
        && plan.faults().stream().noneMatch(TwinSummary::isFinding)
        && parity.map(ParityReport::isEqual).orElse(true);
  }

  /** In the form that the file's ending asks for. */
  String as(Path file) {
    String name = file.toString();
    if (name.endsWith(".json")) {
      return PortPlanJson.of(plan, findings, parity, unproven);
    }
    if (name.endsWith(".xml")) {
      return Reports.junit(parity.orElseThrow());
    }
    if (name.endsWith(".html")) {
      return new HtmlPage(headline)
          .verdict(isHealthy(), isHealthy() ? "Nothing differs." : "Something differs.")
          .preformatted(text())
          .text();
    }
    return name.endsWith(".md") ? "# " + headline + "\n\n```\n" + text() + "```\n" : text();
  }

  String text() {
    long same = findings.stream().filter(TwinFinding::isSame).count();
    Page page = new Page().wrapped("", headline);
    page.wrapped(
        "  ",
        same
            + " of "
            + Page.counted(findings.size(), "variable")
            + " hold what torch's weights make of them");
    Map<String, List<String>> byLayer = new LinkedHashMap<>();
    for (TwinFinding finding : findings) {
      if (!finding.isSame()) {
        String layer = finding.assigned().layer().path();
        String kind = finding.assigned().layer().kerasClass();
        byLayer
            .computeIfAbsent(
                "`" + layer + "`" + (kind.isEmpty() ? "" : " (" + kind + ")"),
                k -> new ArrayList<>())
            .add(line(finding));
      }
    }
    byLayer.forEach((layer, lines) -> page.section("Differs in " + layer, lines));
    List<String> settings = new ArrayList<>();
    plan.settings()
        .forEach(
            setting ->
                settings.add(
                    "`%s` of `%s` is %s, torch's is %s"
                        .formatted(
                            setting.setting().key(),
                            setting.setting().layer().path(),
                            setting.was(),
                            setting.setting().value())));
    plan.faults().stream()
        .filter(TwinSummary::isFinding)
        .forEach(fault -> settings.add(fault.problem().what()));
    if (parity.isPresent()) {
      settings.addAll(plan.differences());
    }
    page.section("Settings", settings);
    page.section("To know", plan.notices());
    parity.ifPresent(
        report ->
            page.line(
                (report.isEqual() ? Reports.summary(report) : Reports.text(report))
                    .stripTrailing()));
    if (!unproven.isEmpty()) {
      page.wrapped("", unproven);
    }
    return page.text();
  }

  private static String line(TwinFinding finding) {
    String sources =
        String.join(
            " + ", finding.assigned().sources().stream().map(source -> source.name()).toList());
    return "`%s` from `%s`: %s"
        .formatted(finding.assigned().variable().path(), sources, finding.explanation());
  }
}
