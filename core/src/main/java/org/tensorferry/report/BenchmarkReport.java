package org.tensorferry.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.tensorferry.report.HtmlPage.Bar;
import org.tensorferry.report.HtmlPage.Cell;
import org.tensorferry.report.HtmlPage.Figure;
import org.tensorferry.report.HtmlPage.Text;
import org.tensorferry.tflite.Benchmark.Row;

/** How fast models run, as text, JSON, Markdown and a page of HTML. */
public final class BenchmarkReport {

  private static final int SCHEMA = 1;
  private static final List<String> HEADER =
      List.of("file", "engine", "median", "spread", "per second", "cold", "size", "memory");

  private final String conditions;
  private final List<Row> rows;

  /**
   * A report.
   *
   * @param inputs dtypes and shapes
   */
  public BenchmarkReport(String inputs, int threads, int rounds, int runs, List<Row> rows) {
    this.conditions =
        inputs + ", threads: " + threads + ", " + rounds + " rounds of " + runs + " runs in turn";
    this.rows = List.copyOf(rows);
  }

  /** In the form that the file's ending asks for. */
  public String as(Path file) {
    String name = file.toString();
    if (name.endsWith(".json")) {
      return json();
    }
    if (name.endsWith(".html")) {
      return html();
    }
    return name.endsWith(".md") ? markdown() : text();
  }

  private static List<String> cells(Row row) {
    return List.of(
        String.valueOf(row.contender().file().getFileName()),
        row.contender().engine().toString(),
        millis(row.millis()),
        millis(row.least()) + " to " + millis(row.greatest()),
        String.format(Locale.ROOT, "%.0f", row.throughput()),
        millis(row.coldMillis()),
        megabytes(row.bytes()),
        row.peakBytes() > 0 ? megabytes(row.peakBytes()) : "-");
  }

  /** For a terminal. */
  public String text() {
    StringBuilder text = new StringBuilder(conditions).append('\n');
    for (Row row : rows) {
      List<String> cells = cells(row);
      text.append(cells.get(0)).append(" in ").append(cells.get(1)).append('\n');
      text.append(
          String.format(
              Locale.ROOT,
              "  %s (%s), %s a second%n  first result after %s, file %s, memory %s%n",
              cells.get(2),
              cells.get(3),
              cells.get(4),
              cells.get(5),
              cells.get(6),
              cells.get(7)));
    }
    return text.toString();
  }

  private String markdown() {
    StringBuilder text = new StringBuilder(conditions).append("\n\n");
    text.append("| ").append(String.join(" | ", HEADER)).append(" |\n");
    text.append("|---".repeat(HEADER.size())).append("|\n");
    rows.forEach(row -> text.append("| ").append(String.join(" | ", cells(row))).append(" |\n"));
    return text.toString();
  }

  private String html() {
    HtmlPage page = new HtmlPage("How fast the models run").paragraph(conditions);
    double most = rows.stream().mapToDouble(Row::millis).max().orElse(1);
    List<List<Cell>> table = new ArrayList<>();
    for (Row row : rows) {
      List<String> cells = cells(row);
      List<Cell> line = new ArrayList<>();
      line.add(new Text("`" + cells.get(0) + "`"));
      line.add(new Text(cells.get(1)));
      line.add(new Bar(cells.get(2), row.millis() / most, true));
      cells.subList(3, cells.size()).forEach(cell -> line.add(new Figure(cell)));
      table.add(line);
    }
    return page.table(HEADER, table).text();
  }

  private String json() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("schema", SCHEMA).put("conditions", conditions);
    ArrayNode all = json.putArray("results");
    for (Row row : rows) {
      ObjectNode each = all.addObject();
      each.put("file", row.contender().file().toString());
      each.put("engine", row.contender().engine().toString());
      each.put("medianMillis", row.millis());
      each.put("leastMillis", row.least()).put("greatestMillis", row.greatest());
      each.put("perSecond", row.throughput()).put("coldMillis", row.coldMillis());
      each.put("bytes", row.bytes()).put("peakBytes", row.peakBytes());
    }
    return json.toPrettyString() + "\n";
  }

  private static String millis(double value) {
    return String.format(
        Locale.ROOT, value < 1 ? "%.3f ms" : value < 10 ? "%.2f ms" : "%.1f ms", value);
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.2f MB", bytes / 1e6);
  }
}
