package org.tensorferry.dim;

import java.util.ArrayList;
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

  /**
   * An assumption about sizes that the converted model can check when it is called.
   *
   * @param relation what must hold
   */
  public record Check(Assumption assumption, Relation relation) {}

  private final Set<Assumption> all = new LinkedHashSet<>();
  private final List<Check> checks = new ArrayList<>();

  public void add(String text, String place) {
    all.add(new Assumption(text, place));
  }

  /** As {@link #add(String, String)}, of something that can be checked at run time. */
  public void add(Relation relation, String text, String place) {
    if (checks.stream().noneMatch(check -> check.relation().equals(relation))) {
      checks.add(new Check(new Assumption(text, place), relation));
    }
    add(text, place);
  }

  /** What can be checked at run time, each relation once. */
  public List<Check> checks() {
    return List.copyOf(checks);
  }

  /** In order of first appearance, without repetitions. */
  public List<Assumption> all() {
    return List.copyOf(all);
  }
}
