package org.tensorferry.exported;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorferry.value.Structure;
import org.tensorferry.value.Value;

/**
 * What a program returns, made of the flat results of its graph: dicts, lists, named tuples. A
 * registered class with a list of keys, as the outputs of transformers are, becomes a dict; any
 * other becomes a tuple.
 */
final class ResultTree {

  private static final String NAMED_TUPLE = "collections.namedtuple";
  private static final Set<String> LISTS = Set.of("builtins.list", "collections.deque");

  private final TreeSpec tree;
  private final Map<String, List<String>> namedTuples;

  ResultTree(TreeSpec tree, Map<String, List<String>> namedTuples) {
    this.tree = tree;
    this.namedTuples = namedTuples;
  }

  /** The result as the interpreter has it. */
  Value value(Value flat) {
    List<Value> leaves =
        tree.leaves() == 1 ? List.of(flat) : flat instanceof Value.TupleOf t ? t.elements() : null;
    return leaves == null || leaves.size() != tree.leaves() ? flat : value(tree, leaves.iterator());
  }

  private Value value(TreeSpec spec, Iterator<Value> leaves) {
    if (spec.isLeaf()) {
      return leaves.next();
    }
    List<Value> elements = new ArrayList<>();
    spec.children().forEach(child -> elements.add(value(child, leaves)));
    List<String> fields = fields(spec);
    if (!fields.isEmpty()) {
      return new Value.TupleOf(elements, fields, spec.context());
    }
    if (!spec.keys().isEmpty()) {
      LinkedHashMap<Value, Value> dict = new LinkedHashMap<>();
      for (int i = 0; i < elements.size(); i++) {
        dict.put(Value.of(spec.keys().get(i)), elements.get(i));
      }
      return new Value.DictOf(dict);
    }
    return LISTS.contains(spec.type()) ? Value.list(elements) : Value.tuple(elements);
  }

  /** The result as libtorch has it. */
  <T> Structure<T> structure(Structure<T> flat) {
    List<Structure<T>> leaves =
        tree.leaves() == 1
            ? List.of(flat)
            : flat instanceof Structure.Sequence<T> sequence ? sequence.elements() : List.of();
    return leaves.size() == tree.leaves() ? structure(tree, leaves.iterator()) : flat;
  }

  private <T> Structure<T> structure(TreeSpec spec, Iterator<Structure<T>> leaves) {
    if (spec.isLeaf()) {
      return leaves.next();
    }
    List<Structure<T>> elements = new ArrayList<>();
    spec.children().forEach(child -> elements.add(structure(child, leaves)));
    List<String> fields = fields(spec);
    List<String> names = fields.isEmpty() ? spec.keys() : fields;
    if (names.isEmpty()) {
      return new Structure.Sequence<>(elements, !LISTS.contains(spec.type()));
    }
    Map<String, Structure<T>> named = new LinkedHashMap<>();
    for (int i = 0; i < elements.size(); i++) {
      named.put(names.get(i), elements.get(i));
    }
    return new Structure.Fields<>(named, fields.isEmpty() ? "" : spec.context());
  }

  /** The fields of a named tuple; none for another container. */
  private List<String> fields(TreeSpec spec) {
    List<String> fields =
        spec.type().equals(NAMED_TUPLE)
            ? namedTuples.getOrDefault(spec.context(), List.of())
            : List.of();
    return fields.size() == spec.children().size() ? fields : List.of();
  }
}
