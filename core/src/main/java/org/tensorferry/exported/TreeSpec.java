package org.tensorferry.exported;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorferry.archive.PyTuple;
import org.tensorferry.file.JsonRecord;

/**
 * The structure of arguments or results: torch/utils/_pytree.py, protocol 1.
 *
 * @param type registered name of the container; empty for a leaf
 * @param keys names of the children of a dict, or of what is registered with a list of names
 */
record TreeSpec(String type, String context, List<String> keys, List<TreeSpec> children) {

  static final TreeSpec LEAF = new TreeSpec("", "", List.of(), List.of());

  TreeSpec {
    keys = List.copyOf(keys);
    children = List.copyOf(children);
  }

  boolean isLeaf() {
    return type.isEmpty();
  }

  /** How many values it takes. */
  int leaves() {
    return isLeaf() ? 1 : children.stream().mapToInt(TreeSpec::leaves).sum();
  }

  /** The leaves of a pickled value of this structure, in order; none where it is another. */
  List<Object> leaves(Object value) {
    List<Object> leaves = new ArrayList<>();
    return collect(value, leaves) ? leaves : List.of();
  }

  private boolean collect(Object value, List<Object> leaves) {
    if (isLeaf()) {
      leaves.add(value);
      return true;
    }
    if (value instanceof Map<?, ?> dict && keys.size() == children.size()) {
      for (int i = 0; i < keys.size(); i++) {
        Object element = dict.get(keys.get(i));
        if (element == null || !children.get(i).collect(element, leaves)) {
          return false;
        }
      }
      return true;
    }
    List<?> items = value instanceof PyTuple t ? t.items() : value instanceof List<?> l ? l : null;
    if (items == null || items.size() != children.size()) {
      return false;
    }
    for (int i = 0; i < items.size(); i++) {
      if (!children.get(i).collect(items.get(i), leaves)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Reads one.
   *
   * @throws IOException where the text is none
   */
  static TreeSpec parse(String text) throws IOException {
    JsonNode root = JsonRecord.parse(text);
    if (!root.isArray() || root.size() != 2) {
      throw new IOException("a tree of arguments has no protocol");
    }
    return of(root.get(1));
  }

  private static TreeSpec of(JsonNode node) throws IOException {
    if (node.path("type").isNull()) {
      return LEAF;
    }
    String type = node.path("type").asText();
    JsonNode context = node.path("context");
    List<TreeSpec> children = new ArrayList<>();
    for (JsonNode child : node.path("children_spec")) {
      children.add(of(child));
    }
    if (type.isEmpty()) {
      throw new IOException("a tree of arguments has a container without a type");
    }
    return new TreeSpec(type, context.asText(), keys(context, children.size()), children);
  }

  /** The context of a dict, and of many a dataclass, is a list of its keys as JSON. */
  private static List<String> keys(JsonNode context, int count) {
    List<String> keys = new ArrayList<>();
    try {
      JsonNode list = context.isTextual() ? JsonRecord.parse(context.asText()) : context;
      if (list.isArray() && list.size() == count) {
        list.forEach(key -> keys.add(key.asText()));
      }
    } catch (IOException notJson) {
      return List.of();
    }
    return keys;
  }
}
