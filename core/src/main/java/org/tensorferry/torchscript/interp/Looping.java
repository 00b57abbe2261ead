package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;
import org.tensorferry.torchscript.interp.Slot.Counted;
import org.tensorferry.torchscript.interp.State.Place;
import org.tensorferry.torchscript.interp.Statements.Flow;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Operators;
import org.tensorferry.value.Regions;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/**
 * A loop whose number of rounds is known only when the model runs. Its body is followed again and
 * again, each time with what it was seen to change carried from round to round, until it changes
 * nothing that is not carried.
 */
final class Looping {

  private static final int MOST_ATTEMPTS = 12;

  /** The loop's own code. */
  interface Code {
    /** Whether a round follows: a bool. */
    Value goesOn(Dim round);

    /** One round. */
    Flow body(Dim round);
  }

  private final Operators operators;
  private final Regions regions;
  private final RuntimeNumbers runtime;
  private final Frame frame;
  private final CallSite site;
  private final Code code;
  private final Optional<Dim> rounds;
  private final Map<Place, Slot> carried = new LinkedHashMap<>();

  /**
   * A loop.
   *
   * @param rounds how many there are, where the code can't end it early
   */
  Looping(
      Operators operators,
      RuntimeNumbers runtime,
      Frame frame,
      CallSite site,
      Optional<Dim> rounds,
      Code code) {
    this.operators = operators;
    this.regions = operators.regions();
    this.runtime = runtime;
    this.frame = frame;
    this.site = site;
    this.rounds = rounds;
    this.code = code;
  }

  /** Runs all rounds from {@code first} on. */
  void run(Dim first) {
    State before = State.of(frame);
    Value starts = code.goesOn(first);
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      Object mark = regions.mark();
      if (follow(before, starts, first)) {
        return;
      }
      regions.reset(mark);
      if (first.is(0)
          && needsFirstRound()
          && rounds.isPresent()
          && rounds.get().atLeast().orElse(0) >= 1) {
        before.restore();
        requireEnd(code.body(first));
        new Looping(operators, runtime, frame, site, rounds, code).run(Dim.ONE);
        return;
      }
    }
    throw Refusal.of(
        site,
        "A loop carries values whose types change from round to round",
        "after " + MOST_ATTEMPTS + " attempts they were not the same before and after a round",
        "give variables of the loop one dtype and one rank from the start");
  }

  /** What is None before the loop and a tensor in it: the first round runs on its own. */
  private boolean needsFirstRound() {
    return carried.values().stream()
        .anyMatch(slot -> slot instanceof Slot.Torn || slot instanceof Slot.OfOptional);
  }

  private static void requireEnd(Flow flow) {
    if (flow != Flow.NEXT && flow != Flow.CONTINUE) {
      throw new IllegalStateException("a loop's first round ends it");
    }
  }

  /** One attempt; true where it was the last. */
  private boolean follow(State before, Value starts, Dim first) {
    before.restore();
    Join join = new Join(operators, runtime, site);
    Map<Place, Value> initial = new HashMap<>();
    List<TensorHandle> inputs = new ArrayList<>(List.of(bool(starts)));
    List<Shape> shapes = new ArrayList<>(List.of(Shape.SCALAR));
    carried.forEach(
        (place, slot) -> {
          Value value = Objects.requireNonNull(place.get());
          initial.put(place, value);
          shared(join, place, slot, value);
          inputs.addAll(join.handles(slot, value));
          slot.parts().forEach(part -> shapes.add(renewed(part.shape())));
        });
    Optional<Dim> most = rounds.map(count -> count.minus(first));
    Regions.Region region = regions.openLoop(most, inputs, shapes);
    Map<Place, Value> bound = new HashMap<>();
    Map<Place, Value> after;
    Value goesOn;
    Dim round;
    try {
      round = regions.round(region).plus(first);
      bindAll(region, join, round.minus(first), bound);
      State begin = State.of(frame);
      Flow flow = code.body(round);
      if (flow != Flow.NEXT && flow != Flow.CONTINUE) {
        throw Refusal.of(
            site,
            "A loop whose number of rounds depends on data is left early",
            "only its condition may end it",
            "keep a bool that the loop's condition asks for");
      }
      after = begin.changes();
      goesOn = code.goesOn(round.plus(1));
      requireNotBoth(bound, after);
    } finally {
      regions.close(region);
    }
    Map<Place, Value> ends = new LinkedHashMap<>(after);
    carried.keySet().forEach(place -> ends.putIfAbsent(place, bound.get(place)));
    ends.forEach((place, value) -> shared(join, place, carried.get(place), value));
    boolean stable = widen(before, initial, ends, round.minus(first));
    if (!stable) {
      before.restore();
      return false;
    }
    List<Tensor> uncertain = before.uncertain();
    emit(before, region, join, ends, goesOn, first);
    uncertain.forEach(Tensor::becomeUncertain);
    return true;
  }

  /** A variable begins with the very tensor that it holds before; a storage is only filled. */
  private static void shared(Join join, Place place, @Nullable Slot slot, Value value) {
    if (slot != null && !(place instanceof State.Storage)) {
      join.comesFrom(slot, value);
    }
  }

  private TensorHandle bool(Value value) {
    return operators.scalar(runtime.forOperator(value, site), DType.BOOL);
  }

  /** Sizes that change are other symbols in every region. */
  private Shape renewed(Shape shape) {
    return new Shape(
        shape.dims().stream()
            .map(dim -> regions.isKnownHere(dim) ? dim : regions.freshSize())
            .toList());
  }

  private void bindAll(Regions.Region region, Join join, Dim round, Map<Place, Value> bound) {
    List<TensorHandle> all = regions.carried(region);
    Iterator<TensorHandle> handles = all.subList(1, all.size()).iterator();
    IdentityHashMap<Slot, Value> memory = new IdentityHashMap<>();
    carried.forEach(
        (place, slot) -> {
          Value value =
              slot instanceof Counted counted
                  ? Join.at(counted, round)
                  : join.bind(slot, handles, memory);
          place.set(value);
          bound.put(place, Objects.requireNonNull(place.get()));
        });
    join.settle();
  }

  /** Whoever else holds a tensor that a variable begins with would have to see it change. */
  private void requireNotBoth(Map<Place, Value> bound, Map<Place, Value> after) {
    bound.forEach(
        (place, value) -> {
          boolean isReplaced =
              !(place instanceof State.Storage) && after.get(place) instanceof Tensor;
          if (isReplaced && value instanceof Tensor tensor && tensor.isWritten()) {
            throw Refusal.of(
                site,
                "A loop changes " + place + " in place and replaces it",
                "other names of the tensor it begins with would see the first round only",
                "use operators that return a new tensor");
          }
        });
  }

  /** Makes slots of what was changed; true where they were there already. */
  private boolean widen(
      State before, Map<Place, Value> initial, Map<Place, Value> ends, Dim round) {
    boolean stable = true;
    Join join = new Join(operators, runtime, site);
    for (Map.Entry<Place, Value> end : ends.entrySet()) {
      Place place = end.getKey();
      if (!before.had(place)) {
        continue; // a variable of the body alone
      }
      @Nullable Slot known = carried.get(place);
      if (known == null) {
        before.restore();
        Value value = Objects.requireNonNull(place.get());
        carried.put(place, first(join, value, end.getValue()));
        stable = false;
      } else if (known instanceof Counted counted) {
        Value next = Join.at(counted, round.plus(1));
        if (!next.equals(end.getValue())) {
          carried.put(place, join.slot(Objects.requireNonNull(initial.get(place)), end.getValue()));
          stable = false;
        }
      } else if (!(known instanceof Slot.Torn)) {
        Slot slot = join.slot(Objects.requireNonNull(initial.get(place)), end.getValue());
        Slot wider = new Widening(regions).of(known, slot);
        stable &= wider.equals(known);
        carried.put(place, wider);
      }
    }
    return stable;
  }

  private Slot first(Join join, Value before, Value after) {
    if (before instanceof Value.Int a && after instanceof Value.Int b) {
      Dim step = b.value().minus(a.value());
      if (step.isKnown()) {
        return new Counted(a.value(), step.known());
      }
    }
    return join.slot(before, after);
  }

  private void emit(
      State before,
      Regions.Region region,
      Join join,
      Map<Place, Value> ends,
      Value goesOn,
      Dim first) {
    List<TensorHandle> next = new ArrayList<>();
    regions.reopen(region);
    try {
      next.add(bool(goesOn));
      carried.forEach(
          (place, slot) ->
              next.addAll(join.handles(slot, Objects.requireNonNull(ends.get(place)))));
    } finally {
      regions.close(region);
    }
    List<Shape> shapes = new ArrayList<>(List.of(Shape.SCALAR));
    carried
        .values()
        .forEach(slot -> slot.parts().forEach(part -> shapes.add(renewed(part.shape()))));
    before.restore();
    List<TensorHandle> results = regions.loop(region, next, shapes);
    Iterator<TensorHandle> handles = results.subList(1, results.size()).iterator();
    IdentityHashMap<Slot, Value> memory = new IdentityHashMap<>();
    @Nullable Dim ran = null;
    for (Map.Entry<Place, Slot> entry : carried.entrySet()) {
      Value value;
      if (entry.getValue() instanceof Counted counted) {
        if (ran == null) {
          ran = rounds.map(count -> count.minus(first)).orElseGet(() -> regions.rounds(region));
        }
        value = Join.at(counted, ran.max(Dim.ZERO));
      } else {
        value = join.bind(entry.getValue(), handles, memory);
      }
      entry.getKey().set(value);
    }
    join.settle();
  }
}
