package org.tensorferry.operators;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.LayerRule;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.rule.Schema;

/** The page of operators and layers that the tables know, docs/operators.md. */
final class OperatorPage {

  private final RuleTables tables;
  private final Map<String, List<AtenRule>> byName = new TreeMap<>();

  OperatorPage(RuleTables tables) {
    this.tables = tables;
    tables.operators().stream()
        .filter(rule -> rule.name().startsWith("aten::"))
        .forEach(
            rule ->
                byName
                    .computeIfAbsent(Schema.parse(rule.schema()).name(), n -> new ArrayList<>())
                    .add(rule));
  }

  /** Names of the operators that PyTorch tags as core ATen. */
  static List<String> coreNames() {
    try (InputStream names = OperatorPage.class.getResourceAsStream("core-aten.txt")) {
      return new String(Objects.requireNonNull(names).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean knows(String name) {
    return byName.containsKey(name);
  }

  String text() {
    List<AtenRule> all = byName.values().stream().flatMap(Collection::stream).toList();
    long converted = all.stream().filter(AtenRule::isSupported).count();
    long names = byName.values().stream().filter(OperatorPage::isConverted).count();
    long core = coreNames().stream().filter(n -> isConverted(byName.get(n))).count();
    StringBuilder page = new StringBuilder("# Operators\n\n");
    page.append(
        """
        Printed from the tables; `OperatorPageTest` fails where this page is stale, and prints it again with

        ```
        mvn -q -Dquick -pl src/test -am test -Dtest=OperatorPageTest -Dpage.write=true
        ```

        In-place forms (`add_`) and `out=` arguments need no rows: they follow from the plain form. Arithmetic on numbers, lists, dicts, strings and sizes
        (`aten::size`, `aten::len`, `aten::item`, ...) is the language, which the interpreter knows. Every converted overload is run beside libtorch by a case in
        `src/test/java/org/tensorferry/operators`. `tensorferry rules` prints the same with all arguments, and with the rules of plug-ins.

        """);
    row(page, "", "number");
    row(page, "---", "---");
    row(page, "operators that are converted", "" + names);
    row(page, "overloads of these", "" + converted);
    row(page, "overloads that are known and refused", "" + (all.size() - converted));
    row(page, "operators of core ATen (torch 2.13), all known", "" + coreNames().size());
    row(page, "of these converted", "" + core);
    row(page, "layers whose variables get Keras names and layouts", "" + tables.layers().size());
    converted(page);
    refused(page);
    layers(page);
    return page.toString();
  }

  private static boolean isConverted(List<AtenRule> rules) {
    return rules.stream().anyMatch(AtenRule::isSupported);
  }

  private void converted(StringBuilder page) {
    page.append(
        "\n## Converted\n\nOverloads in brackets where an operator has several. *view*: changes in"
            + " place reach the original, as in PyTorch.\n\n");
    row(page, "operator", "overloads", "");
    row(page, "---", "---", "---");
    byName.forEach(
        (name, rules) -> {
          List<AtenRule> supported = rules.stream().filter(AtenRule::isSupported).toList();
          if (!supported.isEmpty()) {
            row(page, "`" + name + "`", overloads(supported), kind(supported.get(0)));
          }
        });
  }

  private static String overloads(List<AtenRule> rules) {
    List<String> names =
        rules.stream()
            .map(rule -> Schema.parse(rule.schema()).overload())
            .map(overload -> overload.isEmpty() ? "default" : overload)
            .toList();
    return names.equals(List.of("default")) ? "" : String.join(", ", names);
  }

  private static String kind(AtenRule rule) {
    AtenRule.Kind kind = rule.kind();
    if (kind instanceof AtenRule.Alias || kind instanceof AtenRule.MaybeAlias) {
      return "the same tensor where nothing changes";
    }
    return kind instanceof AtenRule.Function ? "" : "view";
  }

  private void refused(StringBuilder page) {
    page.append(
        "\n## Refused\n\nKnown operators that stop a conversion with a reason. An operator that"
            + " stands nowhere on this page stops it too; see"
            + " [adding-an-operator.md](adding-an-operator.md).\n\n");
    row(page, "operators", "reason", "instead");
    row(page, "---", "---", "---");
    Map<String, List<String>> names = new TreeMap<>();
    byName.forEach(
        (name, rules) ->
            rules.stream()
                .filter(rule -> !rule.isSupported())
                .map(rule -> (AtenRule.Refusal) rule.kind())
                .distinct()
                .forEach(
                    refusal ->
                        names
                            .computeIfAbsent(
                                refusal.reason() + " | " + refusal.workaround(),
                                r -> new ArrayList<>())
                            .add("`" + name + "`")));
    names.forEach(
        (reason, operators) ->
            row(page, operators.stream().distinct().collect(Collectors.joining(", ")), reason));
  }

  private void layers(StringBuilder page) {
    page.append("\n## Layers\n\n");
    row(page, "PyTorch", "Keras");
    row(page, "---", "---");
    tables.layers().values().stream()
        .sorted(Comparator.comparing(LayerRule::torchClass))
        .forEach(layer -> row(page, "`" + layer.torchClass() + "`", layer.kerasLayer()));
  }

  private static void row(StringBuilder page, String... cells) {
    page.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }
}
