package org.tensorferry.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tensorferry.Inspection;
import org.tensorferry.Inspection.Argument;
import org.tensorferry.Inspection.Layer;
import org.tensorferry.Inspection.Operator;
import org.tensorferry.Inspection.Support;
import org.tensorferry.Inspection.Weight;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;

/** An inspection for a terminal of 80 columns. */
final class InspectionText {

  private static final int WIDTH = 80;
  private static final int WIDEST = 28;

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
    page.wrapped("", signature()).line("");
    layers();
    page.line("").wrapped("", totals()).line("");
    operators();
    page.line("").line(advice());
    return page.text();
  }

  private String signature() {
    String result = inspection.returns().isEmpty() ? "" : " -> " + inspection.returns();
    return "forward("
        + inspection.arguments().stream()
            .map(a -> a.name() + ": " + a.type() + (a.hasDefault() ? " = ..." : ""))
            .collect(Collectors.joining(", "))
        + ")"
        + result;
  }

  /**
   * One row for each variable, with size, path and type before the first of its layer. What does
   * not fit into a line goes on below its source.
   */
  private void layers() {
    int paths = width(inspection.layers().stream().map(InspectionText::path));
    int types = width(inspection.layers().stream().map(Layer::type));
    for (Layer layer : inspection.layers()) {
      long bytes = layer.weights().stream().mapToLong(Weight::bytes).sum();
      String head =
          String.format(
              Locale.ROOT,
              "%8s  %-" + paths + "s  %-" + types + "s  ",
              bytes == 0 ? "" : Page.bytes(bytes),
              path(layer),
              layer.type());
      List<List<Weight>> variables = variables(layer);
      if (variables.isEmpty()) {
        page.line(head.stripTrailing());
      }
      for (List<Weight> sources : variables) {
        variable(head, sources);
        head = " ".repeat(head.length());
      }
    }
  }

  private void variable(String head, List<Weight> sources) {
    String source =
        sources.stream().map(InspectionText::source).collect(Collectors.joining(" + "));
    String target = target(sources.get(0));
    String line = head + source + " " + target;
    if (line.length() <= WIDTH) {
      page.line(line);
    } else {
      page.line(head + source);
      // Deep paths leave no room beside them.
      page.wrapped(" ".repeat(Math.min(head.length() + 2, WIDTH / 2)), target);
    }
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
    return weight.name()
        + " "
        + (dtype == DType.FLOAT32 ? "" : dtype.toString())
        + weight.shape();
  }

  private static String target(Weight weight) {
    String recipe = weight.isTied() ? "the same tensor" : weight.variable().recipe().toString();
    return "→ " + weight.variable().name() + " " + weight.variable().shape() + " (" + recipe + ")";
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
    List<Operator> sorted =
        inspection.operators().stream().sorted(Comparator.comparing(Operator::name)).toList();
    int names = width(sorted.stream().map(Operator::name));
    for (Operator operator : sorted) {
      page.line(
          String.format(
              Locale.ROOT,
              "%-" + names + "s %4d  %s",
              operator.name(),
              operator.count(),
              support(operator.support())));
      if (operator.support() == Support.UNSUPPORTED) {
        page.wrapped("    ", "at " + place(operator)).wrapped("    ", "why: " + operator.reason());
      }
    }
  }

  private static String support(Support support) {
    return switch (support) {
      case CONVERTED -> "supported";
      case COMPUTED -> "supported (computed while converting)";
      case UNSUPPORTED -> "NOT SUPPORTED";
    };
  }

  private static String place(Operator operator) {
    String module = operator.modulePath().isEmpty() ? "(root)" : operator.modulePath();
    return "module " + module + ", line " + operator.place();
  }

  /** What to do next. */
  private String advice() {
    long missing =
        inspection.operators().stream().filter(o -> o.support() == Support.UNSUPPORTED).count();
    if (missing > 0) {
      return Page.counted(missing, "operator") + " not supported, so convert will refuse the model";
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
