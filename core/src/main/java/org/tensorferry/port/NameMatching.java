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
  private final Map<TargetSlot, Integer> slotOrder;
  private final Map<TorchUnit, Integer> unitOrder;

  /** A target whose layers stand in alphabetical order doesn't tell the model's. */
  private final boolean isSorted;

  /**
   * Names read against two orders.
   *
   * @param slotOrder places of the slots in the target
   * @param unitOrder places of the units in the file; empty where its order means nothing
   */
  NameMatching(Fit fit, Map<TargetSlot, Integer> slotOrder, Map<TorchUnit, Integer> unitOrder) {
    this.fit = fit;
    this.slotOrder = slotOrder;
    this.unitOrder = unitOrder;
    List<String> paths =
        slotOrder.entrySet().stream()
            .sorted(Map.Entry.comparingByValue())
            .map(entry -> entry.getKey().layer().path())
            .toList();
    this.isSorted = paths.equals(paths.stream().sorted().toList());
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
        numbers(group, best).ifPresent(found -> pairs.addAll(paired(found, Evidence.NAME)));
      }
    }
    return pairs;
  }

  /** Pairs where each side is one series of numbered names. */
  List<Pair> byNumbers(List<TargetSlot> slots, List<TorchUnit> units) {
    boolean isSeries =
        slots.size() == units.size()
            && slots.stream().map(s -> s.tokens().skeleton()).distinct().count() == 1
            && units.stream().map(u -> u.tokens().skeleton()).distinct().count() == 1;
    if (!isSeries) {
      return List.of();
    }
    return numbers(slots, units)
        .filter(this::keepsOrders)
        .map(found -> paired(found, Evidence.NUMBERS))
        .orElse(List.of());
  }

  /** Keras numbers the layers of a class in the model's order, whatever else a file keeps. */
  private static boolean isOneClass(List<TargetSlot> slots) {
    String first = slots.get(0).layer().kerasClass();
    return !first.isEmpty() && slots.stream().allMatch(s -> s.layer().kerasClass().equals(first));
  }

  /**
   * Pairs slots in the target's order with units that are one series of numbered names, where the
   * target tells its order and the slots' own numbers don't fall.
   */
  List<Pair> byTargetOrder(List<TargetSlot> slots, List<TorchUnit> units) {
    boolean tellsOrder =
        slots.size() == units.size()
            && (slots.stream().allMatch(s -> s.layer().config().isObject())
                || isOneClass(slots)
                || !isSorted);
    List<TorchUnit> series = tellsOrder ? NumberOrder.series(units, TorchUnit::tokens) : List.of();
    if (series.isEmpty()) {
      return List.of();
    }
    Map<TargetSlot, TorchUnit> pairs = new LinkedHashMap<>();
    for (int i = 0; i < slots.size(); i++) {
      pairs.put(slots.get(i), series.get(i));
    }
    List<Pair> found = paired(pairs, Evidence.NUMBERS);
    boolean isSure =
        pairs.entrySet().stream().allMatch(e -> fit.fits(e.getKey(), e.getValue()))
            && found.stream()
                .noneMatch(a -> found.stream().anyMatch(b -> OrderMatching.numbersCross(a, b)))
            && keepsOrders(pairs);
    return isSure ? found : List.of();
  }

  /** Nothing but numbers decides here, so places in both files must not say otherwise. */
  private boolean keepsOrders(Map<TargetSlot, TorchUnit> pairs) {
    return pairs.entrySet().stream()
        .allMatch(
            a ->
                pairs.entrySet().stream()
                    .allMatch(
                        b ->
                            unitOrder.isEmpty()
                                || Integer.signum(
                                        place(slotOrder, a.getKey()) - place(slotOrder, b.getKey()))
                                    == Integer.signum(
                                        place(unitOrder, a.getValue())
                                            - place(unitOrder, b.getValue()))));
  }

  private static <T> int place(Map<T, Integer> order, T item) {
    return order.getOrDefault(item, 0);
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
