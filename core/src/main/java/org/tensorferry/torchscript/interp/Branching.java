package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;
import org.tensorferry.torchscript.interp.Conditions.Refinement;
import org.tensorferry.torchscript.interp.State.Place;
import org.tensorferry.torchscript.interp.Statements.Flow;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Operators;
import org.tensorferry.value.Regions;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/**
 * A branch on data: both ways are followed from the same state, each into a function of the graph,
 * and what they leave different becomes a result of the If.
 */
final class Branching {

  /** Where a function that ends in both branches keeps its result meanwhile. */
  private static final String RESULT = "<result>";

  private final Operators operators;
  private final Regions regions;
  private final RuntimeNumbers runtime;
  private final Frame frame;
  private final CallSite site;

  Branching(Operators operators, RuntimeNumbers runtime, Frame frame, CallSite site) {
    this.operators = operators;
    this.regions = operators.regions();
    this.runtime = runtime;
    this.frame = frame;
    this.site = site;
  }

  /** One way. */
  private record Way(
      Regions.Region region, Flow flow, Map<Place, Value> changes, List<Tensor> uncertain) {}

  /**
   * Follows both ways.
   *
   * @param refinement what the condition says of a value that may be None
   */
  Flow run(
      Value condition,
      Optional<Refinement> refinement,
      Supplier<Flow> then,
      Supplier<Flow> otherwise) {
    TensorHandle decides = operators.scalar(runtime.forOperator(condition, site), DType.BOOL);
    State before = State.of(frame);
    Way first = follow(regions.openBranch(), before, () -> refined(refinement, true, then));
    Way second =
        follow(
            regions.openAlternative(first.region()),
            before,
            () -> refined(refinement, false, otherwise));
    if (first.flow() != second.flow()
        || first.flow() == Flow.BREAK
        || first.flow() == Flow.CONTINUE) {
      throw Refusal.of(
          site,
          "A branch on data leaves the loop or the function, and its alternative does not",
          "both ways must go on at the same place",
          "assign the result to a variable in both branches, and return it after them");
    }
    merge(before, decides, first, second, refinement);
    if (first.flow() == Flow.RETURN) {
      frame.returns(Objects.requireNonNull(frame.find(RESULT)));
    }
    return first.flow();
  }

  /** On its way a value that may be None is what the condition says. */
  private Flow refined(Optional<Refinement> refinement, boolean holds, Supplier<Flow> way) {
    refinement.ifPresent(
        known ->
            frame
                .variables()
                .replaceAll((name, value) -> value == known.value() ? known.on(holds) : value));
    return way.get();
  }

  private Way follow(Regions.Region region, State before, Supplier<Flow> way) {
    try {
      Flow flow = way.get();
      if (flow == Flow.RETURN) {
        frame.set(RESULT, frame.result());
      }
      return new Way(region, flow, before.changes(), before.uncertain());
    } finally {
      regions.close(region);
      before.restore();
    }
  }

  private void merge(
      State before, TensorHandle decides, Way first, Way second, Optional<Refinement> refinement) {
    Map<Place, List<Value>> pairs = new LinkedHashMap<>();
    List<Place> places = new ArrayList<>(first.changes().keySet());
    second.changes().keySet().stream().filter(p -> !places.contains(p)).forEach(places::add);
    for (Place place : places) {
      @Nullable Value a = value(before, first, place);
      @Nullable Value b = value(before, second, place);
      // What only one way defines does not exist after both.
      boolean isAsBefore =
          refinement.isPresent()
              && State.same(a, refinement.get().on(true))
              && State.same(b, refinement.get().on(false));
      if (isAsBefore) {
        pairs.put(place, List.of(refinement.get().value(), refinement.get().value()));
      } else if (a != null && b != null) {
        pairs.put(place, List.of(a, b));
      }
    }
    Join join = new Join(operators, runtime, site);
    Map<Place, Slot> slots = new LinkedHashMap<>();
    pairs.forEach((place, pair) -> slots.put(place, join.slot(pair.get(0), pair.get(1))));
    List<Shape> shapes =
        slots.values().stream().flatMap(s -> s.parts().stream()).map(Slot.OfTensor::shape).toList();
    List<TensorHandle> results = List.of();
    if (!shapes.isEmpty()) {
      results =
          regions.branch(
              decides,
              first.region(),
              carried(before, first, join, slots, pairs, 0),
              second.region(),
              carried(before, second, join, slots, pairs, 1),
              shapes);
    }
    Iterator<TensorHandle> handles = results.iterator();
    IdentityHashMap<Slot, Value> bound = new IdentityHashMap<>();
    slots.forEach((place, slot) -> place.set(join.bind(slot, handles, bound)));
    join.settle();
    first.uncertain().forEach(Tensor::becomeUncertain);
    second.uncertain().forEach(Tensor::becomeUncertain);
  }

  private static @Nullable Value value(State before, Way way, Place place) {
    @Nullable Value changed = way.changes().get(place);
    return changed != null ? changed : before.had(place) ? place.get() : null;
  }

  /** Read with all that the way wrote into tensors that were there before. */
  private List<TensorHandle> carried(
      State before,
      Way followed,
      Join join,
      Map<Place, Slot> slots,
      Map<Place, List<Value>> pairs,
      int way) {
    regions.reopen(followed.region());
    before.restore();
    followed.changes().entrySet().stream()
        .filter(change -> change.getKey() instanceof State.Storage)
        .forEach(change -> change.getKey().set(change.getValue()));
    try {
      List<TensorHandle> handles = new ArrayList<>();
      slots.forEach(
          (place, slot) ->
              handles.addAll(
                  join.handles(slot, Objects.requireNonNull(pairs.get(place)).get(way))));
      return handles;
    } finally {
      regions.close(followed.region());
      before.restore();
    }
  }
}
