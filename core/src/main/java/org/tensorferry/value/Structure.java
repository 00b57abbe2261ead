package org.tensorferry.value;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The nested result of a model: a tensor, or tuples, lists, dicts and named tuples of results.
 *
 * @param <T> what stands for a tensor
 */
public sealed interface Structure<T> {

  /** One tensor. */
  record Leaf<T>(T value) implements Structure<T> {}

  /** A tuple or a list; elements by position. */
  record Sequence<T>(List<Structure<T>> elements, boolean isTuple) implements Structure<T> {}

  /**
   * A dict or a named tuple; elements by key, in the model's order.
   *
   * @param typeName the named tuple's class, empty for a dict
   */
  record Fields<T>(Map<String, Structure<T>> elements, String typeName) implements Structure<T> {
    public boolean isDict() {
      return typeName.isEmpty();
    }
  }

  /** No tensor: None, or a text, which a graph does not return. */
  record Empty<T>() implements Structure<T> {}

  /**
   * The structure alone, as {@code tuple(tensor, None, list(tensor))}; keys of dicts sorted, named
   * tuples by their class without its package.
   */
  default String describe() {
    if (this instanceof Sequence<T> sequence) {
      return sequence.elements().stream()
          .map(Structure::describe)
          .collect(Collectors.joining(", ", sequence.isTuple() ? "tuple(" : "list(", ")"));
    }
    if (this instanceof Fields<T> fields) {
      Map<String, Structure<T>> elements =
          fields.isDict() ? new TreeMap<>(fields.elements()) : fields.elements();
      String name = fields.typeName().substring(fields.typeName().lastIndexOf('.') + 1);
      return elements.entrySet().stream()
          .map(field -> field.getKey() + ": " + field.getValue().describe())
          .collect(Collectors.joining(", ", (fields.isDict() ? "dict" : name) + "(", ")"));
    }
    return this instanceof Leaf<T> ? "tensor" : "None";
  }

  /** The same structure over other leaves. */
  default <R> Structure<R> map(Function<? super T, ? extends R> function) {
    if (this instanceof Leaf<T> leaf) {
      return new Leaf<>(function.apply(leaf.value()));
    }
    if (this instanceof Sequence<T> sequence) {
      List<Structure<R>> elements =
          sequence.elements().stream().<Structure<R>>map(e -> e.map(function)).toList();
      return new Sequence<>(elements, sequence.isTuple());
    }
    if (this instanceof Fields<T> fields) {
      Map<String, Structure<R>> elements = new LinkedHashMap<>();
      fields.elements().forEach((key, element) -> elements.put(key, element.map(function)));
      return new Fields<>(elements, fields.typeName());
    }
    return new Empty<>();
  }

  /**
   * The leaves by name: {@code output} for a bare tensor, {@code output_1} for a tuple's second
   * element, a dict's or named tuple's keys as they are, nested names joined with {@code _}; made
   * legal for TensorFlow and unique. Signature outputs and reports use these names.
   */
  default Map<String, T> flatten() {
    Map<String, T> leaves = new LinkedHashMap<>();
    collect("", leaves);
    return leaves;
  }

  private void collect(String path, Map<String, T> leaves) {
    if (this instanceof Leaf<T> leaf) {
      leaves.put(unique(path.isEmpty() ? "output" : path, leaves), leaf.value());
    } else if (this instanceof Sequence<T> sequence) {
      String prefix = path.isEmpty() ? "output" : path;
      for (int i = 0; i < sequence.elements().size(); i++) {
        sequence.elements().get(i).collect(prefix + "_" + i, leaves);
      }
    } else if (this instanceof Fields<T> fields) {
      fields
          .elements()
          .forEach(
              (key, element) ->
                  element.collect(path.isEmpty() ? legal(key) : path + "_" + legal(key), leaves));
    }
  }

  private static String legal(String key) {
    String name = key.replaceAll("[^A-Za-z0-9_]", "_");
    return name.isEmpty() || !Character.isLetter(name.charAt(0)) ? "output_" + name : name;
  }

  private static String unique(String name, Map<String, ?> taken) {
    String candidate = name;
    for (int i = 1; taken.containsKey(candidate); i++) {
      candidate = name + "_" + i;
    }
    return candidate;
  }
}
