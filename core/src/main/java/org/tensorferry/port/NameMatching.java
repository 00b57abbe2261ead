package org.tensorferry.port;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Pairs slots and units by what their names say. Both sides are put into groups whose names differ
 * in numbers alone; two groups belong together where each is strictly the other's best by words.
 */
final class NameMatching {

  /** Below this part of common words, names say nothing. */
  private static final double LEAST = 1.0 / 3;

  private final Fit fit;
  private final FlowEvidence flow;
  private final Map<TorchUnit, Integer> unitOrder;

  /**
   * Names read beside what else is known of the order.
   *
   * @param flow how the slots follow one another, where it is known
   * @param unitOrder places of the units in the file; empty where its order means nothing
   */
  NameMatching(Fit fit, FlowEvidence flow, Map<TorchUnit, Integer> unitOrder) {
    this.fit = fit;
    this.flow = flow;
    this.unitOrder = unitOrder;
  }

  /** Pairs of some slots and units that fit each other by shape. */
  List<Pair> byWords(List<TargetSlot> slots, List<TorchUnit> units) {
    Map<List<String>, List<TargetSlot>> slotGroups = new LinkedHashMap<>();
    slots.forEach(
        s -> slotGroups.computeIfAbsent(s.tokens().skeleton(), k -> new ArrayList<>()).add(s));
    Map<List<String>, List<TorchUnit>> unitGroups = new LinkedHashMap<>();
    units.forEach(
        u -> unitGroups.computeIfAbsent(u.tokens().skeleton(), k -> new ArrayList<>()).add(u));
    List<Pair> pairs = new ArrayList<>();
    for (List<TargetSlot> group : slotGroups.values()) {
      @Nullable List<TorchUnit> best =
          best(group.get(0).tokens(), unitGroups.values(), TorchUnit::tokens);
      boolean isMutual =
          best != null
              && best(best.get(0).tokens(), slotGroups.values(), TargetSlot::tokens) == group;
      if (best != null && isMutual) {
        numbers(group, best)
            .filter(found -> found.size() == 1 || keepsOrders(found))
            .ifPresent(found -> pairs.addAll(paired(found, Evidence.NAME)));
      }
    }
    return pairs;
  }

  /**
   * Pairs slots that need one another, each the one before, with units that are one series of
   * numbered names; what the slots' own numbers and the order of the file say must not be
   * otherwise.
   */
  List<Pair> byNumbers(List<TargetSlot> slots, List<TorchUnit> units) {
    Optional<List<TargetSlot>> chain =
        slots.size() == units.size() && slots.size() > 1 ? flow.chain(slots) : Optional.empty();
    List<TorchUnit> series =
        chain.isPresent() ? NumberOrder.series(units, TorchUnit::tokens) : List.of();
    if (series.isEmpty()) {
      return List.of();
    }
    Map<TargetSlot, TorchUnit> pairs = new LinkedHashMap<>();
    for (int i = 0; i < series.size(); i++) {
      pairs.put(chain.orElseThrow().get(i), series.get(i));
    }
    List<Pair> found = paired(pairs, Evidence.NUMBERS);
    boolean isSure =
        pairs.entrySet().stream().allMatch(e -> fit.fits(e.getKey(), e.getValue()))
            && found.stream()
                .noneMatch(a -> found.stream().anyMatch(b -> OrderMatching.isCrossed(a, b)))
            && keepsOrders(pairs);
    return isSure ? found : List.of();
  }

  /** Where numbers decide, neither data flow nor the order of the file may say otherwise. */
  private boolean keepsOrders(Map<TargetSlot, TorchUnit> pairs) {
    return pairs.entrySet().stream()
        .allMatch(a -> pairs.entrySet().stream().allMatch(b -> keepOrder(a, b)));
  }

  private boolean keepOrder(
      Map.Entry<TargetSlot, TorchUnit> a, Map.Entry<TargetSlot, TorchUnit> b) {
    int ofFlow = flow.compare(a.getKey(), b.getKey());
    int ofNumbers = OrderMatching.compareNumbers(a.getValue().tokens(), b.getValue().tokens());
    int ofFile =
        unitOrder.isEmpty() ? ofNumbers : Integer.signum(place(a.getValue()) - place(b.getValue()));
    return ofFile == ofNumbers && (ofFlow == 0 || ofFlow == ofNumbers);
  }

  private int place(TorchUnit unit) {
    return unitOrder.getOrDefault(unit, 0);
  }

  private Optional<Map<TargetSlot, TorchUnit>> numbers(
      List<TargetSlot> slots, List<TorchUnit> units) {
    return new NumberOrder<>(slots, TargetSlot::tokens, units, TorchUnit::tokens)
        .pairs()
        .filter(
            pairs -> pairs.entrySet().stream().allMatch(e -> fit.fits(e.getKey(), e.getValue())));
  }

  private static List<Pair> paired(Map<TargetSlot, TorchUnit> pairs, Evidence evidence) {
    return pairs.entrySet().stream()
        .map(entry -> new Pair(entry.getKey(), entry.getValue(), evidence))
        .toList();
  }

  /** Words in common; the very same words in the same order count one more. */
  static double score(NameTokens a, NameTokens b) {
    return a.similarity(b) + (a.skeleton().equals(b.skeleton()) ? 1 : 0);
  }

  /** The group whose words are strictly nearest; null where two are as near, or none is near. */
  private static <T> @Nullable List<T> best(
      NameTokens tokens, Iterable<List<T>> groups, Function<T, NameTokens> tokensOf) {
    @Nullable List<T> best = null;
    double highest = 0;
    boolean isStrict = false;
    for (List<T> group : groups) {
      double score = score(tokens, tokensOf.apply(group.get(0)));
      isStrict = score > highest || (isStrict && score < highest);
      if (score > highest) {
        highest = score;
        best = group;
      }
    }
    return isStrict && highest >= LEAST ? best : null;
  }
}
