package org.tensorferry.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tensorferry.Conversion;
import org.tensorferry.dim.Assumptions.Assumption;
import org.tensorferry.parity.Metrics;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.report.ConversionFacts;
import org.tensorferry.report.Reports;

/** What {@code convert} tells: on the terminal, and as a report in one of its forms. */
record ConversionSummary(
    Path model,
    Path output,
    Conversion conversion,
    Optional<ParityReport> parity,
    Optional<TfliteSummary> tflite) {

  /** Counts changes that remove or rename a field. */
  private static final int SCHEMA = 1;

  /** In the form that the file's ending asks for. */
  String as(Path file) {
    String name = file.toString();
    if (name.endsWith(".json")) {
      return json();
    }
    if (name.endsWith(".xml")) {
      return Reports.junit(shown().orElseThrow());
    }
    if (name.endsWith(".html")) {
      return Reports.html(facts(), shown());
    }
    return name.endsWith(".md") ? markdown() : text();
  }

  /**
   * The comparison that a form with room for one shows: one that fails before one that does not.
   */
  private Optional<ParityReport> shown() {
    Optional<ParityReport> lite = tflite.flatMap(TfliteSummary::parity);
    return parity.isEmpty() || (parity.get().isEqual() && lite.isPresent()) ? lite : parity;
  }

  /** Every comparison that was asked for. */
  List<ParityReport> compared() {
    return Stream.of(parity, tflite.flatMap(TfliteSummary::parity))
        .flatMap(Optional::stream)
        .toList();
  }

  /** True where nothing that was compared differs. */
  boolean isWritten() {
    return parity.map(ParityReport::passes).orElse(true)
        && tflite.map(TfliteSummary::isEqual).orElse(true);
  }

  /** For a terminal of 80 columns. */
  String text() {
    Page page = new Page().line(headline());
    page.lines(signature().lines());
    page.line("  " + variables());
    page.section("Taken for granted, by the example sizes", assumptions());
    page.section("In the file, but not used", conversion.unusedTensors());
    tflite.ifPresent(
        lite -> {
          page.line(lite.headline()).wrapped("  ", lite.operators());
          lite.notices().forEach(notice -> page.wrapped("", notice));
        });
    parity.ifPresent(report -> compared(page, report));
    tflite.flatMap(TfliteSummary::parity).ifPresent(report -> compared(page, report));
    return page.text();
  }

  private static void compared(Page page, ParityReport report) {
    if (report.passes()) {
      page.line(Reports.summary(report)).lines(outputs(report).lines());
      report.layers().ifPresent(layers -> page.line("").lines(Reports.layers(layers)));
      Reports.latency(report).ifPresent(latency -> page.wrapped("  ", latency));
    } else {
      page.line("").line(Reports.text(report).stripTrailing());
    }
  }

  private String headline() {
    return isWritten()
        ? "Converted " + model + " to " + output
        : "NOT written, because the result computes something else than " + model;
  }

  private Columns signature() {
    Columns columns = new Columns(2);
    inputs().forEach((name, type) -> columns.row("input", name, type));
    outputs().forEach((name, type) -> columns.row("output", name, type));
    return columns;
  }

  /** Types by name; of several methods, {@code decode.z}. */
  private Map<String, String> inputs() {
    Map<String, String> inputs = new LinkedHashMap<>();
    for (Conversion each : methods()) {
      each.inputs()
          .forEach(
              input ->
                  inputs.put(
                      prefix(each) + input.name().orElse(""), input.dtype() + "" + input.shape()));
    }
    return inputs;
  }

  private Map<String, String> outputs() {
    Map<String, String> outputs = new LinkedHashMap<>();
    for (Conversion each : methods()) {
      each.model()
          .result()
          .flatten()
          .forEach(
              (name, value) ->
                  outputs.put(prefix(each) + name, value.dtype() + "" + value.shape()));
    }
    return outputs;
  }

  private List<Conversion> methods() {
    return Stream.concat(Stream.of(conversion), conversion.also().stream()).toList();
  }

  private String prefix(Conversion method) {
    return conversion.also().isEmpty() ? "" : method.method() + ".";
  }

  private String variables() {
    List<PortedVariable> all = conversion.variables();
    if (conversion.isFrozen() && all.isEmpty()) {
      return "frozen: weights are constants, nothing can be trained";
    }
    long trainable = all.stream().filter(PortedVariable::trainable).count();
    long bytes = all.stream().mapToLong(v -> v.shape().numel().known() * v.dtype().bytes()).sum();
    return Page.counted(all.size(), "variable")
        + ", "
        + trainable
        + " trainable, "
        + Page.bytes(bytes);
  }

  /** What each rewrite of the graph did; of several methods, of each. */
  List<String> rewrites() {
    return methods().stream()
        .flatMap(method -> method.explanation().stream().map(note -> prefix(method) + note))
        .toList();
  }

  private List<String> assumptions() {
    return methods().stream()
        .flatMap(method -> method.assumptions().stream())
        .map(Assumption::toString)
        .distinct()
        .toList();
  }

  /** Each output with its least SNR and greatest error over all cases. */
  private static Columns outputs(ParityReport report) {
    Map<String, double[]> worst = new LinkedHashMap<>();
    report.cases().stream()
        .flatMap(c -> c.outputs().stream())
        .forEach(
            output -> {
              double[] now =
                  worst.computeIfAbsent(
                      output.name(), name -> new double[] {Double.POSITIVE_INFINITY, 0});
              @Nullable Metrics metrics = output.metrics().orElse(null);
              if (metrics != null) {
                now[0] = Math.min(now[0], metrics.snrDb());
                now[1] = Math.max(now[1], metrics.maxAbsolute());
              }
            });
    Columns columns = new Columns(2);
    worst.forEach(
        (name, numbers) ->
            columns.row(
                name,
                Double.isInfinite(numbers[0])
                    ? "bit for bit"
                    : String.format(Locale.ROOT, "SNR %.1f dB", numbers[0]),
                String.format(Locale.ROOT, "max error %.2e", numbers[1])));
    return columns;
  }

  /**
   * One object: {@code conversion} as beside the model, {@code unused} tensors, and {@code parity}
   * where it was compared.
   */
  private String json() {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeNumberField("schema", SCHEMA);
      json.writeStringField("model", model.toString());
      json.writeStringField("savedModel", output.toString());
      json.writeBooleanField("written", isWritten());
      json.writeFieldName("conversion");
      conversion.provenance().write(json);
      json.writeArrayFieldStart("unused");
      for (String name : conversion.unusedTensors()) {
        json.writeString(name);
      }
      json.writeEndArray();
      write(json, "parity", parity);
      if (tflite.isPresent()) {
        json.writeFieldName("tflite");
        tflite.get().write(json);
        write(json, "tfliteParity", tflite.get().parity());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text + "\n";
  }

  private static void write(JsonGenerator json, String field, Optional<ParityReport> report)
      throws IOException {
    if (report.isPresent()) {
      json.writeFieldName(field);
      json.writeRawValue(Reports.json(report.get()).strip());
    }
  }

  private String markdown() {
    Page page = new Page().line("# " + headline()).line("");
    page.line("| variable | from | trainable |").line("|---|---|---|");
    for (PortedVariable variable : conversion.variables()) {
      page.line(
          "| `"
              + variable.name()
              + "` "
              + variable.shape()
              + " | `"
              + String.join("` + `", variable.sources())
              + "` ("
              + variable.recipe()
              + ") | "
              + (variable.trainable() ? "yes" : "no")
              + " |");
    }
    bullets(page, "Taken for granted, by the example sizes", assumptions());
    bullets(page, "In the file, but not used", conversion.unusedTensors());
    tflite.ifPresent(
        lite -> {
          page.line("").line("## " + lite.headline()).line("").line(lite.operators());
          lite.notices().forEach(notice -> page.line("").line("**" + notice + "**"));
        });
    for (Optional<ParityReport> report : List.of(parity, tflite.flatMap(TfliteSummary::parity))) {
      report.ifPresent(each -> page.line("").line(Reports.markdown(each).stripTrailing()));
    }
    return page.text();
  }

  private ConversionFacts facts() {
    return new ConversionFacts(
        headline(),
        isWritten(),
        inputs(),
        outputs(),
        conversion.variables(),
        assumptions(),
        conversion.unusedTensors());
  }

  private static void bullets(Page page, String heading, List<String> items) {
    if (!items.isEmpty()) {
      page.line("").line("## " + heading).line("");
      items.forEach(item -> page.line("- " + item));
    }
  }
}
