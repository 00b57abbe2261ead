package org.tensorferry.rule;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.ArrayList;
import java.util.List;
import org.tensorferry.tf.TfValue;

/** What a Keras layer or operation is called with, and what it gives. */
public sealed interface KerasValue {

  /** A tensor of the graph. */
  record One(TfValue tensor) implements KerasValue {}

  /** A list, or several results. */
  record Several(List<KerasValue> elements) implements KerasValue {
    public Several {
      elements = List.copyOf(elements);
    }
  }

  /** A number, a text, null, or a slice as Keras writes it. */
  record Plain(JsonNode json) implements KerasValue {}

  /** None in Python. */
  static KerasValue none() {
    return new Plain(NullNode.getInstance());
  }

  static KerasValue of(TfValue tensor) {
    return new One(tensor);
  }

  static KerasValue of(List<TfValue> tensors) {
    return new Several(tensors.stream().map(KerasValue::of).toList());
  }

  /** True for None. */
  default boolean isNone() {
    return this instanceof Plain plain && (plain.json().isNull() || plain.json().isMissingNode());
  }

  /** All tensors in it, in order. */
  default List<TfValue> tensors() {
    List<TfValue> tensors = new ArrayList<>();
    if (this instanceof One one) {
      tensors.add(one.tensor());
    } else if (this instanceof Several several) {
      several.elements().forEach(element -> tensors.addAll(element.tensors()));
    }
    return tensors;
  }
}
