package org.tensorferry.port;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorferry.error.Problem;
import org.tensorferry.keras.TargetVariable;
import org.tensorferry.port.PortPlan.Fault;
import org.tensorferry.port.PortPlan.Kind;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.rule.PortRule.Fill;

/** What a map file states, checked against both sides. */
final class Stated {

  /** A variable whose tensors the map file names. */
  record Variable(
      TargetSlot slot, TargetVariable variable, List<String> from, Recipe recipe, String note) {}

  private final PortMap map;
  private final TorchFile torch;
  private final Fit fit;
  private final List<Fault> faults = new ArrayList<>();
  private final List<String> notices = new ArrayList<>();

  Stated(PortMap map, TorchFile torch, Fit fit) {
    this.map = map;
    this.torch = torch;
    this.fit = fit;
  }

  List<Fault> faults() {
    return faults;
  }

  List<String> notices() {
    return notices;
  }

  /** The pairs of layers and units. */
  List<Pair> pairs(List<TargetSlot> slots, List<TorchUnit> units) {
    Map<String, TargetSlot> byPath = TargetSlots.byPath(slots);
    Map<String, TorchUnit> byUnit = new LinkedHashMap<>();
    units.forEach(unit -> byUnit.put(unit.path(), unit));
    Map<String, String> users = new HashMap<>();
    List<Pair> pairs = new ArrayList<>();
    map.layers()
        .forEach(
            (layer, path) -> {
              TargetSlot slot = byPath.get(layer);
              TorchUnit unit = byUnit.get(path);
              if (slot == null) {
                fault(
                    "The map file names layer `" + layer + "`, which the target doesn't have.",
                    layer,
                    Names.advice(layer, byPath.keySet(), layersAre(byPath.keySet())));
              } else if (unit == null) {
                fault(
                    "The map file gives `"
                        + path
                        + "` to layer `"
                        + layer
                        + "`; the torch file has no such module.",
                    layer,
                    Names.advice(path, byUnit.keySet(), unitsAre(byUnit.keySet())));
              } else if (users.containsKey(path) && !map.shared().contains(path)) {
                fault(
                    "The map file gives `"
                        + path
                        + "` to layer `"
                        + users.get(path)
                        + "` and to layer `"
                        + layer
                        + "`.",
                    layer,
                    "give each its own, or add \"shared\": [\"" + path + "\"]");
              } else if (!fit.fits(slot, unit)) {
                fault(
                    "The map file gives "
                        + unit.description()
                        + " to "
                        + slot.description()
                        + ", which it doesn't fit: "
                        + String.join("; ", fit.misfits(slot, unit))
                        + ".",
                    layer,
                    "correct the entry `\"" + layer + "\": \"" + path + "\"`");
              } else {
                users.put(path, layer);
                pairs.add(new Pair(slot, unit, Evidence.MAP_FILE));
                compareNames(slot, unit, slots, units);
              }
            });
    return pairs;
  }

  /** Says where names would have chosen otherwise: a map can swap two layers of one shape. */
  private void compareNames(
      TargetSlot slot, TorchUnit unit, List<TargetSlot> slots, List<TorchUnit> units) {
    double stated = agreement(slot, unit);
    units.stream()
        .filter(other -> !other.equals(unit) && agreement(slot, other) > stated)
        .filter(other -> fit.fits(slot, other))
        .filter(
            other ->
                slots.stream()
                    .noneMatch(
                        s -> !s.equals(slot) && agreement(s, other) >= agreement(slot, other)))
        .findFirst()
        .ifPresent(
            other ->
                notices.add(
                    "The map file gives `"
                        + unit.path()
                        + "` to layer `"
                        + slot.path()
                        + "`; by name `"
                        + other.path()
                        + "`, of the same shapes, is nearer."));
  }

  private static double agreement(TargetSlot slot, TorchUnit unit) {
    double score = NameMatching.score(slot.tokens(), unit.tokens());
    return score + (slot.tokens().sameAs(unit.tokens()) ? 1 : 0);
  }

  /** The variables that the map file fills with tensors. */
  List<Variable> variables(List<TargetSlot> slots) {
    Map<String, TargetSlot> owners = new LinkedHashMap<>();
    slots.forEach(slot -> slot.variables().forEach(v -> owners.putIfAbsent(v.path(), slot)));
    List<Variable> variables = new ArrayList<>();
    Set<String> used = new HashSet<>();
    map.variables()
        .forEach(
            (path, entry) -> {
              TargetSlot slot = owners.get(path);
              List<String> unknown =
                  entry.from().stream().filter(n -> !torch.tensors().containsKey(n)).toList();
              boolean isPart =
                  entry.recipe().map(r -> r.toString().startsWith("block")).orElse(false);
              Optional<String> twice =
                  entry.from().stream()
                      .filter(name -> !isPart && !used.add(name) && !map.shared().contains(name))
                      .findFirst();
              if (slot == null) {
                fault(
                    "The map file names variable `" + path + "`, which the target doesn't have.",
                    "",
                    Names.advice(path, owners.keySet(), "see the list of a dry run"));
              } else if (!unknown.isEmpty()) {
                fault(
                    "The map file fills `"
                        + path
                        + "` from `"
                        + unknown.get(0)
                        + "`; the torch file has no such tensor.",
                    slot.path(),
                    Names.advice(unknown.get(0), torch.tensors().keySet(), "see a dry run"));
              } else if (twice.isPresent()) {
                fault(
                    "The map file uses `" + twice.get() + "` for several variables.",
                    slot.path(),
                    "use it once, or add \"shared\": [\"" + twice.get() + "\"]");
              } else {
                variable(slot, path, entry).ifPresent(variables::add);
              }
            });
    return variables;
  }

  private Optional<Variable> variable(TargetSlot slot, String path, PortMap.Entry entry) {
    TargetVariable variable =
        slot.variables().stream().filter(v -> v.path().equals(path)).findFirst().orElseThrow();
    List<long[]> shapes = entry.from().stream().map(n -> torch.tensor(n).shape()).toList();
    List<Fill> rows =
        slot.forms().stream()
            .flatMap(List::stream)
            .filter(fill -> slot.variable(fill).equals(variable))
            .toList();
    Optional<Recipe> ofTable =
        rows.stream()
            .map(Fill::recipe)
            .filter(recipe -> makes(recipe, shapes, variable))
            .findFirst();
    Recipe recipe = entry.recipe().or(() -> ofTable).orElse(Recipe.identity());
    if (!makes(recipe, shapes, variable)) {
      fault(
          "The map file fills `"
              + path
              + "` "
              + variable.shape()
              + " from "
              + Names.list(entry.from())
              + "; `"
              + recipe
              + "` doesn't make its shape.",
          slot.path(),
          "state a recipe that does, as a plan prints it");
      return Optional.empty();
    }
    return Optional.of(
        new Variable(slot, variable, entry.from(), recipe, note(variable, entry, recipe, rows)));
  }

  private String note(
      TargetVariable variable, PortMap.Entry entry, Recipe recipe, List<Fill> rows) {
    boolean sameRecipe = rows.isEmpty() || rows.stream().anyMatch(f -> f.recipe().equals(recipe));
    List<String> attributes =
        entry.from().stream().map(name -> name.substring(name.lastIndexOf('.') + 1)).toList();
    boolean sameAttributes =
        rows.isEmpty()
            || rows.stream()
                .anyMatch(
                    f ->
                        f.attributes().contains(TorchUnit.VALUE)
                            || startEach(attributes, f.attributes()));
    String note = "";
    if (!sameRecipe) {
      note = "the table has the recipe `" + rows.get(0).recipe() + "`";
    } else if (!sameAttributes) {
      note = "the table fills it from `" + String.join("` and `", rows.get(0).attributes()) + "`";
    }
    if (!note.isEmpty()) {
      notices.add(
          "The map file fills `"
              + variable.path()
              + "` from "
              + Names.list(entry.from())
              + " by `"
              + recipe
              + "`; "
              + note
              + ".");
    }
    return note;
  }

  /** {@code weight_ih_l0} starts with the attribute {@code weight_ih}. */
  private static boolean startEach(List<String> names, List<String> attributes) {
    boolean starts = names.size() == attributes.size();
    for (int i = 0; starts && i < names.size(); i++) {
      starts =
          names.get(i).startsWith(attributes.get(i)) || names.get(i).endsWith(attributes.get(i));
    }
    return starts;
  }

  private static boolean makes(Recipe recipe, List<long[]> shapes, TargetVariable variable) {
    try {
      long[] made = recipe.resultShape(shapes);
      long elements = Arrays.stream(made).reduce(1, Math::multiplyExact);
      long given =
          shapes.stream().mapToLong(s -> Arrays.stream(s).reduce(1, Math::multiplyExact)).sum();
      return Arrays.equals(made, variable.shape().known()) && elements <= given;
    } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException misfit) {
      return false;
    }
  }

  /** Globs that match nothing are mistakes. */
  void check(String key, List<String> globs, List<String> names) {
    for (String glob : new Globs(globs).without(names)) {
      fault(
          "`" + glob + "` in `" + key + "` matches nothing.",
          "",
          Names.advice(glob, names, "take it out, or see the names of a dry run"));
    }
  }

  private void fault(String what, String layer, String fix) {
    faults.add(new Fault(Kind.MAP, Problem.of(what).fix(fix), layer, List.of()));
  }

  private static String layersAre(Collection<String> paths) {
    return "the layers are " + Names.list(paths);
  }

  private static String unitsAre(Collection<String> paths) {
    return "the modules are " + Names.list(paths);
  }
}
