package org.tensorferry.port;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Shape;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.tensor.DType;

/**
 * The smallest group of torch tensors that fills one layer: a Linear's weight and bias, one
 * direction of one layer of a GRU, the query projection of a packed attention.
 *
 * @param path of the module, {@code .l0} or {@code .l0_reverse} behind that of a recurrent layer
 * @param attributes by torch's name without the layer's number: {@code weight}, {@code bias_ih}; a
 *     tensor of a module's own is {@link #VALUE}
 * @param tokens what the path says
 */
record TorchUnit(String path, Map<String, Part> attributes, NameTokens tokens) {

  /** The attribute of a unit that is one tensor of a name of its own. */
  static final String VALUE = "value";

  TorchUnit {
    attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
  }

  /**
   * One attribute: a tensor, a part of one, or one made of two.
   *
   * @param names of the tensors
   * @param recipe what happens to them before the row's recipe
   * @param shape after the recipe
   */
  record Part(List<String> names, Recipe recipe, List<Long> shape, DType dtype) {
    Part {
      names = List.copyOf(names);
      shape = List.copyOf(shape);
    }
  }

  /** Names of all its tensors. */
  List<String> names() {
    return attributes.values().stream().flatMap(part -> part.names().stream()).distinct().toList();
  }

  /** As messages name it: {@code `fc1` (weight [10,20], bias [10])}. */
  String description() {
    StringBuilder text = new StringBuilder("`" + path + "` (");
    attributes.forEach(
        (name, part) ->
            text.append(text.charAt(text.length() - 1) == '(' ? "" : ", ")
                .append(name)
                .append(' ')
                .append(shape(part.shape())));
    return text.append(')').toString();
  }

  static Shape shape(List<Long> sizes) {
    return Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
  }

  /** Identity: two may look the same. */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
