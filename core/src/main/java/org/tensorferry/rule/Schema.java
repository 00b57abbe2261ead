package org.tensorferry.rule;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/**
 * The signature of an operator as PyTorch's native_functions.yaml writes it: {@code
 * add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor}. It gives argument names,
 * types and defaults, and decides overloads.
 *
 * @param namespace {@code aten} where the text names none
 * @param name without namespace and overload
 * @param overload may be empty
 * @param params in order
 * @param returns types of the results
 * @param text as written
 */
public record Schema(
    String namespace,
    String name,
    String overload,
    List<Param> params,
    List<String> returns,
    String text) {

  /**
   * A parameter.
   *
   * @param type without list and optional marks: {@code Tensor}, {@code int}, {@code Scalar}, ...
   * @param isList true for {@code int[]}
   * @param listSize for {@code int[2]}, which one integer may stand for; else 0
   * @param isOptional may be None
   * @param optionalElements {@code Tensor?[]}: elements may be None
   */
  public record Param(
      String name,
      String type,
      boolean isList,
      int listSize,
      boolean isOptional,
      boolean optionalElements,
      @Nullable Value defaultValue,
      boolean keywordOnly) {}

  /** {@code aten::add}. */
  public String qualifiedName() {
    return namespace + "::" + name;
  }

  /** The qualified name alone, without reading the rest. */
  static String qualifiedNameOf(String text) {
    int end = text.indexOf('(');
    int dot = text.indexOf('.');
    String name = text.substring(0, dot >= 0 && dot < end ? dot : end);
    return name.contains("::") ? name : "aten::" + name;
  }

  /**
   * Reads a schema.
   *
   * @throws IllegalArgumentException where the text is malformed
   */
  public static Schema parse(String text) {
    int open = text.indexOf('(');
    int close = text.lastIndexOf(") -> ");
    if (open < 0 || close < open) {
      throw new IllegalArgumentException(
          "not a schema: `" + text + "`; write it as `relu(Tensor self) -> Tensor`");
    }
    String qualified = qualifiedNameOf(text);
    int colons = qualified.indexOf("::");
    String head = text.substring(0, open);
    int dot = head.indexOf('.');
    List<Param> params = new ArrayList<>();
    boolean keywordOnly = false;
    for (String part : splitTopLevel(text.substring(open + 1, close))) {
      if (part.equals("*")) {
        keywordOnly = true;
      } else {
        params.add(param(part, keywordOnly, text));
      }
    }
    String results = text.substring(close + 5).trim();
    boolean several = results.startsWith("(");
    return new Schema(
        qualified.substring(0, colons),
        qualified.substring(colons + 2),
        dot < 0 ? "" : head.substring(dot + 1),
        List.copyOf(params),
        several
            ? splitTopLevel(results.substring(1, results.length() - 1)).stream()
                .map(result -> result.split(" ")[0])
                .toList()
            : List.of(results.split(" ")[0]),
        text);
  }

  private static Param param(String text, boolean keywordOnly, String schema) {
    int equal = text.indexOf('=');
    String declaration = equal < 0 ? text : text.substring(0, equal);
    int space = declaration.lastIndexOf(' ');
    if (space < 0) {
      throw new IllegalArgumentException(
          "`" + text + "` in `" + schema + "` lacks a type or a name");
    }
    String name = declaration.substring(space + 1);
    String type = declaration.substring(0, space).trim();
    boolean optional = type.endsWith("?");
    if (optional) {
      type = type.substring(0, type.length() - 1);
    }
    boolean list = type.endsWith("]");
    int size = 0;
    if (list) {
      int bracket = type.indexOf('[');
      String count = type.substring(bracket + 1, type.length() - 1);
      size = count.isEmpty() ? 0 : Integer.parseInt(count);
      type = type.substring(0, bracket);
    }
    boolean optionalElements = type.endsWith("?");
    if (optionalElements) {
      type = type.substring(0, type.length() - 1);
    }
    if (type.equals("SymInt")) {
      type = "int";
    }
    @Nullable Value value = equal < 0 ? null : literal(text.substring(equal + 1));
    return new Param(name, type, list, size, optional, optionalElements, value, keywordOnly);
  }

  private static Value literal(String text) {
    if (text.startsWith("[")) {
      String inner = text.substring(1, text.length() - 1).trim();
      return Value.list(
          inner.isEmpty()
              ? List.of()
              : Arrays.stream(inner.split(",")).map(item -> literal(item.trim())).toList());
    }
    return switch (text) {
      case "None" -> Value.none();
      case "True" -> Value.of(true);
      case "False" -> Value.of(false);
      case "Mean" -> Value.of(1);
      case "contiguous_format" -> Value.of(0);
      case "long" -> Value.of(4);
      case "float" -> Value.of(6);
      default -> number(text);
    };
  }

  private static Value number(String text) {
    if (text.startsWith("'") || text.startsWith("\"")) {
      return Value.of(text.substring(1, text.length() - 1));
    }
    boolean floating = text.contains(".") || text.contains("e") || text.contains("inf");
    if (!floating) {
      return Value.of(Long.parseLong(text));
    }
    return Value.of(
        text.equals("inf")
            ? Double.POSITIVE_INFINITY
            : text.equals("-inf") ? Double.NEGATIVE_INFINITY : Double.parseDouble(text));
  }

  private static List<String> splitTopLevel(String text) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '[' || c == '(') {
        depth++;
      } else if (c == ']' || c == ')') {
        depth--;
      } else if (c == ',' && depth == 0) {
        parts.add(text.substring(start, i).trim());
        start = i + 1;
      }
    }
    if (!text.substring(start).isBlank()) {
      parts.add(text.substring(start).trim());
    }
    return parts;
  }

  /**
   * The arguments by name with defaults filled in, or empty where they do not fit this overload.
   */
  public Optional<Map<String, Value>> bind(List<Value> args, Map<String, Value> kwargs) {
    Map<String, Value> bound = new LinkedHashMap<>();
    int positional = 0;
    for (Param param : params) {
      @Nullable Value value = kwargs.get(param.name());
      if (value == null && !param.keywordOnly() && positional < args.size()) {
        value = args.get(positional++);
      }
      if (value == null) {
        value = param.defaultValue();
      }
      if (value == null || !accepts(param, value)) {
        return Optional.empty();
      }
      bound.put(param.name(), asNumber(param, value));
    }
    boolean allUsed =
        positional == args.size()
            && kwargs.keySet().stream().allMatch(name -> bound.containsKey(name));
    return allUsed ? Optional.of(bound) : Optional.empty();
  }

  /** TorchScript hands a bool to an operator that takes any number as an integer. */
  private static Value asNumber(Param param, Value value) {
    return param.type().equals("Scalar") && value instanceof Value.Bool bool
        ? Value.of(bool.value() ? 1L : 0L)
        : value;
  }

  private static boolean accepts(Param param, Value value) {
    if (value instanceof Value.None) {
      return param.isOptional() || param.type().equals("Generator");
    }
    if (!param.isList()) {
      return acceptsOne(param.type(), value);
    }
    if (param.listSize() > 0 && acceptsOne(param.type(), value)) {
      return true;
    }
    List<Value> elements =
        value instanceof Value.ListOf list
            ? list.elements()
            : value instanceof Value.TupleOf tuple ? tuple.elements() : List.of(value);
    boolean sequence = value instanceof Value.ListOf || value instanceof Value.TupleOf;
    return sequence
        && elements.stream()
            .allMatch(
                element ->
                    (param.optionalElements() && element instanceof Value.None)
                        || acceptsOne(param.type(), element));
  }

  private static boolean acceptsOne(String type, Value value) {
    if (value instanceof Value.Unknown) {
      return true;
    }
    return switch (type) {
      case "Tensor" -> value instanceof Tensor;
      case "int", "ScalarType", "Layout", "MemoryFormat" -> value instanceof Value.Int;
      case "float" ->
          value instanceof Value.Floating
              || value instanceof Value.Int
              || isRuntime(value, Value.RuntimeNumber.Kind.FLOAT);
      case "bool" -> value instanceof Value.Bool || isRuntime(value, Value.RuntimeNumber.Kind.BOOL);
      case "str" -> value instanceof Value.Str;
      case "Scalar" ->
          value instanceof Value.Int
              || value instanceof Value.Floating
              || value instanceof Value.Bool
              || value instanceof Value.Complex
              || value instanceof Value.RuntimeNumber;
      case "Device" -> value instanceof Value.Device || value instanceof Value.Str;
      case "Any" -> true;
      default -> false;
    };
  }

  private static boolean isRuntime(Value value, Value.RuntimeNumber.Kind kind) {
    return value instanceof Value.RuntimeNumber number && number.kind() == kind;
  }

  /** What a call passed, for messages: {@code (Tensor float32[2,3], int, dim=int)}. */
  static String describe(List<Value> args, Map<String, Value> kwargs) {
    String positional = args.stream().map(Schema::describe).collect(Collectors.joining(", "));
    String named =
        kwargs.entrySet().stream()
            .map(e -> e.getKey() + "=" + describe(e.getValue()))
            .collect(Collectors.joining(", "));
    return "(" + positional + (positional.isEmpty() || named.isEmpty() ? "" : ", ") + named + ")";
  }

  private static String describe(Value value) {
    if (value instanceof Value.ListOf list) {
      return list.elements().isEmpty() ? "[]" : "List of " + describe(list.elements().get(0));
    }
    return value instanceof Tensor ? value.toString() : value.typeName();
  }
}
