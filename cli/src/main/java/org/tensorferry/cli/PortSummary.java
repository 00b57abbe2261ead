package org.tensorferry.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tensorferry.keras.TargetVariable;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.port.PortPlan;
import org.tensorferry.port.PortPlan.Assigned;
import org.tensorferry.port.PortPlan.Correction;
import org.tensorferry.port.PortPlan.Source;
import org.tensorferry.report.HtmlPage;
import org.tensorferry.report.Reports;

/**
 * What {@code port} tells: on the terminal, and as a report in one of its forms.
 *
 * @param headline what happened, in one line
 * @param isBack whether the weights go from the target's file into torch's
 * @param more what to know beside the plan's notices: what could not be brought back as it was
 * @param parity of the original and the written model, where they were run
 * @param unproven why they were not, as a sentence; empty where they were
 */
record PortSummary(
    String headline,
    PortPlan plan,
    boolean isBack,
    List<String> more,
    Optional<ParityReport> parity,
    String unproven) {

  /** In the form that the file's ending asks for. */
  String as(Path file) {
    String name = file.toString();
    if (name.endsWith(".json")) {
      return PortPlanJson.of(plan, parity, unproven);
    }
    if (name.endsWith(".html")) {
      return html();
    }
    if (name.endsWith(".xml")) {
      return Reports.junit(parity.orElseThrow());
    }
    return name.endsWith(".md") ? markdown() : text();
  }

  /** For a terminal of 80 columns. */
  String text() {
    Page page = new Page().wrapped("", headline).wrapped("  ", counts());
    unwrapped().ifPresent(taken -> page.wrapped("  ", taken));
    assignedByLayer().forEach((layer, ports) -> text(page, layer, ports));
    page.section("Changed in the configuration", corrections());
    page.section("Left in the torch file", left());
    page.section("Kept as they were in the target", kept());
    page.section("To know", notices());
    if (!parity.map(ParityReport::isEqual).orElse(false)) {
      page.section(
          "Suspected: computes something else, whatever the weights are", plan.differences());
    }
    parity.ifPresent(
        report -> {
          String text = report.isEqual() ? Reports.summary(report) : Reports.text(report);
          page.line(text.stripTrailing());
        });
    if (!unproven.isEmpty()) {
      page.wrapped("", unproven);
    }
    return page.text();
  }

  private void text(Page page, String layer, List<Assigned> ports) {
    page.wrapped("  ", layer);
    for (Assigned port : ports) {
      page.wrapped("      ", line(port));
      port.notes().forEach(note -> page.wrapped("        ", note));
    }
  }

  /** Names are told less what the line of the layer says. */
  private String line(Assigned port) {
    String unit = port.unit() + ".";
    String sources =
        port.sources().stream()
            .map(Source::toString)
            .map(source -> source.startsWith(unit) ? source.substring(unit.length()) : source)
            .collect(Collectors.joining(" + "));
    return sources
        + arrow()
        + variable(port.variable())
        + " "
        + port.variable().shape()
        + " ("
        + port.recipe()
        + ")";
  }

  /** {@code kernel}, or {@code vars/0} where the file has only an order. */
  private static String variable(TargetVariable variable) {
    String path = variable.path();
    boolean isNumber = variable.name().chars().allMatch(Character::isDigit);
    int parent = path.lastIndexOf('/', path.lastIndexOf('/') - 1);
    return isNumber ? path.substring(parent + 1) : variable.name();
  }

  private String arrow() {
    return isBack ? " ← " : " → ";
  }

  private String counts() {
    long sources = plan.assigned().stream().flatMap(p -> p.sources().stream()).distinct().count();
    String variables =
        plan.assigned().size() + " of " + Page.counted(plan.target().variables(), "variable");
    String tensors = sources + " of " + Page.counted(plan.torch().tensors(), "tensor");
    return isBack ? tensors + " from " + variables : variables + " from " + tensors;
  }

  /** What was taken off the tensors' names, if anything. */
  private Optional<String> unwrapped() {
    String taken = plan.torch().wrapper() + plan.torch().prefix();
    return Optional.of(taken)
        .filter(text -> !text.isEmpty())
        .map(text -> "taken off the names of the tensors: `" + text + "`");
  }

  /** The variables below a line that names layer, class, torch's module and the evidence. */
  private Map<String, List<Assigned>> assignedByLayer() {
    Map<String, List<Assigned>> layers = new LinkedHashMap<>();
    for (Assigned port : plan.assigned()) {
      String kind = port.layer().kerasClass();
      String layer =
          (port.unit().isEmpty() ? "(root)" : port.unit())
              + arrow()
              + port.layer().path()
              + (kind.isEmpty() ? "" : " (" + kind + ")")
              + ", "
              + port.evidence();
      layers.computeIfAbsent(layer, key -> new ArrayList<>()).add(port);
    }
    return layers;
  }

  private List<String> corrections() {
    return plan.settings().stream().map(PortSummary::correction).toList();
  }

  private static String correction(Correction correction) {
    return "`"
        + correction.setting().key()
        + "` of `"
        + correction.setting().layer().path()
        + "`: "
        + correction.was()
        + " → "
        + correction.setting().value()
        + ", "
        + correction.reason();
  }

  private List<String> left() {
    return byReason(plan.left(), PortPlan.Left::reason, left -> left.source().toString());
  }

  private List<String> kept() {
    return byReason(
        plan.kept(),
        PortPlan.Kept::reason,
        kept -> kept.variable().path() + " " + kept.variable().shape());
  }

  /** A line for each reason, with all that it holds for. */
  private static <T> List<String> byReason(
      List<T> items, Function<T, String> reason, Function<T, String> name) {
    Map<String, List<String>> reasons = new LinkedHashMap<>();
    for (T item : items) {
      reasons
          .computeIfAbsent(reason.apply(item), key -> new ArrayList<>())
          .add("`" + name.apply(item) + "`");
    }
    List<String> lines = new ArrayList<>();
    reasons.forEach((why, names) -> lines.add(why + ": " + String.join(", ", names)));
    return lines;
  }

  private String markdown() {
    Page page = new Page().line("# " + headline).line("").line(counts()).line("");
    page.line("| variable | from | how | why there |").line("|---|---|---|---|");
    for (Assigned port : plan.assigned()) {
      page.line(
          String.format(
              "| `%s` %s | %s | %s | %s |",
              port.variable().path(),
              port.variable().shape(),
              sources(port),
              port.recipe(),
              port.evidence()));
    }
    bullets(page, "Changed in the configuration", corrections());
    bullets(page, "Left in the torch file", left());
    bullets(page, "Kept as they were in the target", kept());
    bullets(page, "To know", notes());
    bullets(page, "Settings that differ", plan.differences());
    bullets(page, "To solve", plan.obstacles().stream().map(f -> f.problem().text()).toList());
    parity.ifPresent(report -> page.line("").line(Reports.markdown(report).stripTrailing()));
    if (!unproven.isEmpty()) {
      page.line("").line(unproven);
    }
    return page.text();
  }

  private static String sources(Assigned port) {
    List<String> names = new ArrayList<>();
    port.sources().forEach(source -> names.add("`" + source.name() + "` " + source.shape()));
    return String.join(" + ", names);
  }

  private List<String> notices() {
    return Stream.concat(plan.notices().stream(), more.stream()).toList();
  }

  private List<String> notes() {
    List<String> notes = new ArrayList<>(notices());
    for (Assigned port : plan.assigned()) {
      port.notes().forEach(note -> notes.add("`" + port.variable().path() + "`: " + note));
    }
    return notes;
  }

  private static void bullets(Page page, String heading, List<String> items) {
    if (!items.isEmpty()) {
      page.line("").line("## " + heading).line("");
      items.forEach(item -> page.line("- " + item.replace("\n", "\n  ")));
    }
  }

  private String html() {
    HtmlPage page = new HtmlPage("Port of `" + plan.torch().path() + "`");
    boolean isGood = plan.obstacles().isEmpty() && parity.map(ParityReport::isEqual).orElse(true);
    page.verdict(isGood, headline);
    parity.ifPresent(report -> page.preformatted(Reports.text(report)));
    page.facts(
        "weights",
        "`" + plan.torch().path() + "`",
        "target",
        "`" + plan.target().path() + "`, " + plan.target().format(),
        "ported",
        counts(),
        "names",
        unwrapped().orElse("as in the file"));
    if (!plan.obstacles().isEmpty()) {
      page.heading("To solve");
      plan.obstacles().forEach(fault -> page.preformatted(fault.problem().text()));
    }
    page.section("Settings that differ", plan.differences());
    page.heading("Ported");
    page.table(
        List.of("layer", "variable", "shape", "from", "how", "why there"),
        plan.assigned().stream().map(PortSummary::row).toList());
    page.section("Changed in the configuration", corrections());
    page.section("Left in the torch file", left());
    page.section("Kept as they were in the target", kept());
    if (!unproven.isEmpty()) {
      page.section("Proof", List.of(unproven));
    }
    return page.section("To know", notes()).text();
  }

  private static List<HtmlPage.Cell> row(Assigned port) {
    return List.of(
        new HtmlPage.Text("`" + port.layer().path() + "` " + port.layer().kerasClass()),
        new HtmlPage.Text("`" + port.variable().path() + "`"),
        new HtmlPage.Text(port.variable().shape().toString()),
        new HtmlPage.Text(sources(port)),
        new HtmlPage.Text(port.recipe().toString()),
        new HtmlPage.Text(port.evidence().toString()));
  }
}
