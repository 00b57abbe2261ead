package org.tensorferry.port;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tensorferry.flow.Flow;
import org.tensorferry.flow.FlowMatching;
import org.tensorferry.flow.FlowReader;
import org.tensorferry.keras.TargetVariable;
import org.tensorferry.network.Network;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.tf.TfModel;

/**
 * What the data flow of both models says: which layer stands where, and which layer's result
 * another one needs.
 */
final class FlowEvidence {

  private final @Nullable Flow<TargetSlot> target;
  private final @Nullable Flow<TorchUnit> torch;

  private FlowEvidence(@Nullable Flow<TargetSlot> target, @Nullable Flow<TorchUnit> torch) {
    this.target = target;
    this.torch = torch;
  }

  /** Nothing is known of either. */
  static FlowEvidence none() {
    return new FlowEvidence(null, null);
  }

  /**
   * Reads both flows.
   *
   * @param network the target's graph, where it is known
   * @param original torch's graph, where it is known
   * @param strip takes a torch file's prefix off a tensor's name
   */
  static FlowEvidence of(
      Optional<Network> network,
      Optional<TfModel> original,
      List<TargetSlot> slots,
      List<TorchUnit> units,
      Function<String, String> strip) {
    Map<TargetVariable, TargetSlot> slotOf = new HashMap<>();
    slots.forEach(slot -> slot.variables().forEach(v -> slotOf.put(v, slot)));
    Map<String, List<TorchUnit>> unitsOf = new LinkedHashMap<>();
    units.forEach(
        unit ->
            unit.names()
                .forEach(name -> unitsOf.computeIfAbsent(name, n -> new ArrayList<>()).add(unit)));
    Flow<TargetSlot> target =
        network
            .map(
                known ->
                    FlowReader.read(
                        known.model(),
                        variable ->
                            Optional.ofNullable(known.variables().get(variable))
                                .map(slotOf::get)
                                .map(List::of)
                                .orElse(List.of())))
            .orElse(null);
    Flow<TorchUnit> torch =
        original
            .map(model -> FlowReader.read(model, variable -> owners(variable, unitsOf, strip)))
            .orElse(null);
    return new FlowEvidence(target, torch);
  }

  private static List<TorchUnit> owners(
      PortedVariable variable,
      Map<String, List<TorchUnit>> unitsOf,
      Function<String, String> strip) {
    List<TorchUnit> owners = new ArrayList<>();
    for (String source : variable.sources()) {
      for (TorchUnit unit : unitsOf.getOrDefault(strip.apply(source), List.of())) {
        if (!owners.contains(unit)) {
          owners.add(unit);
        }
      }
    }
    return owners;
  }

  /** True where it is known how the target's layers follow one another. */
  boolean knowsTarget() {
    return target != null;
  }

  /** True where both models' flows are known. */
  boolean knowsBoth() {
    return target != null && torch != null;
  }

  /** The units that stand where the slots stand. */
  List<Pair> pairs(List<TargetSlot> slots, List<TorchUnit> units, Fit fit) {
    if (target == null || torch == null) {
      return List.of();
    }
    Map<Object, String> kinds = kinds(slots, units, fit);
    FlowMatching<TargetSlot, TorchUnit> matching =
        new FlowMatching<>(
            target,
            torch,
            slot -> kinds.getOrDefault(slot, slot.path()),
            unit -> kinds.getOrDefault(unit, unit.path()),
            (slot, unit) -> NameMatching.score(slot.tokens(), unit.tokens()));
    List<Pair> pairs = new ArrayList<>();
    matching
        .pairs()
        .forEach(
            (slot, match) -> {
              if (fit.fits(slot, match.layer())) {
                Evidence evidence = match.isOneOfSeveral() ? Evidence.LIKENESS : Evidence.FLOW;
                pairs.add(new Pair(slot, match.layer(), evidence));
              }
            });
    return pairs;
  }

  /** Layers whose results can be compared, in the order in which the target computes them. */
  List<LayerPair> results(Map<TargetSlot, Pair> pairs) {
    List<LayerPair> results = new ArrayList<>();
    if (target == null || torch == null) {
      return results;
    }
    for (TargetSlot slot : target.owners()) {
      Pair pair = pairs.get(slot);
      if (pair != null && hasOneResult(slot)) {
        Optional<String> ofKeras = node(target.uses(slot));
        Optional<String> ofTorch = node(torch.uses(pair.unit()));
        if (ofKeras.isPresent() && ofTorch.isPresent()) {
          String kind = slot.layer().kerasClass();
          results.add(
              new LayerPair(slot.path(), kind, pair.unit().path(), ofKeras.get(), ofTorch.get()));
        }
      }
    }
    return results;
  }

  /** A layer of more than sums of products with its weights has results that mean less. */
  private static boolean hasOneResult(TargetSlot slot) {
    String kind = slot.layer().kerasClass();
    return kind.contains("Dense")
        || kind.contains("Conv")
        || kind.contains("Normalization")
        || kind.equals("Embedding");
  }

  private static <O> Optional<String> node(List<Flow.Vertex<O>> uses) {
    return uses.size() == 1
        ? uses.get(0).result().map(value -> value.node().name())
        : Optional.empty();
  }

  /** Slots and units that may fill them have the same kind. */
  private static Map<Object, String> kinds(List<TargetSlot> slots, List<TorchUnit> units, Fit fit) {
    Map<Object, String> kinds = new HashMap<>();
    for (TargetSlot slot : slots) {
      List<TorchUnit> fitting = units.stream().filter(unit -> fit.fits(slot, unit)).toList();
      String known =
          fitting.stream()
              .map(kinds::get)
              .filter(java.util.Objects::nonNull)
              .findFirst()
              .orElse(slot.path());
      kinds.put(slot, known);
      fitting.forEach(unit -> kinds.putIfAbsent(unit, known));
    }
    return kinds;
  }

  /** Negative where one slot's result reaches the other, positive for the other way, else 0. */
  int compare(TargetSlot one, TargetSlot other) {
    if (target == null) {
      return 0;
    }
    return target.isBefore(one, other) ? -1 : target.isBefore(other, one) ? 1 : 0;
  }

  /** Slots in the order in which data reaches them, where each of them needs the one before. */
  Optional<List<TargetSlot>> chain(List<TargetSlot> slots) {
    List<TargetSlot> sorted = new ArrayList<>(slots);
    sorted.sort(
        (a, b) -> {
          long before = slots.stream().filter(s -> compare(s, a) < 0).count();
          long beforeOther = slots.stream().filter(s -> compare(s, b) < 0).count();
          return Long.compare(before, beforeOther);
        });
    for (int i = 0; i + 1 < sorted.size(); i++) {
      if (compare(sorted.get(i), sorted.get(i + 1)) >= 0) {
        return Optional.empty();
      }
    }
    return Optional.of(sorted);
  }
}
