package org.tensorferry.network;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.tensorferry.rule.KerasValue;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.Literal;
import org.tensorferry.tf.TfGraph;

/**
 * The arguments of one call, as either Keras writes them: Keras 3 with args and kwargs in which
 * tensors stand as objects, Keras 2 as lists of {@code [layer, node, tensor, kwargs]}.
 */
final class KerasArguments {

  /** A result of another call. */
  record Reference(String layer, int node, int tensor) {}

  private static final String TENSOR = "__keras_tensor__";

  private KerasArguments() {}

  /** Arguments by position and by name, whatever stands for a tensor. */
  record Bound(List<KerasValue> args, Map<String, KerasValue> kwargs) {}

  /** The results that a call needs. */
  static List<Reference> references(JsonNode node) {
    List<Reference> found = new ArrayList<>();
    collect(node, found);
    return found;
  }

  private static void collect(JsonNode value, List<Reference> found) {
    if (isReference(value)) {
      found.add(reference(value));
    } else if (value.path("class_name").asText("").equals(TENSOR)) {
      found.add(reference(value.path("config").path("keras_history")));
    } else {
      value.forEach(element -> collect(element, found));
    }
  }

  /** {@code [layer, node, tensor]} of Keras 2, with its keyword arguments behind. */
  private static boolean isReference(JsonNode value) {
    return value.isArray()
        && (value.size() == 3 || (value.size() == 4 && value.get(3).isObject()))
        && value.get(0).isTextual()
        && value.get(1).isInt()
        && value.get(2).isInt();
  }

  static Reference reference(JsonNode triple) {
    return new Reference(triple.path(0).asText(), triple.path(1).asInt(), triple.path(2).asInt());
  }

  /** The arguments with the tensors put in. */
  static Bound bind(JsonNode node, TfGraph tf, Function<Reference, KerasValue> tensors) {
    return node.isObject() ? bindKeras3(node, tf, tensors) : bindKeras2(node, tf, tensors);
  }

  private static Bound bindKeras3(
      JsonNode node, TfGraph tf, Function<Reference, KerasValue> tensors) {
    List<KerasValue> args = new ArrayList<>();
    node.path("args").forEach(arg -> args.add(value(arg, tf, tensors)));
    Map<String, KerasValue> kwargs = new LinkedHashMap<>();
    node.path("kwargs")
        .properties()
        .forEach(entry -> kwargs.put(entry.getKey(), value(entry.getValue(), tf, tensors)));
    return new Bound(args, kwargs);
  }

  /** A call of several tensors has them in a list, and repeats its keyword arguments in each. */
  private static Bound bindKeras2(
      JsonNode node, TfGraph tf, Function<Reference, KerasValue> tensors) {
    boolean isUnnested = node.size() > 0 && node.get(0).isTextual();
    List<JsonNode> references = new ArrayList<>();
    if (isUnnested) {
      references.add(node);
    } else {
      node.forEach(references::add);
    }
    List<KerasValue> given = new ArrayList<>();
    Map<String, KerasValue> kwargs = new LinkedHashMap<>();
    for (JsonNode one : references) {
      given.add(tensors.apply(reference(one)));
      one.path(3)
          .properties()
          .forEach(entry -> kwargs.put(entry.getKey(), value(entry.getValue(), tf, tensors)));
    }
    KerasValue first = given.size() == 1 ? given.get(0) : new KerasValue.Several(given);
    return new Bound(List.of(first), kwargs);
  }

  private static KerasValue value(
      JsonNode json, TfGraph tf, Function<Reference, KerasValue> tensors) {
    String tag = json.path("class_name").asText("");
    if (tag.equals(TENSOR)) {
      return tensors.apply(reference(json.path("config").path("keras_history")));
    }
    if (tag.equals("__numpy__") || tag.equals("__tensor__")) {
      return KerasValue.of(tf.constant(literal(json.path("config"))));
    }
    boolean isKeras2Tensor = json.isArray() && json.size() == 3 && isReference(json);
    if (isKeras2Tensor) {
      return tensors.apply(reference(json));
    }
    if (json.isArray() && !references(json).isEmpty()) {
      List<KerasValue> elements = new ArrayList<>();
      json.forEach(element -> elements.add(value(element, tf, tensors)));
      return new KerasValue.Several(elements);
    }
    return new KerasValue.Plain(json);
  }

  private static Literal literal(JsonNode config) {
    List<Double> values = new ArrayList<>();
    List<Long> shape = new ArrayList<>();
    for (JsonNode level = config.path("value"); level.isArray(); level = level.path(0)) {
      shape.add((long) level.size());
    }
    flatten(config.path("value"), values);
    DType dtype = DType.named(config.path("dtype").asText("float32")).orElse(DType.FLOAT32);
    return Literal.of(
        dtype,
        shape.stream().mapToLong(Long::longValue).toArray(),
        values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private static void flatten(JsonNode value, List<Double> values) {
    if (value.isArray()) {
      value.forEach(element -> flatten(element, values));
    } else {
      values.add(value.isBoolean() ? (value.asBoolean() ? 1.0 : 0.0) : value.asDouble());
    }
  }
}
