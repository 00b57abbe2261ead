package org.tensorferry.rule;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorferry.tf.TfValue;

/**
 * Tensors whose rows have lengths of their own, as torch's encoders make of a padding mask. Here
 * they are padded: [N, T, E] with zeros after the end of a row.
 */
public final class NestedTensors {

  /**
   * Which places of a nested tensor exist.
   *
   * @param present bool [N, T], true where a row has an element: what attention may read
   * @param kept bool [N, T], true where values stay; elsewhere they are zero. Differs from {@code
   *     present} only where the tensor turns out not to be nested, which the data decides
   */
  public record Rows(TfValue present, TfValue kept) {}

  private final Map<TfValue, Rows> nested = new HashMap<>();
  private @Nullable TfValue alignment;

  void add(TfValue values, Rows rows) {
    nested.put(values, rows);
  }

  Optional<Rows> of(TfValue values) {
    return Optional.ofNullable(nested.get(values));
  }

  /**
   * Remembers what the code asked of a mask, bool []: only where that is true is the next tensor
   * nested.
   */
  void ask(TfValue isLeftAligned) {
    alignment = isLeftAligned;
  }

  /** What was asked of the mask of this tensor, once. */
  Optional<TfValue> asked() {
    Optional<TfValue> asked = Optional.ofNullable(alignment);
    alignment = null;
    return asked;
  }
}
