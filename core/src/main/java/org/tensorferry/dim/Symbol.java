package org.tensorferry.dim;

import java.util.OptionalLong;

/**
 * A named integer that is known only when the converted model runs: a dynamic dim of an input such
 * as {@code batch}, or a value that the model computes. Identity is the name; names are unique
 * within one conversion.
 *
 * @param name as the user or the conversion named it
 * @param example the value that decides branches, or empty where the model computes it
 * @param min the least value it can have: 1 for a dim of an input
 * @param isExampleGiven whether the user chose the example, so that the model may be frozen to it
 */
public record Symbol(String name, OptionalLong example, long min, boolean isExampleGiven)
    implements Comparable<Symbol> {

  /** A dynamic dim of an input, at least 1. */
  public static Symbol input(String name, long example) {
    return new Symbol(name, OptionalLong.of(example), 1, false);
  }

  /** The same symbol with an example that the user chose. */
  public Symbol withGivenExample() {
    return new Symbol(name, example, min, true);
  }

  /** A value that the model computes from its data. */
  public static Symbol computed(String name, long min) {
    return new Symbol(name, OptionalLong.empty(), min, false);
  }

  @Override
  public int compareTo(Symbol other) {
    return name.compareTo(other.name);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Symbol symbol && symbol.name.equals(name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return name;
  }
}
