package org.tensorferry.port;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Shape;
import org.tensorferry.error.Problem;
import org.tensorferry.keras.TargetLayer;
import org.tensorferry.keras.TargetModel;
import org.tensorferry.keras.TargetVariable;
import org.tensorferry.network.Network;
import org.tensorferry.port.PortPlan.Assigned;
import org.tensorferry.port.PortPlan.Fault;
import org.tensorferry.port.PortPlan.Kept;
import org.tensorferry.port.PortPlan.Source;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.rule.CallTrace;
import org.tensorferry.rule.PortRule;
import org.tensorferry.rule.PortRule.Fill;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tf.TfModel;

/** Makes the plan of a port. */
final class Planner {

  /**
   * A plan with what its values need beside it.
   *
   * @param offsets numbers that are added to variables: folded epsilons
   * @param zeros biases that torch lacks and that become zero
   * @param results of layers that belong together
   */
  record Planned(
      PortPlan plan,
      Map<TargetVariable, Double> offsets,
      Set<TargetVariable> zeros,
      List<LayerPair> results) {}

  /**
   * What is known beside the two files.
   *
   * @param network the target's graph
   * @param original torch's graph
   * @param calls torch's operator calls
   * @param isProven true where both will be run and compared
   */
  record Known(
      Optional<Network> network,
      Optional<TfModel> original,
      Optional<CallTrace> calls,
      boolean isProven) {}

  private final TorchFile torch;
  private final TargetModel target;
  private final Map<String, PortRule> rules;
  private final PortMap map;
  private final PortOptions options;
  private final Known evidence;
  private final FlattenCheck flatten;
  private final Globs keep;
  private final Globs leave;
  private final Fit fit;

  private final List<Assigned> assigned = new ArrayList<>();
  private final List<Kept> kept = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();
  private final List<String> notices = new ArrayList<>();
  private final Set<String> used = new HashSet<>();
  private final Set<TargetVariable> zeros = new LinkedHashSet<>();

  Planner(
      TorchFile torch,
      TargetModel target,
      Map<String, PortRule> rules,
      PortMap map,
      PortOptions options,
      Known evidence) {
    this.evidence = evidence;
    this.flatten = new FlattenCheck(evidence.network(), options);
    this.torch = torch;
    this.target = target;
    this.rules = rules;
    this.map = map;
    this.options = options;
    this.keep = new Globs(map.keep());
    this.leave = new Globs(map.leave());
    this.fit =
        new Fit(
            new Globs(options.missing()),
            new Globs(options.unused()),
            options.accepts("zero-bias"));
  }

  Planned plan() {
    TargetSlots.Found found = TargetSlots.find(target.layers(), rules);
    kept.addAll(found.kept());
    faults.addAll(found.faults());
    TorchUnits.Grouped grouped = TorchUnits.group(torch.tensors(), keepsPacked());
    Stated stated = new Stated(map, torch, fit);
    checkGlobs(stated);

    List<TargetSlot> slots = withoutKept(found.all());
    List<TorchUnit> units = without(grouped.all(), leave::matches);
    List<Stated.Variable> variables = stated.variables(slots);
    slots = withoutStated(slots, variables);
    Set<String> taken =
        variables.stream().flatMap(v -> v.from().stream()).collect(Collectors.toSet());
    units = without(units, taken::contains);

    FlowEvidence flow =
        FlowEvidence.of(
            evidence.network(), evidence.original(), slots, units, torch::withoutPrefix);
    Matching matching = new Matching(slots, units, fit, torch.hasOrder(), flow);
    matching.find(stated.pairs(slots, units));
    faults.addAll(stated.faults());
    notices.addAll(stated.notices());

    TorchCalls calls = TorchCalls.of(evidence.calls(), torch::withoutPrefix);
    SettingsCheck settings =
        new SettingsCheck(
            new TorchNumbers(torch, calls),
            options,
            target.hasSettings(),
            evidence.isProven(),
            new ConvolutionCheck(calls, evidence.network(), options));
    for (Stated.Variable variable : variables) {
      assign(variable);
      settings.leave(variable.slot());
    }
    slots.forEach(slot -> assign(slot, matching.pairs().get(slot), settings));
    Explanation explanation = new Explanation(fit, slots, units, matching);
    faults.addAll(explanation.faults(used));
    faults.addAll(settings.faults());
    notices.addAll(settings.notices());
    List<PortPlan.Left> left =
        new Leftovers(torch, grouped, options, leave, used, explanation.mentioned())
            .list(faults, slots.stream().map(TargetSlot::path).toList());
    flatten.look(slots, matching);
    faults.addAll(flatten.faults());
    checkCopies();
    for (Assigned one : assigned) {
      Notes.misfit(one, options)
          .ifPresent(
              problem ->
                  faults.add(
                      new Fault(PortPlan.Kind.VALUES, problem, one.slot(), List.of(one.unit()))));
    }
    if (options.checkValues()) {
      faults.addAll(ValuesCheck.faults(assigned, torch, settings.offsets()));
    }
    return new Planned(
        finish(left, settings), settings.offsets(), zeros, flow.results(matching.pairs()));
  }

  /** A weight that stands in the configuration as a number is not changed by any variable. */
  private void checkCopies() {
    List<String> copies = evidence.network().map(Network::copies).orElse(List.of());
    if (!copies.isEmpty() && !options.accepts("copies")) {
      faults.add(
          new Fault(
              PortPlan.Kind.UNSUPPORTED,
              Problem.of(
                      "The target's configuration holds copies of values: "
                          + Names.list(copies)
                          + ".")
                  .because(
                      "Keras writes a weight that is used outside of its layer (a tied projection) as"
                          + " plain numbers, and they would stay what they are")
                  .fix(
                      "tie the weight in a layer of its own (Embedding's `reverse`, a subclass), or keep"
                          + " the copies (--accept copies)"),
              copies.get(0),
              List.of()));
    }
  }

  private PortPlan finish(List<PortPlan.Left> left, SettingsCheck settings) {
    Map<TargetVariable, Integer> places = new HashMap<>();
    target.layers().stream()
        .flatMap(layer -> layer.variables().stream())
        .forEach(variable -> places.put(variable, places.size()));
    assigned.sort(Comparator.comparingInt(a -> places.getOrDefault(a.variable(), 0)));
    kept.sort(Comparator.comparingInt(k -> places.getOrDefault(k.variable(), 0)));
    int tensors = torch.tensors().size() + torch.outside().size();
    return new PortPlan(
        new PortPlan.Torch(torch.path().toString(), torch.wrapper(), torch.prefix(), tensors),
        new PortPlan.Target(target.path().toString(), target.format(), places.size()),
        assigned,
        left,
        kept,
        settings.corrections(),
        notices,
        settings.differences(),
        settings.untested(),
        faults,
        unproven(settings.untested()));
  }

  /** Tensors fit wherever shapes do; what both models compute with shows when they run. */
  private Optional<Fault> unproven(PortPlan.Untested untested) {
    if (evidence.isProven() || options.accepts("unproven")) {
      return Optional.empty();
    }
    Problem problem =
        Problem.of("Nothing proves this port: neither model is run.")
            .because(untested.text())
            .fix(
                "give the original, TorchScript or a program of torch.export (--model FILE), so that"
                    + " both are run, or say that both are alike in all of this (--accept unproven)");
    return Optional.of(new Fault(PortPlan.Kind.UNPROVEN, problem, "", List.of()));
  }

  /** A SavedModel of convert keeps torch's packed projections. */
  private boolean keepsPacked() {
    return target.layers().stream().anyMatch(layer -> layer.path().matches("(.*/)?in_proj"));
  }

  private void checkGlobs(Stated stated) {
    List<String> tensors = new ArrayList<>(torch.tensors().keySet());
    tensors.addAll(torch.outside().keySet());
    tensors.addAll(torch.unreadable().keySet());
    stated.check("leave", map.leave(), tensors);
    stated.check("the tensors that may be unused", options.unused(), tensors);
    List<String> variables = new ArrayList<>();
    for (TargetLayer layer : target.layers()) {
      variables.add(layer.path());
      layer.variables().forEach(v -> variables.add(v.path()));
      layer.variables().forEach(v -> variables.add(layer.path() + "/" + v.name()));
    }
    stated.check("keep", map.keep(), variables);
    stated.check("the variables that may be missing", options.missing(), variables);
  }

  private List<TargetSlot> withoutKept(List<TargetSlot> slots) {
    List<TargetSlot> rest = new ArrayList<>();
    for (TargetSlot slot : slots) {
      Set<TargetVariable> keeping =
          slot.variables().stream()
              .filter(
                  v -> keep.matches(v.path(), slot.path(), slot.layer().path() + "/" + v.name()))
              .collect(Collectors.toSet());
      keeping.forEach(v -> kept.add(new Kept(slot.layer(), v, "kept by the map file", true)));
      addWithout(slot, keeping, rest);
    }
    return rest;
  }

  private static List<TargetSlot> withoutStated(
      List<TargetSlot> slots, List<Stated.Variable> variables) {
    Set<TargetVariable> stated =
        variables.stream().map(Stated.Variable::variable).collect(Collectors.toSet());
    List<TargetSlot> rest = new ArrayList<>();
    slots.forEach(slot -> addWithout(slot, stated, rest));
    return rest;
  }

  private static void addWithout(TargetSlot slot, Set<TargetVariable> out, List<TargetSlot> rest) {
    if (slot.variables().stream().noneMatch(out::contains)) {
      rest.add(slot);
      return;
    }
    List<List<Fill>> forms =
        slot.forms().stream()
            .map(form -> form.stream().filter(f -> !out.contains(slot.variable(f))).toList())
            .filter(form -> !form.isEmpty())
            .toList();
    if (!forms.isEmpty()) {
      rest.add(new TargetSlot(slot.layer(), slot.part(), slot.rule(), forms, slot.tokens()));
    }
  }

  private static List<TorchUnit> without(List<TorchUnit> units, Predicate<String> out) {
    List<TorchUnit> rest = new ArrayList<>();
    for (TorchUnit unit : units) {
      Map<String, TorchUnit.Part> parts = new LinkedHashMap<>(unit.attributes());
      boolean changed = parts.values().removeIf(part -> part.names().stream().allMatch(out));
      if (!parts.isEmpty()) {
        rest.add(changed ? new TorchUnit(unit.path(), parts, unit.tokens()) : unit);
      }
    }
    return rest;
  }

  private void assign(Stated.Variable stated) {
    used.addAll(stated.from());
    List<String> notes = new ArrayList<>();
    if (!stated.note().isEmpty()) {
      notes.add(stated.note());
    }
    assigned.add(
        new Assigned(
            stated.slot().layer(),
            stated.variable(),
            "",
            "",
            stated.from().stream().map(this::source).toList(),
            stated.recipe(),
            Evidence.MAP_FILE,
            notes));
  }

  private void assign(TargetSlot slot, @Nullable Pair pair, SettingsCheck settings) {
    if (pair == null) {
      return;
    }
    List<List<Fill>> fitting = fit.fitting(slot, pair.unit());
    List<Fill> fills = fitting.get(0);
    if (fitting.size() > 1) {
      faults.add(Explanation.severalRecipes(slot, pair.unit(), fitting));
    }
    settings.check(pair, fills);
    Set<Integer> filled = new HashSet<>();
    for (Fill fill : fills) {
      filled.add(fill.variable());
      assigned.add(assigned(pair, fill, settings));
    }
    for (Fill fill : slot.forms().stream().flatMap(List::stream).toList()) {
      if (filled.add(fill.variable())) {
        TargetVariable variable = slot.variable(fill);
        boolean isZero = fit.becomesZero(fill) && !fit.mayMiss(slot, variable);
        if (isZero) {
          zeros.add(variable);
        }
        String then = isZero ? "it becomes zero" : "it may be missing";
        kept.add(new Kept(slot.layer(), variable, "torch has no such tensor, and " + then, true));
      }
    }
  }

  private Assigned assigned(Pair pair, Fill fill, SettingsCheck settings) {
    List<TorchUnit.Part> parts =
        fill.attributes().stream()
            .map(attribute -> Objects.requireNonNull(pair.unit().attributes().get(attribute)))
            .toList();
    List<Source> sources =
        parts.stream().flatMap(part -> part.names().stream()).map(this::source).toList();
    sources.forEach(source -> used.add(source.name()));
    TargetVariable variable = pair.slot().variable(fill);
    Recipe recipe = parts.get(0).recipe().then(flatten.ordered(variable, fill.recipe(), pair));
    List<String> notes = new ArrayList<>(Notes.of(sources, variable, recipe));
    Double offset = settings.offsets().get(variable);
    if (offset != null) {
      notes.add("epsilon folded: " + Names.number(offset) + " added");
    }
    return new Assigned(
        pair.slot().layer(),
        variable,
        pair.slot().path(),
        pair.unit().path(),
        sources,
        recipe,
        pair.evidence(),
        notes);
  }

  private Source source(String name) {
    TensorData tensor = torch.tensor(name);
    return new Source(name, tensor.dtype(), Shape.of(tensor.shape()));
  }
}
