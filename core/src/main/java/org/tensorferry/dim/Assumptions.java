package org.tensorferry.dim;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a conversion took for granted: branches decided by the example value of a dynamic dim, sizes
 * that must be equal. Printed and reported, so that nothing is frozen in silence.
 */
public final class Assumptions {

  /**
   * One assumption.
   *
   * @param text what is assumed, for example {@code time >= 16 (example: 20)}
   * @param place source line or module path
   */
  public record Assumption(String text, String place) {
    @Override
    public String toString() {
      return place.isEmpty() ? text : text + " at " + place;
    }
  }

  private final Set<Assumption> all = new LinkedHashSet<>();

  public void add(String text, String place) {
    all.add(new Assumption(text, place));
  }

  /** In order of first appearance, without repetitions. */
  public List<Assumption> all() {
    return List.copyOf(all);
  }
}
