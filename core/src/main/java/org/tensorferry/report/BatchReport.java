package org.tensorferry.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.tensorferry.error.ExitCode;
import org.tensorferry.report.BatchRow.Outcome;
import org.tensorferry.report.HtmlPage.Bar;
import org.tensorferry.report.HtmlPage.Cell;
import org.tensorferry.report.HtmlPage.Figure;
import org.tensorferry.report.HtmlPage.Text;

/** What became of many models, as text, JSON, JUnit XML, Markdown and a page of HTML. */
public final class BatchReport {

  private static final int SCHEMA = 1;
  private static final List<String> HEADER =
      List.of("model", "result", "", "SNR dB", "size", "time");

  /** What stands above {@link #line}. */
  public static final String HEADING =
      String.format("%-9s %9s %10s %8s  %s", "", "SNR dB", "size", "time", "model");

  /** Where a bar of a ratio has its full length, in dB: float32 has no more digits. */
  private static final double FULL = 150;

  private final String manifest;
  private final List<BatchRow> rows;

  public BatchReport(String manifest, List<BatchRow> rows) {
    this.manifest = manifest;
    this.rows = List.copyOf(rows);
  }

  /** The exit code of the whole: the greatest of all models. */
  public ExitCode exitCode() {
    return rows.stream()
        .map(BatchRow::exitCode)
        .max(Comparator.comparingInt(ExitCode::code))
        .orElse(ExitCode.OK);
  }

  /** In the form that the file's ending asks for. */
  public String as(Path file) {
    String name = file.toString();
    if (name.endsWith(".json")) {
      return json();
    }
    if (name.endsWith(".xml")) {
      return junit();
    }
    if (name.endsWith(".html")) {
      return html();
    }
    return name.endsWith(".md") ? markdown() : text();
  }

  /** All in one line. */
  public String summary() {
    List<String> parts = new ArrayList<>();
    for (Outcome outcome : Outcome.values()) {
      long count = rows.stream().filter(row -> row.outcome() == outcome).count();
      if (count > 0) {
        parts.add(count + " " + outcome);
      }
    }
    long kept = rows.stream().filter(BatchRow::isKept).count();
    return ReportText.counted(rows.size(), "model")
        + (parts.isEmpty() ? "" : ": " + String.join(", ", parts))
        + (kept > 0 ? " (" + kept + " done before and unchanged)" : "");
  }

  /** One model in one line, as it is told while the batch runs. */
  public static String line(BatchRow row) {
    return String.format(
        Locale.ROOT,
        "%-9s %9s %10s %8s  %s to %s%s",
        row.outcome(),
        ratio(row),
        size(row),
        time(row),
        row.model(),
        row.result(),
        row.isKept() ? " (unchanged)" : "");
  }

  /** For a terminal. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(HEADING).append('\n');
    for (BatchRow row : rows) {
      text.append(line(row)).append('\n');
      reason(row).lines().forEach(line -> text.append("  ").append(line).append('\n'));
    }
    return text.append(summary()).append('\n').toString();
  }

  /** Why there is no result; empty where there is one. */
  private static String reason(BatchRow row) {
    return row.outcome() == Outcome.DIFFERENT ? row.verdict() : FailureReport.text(row.problems());
  }

  private String markdown() {
    StringBuilder text = new StringBuilder("# Batch ").append(code(manifest)).append("\n\n");
    text.append(cell(summary())).append(".\n\n");
    text.append("| model | result | | SNR dB | size | time |\n|---|---|---|--:|--:|--:|\n");
    for (BatchRow row : rows) {
      List<String> cells =
          List.of(
              code(row.model()),
              code(row.result()),
              outcome(row),
              ratio(row),
              size(row),
              time(row));
      text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
    for (BatchRow row : rows) {
      if (!row.outcome().isGood()) {
        text.append("\n## ").append(code(row.model())).append("\n\n```\n");
        text.append(reason(row).strip().replace("```", "'''")).append("\n```\n");
      }
    }
    return text.toString();
  }

  private String html() {
    HtmlPage page = new HtmlPage("Batch `" + manifest + "`");
    page.verdict(exitCode() == ExitCode.OK, summary());
    List<List<Cell>> table = new ArrayList<>();
    for (BatchRow row : rows) {
      double share = Double.isInfinite(row.snrDb().orElse(0)) ? 1 : row.snrDb().orElse(0) / FULL;
      table.add(
          List.of(
              new Text("`" + row.model() + "`"),
              new Text("`" + row.result() + "`"),
              new Text(outcome(row)),
              new Bar(ratio(row), row.snrDb().isPresent() ? share : 0, row.outcome().isGood()),
              new Figure(size(row)),
              new Figure(time(row))));
    }
    page.table(HEADER, table);
    for (BatchRow row : rows) {
      if (!row.outcome().isGood()) {
        page.heading("`" + row.model() + "`").preformatted(reason(row).strip());
      }
    }
    return page.text();
  }

  private String junit() {
    long failures = rows.stream().filter(row -> !row.outcome().isGood()).count();
    JunitXml xml = new JunitXml("batch " + manifest, rows.size(), failures, 0);
    for (BatchRow row : rows) {
      xml.testCase("batch", row.model() + " to " + row.result()).seconds(row.seconds());
      if (!row.outcome().isGood()) {
        String message = row.problems().isEmpty() ? row.verdict() : row.problems().get(0).what();
        xml.failure(message, reason(row));
      }
      xml.end();
    }
    return xml.printed(text()).text();
  }

  private String json() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("schema", SCHEMA).put("manifest", manifest).put("exitCode", exitCode().code());
    ArrayNode all = json.putArray("models");
    for (BatchRow row : rows) {
      row.write(all.addObject());
    }
    return json.toPrettyString() + "\n";
  }

  private static String outcome(BatchRow row) {
    return row.outcome() + (row.isKept() ? ", unchanged" : "");
  }

  private static String ratio(BatchRow row) {
    return row.snrDb().isEmpty() ? "-" : ReportText.snr(row.snrDb().getAsDouble());
  }

  private static String size(BatchRow row) {
    return row.bytes() == 0 ? "-" : String.format(Locale.ROOT, "%.2f MB", row.bytes() / 1e6);
  }

  private static String time(BatchRow row) {
    return String.format(Locale.ROOT, "%.1f s", row.seconds());
  }

  private static String code(String text) {
    return MarkdownReport.code(text);
  }

  private static String cell(String text) {
    return MarkdownReport.cell(text);
  }
}
