package org.tensorferry.port;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Finds the one unit for each slot: what the map file says, data flow, names, shapes that fit once,
 * and numbers in names along the data flow, in this order. Where these leave more than one choice,
 * or contradict each other, nothing is chosen.
 */
final class Matching {

  private final List<TargetSlot> slots;
  private final List<TorchUnit> units;
  private final Fit fit;
  private final boolean hasOrder;
  private final FlowEvidence flow;
  private final NameMatching names;
  private final Scopes scopes;
  private final Set<TargetSlot> narrowed = new LinkedHashSet<>();
  private final Map<TargetSlot, Pair> pairs = new LinkedHashMap<>();
  private final Map<TargetSlot, Set<TorchUnit>> candidates = new LinkedHashMap<>();
  private final Map<TorchUnit, Set<TargetSlot>> takers = new LinkedHashMap<>();

  /**
   * A matching to be found.
   *
   * @param hasOrder true where the order of the units is that in which the model made them
   * @param flow of the two models, as far as it is known
   */
  Matching(
      List<TargetSlot> slots, List<TorchUnit> units, Fit fit, boolean hasOrder, FlowEvidence flow) {
    this.slots = slots;
    this.units = units;
    this.fit = fit;
    this.hasOrder = hasOrder;
    this.flow = flow;
    this.scopes = new Scopes(slots, units);
    this.names = new NameMatching(fit, flow, hasOrder ? places(units) : Map.of());
  }

  private static <T> Map<T, Integer> places(List<T> items) {
    Map<T, Integer> places = new HashMap<>();
    items.forEach(item -> places.put(item, places.size()));
    return places;
  }

  /** Takes what is stated, then finds the rest. */
  void find(List<Pair> stated) {
    for (TargetSlot slot : slots) {
      for (TorchUnit unit : units) {
        if (fit.fits(slot, unit)) {
          candidates.computeIfAbsent(slot, s -> new LinkedHashSet<>()).add(unit);
          takers.computeIfAbsent(unit, u -> new LinkedHashSet<>()).add(slot);
        }
      }
    }
    stated.forEach(this::take);
    for (Pair pair : flow.pairs(slots, units, fit)) {
      if (candidates(pair.slot()).contains(pair.unit())) {
        take(pair);
      }
    }
    while (takeUnique() || takeNamed() || narrow() || takeNumbered()) {
      // Each pair leaves fewer choices for the others.
    }
    if (hasOrder) {
      giveBack(new OrderMatching(slots, units, fit, flow, pairs).contradictions());
    }
  }

  /** Pairs that the order contradicts are no pairs; each slot could take any of their units. */
  private void giveBack(List<Pair> crossed) {
    for (Pair pair : crossed) {
      pairs.remove(pair.slot());
      Set<TorchUnit> fitting = new LinkedHashSet<>();
      crossed.stream()
          .map(Pair::unit)
          .filter(unit -> fit.fits(pair.slot(), unit))
          .forEach(fitting::add);
      candidates.put(pair.slot(), fitting);
    }
  }

  private void take(Pair pair) {
    pairs.put(pair.slot(), pair);
    candidates.remove(pair.slot());
    takers.remove(pair.unit());
    candidates.values().forEach(all -> all.remove(pair.unit()));
    takers.values().forEach(all -> all.remove(pair.slot()));
  }

  private boolean takeUnique() {
    List<Pair> found = new ArrayList<>();
    candidates.forEach(
        (slot, fitting) -> {
          TorchUnit only = fitting.size() == 1 ? fitting.iterator().next() : null;
          if (only != null && Objects.requireNonNull(takers.get(only)).size() == 1) {
            boolean named = NameMatching.score(slot.tokens(), only.tokens()) > 0;
            Evidence other = narrowed.contains(slot) ? Evidence.SCOPE : Evidence.SHAPE;
            found.add(new Pair(slot, only, named ? Evidence.NAME : other));
          }
        });
    found.forEach(this::take);
    return !found.isEmpty();
  }

  /** What belongs to a part of the one model stays within its part of the other. */
  private boolean narrow() {
    boolean changed = false;
    for (Scopes.Scope scope : scopes.found(pairs)) {
      for (TargetSlot slot : slots) {
        boolean isInside = scope.slots().contains(slot);
        Set<TorchUnit> fitting = candidates.getOrDefault(slot, Set.of());
        List<TorchUnit> out =
            fitting.stream().filter(u -> scope.units().contains(u) != isInside).toList();
        if (!out.isEmpty() && out.size() < fitting.size()) {
          fitting.removeAll(out);
          out.forEach(unit -> takers.getOrDefault(unit, new LinkedHashSet<>()).remove(slot));
          narrowed.add(slot);
          changed = true;
        }
      }
    }
    return changed;
  }

  private boolean takeNamed() {
    List<Pair> found =
        components().stream()
            .flatMap(part -> names.byWords(part.slots(), part.units()).stream())
            .toList();
    found.forEach(this::take);
    return !found.isEmpty();
  }

  private boolean takeNumbered() {
    List<Pair> found = new ArrayList<>();
    for (Component part : components()) {
      found.addAll(names.byNumbers(part.slots(), part.units()));
    }
    found.forEach(this::take);
    return !found.isEmpty();
  }

  /** Slots and units that compete with each other. */
  private record Component(List<TargetSlot> slots, List<TorchUnit> units) {}

  private List<Component> components() {
    List<Component> components = new ArrayList<>();
    Set<TargetSlot> seen = new LinkedHashSet<>();
    for (TargetSlot start : candidates.keySet()) {
      if (!candidates(start).isEmpty() && seen.add(start)) {
        Set<TargetSlot> reached = new LinkedHashSet<>(Set.of(start));
        Set<TorchUnit> fitting = new LinkedHashSet<>();
        Deque<TargetSlot> open = new ArrayDeque<>(Set.of(start));
        while (!open.isEmpty()) {
          for (TorchUnit unit : candidates(open.pop())) {
            if (fitting.add(unit)) {
              takers.getOrDefault(unit, Set.of()).stream().filter(reached::add).forEach(open::push);
            }
          }
        }
        seen.addAll(reached);
        components.add(
            new Component(
                slots.stream().filter(reached::contains).toList(),
                units.stream().filter(fitting::contains).toList()));
      }
    }
    return components;
  }

  /** The pairs by slot. */
  Map<TargetSlot, Pair> pairs() {
    return pairs;
  }

  /** The units that could still fill a slot. */
  Set<TorchUnit> candidates(TargetSlot slot) {
    return candidates.getOrDefault(slot, Set.of());
  }
}
