package org.tensorferry.port;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tensorferry.error.Problem;
import org.tensorferry.port.PortPlan.Fault;
import org.tensorferry.port.PortPlan.Kind;
import org.tensorferry.rule.PortRule.Fill;

/** Says why slots stayed empty, and which entry of a map file would fill them. */
final class Explanation {

  private final Fit fit;
  private final List<TargetSlot> slots;
  private final List<TorchUnit> units;
  private final Matching matching;
  private final Set<String> mentioned = new HashSet<>();

  Explanation(Fit fit, List<TargetSlot> slots, List<TorchUnit> units, Matching matching) {
    this.fit = fit;
    this.slots = slots;
    this.units = units;
    this.matching = matching;
  }

  /** Paths of the units that a fault names: they need no fault of their own. */
  Set<String> mentioned() {
    return mentioned;
  }

  List<Fault> faults(Set<String> usedTensors) {
    List<Fault> faults = new ArrayList<>();
    for (TargetSlot slot : slots) {
      if (!matching.pairs().containsKey(slot)) {
        List<TorchUnit> candidates =
            matching.candidates(slot).stream()
                .sorted(Comparator.comparingDouble(unit -> -score(slot, unit)))
                .toList();
        if (!candidates.isEmpty()) {
          faults.add(ambiguous(slot, candidates));
        } else if (!slot.variables().stream().allMatch(v -> fit.mayMiss(slot, v))) {
          faults.add(missing(slot, usedTensors));
        }
      }
    }
    return faults;
  }

  private static double score(TargetSlot slot, TorchUnit unit) {
    return NameMatching.score(slot.tokens(), unit.tokens());
  }

  private Fault ambiguous(TargetSlot slot, List<TorchUnit> candidates) {
    List<String> paths = candidates.stream().map(TorchUnit::path).toList();
    mentioned.addAll(paths);
    boolean isOne = candidates.size() == 1;
    return new Fault(
        Kind.AMBIGUOUS,
        Problem.of(
                capital(slot.description())
                    + (isOne ? " could be filled from " : " could be filled from any of ")
                    + Names.list(paths)
                    + ".")
            .because(
                isOne
                    ? "other layers of the same shape could take it as well"
                    : "they have the same shapes, and neither names nor the order of all layers"
                        + " leave one choice")
            .fix(entry(slot, paths.get(0))),
        slot.path(),
        paths);
  }

  private static String entry(TargetSlot slot, String unit) {
    return "state it in the map file: \"layers\": {\""
        + slot.path()
        + "\": \""
        + unit
        + "\"}"
        + " (or another of them)";
  }

  private Fault missing(TargetSlot slot, Set<String> usedTensors) {
    List<TorchUnit> nearest =
        units.stream()
            .filter(unit -> unit.names().stream().noneMatch(usedTensors::contains))
            .filter(unit -> shares(slot, unit))
            .sorted(Comparator.comparingDouble(unit -> distance(slot, unit)))
            .limit(3)
            .toList();
    Problem problem = Problem.of("Nothing in the torch file fits " + slot.description() + ".");
    if (nearest.isEmpty()) {
      problem =
          problem
              .because("no module that is left has such tensors")
              .fix(
                  "allow it to be missing by name, or let the map file keep it: \"keep\": [\""
                      + slot.path()
                      + "\"]");
    } else {
      TorchUnit unit = nearest.get(0);
      mentioned.add(unit.path());
      problem =
          problem
              .because(
                  "the nearest is "
                      + unit.description()
                      + ": "
                      + String.join("; ", fit.misfits(slot, unit)))
              .fix(
                  "build the layer as torch's is, allow what lacks by name, or state it in the map file");
    }
    return new Fault(
        Kind.MISSING, problem, slot.path(), nearest.stream().map(TorchUnit::path).toList());
  }

  private static boolean shares(TargetSlot slot, TorchUnit unit) {
    return slot.forms().stream()
        .flatMap(List::stream)
        .flatMap(fill -> fill.attributes().stream())
        .anyMatch(unit.attributes()::containsKey);
  }

  /** Fewer misfits, nearer ranks and more words in common are nearer. */
  private double distance(TargetSlot slot, TorchUnit unit) {
    long otherRanks =
        slot.forms().get(0).stream()
            .filter(
                fill ->
                    fill.attributes().stream()
                        .map(unit.attributes()::get)
                        .anyMatch(p -> p != null && p.shape().size() != fill.shape().size()))
            .count();
    return 2.0 * fit.misfits(slot, unit).size() + 4.0 * otherRanks - 3.0 * score(slot, unit);
  }

  /** A layer of no known class whose variables two rows read differently. */
  static Fault severalRecipes(TargetSlot slot, TorchUnit unit, List<List<Fill>> forms) {
    return new Fault(
        Kind.AMBIGUOUS,
        Problem.of(capital(slot.description()) + " can take `" + unit.path() + "` in several ways.")
            .because(
                "the target's file doesn't tell the layer's class: "
                    + forms.stream()
                        .map(form -> "`" + form.get(0).recipe() + "`")
                        .distinct()
                        .toList())
            .fix(
                "state the variable in the map file: \"variables\": {\""
                    + slot.variables().get(0).path()
                    + "\": {\"from\": [\""
                    + unit.names().get(0)
                    + "\"], \"recipe\": \"...\"}}"),
        slot.path(),
        List.of(unit.path()));
  }

  private static String capital(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }
}
