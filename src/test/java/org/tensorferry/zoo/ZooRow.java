package org.tensorferry.zoo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What came of one file of the zoo; kept as a small file, so that a page can be made of many runs.
 */
final class ZooRow {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BEGIN = "<!-- results -->";
  private static final String END = "<!-- end of results -->";
  private static final String EXPORTED = "<!-- exported -->";
  private static final String END_EXPORTED = "<!-- end of exported -->";

  private final ObjectNode fields = JSON.createObjectNode();

  ZooRow(ZooModel model) {
    set("family", model.entry().path("family").asText());
    set("model", model.model());
    set("form", model.form());
    set("parameters", String.format(Locale.ROOT, "%,d", model.entry().path("parameters").asLong()));
  }

  void set(String field, String value) {
    fields.put(field, value);
  }

  void add(String field, String value) {
    fields.withArray(field).add(value);
  }

  void write(Path directory, String name) throws IOException {
    Files.createDirectories(directory);
    JSON.writeValue(directory.resolve(name + ".row.json").toFile(), fields);
  }

  /** Puts the rows of a directory between the marks of a page. */
  static void writePage(Path directory, Path page) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".row.json")).toList()) {
        rows.add(JSON.readTree(file.toFile()));
      }
    }
    rows.sort(
        Comparator.comparing(row -> text(row, "family") + text(row, "model") + text(row, "form")));
    Map<Boolean, List<JsonNode>> byForm =
        rows.stream().collect(Collectors.partitioningBy(r -> text(r, "form").equals("exported")));
    String text = Files.readString(page, StandardCharsets.UTF_8);
    List<JsonNode> scripts = Objects.requireNonNull(byForm.get(false));
    if (!scripts.isEmpty()) {
      text = between(text, BEGIN, END, counts(scripts) + table(scripts) + assumed(scripts));
    }
    List<JsonNode> programs = Objects.requireNonNull(byForm.get(true));
    if (!programs.isEmpty()) {
      text = between(text, EXPORTED, END_EXPORTED, counts(programs) + exported(programs));
    }
    Files.writeString(page, text);
  }

  private static String between(String page, String begin, String end, String content) {
    return page.substring(0, page.indexOf(begin) + begin.length())
        + "\n"
        + content
        + page.substring(page.indexOf(end));
  }

  private static String text(JsonNode row, String field) {
    return row.path(field).asText("");
  }

  private static String counts(List<JsonNode> rows) {
    Map<String, Long> counts =
        rows.stream()
            .collect(
                Collectors.groupingBy(
                    row -> text(row, "verdict").replaceAll(":.*", ""),
                    TreeMap::new,
                    Collectors.counting()));
    return counts.entrySet().stream()
        .map(count -> "- " + count.getKey() + ": " + count.getValue() + "\n")
        .collect(Collectors.joining("", rows.size() + " rows:\n\n", "\n"));
  }

  private static String table(List<JsonNode> rows) {
    StringBuilder out = new StringBuilder();
    out.append(
        "| family | model | form | parameters | operators | convert, s | heap, MB | sizes | SNR, dB | libtorch itself, dB"
            + " | call | signature | tape | XLA | saved again | gradients, dB | verdict |\n");
    out.append(
        "|---|---|---|---:|---:|---:|---:|---|---:|---|---:|---:|---:|---:|---:|---:|---|\n");
    for (JsonNode row : rows) {
      out.append("|");
      for (String field :
          List.of(
              "family",
              "model",
              "form",
              "parameters",
              "operators",
              "seconds",
              "heap",
              "sizes",
              "snr",
              "itself",
              "call",
              "signature",
              "tape",
              "XLA",
              "saved again",
              "gradients",
              "verdict")) {
        out.append(" ").append(text(row, field).replace("|", "\\|")).append(" |");
      }
      out.append("\n");
    }
    return out.toString();
  }

  private static String exported(List<JsonNode> rows) {
    StringBuilder out = new StringBuilder();
    out.append("| family | model | operators | sizes | SNR, dB | variables | verdict |\n");
    out.append("|---|---|---:|---|---:|---|---|\n");
    for (JsonNode row : rows) {
      out.append("|");
      for (String field :
          List.of("family", "model", "operators", "sizes", "snr", "variables", "verdict")) {
        out.append(" ").append(text(row, field).replace("|", "\\|")).append(" |");
      }
      out.append("\n");
    }
    return out.append("\n").toString();
  }

  /** Lines of models that froze a size or a branch, those with the same words together. */
  private static String assumed(List<JsonNode> rows) {
    StringBuilder out = new StringBuilder("\n### What `convert` said it took for granted\n\n");
    for (JsonNode row : rows) {
      List<String> lines = new ArrayList<>();
      row.path("assumed").forEach(line -> lines.add("  - " + line.asText()));
      if (!lines.isEmpty()) {
        out.append("- ").append(text(row, "model")).append(", ").append(text(row, "form"));
        out.append("\n").append(String.join("\n", lines)).append("\n");
      }
    }
    return out.append("\n").toString();
  }
}
