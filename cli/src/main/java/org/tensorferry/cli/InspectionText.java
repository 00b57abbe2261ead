package org.tensorferry.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tensorferry.convert.Inspection;
import org.tensorferry.convert.Inspection.Argument;
import org.tensorferry.convert.Inspection.Layer;
import org.tensorferry.convert.Inspection.Operator;
import org.tensorferry.convert.Inspection.Support;
import org.tensorferry.convert.Inspection.Weight;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;

/** An inspection for a terminal of 80 columns. */
final class InspectionText {

  private static final int WIDTH = 80;
  private static final int WIDEST = 36;
  private static final int BELOW = 12;

  private final Inspection inspection;
  private final Page page = new Page();

  private InspectionText(Inspection inspection) {
    this.inspection = inspection;
  }

  static String of(Inspection inspection) {
    return new InspectionText(inspection).write();
  }

  private String write() {
    page.line(
        inspection.file()
            + ": TorchScript, operator version "
            + inspection.version()
            + ", "
            + Page.bytes(inspection.bytes()));
    inspection.methods().forEach(method -> page.wrapped("", signature(method)));
    page.line("");
    layers();
    page.line("").wrapped("", totals()).line("");
    operators();
    page.line("").line(advice());
    return page.text();
  }

  private static String signature(Inspection.Method method) {
    String result = method.returns().isEmpty() ? "" : " -> " + method.returns();
    return method.name()
        + "("
        + method.arguments().stream()
            .map(a -> a.name() + ": " + a.type() + (a.hasDefault() ? " = ..." : ""))
            .collect(Collectors.joining(", "))
        + ")"
        + result;
  }

  /**
   * One row for each variable: beside its layer's path and type where all of the layer's fit there,
   * else below.
   */
  private void layers() {
    int paths = width(inspection.layers().stream().map(InspectionText::path));
    for (Layer layer : inspection.layers()) {
      long bytes = layer.weights().stream().mapToLong(Weight::bytes).sum();
      String head =
          String.format(
              Locale.ROOT,
              "%8s  %-" + paths + "s  %s  ",
              bytes == 0 ? "" : Page.bytes(bytes),
              path(layer),
              layer.type());
      List<List<String>> rows = variables(layer).stream().map(InspectionText::row).toList();
      boolean beside =
          rows.stream().allMatch(row -> head.length() + String.join(" ", row).length() <= WIDTH);
      if (rows.isEmpty() || !beside) {
        page.line(head.stripTrailing());
        rows.forEach(row -> below(row));
      } else {
        page.line(head + String.join(" ", rows.get(0)));
        rows.stream()
            .skip(1)
            .forEach(row -> page.line(" ".repeat(head.length()) + String.join(" ", row)));
      }
    }
  }

  /** The parts of a row, on as few lines as they need. */
  private void below(List<String> row) {
    String line = " ".repeat(BELOW) + row.get(0);
    for (String part : row.subList(1, row.size())) {
      if (line.length() + 1 + part.length() <= WIDTH) {
        line = line + " " + part;
      } else {
        page.line(line);
        line = " ".repeat(BELOW + 4) + part;
      }
    }
    page.line(line);
  }

  /** Sources, target and recipe. */
  private static List<String> row(List<Weight> sources) {
    Weight first = sources.get(0);
    String recipe = first.isTied() ? "the same tensor" : first.variable().recipe().toString();
    return List.of(
        sources.stream().map(InspectionText::source).collect(Collectors.joining(" + ")),
        "→ " + first.variable().name() + " " + first.variable().shape(),
        "(" + recipe + ")");
  }

  /** The layer's tensors, those together that become one variable. */
  private static List<List<Weight>> variables(Layer layer) {
    Map<String, List<Weight>> groups = new LinkedHashMap<>();
    for (Weight weight : layer.weights()) {
      String key = weight.isTied() ? "tied " + weight.name() : weight.variable().name();
      groups.computeIfAbsent(key, k -> new ArrayList<>()).add(weight);
    }
    return List.copyOf(groups.values());
  }

  private static String path(Layer layer) {
    return layer.path().isEmpty() ? "(root)" : layer.path();
  }

  private static int width(Stream<String> texts) {
    return texts.mapToInt(String::length).filter(width -> width <= WIDEST).max().orElse(1);
  }

  private static String source(Weight weight) {
    DType dtype = weight.data().dtype();
    return weight.name() + " " + (dtype == DType.FLOAT32 ? "" : dtype.toString()) + weight.shape();
  }

  private String totals() {
    List<Weight> weights = weights();
    List<TensorData> constants = inspection.constants();
    long elements = weights.stream().mapToLong(weight -> weight.shape().numel().known()).sum();
    String text =
        Page.counted(inspection.layers().size(), "module")
            + ", "
            + Page.counted(weights.size(), "tensor")
            + " with "
            + elements
            + " elements in "
            + Page.bytes(weights.stream().mapToLong(Weight::bytes).sum())
            + ", "
            + weights.stream().filter(weight -> weight.data().requiresGrad()).count()
            + " trainable";
    return constants.isEmpty()
        ? text
        : text
            + "; "
            + Page.counted(constants.size(), "constant")
            + " in "
            + Page.bytes(constants.stream().mapToLong(TensorData::byteSize).sum());
  }

  private List<Weight> weights() {
    return inspection.layers().stream()
        .flatMap(layer -> layer.weights().stream())
        .filter(weight -> !weight.isTied())
        .toList();
  }

  private void operators() {
    int names = width(inspection.operators().stream().map(Operator::name));
    for (Operator operator : sorted(Support.CONVERTED)) {
      page.line(line(names, operator) + "supported");
    }
    List<Operator> computed = sorted(Support.COMPUTED);
    if (!computed.isEmpty()) {
      page.wrapped(
          "",
          "Supported, computed while converting: "
              + computed.stream().map(Operator::name).collect(Collectors.joining(", ")));
    }
    for (Operator operator : sorted(Support.UNSUPPORTED)) {
      page.line(line(names, operator) + "NOT SUPPORTED");
      page.wrapped("    ", "at " + place(operator)).wrapped("    ", "why: " + operator.reason());
    }
  }

  private List<Operator> sorted(Support support) {
    return inspection.operators().stream()
        .filter(operator -> operator.support() == support)
        .sorted(Comparator.comparing(Operator::name))
        .toList();
  }

  private static String line(int names, Operator operator) {
    return String.format(Locale.ROOT, "%-" + names + "s %4d  ", operator.name(), operator.count());
  }

  private static String place(Operator operator) {
    String module = operator.modulePath().isEmpty() ? "(root)" : operator.modulePath();
    return "module " + module + ", line " + operator.place();
  }

  /** What to do next. */
  private String advice() {
    int missing = sorted(Support.UNSUPPORTED).size();
    if (missing > 0) {
      return Page.counted(missing, "operator")
          + " not supported; convert fails where forward reaches one of them";
    }
    return "Every operator is supported. Convert with:\n  tensorferry convert "
        + inspection.file()
        + " -o OUT"
        + inspection.arguments().stream()
            .filter(argument -> argument.isTensor() && !argument.hasDefault())
            .map(InspectionText::input)
            .collect(Collectors.joining());
  }

  private static String input(Argument argument) {
    return " \\\n      --input \"" + argument.name() + ":float32[batch,...]\"";
  }
}
