package org.tensorferry.report;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.tensorferry.report.HtmlPage.Bar;
import org.tensorferry.report.HtmlPage.Cell;
import org.tensorferry.report.HtmlPage.Figure;
import org.tensorferry.report.HtmlPage.Text;
import org.tensorferry.tflite.Sensitivity;
import org.tensorferry.tflite.Sensitivity.Distribution;
import org.tensorferry.tflite.Sensitivity.Module;
import org.tensorferry.tflite.Sensitivity.Step;

/** What 8 bits cost a model, as text, JSON, Markdown and a page of HTML. */
public final class SensitivityReport {

  private static final int SCHEMA = 1;
  private static final List<String> HEADER =
      List.of(
          "module", "alone in int8", "alone in float", "gain", "file", "run", "weights", "values");

  private final String model;
  private final Sensitivity result;

  public SensitivityReport(String model, Sensitivity result) {
    this.model = model;
    this.result = result;
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

  private String headline() {
    return "In 8 bits " + model + " keeps " + db(result.int8Snr());
  }

  private String sizes() {
    return String.format(
        Locale.ROOT,
        "%s instead of %s; measured on %d of %s against the float file, in TensorFlow Lite",
        size(result.int8Bytes()),
        size(result.floatBytes()),
        result.samples(),
        result.samplesSource());
  }

  private List<String> row(Module module) {
    return List.of(
        module.label(),
        db(module.aloneSnr()),
        db(module.floatSnr()),
        String.format(Locale.ROOT, "%+.1f", module.floatSnr() - result.int8Snr()),
        (module.bytes() < 0 ? "-" : "+") + size(Math.abs(module.bytes())),
        String.format(Locale.ROOT, "%+.2f ms", module.millis()),
        spread(module.weights()),
        range(module.values()));
  }

  /** The modules, those first whose rounding costs most. */
  private List<Module> ranking() {
    List<Module> ranking = new ArrayList<>(result.modules());
    ranking.sort((a, b) -> Double.compare(b.floatSnr(), a.floatSnr()));
    return ranking;
  }

  /** For a terminal. */
  public String text() {
    StringBuilder text = new StringBuilder();
    text.append(headline()).append("\n  ").append(sizes()).append("\n\n");
    text.append(
        String.format(
            Locale.ROOT,
            "  %-32s %9s %9s %6s %9s %9s%n",
            "module",
            "int8",
            "float",
            "gain",
            "file",
            "run"));
    for (Module module : ranking()) {
      List<String> row = row(module);
      text.append(
          String.format(
              Locale.ROOT,
              "  %-32s %9s %9s %6s %9s %9s%n",
              row.get(0),
              row.get(1),
              row.get(2),
              row.get(3),
              row.get(4),
              row.get(5)));
    }
    text.append("\n  int8: this module alone in 8 bits; float: this one alone not\n\n");
    for (Step step : result.steps()) {
      text.append(
          String.format(
              Locale.ROOT,
              "with %s float, too: %s, %s%n",
              label(step),
              db(step.snr()),
              size(step.bytes())));
    }
    advice().forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  /** What to do for the target that was asked for. */
  private List<String> advice() {
    if (result.target().isEmpty()) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    double target = result.target().getAsDouble();
    if (result.kept().isEmpty()) {
      lines.add(
          result.int8Snr() >= target
              ? db(target) + " is reached with everything in 8 bits"
              : db(target) + " can't be reached by keeping modules float");
      return lines;
    }
    boolean isReached = result.keptSnr() >= target;
    lines.add(
        (isReached ? "For " + db(target) : db(target) + " can't be reached; the nearest,")
            + " keep these float ("
            + db(result.keptSnr())
            + "):");
    result.kept().forEach(module -> lines.add("  --keep-float \"" + module + "\""));
    return lines;
  }

  private String markdown() {
    StringBuilder text = new StringBuilder("# " + headline() + "\n\n" + sizes() + "\n\n");
    text.append("| ")
        .append(String.join(" | ", HEADER))
        .append(" |\n|---|---|---|---|---|---|---|---|\n");
    for (Module module : ranking()) {
      List<String> row = new ArrayList<>(row(module));
      row.set(0, "`" + row.get(0) + "`");
      text.append("| ").append(String.join(" | ", row)).append(" |\n");
    }
    text.append('\n');
    for (Step step : result.steps()) {
      text.append(
          String.format(
              Locale.ROOT,
              "- with `%s` float, too: %s, %s%n",
              label(step),
              db(step.snr()),
              size(step.bytes())));
    }
    text.append('\n').append(String.join("\n", advice())).append('\n');
    return text.toString();
  }

  private String html() {
    HtmlPage page = new HtmlPage("What 8 bits cost `" + model + "`");
    boolean isGood = result.target().isEmpty() || result.int8Snr() >= result.target().getAsDouble();
    page.verdict(isGood, headline() + ": " + sizes());
    advice().forEach(page::paragraph);
    page.heading("Along the network: what the model gains in dB when a module stays float");
    double most = result.modules().stream().mapToDouble(this::gain).max().orElse(1);
    List<List<Cell>> rows = new ArrayList<>();
    for (Module module : result.modules()) {
      List<String> row = row(module);
      boolean isSmall = gain(module) < Math.max(0.5, most / 4);
      rows.add(
          List.of(
              new Text("`" + row.get(0) + "`"),
              new Bar(row.get(3) + " dB", gain(module) / Math.max(most, 0.1), isSmall),
              new Figure(row.get(1)),
              new Figure(row.get(2)),
              new Figure(row.get(4)),
              new Figure(row.get(5)),
              new Figure(row.get(6)),
              new Figure(row.get(7)),
              new Text(String.join(", ", module.operators()))));
    }
    page.table(
        List.of(
            "module",
            "gain",
            "alone int8",
            "alone float",
            "file",
            "run",
            "weights",
            "values",
            "operators"),
        rows);
    List<String> steps = new ArrayList<>();
    for (Step step : result.steps()) {
      steps.add(
          "with `" + label(step) + "` float, too: " + db(step.snr()) + ", " + size(step.bytes()));
    }
    page.section("The most profitable modules float", steps);
    page.heading("Where the numbers lie");
    for (Module module : ranking()) {
      picture(page, module, "weights", module.weights());
      picture(page, module, "values", module.values());
    }
    return page.text();
  }

  private double gain(Module module) {
    double gain = module.floatSnr() - result.int8Snr();
    return Double.isFinite(gain) ? Math.max(0, gain) : 0;
  }

  /** A histogram; one step of 8 bits is a 256th of its width. */
  private static void picture(HtmlPage page, Module module, String what, Distribution numbers) {
    if (numbers.counts().isEmpty()) {
      return;
    }
    int width = 960;
    int height = 90;
    int bottom = height - 16;
    Drawing drawing = new Drawing(what + " of " + module.label(), width, height);
    double most = numbers.counts().stream().mapToInt(Integer::intValue).max().orElse(1);
    List<Drawing.Point> points = new ArrayList<>();
    int bins = numbers.counts().size();
    for (int i = 0; i < bins; i++) {
      // By the logarithm, since outliers are few.
      double share = Math.log1p(numbers.counts().get(i)) / Math.log1p(Math.max(1, most));
      double y = bottom - share * (bottom - 14);
      points.add(new Drawing.Point((double) width * i / bins, y));
      points.add(new Drawing.Point((double) width * (i + 1) / bins, y));
    }
    drawing.line(
        new Drawing.Point(0, bottom), new Drawing.Point(width, bottom), Drawing.Tone.FAINT);
    drawing.curve(points);
    drawing.text(new Drawing.Point(0, 10), module.label() + ", " + what + ", logarithmic");
    drawing.text(new Drawing.Point(0, height - 2), number(numbers.least()));
    drawing.textBefore(new Drawing.Point(width, height - 2), number(numbers.greatest()));
    page.picture(drawing);
  }

  private String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeNumberField("schema", SCHEMA);
      json.writeStringField("model", model);
      json.writeStringField("samples", result.samplesSource());
      json.writeNumberField("floatBytes", result.floatBytes());
      json.writeNumberField("int8Bytes", result.int8Bytes());
      number(json, "int8SnrDb", result.int8Snr());
      json.writeArrayFieldStart("modules");
      for (Module module : result.modules()) {
        json.writeStartObject();
        json.writeStringField("path", module.path());
        number(json, "aloneInt8SnrDb", module.aloneSnr());
        number(json, "aloneFloatSnrDb", module.floatSnr());
        json.writeNumberField("bytes", module.bytes());
        json.writeNumberField("millis", module.millis());
        write(json, "weights", module.weights());
        write(json, "values", module.values());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeArrayFieldStart("steps");
      for (Step step : result.steps()) {
        json.writeStartObject();
        json.writeStringField("module", step.module());
        number(json, "snrDb", step.snr());
        json.writeNumberField("bytes", step.bytes());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeArrayFieldStart("keepFloat");
      for (String module : result.kept()) {
        json.writeString(module);
      }
      json.writeEndArray();
      number(json, "keptSnrDb", result.keptSnr());
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text + "\n";
  }

  private static void write(JsonGenerator json, String field, Distribution numbers)
      throws IOException {
    json.writeObjectFieldStart(field);
    json.writeNumberField("least", numbers.least());
    json.writeNumberField("greatest", numbers.greatest());
    json.writeNumberField("outlier", numbers.outlier());
    json.writeNumberField("spread", numbers.spread());
    json.writeArrayFieldStart("counts");
    for (int count : numbers.counts()) {
      json.writeNumber(count);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /** JSON has no infinity: a ratio without any noise is null. */
  private static void number(JsonGenerator json, String field, double value) throws IOException {
    if (Double.isFinite(value)) {
      json.writeNumberField(field, value);
    } else {
      json.writeNullField(field);
    }
  }

  private static String label(Step step) {
    return step.module().isEmpty() ? "(root)" : step.module();
  }

  private static String spread(Distribution weights) {
    return weights.counts().isEmpty()
        ? "-"
        : String.format(
            Locale.ROOT, "max/rms %.1f, channels 1:%.0f", weights.outlier(), weights.spread());
  }

  private static String range(Distribution values) {
    return values.counts().isEmpty()
        ? "-"
        : number(values.least())
            + " to "
            + number(values.greatest())
            + String.format(Locale.ROOT, ", max/rms %.1f", values.outlier());
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }

  private static String db(double value) {
    return Double.isInfinite(value) ? "exact" : String.format(Locale.ROOT, "%.1f dB", value);
  }

  private static String size(long bytes) {
    return bytes < 1_000_000
        ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
        : String.format(Locale.ROOT, "%.2f MB", bytes / 1e6);
  }
}
