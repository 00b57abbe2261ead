package org.tensorferry.step;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.dim.Symbol;
import org.tensorferry.error.FerryException;
import org.tensorferry.step.Timing.Fixed;
import org.tensorferry.step.Timing.Frames;
import org.tensorferry.step.Timing.Last;
import org.tensorferry.step.Timing.Lookahead;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/**
 * A call of the whole-sequence model, with what is known of the timing of its arguments.
 *
 * @param name without namespace, in-place mark and overload
 * @param arguments by name
 * @param inputs what is known of every tensor among them
 * @param results their shapes
 * @param step the dim of the sequence
 */
record FrameCall(
    String name,
    Map<String, Value> arguments,
    Map<Tensor, Input> inputs,
    List<Shape> results,
    Symbol step,
    CallSite site) {

  /** A tensor before the call. */
  record Input(Timing timing, Shape shape) {}

  /** What a call means for its results, and what becomes of it in the step model. */
  record Decision(List<Timing> results, Optional<Change> change) {

    Decision with(Change changed) {
      return new Decision(results, Optional.of(changed));
    }
  }

  // --- arguments

  static Tensor tensor(Map<String, Value> arguments, String name) {
    return (Tensor) Objects.requireNonNull(arguments.get(name));
  }

  static List<Value> elements(Map<String, Value> arguments, String name) {
    @Nullable Value value = arguments.get(name);
    if (value instanceof Value.ListOf list) {
      return list.elements();
    }
    if (value instanceof Value.TupleOf tuple) {
      return tuple.elements();
    }
    return value == null || value instanceof Value.None ? List.of() : List.of(value);
  }

  boolean has(String name) {
    return arguments.containsKey(name) && !(arguments.get(name) instanceof Value.None);
  }

  boolean isTrue(String name) {
    return arguments.get(name) instanceof Value.Bool flag && flag.value();
  }

  /** An integer of the call; empty where it is None or not there. */
  Optional<Dim> integer(String name) {
    return arguments.get(name) instanceof Value.Int number
        ? Optional.of(number.value())
        : Optional.empty();
  }

  /** Known integers, or one for all. */
  List<Long> integers(String name, int count) {
    List<Long> given = new ArrayList<>();
    for (Value element : elements(arguments, name)) {
      if (!(element instanceof Value.Int number) || !number.value().isKnown()) {
        throw unknown();
      }
      given.add(number.value().known());
    }
    while (given.size() == 1 && given.size() < count) {
      given = Collections.nCopies(count, given.get(0));
    }
    return given;
  }

  Input input(String name) {
    return input(arguments.get(name));
  }

  Input input(@Nullable Value value) {
    @Nullable Input input = value instanceof Tensor tensor ? inputs.get(tensor) : null;
    if (input == null) {
      throw unknown();
    }
    return input;
  }

  /** The frames of an argument that must have some. */
  Frames frames(String name) {
    if (input(name).timing() instanceof Frames frames) {
      return frames;
    }
    throw unknown();
  }

  boolean isFixed(String name) {
    return input(name).timing() instanceof Fixed;
  }

  boolean hasFrames() {
    return inputs.values().stream().anyMatch(input -> input.timing() instanceof Frames);
  }

  boolean hasLast() {
    return inputs.values().stream().anyMatch(input -> input.timing() instanceof Last);
  }

  boolean hasArgument() {
    return inputs.values().stream()
        .anyMatch(input -> input.timing() instanceof Fixed fixed && fixed.isArgument());
  }

  boolean isZeroOnly() {
    return !inputs.isEmpty()
        && inputs.values().stream()
            .allMatch(input -> input.timing() instanceof Fixed fixed && fixed.isZero());
  }

  /** Whether a number among the arguments depends on how many frames there are. */
  boolean countsFrames() {
    return arguments.values().stream().anyMatch(this::countsFrames);
  }

  private boolean countsFrames(Value value) {
    if (value instanceof Value.ListOf list) {
      return list.elements().stream().anyMatch(this::countsFrames);
    }
    return value instanceof Value.Int number && number.value().symbols().contains(step);
  }

  // --- results

  /** The frames of a shape; empty where it has none. */
  Optional<Frames> framesOf(Shape shape) {
    long axes = Timing.axes(shape, step);
    if (axes > 1) {
      throw Refusals.needsAll(
          name, "its result " + shape + " relates every frame to every other, as attention does");
    }
    Optional<Frames> frames = Timing.of(shape, step);
    if (axes == 1 && frames.isEmpty()) {
      throw Refusals.notFrameByFrame(
          name,
          "its result " + shape + " has not one frame for each frame of the input",
          "convert the part of the model that keeps the rate of frames with --module PATH");
    }
    if (frames.isPresent() && frames.get().extra() < 0) {
      throw Refusals.notFrameByFrame(
          name,
          "its result " + shape + " has fewer frames than the input",
          "pad before the first frame, F.pad(x, (kernel - 1, 0)), so that each frame has a result");
    }
    return frames;
  }

  /** All results have the frames of one input. */
  Decision keep(Frames input) {
    return framed(input.extra(), input.ahead(), input.cause());
  }

  /** All results have frames, so many more than there are steps. */
  Decision framed(long extra, long ahead, Optional<Lookahead> cause) {
    List<Timing> timings = new ArrayList<>();
    for (Shape shape : results) {
      Frames frames =
          framesOf(shape).orElseThrow(() -> Refusals.needsAll(name, "it works over all frames"));
      if (frames.extra() != extra || (frames.isJoined() && ahead > 0)) {
        throw unknown();
      }
      timings.add(frames.ahead(ahead, cause));
    }
    return new Decision(timings, Optional.empty());
  }

  Decision all(Timing timing) {
    return new Decision(results.stream().map(shape -> timing).toList(), Optional.empty());
  }

  /** The decision for a call that is not understood. */
  FerryException unknown() {
    return Refusals.notFrameByFrame(
        name,
        "it is not known to treat each frame by itself in this form",
        "write it with operators that docs/step.md lists, or convert a part of the model without"
            + " it with --module PATH");
  }

  /** An axis counted from the front. */
  static int axis(long given, int rank) {
    return (int) (given < 0 ? given + rank : given);
  }
}
