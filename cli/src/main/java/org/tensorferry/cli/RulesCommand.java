package org.tensorferry.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.LayerRule;
import org.tensorferry.rule.RuleTables;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rules}: what can be converted. */
@Command(
    name = "rules",
    description = "Lists the operators and layers that can be converted.",
    footerHeading = "%nExample:%n",
    footer = "  tensorferry rules --operators | grep conv")
final class RulesCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();

  @Option(names = "--operators", description = "only the operators")
  boolean operators;

  @Option(names = "--layers", description = "only the layers")
  boolean layers;

  @Option(names = "--json", description = "print JSON")
  boolean json;

  @Mixin PluginsOption plugins = new PluginsOption();
  @Mixin HelpOption help = new HelpOption();

  @Override
  public Integer call() {
    RuleTables tables = plugins.rules();
    boolean both = operators == layers;
    List<AtenRule> rows =
        both || operators
            ? tables.operators().stream().sorted(Comparator.comparing(AtenRule::schema)).toList()
            : List.of();
    List<LayerRule> layerRows =
        both || layers
            ? tables.layers().values().stream()
                .sorted(Comparator.comparing(LayerRule::torchClass))
                .toList()
            : List.of();
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? json(rows, layerRows) : text(rows, layerRows));
    out.flush();
    return 0;
  }

  private static String text(List<AtenRule> operators, List<LayerRule> layers) {
    Page page = new Page();
    if (!operators.isEmpty()) {
      long refused = operators.stream().filter(row -> !row.isSupported()).count();
      page.line(
          Page.counted(operators.size() - refused, "operator")
              + ", and "
              + refused
              + " that are known and refused");
      operators.forEach(
          row -> {
            page.line("  " + row.schema());
            String what = kind(row);
            if (!what.isEmpty()) {
              page.wrapped("      ", what);
            }
          });
    }
    if (!layers.isEmpty()) {
      page.line((operators.isEmpty() ? "" : "\n") + Page.counted(layers.size(), "layer"));
      Columns columns = new Columns(2);
      layers.forEach(row -> columns.row(row.torchClass(), row.kerasLayer()));
      page.lines(columns.lines());
    }
    return page.text();
  }

  /** What a row does beside emitting operators. */
  private static String kind(AtenRule row) {
    AtenRule.Kind kind = row.kind();
    if (kind instanceof AtenRule.Refusal refusal) {
      return "refused: " + refusal.reason() + "; instead: " + refusal.workaround();
    }
    if (kind instanceof AtenRule.Alias) {
      return "the same tensor";
    }
    return kind instanceof AtenRule.View || kind instanceof AtenRule.Views
        ? "view: changes in place reach the original"
        : "";
  }

  private static String json(List<AtenRule> operators, List<LayerRule> layers) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeNumberField("schema", 1);
      json.writeArrayFieldStart("operators");
      for (AtenRule row : operators) {
        json.writeStartObject();
        json.writeStringField("name", row.name());
        json.writeStringField("schema", row.schema());
        json.writeBooleanField("supported", row.isSupported());
        if (row.kind() instanceof AtenRule.Refusal refusal) {
          json.writeStringField("reason", refusal.reason());
          json.writeStringField("workaround", refusal.workaround());
        }
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeArrayFieldStart("layers");
      for (LayerRule row : layers) {
        json.writeStartObject();
        json.writeStringField("class", row.torchClass());
        json.writeStringField("keras", row.kerasLayer());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text + "\n";
  }
}
