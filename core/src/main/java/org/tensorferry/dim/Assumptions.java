package org.tensorferry.dim;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
   * @param relation the same of sizes, where that says it all: it can be checked
   */
  public record Assumption(String text, String place, Optional<Relation> relation) {

    /** One that can't be checked by sizes. */
    public Assumption(String text, String place) {
      this(text, place, Optional.empty());
    }

    /** Whether it holds at these sizes of dims; so does what sizes can't tell. */
    public boolean holds(Map<String, Long> sizes) {
      return relation.map(known -> known.holds(sizes)).orElse(true);
    }

    @Override
    public String toString() {
      return place.isEmpty() ? text : text + " at " + place;
    }
  }

  private final Set<Assumption> all = new LinkedHashSet<>();

  public void add(String text, String place) {
    all.add(new Assumption(text, place));
  }

  /** As {@link #add(String, String)}, of something that can be checked at run time. */
  public void add(Relation relation, String text, String place) {
    all.add(new Assumption(text, place, Optional.of(relation)));
  }

  /** What can be checked at run time, each relation once. */
  public List<Assumption> checks() {
    Set<Optional<Relation>> seen = new HashSet<>();
    return all.stream()
        .filter(each -> each.relation().isPresent() && seen.add(each.relation()))
        .toList();
  }

  /** In order of first appearance, without repetitions. */
  public List<Assumption> all() {
    return List.copyOf(all);
  }
}
