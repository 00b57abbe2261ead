package org.tensorferry.exported;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.tensorferry.archive.ExportedType;
import org.tensorferry.error.FerryException;
import org.tensorferry.exported.Argument.Kind;
import org.tensorferry.exported.Graph.Input;
import org.tensorferry.exported.Graph.ModuleCall;
import org.tensorferry.exported.Graph.Node;
import org.tensorferry.exported.Graph.Size;
import org.tensorferry.exported.Graph.TensorMeta;

/** Reads graphs; those inside of higher-order operators too. */
final class GraphReader {

  private static final int KEYWORD = 2;

  /** Numbers of {@code schema.MemoryFormat} and {@code schema.Layout} as numbers of c10. */
  private static final Map<Long, Long> MEMORY_FORMATS = Map.of(1L, 0L, 2L, 2L, 3L, 3L, 4L, 1L);

  private static final Map<Long, Long> LAYOUTS =
      Map.of(1L, 1L, 2L, 2L, 3L, 3L, 4L, 4L, 5L, 5L, 6L, 6L, 7L, 0L);

  private final Path file;

  GraphReader(Path file) {
    this.file = file;
  }

  Graph graph(JsonNode graph) {
    if (!graph.isObject()) {
      throw broken("The program has no graph.");
    }
    List<Node> nodes = new ArrayList<>();
    graph.path("nodes").forEach(node -> nodes.add(node(node)));
    Map<String, TensorMeta> tensors = new HashMap<>();
    graph
        .path("tensor_values")
        .properties()
        .forEach(entry -> tensors.put(entry.getKey(), meta(entry.getValue())));
    return new Graph(
        arguments(graph.path("inputs")), arguments(graph.path("outputs")), nodes, tensors);
  }

  private Node node(JsonNode node) {
    String target = node.path("target").asText();
    if (target.isEmpty()) {
      throw broken("The program has a node without a target.");
    }
    List<Input> inputs = new ArrayList<>();
    for (JsonNode input : node.path("inputs")) {
      inputs.add(
          new Input(
              input.path("name").asText(),
              argument(input.path("arg")),
              input.path("kind").asInt(1) == KEYWORD));
    }
    JsonNode metadata = node.path("metadata");
    return new Node(
        target,
        inputs,
        arguments(node.path("outputs")),
        StackTrace.place(metadata.path("stack_trace").asText()),
        modules(metadata.path("nn_module_stack").asText()));
  }

  /** {@code key,path,Class;key,path,Class}; the key tells calls of one module apart. */
  private static List<ModuleCall> modules(String stack) {
    List<ModuleCall> modules = new ArrayList<>();
    for (String entry : stack.split(";", -1)) {
      String[] parts = entry.split(",", 3);
      if (parts.length == 3) {
        modules.add(new ModuleCall(parts[1], parts[2]));
      }
    }
    return modules;
  }

  private TensorMeta meta(JsonNode meta) {
    List<Size> sizes = new ArrayList<>();
    for (JsonNode size : meta.path("sizes")) {
      JsonNode expression = size.path("as_expr");
      sizes.add(
          expression.isObject()
              ? new Size(
                  number(expression.path("hint").path("as_int")),
                  expression.path("expr_str").asText("?"))
              : new Size(number(size.path("as_int")), ""));
    }
    return new TensorMeta(ExportedType.ofCode(meta.path("dtype").asLong()), sizes);
  }

  private static Optional<Long> number(JsonNode node) {
    return node.canConvertToLong() && node.isIntegralNumber()
        ? Optional.of(node.asLong())
        : Optional.empty();
  }

  // --- arguments

  private List<Argument> arguments(JsonNode list) {
    List<Argument> arguments = new ArrayList<>();
    list.forEach(argument -> arguments.add(argument(argument)));
    return arguments;
  }

  Argument argument(JsonNode node) {
    Map.Entry<String, JsonNode> branch = ProgramReader.union(file, node);
    JsonNode value = branch.getValue();
    return switch (branch.getKey()) {
      case "as_none" -> new Argument.None();
      case "as_tensor" -> new Argument.Named(value.path("name").asText(), Kind.TENSOR);
      case "as_tensors" -> list("Tensor", value, this::tensor);
      case "as_nested_tensors" ->
          list("List[Tensor]", value, inner -> list("Tensor", inner, this::tensor));
      case "as_optional_tensor" -> optional(value);
      case "as_optional_tensors" -> list("Optional[Tensor]", value, this::optional);
      case "as_int" -> integer(value);
      case "as_ints" -> list("int", value, this::integer);
      case "as_int_lists" -> list("List[int]", value, inner -> list("int", inner, this::integer));
      case "as_float" -> real(value);
      case "as_floats" -> list("float", value, this::real);
      case "as_float_lists" -> list("List[float]", value, in -> list("float", in, this::real));
      case "as_string" -> new Argument.Text(value.asText());
      case "as_strings" -> list("str", value, text -> new Argument.Text(text.asText()));
      case "as_bool" -> new Argument.Bool(value.asBoolean());
      case "as_bools" -> list("bool", value, flag -> new Argument.Bool(flag.asBoolean()));
      case "as_sym_int" -> symbolic(value, Kind.INT);
      case "as_sym_ints" -> list("int", value, inner -> symbolic(inner, Kind.INT));
      case "as_sym_float" -> symbolic(value, Kind.FLOAT);
      case "as_sym_floats" -> list("float", value, inner -> symbolic(inner, Kind.FLOAT));
      case "as_sym_bool" -> symbolic(value, Kind.BOOL);
      case "as_sym_bools" -> list("bool", value, inner -> symbolic(inner, Kind.BOOL));
      case "as_scalar_type" ->
          new Argument.Int(
              ExportedType.ofCode(value.asLong())
                  .orElseThrow(() -> broken("The type " + value.asText() + " is unknown."))
                  .torchCode());
      case "as_memory_format" -> code(MEMORY_FORMATS, value, "memory format");
      case "as_layout" -> code(LAYOUTS, value, "layout");
      case "as_device" -> new Argument.Device();
      case "as_complex" -> new Argument.Complex(number(value, "real"), number(value, "imag"));
      case "as_graph" -> new Argument.Block(graph(value.path("graph")));
      default -> new Argument.Foreign(branch.getKey().replaceFirst("^as_", ""));
    };
  }

  private static Argument list(
      String type, JsonNode list, Function<JsonNode, ? extends Argument> element) {
    List<Argument> elements = new ArrayList<>();
    list.forEach(item -> elements.add(element.apply(item)));
    return new Argument.Sequence(type, elements);
  }

  private Argument tensor(JsonNode tensor) {
    return new Argument.Named(tensor.path("name").asText(), Kind.TENSOR);
  }

  private Argument optional(JsonNode tensor) {
    return tensor.has("as_none") ? new Argument.None() : argument(tensor);
  }

  /** A name of the graph, or a number that was one when the model was exported. */
  private Argument symbolic(JsonNode value, Kind kind) {
    Map.Entry<String, JsonNode> branch = ProgramReader.union(file, value);
    return branch.getKey().equals("as_name")
        ? new Argument.Named(branch.getValue().asText(), kind)
        : argument(value);
  }

  private Argument integer(JsonNode number) {
    return new Argument.Int(
        number(number).orElseThrow(() -> broken("The program has an integer of over 64 bits.")));
  }

  private Argument real(JsonNode number) {
    return new Argument.Real(realOf(number));
  }

  private double number(JsonNode object, String field) {
    return realOf(object.path(field));
  }

  /** Infinities and NaN are strings. */
  private double realOf(JsonNode number) {
    if (number.isNumber()) {
      return number.asDouble();
    }
    return switch (number.asText()) {
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      case "NaN" -> Double.NaN;
      default -> throw broken("The program has `" + number.asText() + "` as a number.");
    };
  }

  private Argument code(Map<Long, Long> codes, JsonNode value, String what) {
    Long code = codes.get(value.asLong());
    if (code == null) {
      throw broken("The " + what + " " + value.asText() + " is unknown.");
    }
    return new Argument.Int(code);
  }

  private FerryException broken(String what) {
    return ProgramReader.broken(file, what);
  }
}
