package org.tensorferry.savedmodel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tensorferry.value.Structure;

/**
 * The tensors of a result in the order in which TensorFlow flattens it: positions and the fields of
 * named tuples as they stand, dicts by sorted key.
 *
 * @param <T> what stands for a tensor
 */
final class ResultOrder<T> {

  /** Python sorts texts by code point, which is the order of their UTF-8 bytes. */
  static final Comparator<String> PYTHON =
      Comparator.comparing(AttrValues::utf8, Arrays::compareUnsigned);

  private final List<T> values = new ArrayList<>();

  private ResultOrder() {}

  static <T> List<T> flatten(Structure<T> result) {
    ResultOrder<T> order = new ResultOrder<>();
    order.visit(result);
    return order.values;
  }

  private void visit(Structure<T> part) {
    if (part instanceof Structure.Leaf<T> leaf) {
      values.add(leaf.value());
    } else if (part instanceof Structure.Sequence<T> sequence) {
      sequence.elements().forEach(this::visit);
    } else if (part instanceof Structure.Fields<T> fields) {
      Map<String, Structure<T>> elements = fields.elements();
      if (fields.isDict()) {
        elements = new TreeMap<>(PYTHON);
        elements.putAll(fields.elements());
      }
      elements.values().forEach(this::visit);
    }
  }
}
