package org.tensorferry.port;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.Problem;
import org.tensorferry.keras.TargetLayer;
import org.tensorferry.keras.TargetVariable;
import org.tensorferry.port.PortPlan.Fault;
import org.tensorferry.port.PortPlan.Kind;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.rule.PortRule;
import org.tensorferry.rule.PortRule.Fill;
import org.tensorferry.rule.PortRule.Layer;
import org.tensorferry.rule.PortRule.Reading;
import org.tensorferry.rule.PortRule.Slot;
import org.tensorferry.rule.PortRule.Variable;

/** Reads a target's layers with the rows of the port table. */
final class TargetSlots {

  /** Parts of Bidirectional and MultiHeadAttention in the order of torch's tensors. */
  private static final List<String> PARTS =
      List.of("forward", "backward", "query", "key", "value", "output");

  private final Map<String, PortRule> rules;
  private final List<TargetSlot> slots = new ArrayList<>();
  private final List<PortPlan.Kept> kept = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();

  private TargetSlots(Map<String, PortRule> rules) {
    this.rules = rules;
  }

  /**
   * The slots of a target.
   *
   * @param all in the target's order
   * @param kept variables that no weights belong in
   * @param faults layers that torch can't fill
   */
  record Found(List<TargetSlot> all, List<PortPlan.Kept> kept, List<Fault> faults) {}

  static Found find(List<TargetLayer> layers, Map<String, PortRule> rules) {
    TargetSlots found = new TargetSlots(rules);
    partsInOrder(layers).forEach(found::add);
    return new Found(found.slots, found.kept, found.faults);
  }

  /** Files list the parts of a layer by name; torch has them in the order of use. */
  private static List<TargetLayer> partsInOrder(List<TargetLayer> layers) {
    List<TargetLayer> ordered = new ArrayList<>();
    for (int from = 0, to; from < layers.size(); from = to) {
      String parent = parent(layers.get(from));
      to = from + 1;
      while (to < layers.size()
          && rank(layers.get(from)) < PARTS.size()
          && parent(layers.get(to)).equals(parent)
          && rank(layers.get(to)) < PARTS.size()) {
        to++;
      }
      ordered.addAll(
          layers.subList(from, to).stream()
              .sorted(Comparator.comparingInt(TargetSlots::rank))
              .toList());
    }
    return ordered;
  }

  private static String parent(TargetLayer layer) {
    return layer.path().substring(0, Math.max(layer.path().lastIndexOf('/'), 0));
  }

  private static int rank(TargetLayer layer) {
    String last = layer.path().substring(layer.path().lastIndexOf('/') + 1);
    return (int) PARTS.stream().takeWhile(part -> !last.contains(part)).count();
  }

  private void add(TargetLayer layer) {
    if (isRandomState(layer)) {
      layer
          .variables()
          .forEach(v -> kept.add(new PortPlan.Kept(layer, v, "state of a random generator", true)));
      return;
    }
    @Nullable PortRule rule = rules.get(layer.kerasClass());
    Layer description = describe(layer);
    Reading reading = rule == null ? Reading.none() : rule.reading().apply(description);
    if (!reading.refusal().isEmpty()) {
      refuse(layer, reading);
    } else if (!reading.alternatives().isEmpty()) {
      addSlots(layer, Optional.ofNullable(rule), reading.alternatives());
    } else {
      addUnknown(layer, description);
    }
  }

  private static boolean isRandomState(TargetLayer layer) {
    return layer.kerasClass().equals("SeedGenerator")
        || layer.path().contains("seed_generator")
        || layer.variables().stream()
            .allMatch(variable -> variable.name().contains("seed_generator"));
  }

  private static Layer describe(TargetLayer layer) {
    return new Layer(
        layer.path(),
        layer.config(),
        layer.variables().stream()
            .map(v -> new Variable(v.name(), boxed(v.shape().known())))
            .toList());
  }

  private void refuse(TargetLayer layer, Reading reading) {
    layer.variables().forEach(v -> kept.add(new PortPlan.Kept(layer, v, reading.refusal(), false)));
    faults.add(
        new Fault(
            Kind.UNSUPPORTED,
            Problem.of(
                    "Layer `"
                        + layer.path()
                        + "`"
                        + (layer.kerasClass().isEmpty() ? "" : " (" + layer.kerasClass() + ")")
                        + " can't compute what torch computes.")
                .because(reading.refusal())
                .fix(reading.fix()),
            layer.path(),
            List.of()));
  }

  /** A layer of no known class may be any whose variables look the same. */
  private void addUnknown(TargetLayer layer, Layer description) {
    boolean hasNames = description.variables().stream().noneMatch(v -> v.name().matches("[0-9]*"));
    List<List<Slot>> alternatives = new ArrayList<>();
    Optional<PortRule> first = Optional.empty();
    @Nullable Reading refused = null;
    if (layer.kerasClass().isEmpty() || hasNames) {
      for (PortRule rule : rules.values()) {
        Reading reading = rule.reading().apply(description);
        if (!reading.refusal().isEmpty()) {
          refused = reading;
        } else if (!reading.alternatives().isEmpty() && sameSlots(alternatives, reading)) {
          alternatives.addAll(reading.alternatives());
          first = first.isPresent() ? first : Optional.of(rule);
        }
      }
    }
    if (alternatives.isEmpty() && refused != null) {
      refuse(layer, refused);
      return;
    }
    if (!alternatives.isEmpty() && (hasNames || layer.variables().size() > 1)) {
      addSlots(layer, first, alternatives);
      return;
    }
    addEach(layer, description, alternatives);
  }

  private static boolean sameSlots(List<List<Slot>> alternatives, Reading reading) {
    return alternatives.isEmpty()
        || alternatives.get(0).size() == reading.alternatives().get(0).size();
  }

  /** Variables that belong to no known layer are taken as they are, each alone. */
  private void addEach(TargetLayer layer, Layer description, List<List<Slot>> alternatives) {
    for (int i = 0; i < layer.variables().size(); i++) {
      TargetVariable variable = layer.variables().get(i);
      List<Long> shape = description.variables().get(i).shape();
      List<List<Fill>> forms = new ArrayList<>();
      forms.add(List.of(new Fill(i, List.of(TorchUnit.VALUE), shape, Recipe.identity())));
      if (shape.size() == 1) {
        // What scales channels in torch has axes of one element behind them.
        List<Long> spread = List.of(shape.get(0), 1L, 1L);
        Recipe joined = Recipe.identity().reshape(shape.get(0));
        forms.add(List.of(new Fill(i, List.of(TorchUnit.VALUE), spread, joined)));
      }
      alternatives.forEach(alternative -> forms.add(alternative.get(0).fills()));
      String part = layer.variables().size() > 1 ? variable.name() : "";
      String words = layer.givenPath() + "/" + variable.name();
      slots.add(new TargetSlot(layer, part, Optional.empty(), forms, NameTokens.of(words)));
    }
  }

  private void addSlots(TargetLayer layer, Optional<PortRule> rule, List<List<Slot>> alternatives) {
    List<Slot> first = alternatives.get(0);
    IntStream.range(0, first.size())
        .forEach(
            i -> {
              String part = first.get(i).part();
              List<List<Fill>> forms =
                  alternatives.stream()
                      .map(alternative -> alternative.get(i).fills())
                      .collect(Collectors.toList());
              NameTokens tokens = NameTokens.of(layer.givenPath() + "/" + part);
              slots.add(new TargetSlot(layer, part, rule, forms, tokens));
            });
  }

  private static List<Long> boxed(long[] shape) {
    return Arrays.stream(shape).boxed().toList();
  }

  /** Slots by the path that a map file gives them. */
  static Map<String, TargetSlot> byPath(List<TargetSlot> slots) {
    Map<String, TargetSlot> byPath = new LinkedHashMap<>();
    slots.forEach(slot -> byPath.putIfAbsent(slot.path(), slot));
    return byPath;
  }
}
