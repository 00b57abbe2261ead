package org.tensorferry.port;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Parts of both models that belong together as wholes: once a layer of {@code transformer_layer_0}
 * is one of {@code encoder.layer.0}, and both hold as many layers, what is in the one goes into the
 * other.
 */
final class Scopes {

  /**
   * Two parts of the models.
   *
   * @param slots the layers in the one
   * @param units the modules in the other
   */
  record Scope(List<TargetSlot> slots, List<TorchUnit> units) {}

  private final Map<String, List<TargetSlot>> slotsIn = new LinkedHashMap<>();
  private final Map<String, List<TorchUnit>> unitsIn = new LinkedHashMap<>();

  Scopes(List<TargetSlot> slots, List<TorchUnit> units) {
    slots.forEach(
        slot ->
            parents(slot.path(), '/')
                .forEach(p -> slotsIn.computeIfAbsent(p, k -> new ArrayList<>()).add(slot)));
    units.forEach(
        unit ->
            parents(unit.path(), '.')
                .forEach(p -> unitsIn.computeIfAbsent(p, k -> new ArrayList<>()).add(unit)));
  }

  /** Paths of what something is in, the nearest first; not the whole model. */
  private static List<String> parents(String path, char separator) {
    List<String> parents = new ArrayList<>();
    for (int at = path.lastIndexOf(separator); at > 0; at = path.lastIndexOf(separator, at - 1)) {
      parents.add(path.substring(0, at));
    }
    return parents;
  }

  /** The parts that belong together by the pairs that are known. */
  List<Scope> found(Map<TargetSlot, Pair> pairs) {
    List<Scope> found = new ArrayList<>();
    slotsIn.forEach(
        (path, slots) -> {
          List<Pair> inside = slots.stream().map(pairs::get).filter(p -> p != null).toList();
          if (!inside.isEmpty() && inside.size() < slots.size()) {
            whole(slots, inside).filter(s -> isApart(s, pairs)).ifPresent(found::add);
          }
        });
    return found;
  }

  /** The nearest part of the torch model that holds all of these and as many as the slots are. */
  private Optional<Scope> whole(List<TargetSlot> slots, List<Pair> inside) {
    return parents(inside.get(0).unit().path(), '.').stream()
        .map(path -> unitsIn.getOrDefault(path, List.of()))
        .filter(units -> units.size() == slots.size())
        .filter(units -> inside.stream().allMatch(pair -> units.contains(pair.unit())))
        .findFirst()
        .map(units -> new Scope(slots, units));
  }

  /** No layer outside is filled from within. */
  private static boolean isApart(Scope scope, Map<TargetSlot, Pair> pairs) {
    return pairs.values().stream()
        .noneMatch(
            pair -> scope.units().contains(pair.unit()) && !scope.slots().contains(pair.slot()));
  }
}
