package org.tensorferry.port;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds pairs that the order of the layers contradicts. Order alone decides nothing: torch lists
 * layers as they were made, Keras by depth or by name.
 */
final class OrderMatching {

  private final List<TargetSlot> slots;
  private final List<TorchUnit> units;
  private final Fit fit;
  private final FlowEvidence flow;
  private final Map<TargetSlot, Pair> known;

  OrderMatching(
      List<TargetSlot> slots,
      List<TorchUnit> units,
      Fit fit,
      FlowEvidence flow,
      Map<TargetSlot, Pair> known) {
    this.slots = slots;
    this.units = units;
    this.fit = fit;
    this.flow = flow;
    this.known = known;
  }

  /**
   * Pairs by name that stand the other way round in the torch file, although each would fit in the
   * place of the other.
   */
  List<Pair> contradictions() {
    return flow.knowsTarget() ? crossedInFlow() : crossedInFile();
  }

  private List<Pair> crossedInFlow() {
    Map<TorchUnit, Integer> places = new HashMap<>();
    units.forEach(unit -> places.put(unit, places.size()));
    List<Pair> named =
        known.values().stream().filter(pair -> pair.evidence() == Evidence.NAME).toList();
    List<Pair> crossed = new ArrayList<>();
    for (Pair one : named) {
      boolean isCrossed =
          named.stream()
              .anyMatch(
                  other ->
                      flow.compare(one.slot(), other.slot())
                                  * Integer.compare(
                                      places.getOrDefault(one.unit(), 0),
                                      places.getOrDefault(other.unit(), 0))
                              < 0
                          && fit.fits(one.slot(), other.unit())
                          && fit.fits(other.slot(), one.unit()));
      if (isCrossed) {
        crossed.add(one);
      }
    }
    return crossed;
  }

  /** Without a flow, only where the whole sequence of layers would fit. */
  private List<Pair> crossedInFile() {
    boolean isSequence = slots.size() == units.size();
    for (int i = 0; isSequence && i < slots.size(); i++) {
      isSequence = fit.fits(slots.get(i), units.get(i));
    }
    List<Pair> crossed = new ArrayList<>();
    for (int i = 0; isSequence && i < slots.size(); i++) {
      Pair pair = known.get(slots.get(i));
      boolean isFound = pair != null && pair.evidence() != Evidence.MAP_FILE;
      if (pair != null && isFound && !pair.unit().equals(units.get(i))) {
        crossed.add(pair);
      }
    }
    return crossed;
  }

  /** True where names say that two pairs are swapped. */
  static boolean isCrossed(Pair a, Pair b) {
    return numbersCross(a, b) || wordsCross(a, b);
  }

  /** Names that differ in numbers alone rise on one side and fall on the other. */
  private static boolean numbersCross(Pair a, Pair b) {
    NameTokens slotA = a.slot().tokens();
    NameTokens slotB = b.slot().tokens();
    NameTokens unitA = a.unit().tokens();
    NameTokens unitB = b.unit().tokens();
    boolean areSeries =
        slotA.skeleton().equals(slotB.skeleton()) && unitA.skeleton().equals(unitB.skeleton());
    return areSeries && compareNumbers(slotA, slotB) * compareNumbers(unitA, unitB) < 0;
  }

  /** The sign of the first number that differs, outer ones first. */
  static int compareNumbers(NameTokens a, NameTokens b) {
    for (int i = 0; i < Math.min(a.numbers().size(), b.numbers().size()); i++) {
      int order = Long.compare(a.numbers().get(i), b.numbers().get(i));
      if (order != 0) {
        return Integer.signum(order);
      }
    }
    return 0;
  }

  /** Swapped, both pairs would have more words in common. */
  private static boolean wordsCross(Pair a, Pair b) {
    NameTokens slotA = a.slot().tokens();
    NameTokens slotB = b.slot().tokens();
    NameTokens unitA = a.unit().tokens();
    NameTokens unitB = b.unit().tokens();
    return slotA.similarity(unitB) + slotB.similarity(unitA)
        > slotA.similarity(unitA) + slotB.similarity(unitB);
  }
}
