package org.tensorferry.archive;

/**
 * A list or dict whose TorchScript type the pickle states, because it can't be told from the
 * elements.
 *
 * @param value a {@link java.util.List} or {@link java.util.Map}
 * @param type as TorchScript writes it: {@code Dict[str, int]}, {@code List[Optional[int]]}
 */
public record TypedValue(Object value, String type) {

  @Override
  public String toString() {
    return type;
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
