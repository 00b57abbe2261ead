package org.tensorferry.port;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Pairs by order, only where both models are the same sequence: each unit fits the slot at its
 * place, all pairs found before stand at equal places, and no two names say that a pair is swapped.
 */
final class OrderMatching {

  private final List<TargetSlot> slots;
  private final List<TorchUnit> units;
  private final Fit fit;
  private final Map<TargetSlot, Pair> known;

  OrderMatching(
      List<TargetSlot> slots, List<TorchUnit> units, Fit fit, Map<TargetSlot, Pair> known) {
    this.slots = slots;
    this.units = units;
    this.fit = fit;
    this.known = known;
  }

  /** The pairs that are missing, or none. */
  List<Pair> pairs(Function<TargetSlot, Set<TorchUnit>> candidates) {
    boolean isSequence = slots.size() == units.size();
    List<Pair> found = new ArrayList<>();
    for (int i = 0; isSequence && i < slots.size(); i++) {
      TargetSlot slot = slots.get(i);
      TorchUnit unit = units.get(i);
      Pair pair = known.get(slot);
      isSequence = pair == null ? fit.fits(slot, unit) : pair.unit().equals(unit);
      if (pair == null) {
        found.add(new Pair(slot, unit, Evidence.ORDER));
      }
    }
    boolean isSure =
        isSequence && found.stream().noneMatch(pair -> isContradicted(pair, found, candidates));
    return isSure ? found : List.of();
  }

  /**
   * Pairs that stand at other places although the whole sequence would fit: names and order
   * contradict each other.
   */
  List<Pair> contradictions() {
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

  private static boolean isContradicted(
      Pair pair, List<Pair> all, Function<TargetSlot, Set<TorchUnit>> candidates) {
    return all.stream()
        .filter(
            other -> !other.equals(pair) && candidates.apply(pair.slot()).contains(other.unit()))
        .anyMatch(other -> numbersCross(pair, other) || wordsCross(pair, other));
  }

  /** Names that differ in numbers alone rise on one side and fall on the other. */
  static boolean numbersCross(Pair a, Pair b) {
    NameTokens slotA = a.slot().tokens();
    NameTokens slotB = b.slot().tokens();
    NameTokens unitA = a.unit().tokens();
    NameTokens unitB = b.unit().tokens();
    boolean areSeries =
        slotA.skeleton().equals(slotB.skeleton()) && unitA.skeleton().equals(unitB.skeleton());
    return areSeries && compare(slotA, slotB) * compare(unitA, unitB) < 0;
  }

  private static int compare(NameTokens a, NameTokens b) {
    for (int i = 0; i < a.numbers().size(); i++) {
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
