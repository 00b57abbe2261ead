package org.tensorferry.step;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.step.FrameCall.Decision;
import org.tensorferry.step.FrameCall.Input;
import org.tensorferry.step.Timing.Fixed;
import org.tensorferry.step.Timing.Frames;
import org.tensorferry.step.Timing.Last;
import org.tensorferry.step.Timing.Lookahead;
import org.tensorferry.value.Value;

/**
 * Operators along time itself, that have a step model: padding, convolutions and cuts, whose past
 * is remembered, and recurrent layers.
 */
final class TimeRules {

  /** What code writes for "to the end". */
  private static final long TO_THE_END = Integer.MAX_VALUE;

  private TimeRules() {}

  // --- cuts

  /** A cut along time that each step can make; empty for other operators. */
  static Optional<Decision> window(FrameCall call, Frames frames, Shape shape) {
    Dim length = shape.dim(frames.axis());
    if (frames.isJoined()) {
      return Optional.empty();
    }
    if (call.name().equals("slice")) {
      boolean isPlain = call.integer("step").map(step -> step.is(1)).orElse(true);
      if (!isPlain) {
        throw Refusals.notFrameByFrame(
            call.name(), "it leaves frames out", "convert the part before it with --module PATH");
      }
      Dim start = call.integer("start").orElse(Dim.ZERO);
      Dim end = call.integer("end").orElse(length);
      boolean isOpen = end.isKnown() && end.known() >= TO_THE_END;
      return Optional.of(
          cut(call, frames, length, place(start, length), isOpen ? length : place(end, length)));
    }
    if (call.name().equals("narrow")) {
      Dim start = place(call.integer("start").orElseThrow(call::unknown), length);
      Dim size = call.integer("length").orElseThrow(call::unknown);
      return Optional.of(cut(call, frames, length, start, start.plus(size)));
    }
    if (call.name().equals("select")) {
      Dim index = place(call.integer("index").orElseThrow(call::unknown), length);
      return Optional.of(last(call, frames, length, index, index.plus(1)));
    }
    if (call.name().equals("unfold")) {
      return Optional.of(unfolded(call, frames));
    }
    return Optional.empty();
  }

  private static Dim place(Dim given, Dim length) {
    return given.isKnown() && given.known() < 0 ? length.plus(given) : given;
  }

  private static Decision cut(FrameCall call, Frames frames, Dim length, Dim start, Dim end) {
    if (call.framesOf(call.results().get(0)).isEmpty()) {
      return last(call, frames, length, start, end);
    }
    Dim behind = length.minus(end);
    if (!start.isKnown() || start.known() < 0 || !behind.isKnown() || behind.known() < 0) {
      throw call.unknown();
    }
    long ahead = Math.max(0, frames.ahead() - behind.known());
    return call.framed(frames.extra() - start.known() - behind.known(), ahead, frames.cause());
  }

  /** The last frames, which are known after each step. */
  private static Decision last(FrameCall call, Frames frames, Dim length, Dim start, Dim end) {
    Dim size = length.minus(start);
    boolean isLast = end.equals(length) && size.isKnown() && size.known() <= 1 + frames.extra();
    if (!isLast) {
      throw Refusals.notFrameByFrame(
          call.name(),
          "it takes certain frames of the sequence",
          "take the last frame, x[:, -1], or the same cut of every frame");
    }
    requireKnown(frames);
    return call.all(new Last());
  }

  /** Refuses to go on with frames that depend on frames to come. */
  private static void requireKnown(Frames frames) {
    @Nullable Lookahead cause = frames.cause().orElse(null);
    if (cause != null) {
      throw new FerryException(
          ExitCode.UNCONVERTIBLE, List.of(Refusals.looksAhead(cause, frames.ahead())), null);
    }
  }

  private static Decision unfolded(FrameCall call, Frames frames) {
    Dim size = call.integer("size").orElseThrow(call::unknown);
    if (!size.isKnown() || !call.integer("step").map(step -> step.is(1)).orElse(false)) {
      throw call.unknown();
    }
    return call.framed(frames.extra() - size.known() + 1, frames.ahead(), frames.cause());
  }

  // --- padding

  static Decision padded(FrameCall call) {
    Input input = call.input("self");
    Frames frames = call.frames("self");
    int place = 2 * (input.shape().rank() - 1 - frames.axis());
    List<Value> padding = FrameCall.elements(call.arguments(), "pad");
    if (place >= padding.size()) {
      return call.keep(frames);
    }
    long before = known(call, padding.get(place));
    long after = known(call, padding.get(place + 1));
    if (before == 0 && after == 0) {
      return call.keep(frames);
    }
    boolean isConstant =
        !call.has("mode") || String.valueOf(call.arguments().get("mode")).equals("constant");
    if (frames.isJoined() || !isConstant || !isZero(call.arguments().get("value"))) {
      throw Refusals.notFrameByFrame(
          call.name(),
          "it pads along `" + call.step() + "` with something else than zeros",
          "pad with zeros before the first frame: F.pad(x, (" + Math.max(0, before) + ", 0))");
    }
    Decision decision = behind(call, frames, before, after);
    return before > 0 ? decision.with(new Change.Padding(frames.axis(), before)) : decision;
  }

  private static long known(FrameCall call, Value value) {
    if (value instanceof Value.Int number && number.value().isKnown()) {
      return number.value().known();
    }
    throw call.unknown();
  }

  private static boolean isZero(@Nullable Value value) {
    return value == null
        || value instanceof Value.None
        || (value instanceof Value.Int number && number.value().is(0))
        || (value instanceof Value.Floating real && real.value() == 0);
  }

  /** The frames after padding before and behind them; less than 0 cuts off. */
  private static Decision behind(FrameCall call, Frames frames, long before, long after) {
    requirePast(frames, before);
    long ahead = Math.max(0, frames.ahead() + after);
    Optional<Lookahead> cause = frames.cause().or(() -> lookahead(call));
    return call.framed(frames.extra() + before + after, ahead, cause);
  }

  private static Optional<Lookahead> lookahead(FrameCall call) {
    return Optional.of(new Lookahead(call.name(), call.site()));
  }

  /** What is remembered must not depend on frames to come. */
  private static void requirePast(Frames frames, long before) {
    if (before > 0 && frames.ahead() > frames.extra()) {
      requireKnown(frames);
    }
  }

  static Decision joined(FrameCall call) {
    List<Value> tensors = FrameCall.elements(call.arguments(), "tensors");
    int index =
        IntStream.range(0, tensors.size())
            .filter(i -> call.input(tensors.get(i)).timing() instanceof Frames)
            .findFirst()
            .orElseThrow(call::unknown);
    Input first = call.input(tensors.get(index));
    Frames frames = (Frames) first.timing();
    int rank = first.shape().rank();
    int axis = FrameCall.axis(call.integer("dim").orElse(Dim.ZERO).known(), rank);
    if (axis != frames.axis()) {
      // Sizes differ along the joined axis alone, which has no frames.
      return FrameRules.sameFrames(call, first.shape());
    }
    List<Long> lengths = new ArrayList<>();
    for (int i = 0; i < tensors.size(); i++) {
      Input input = call.input(tensors.get(i));
      Dim size = input.shape().dim(axis);
      boolean isPadding = input.timing() instanceof Fixed fixed && fixed.isZero() && size.isKnown();
      if (i != index && !isPadding) {
        throw Refusals.notFrameByFrame(
            call.name(),
            "it joins frames along `" + call.step() + "` with something else than zeros",
            "pad with zeros before the first frame: F.pad(x, (frames, 0))");
      }
      lengths.add(i == index ? 0 : size.known());
    }
    long before = lengths.subList(0, index).stream().mapToLong(Long::longValue).sum();
    long after = lengths.subList(index, lengths.size()).stream().mapToLong(Long::longValue).sum();
    Decision decision = behind(call, frames, before, after);
    return before > 0 ? decision.with(new Change.Joining(axis, index, before)) : decision;
  }

  // --- convolutions

  static Decision convolution(FrameCall call) {
    Input input = call.input("input");
    Frames frames = call.frames("input");
    int axis = frames.axis();
    if (axis == 0) {
      return call.keep(frames);
    }
    Shape weight = call.input("weight").shape();
    int spatial = axis - 2;
    int count = weight.rank() - 2;
    if (axis == 1 || input.shape().rank() != weight.rank() || !call.isFixed("weight")) {
      throw Refusals.needsAll(
          call.name(), "it takes axis " + axis + ", which is `" + call.step() + "`, for channels");
    }
    if (call.integers("stride", count).get(spatial) != 1) {
      throw Refusals.notFrameByFrame(
          call.name(),
          "its stride along `" + call.step() + "` is not 1, so not every frame has a result",
          "convert the part of the model that keeps the rate of frames with --module PATH");
    }
    long reach =
        (weight.dim(2 + spatial).known() - 1) * call.integers("dilation", count).get(spatial);
    boolean isTransposed = call.name().startsWith("conv_transpose") || call.isTrue("transposed");
    return isTransposed
        ? transposed(call, frames, reach, spatial, count)
        : plain(call, frames, weight, reach, spatial);
  }

  private static Decision plain(
      FrameCall call, Frames frames, Shape weight, long reach, int spatial) {
    int count = weight.rank() - 2;
    @Nullable Value padding = call.arguments().get("padding");
    List<Long> sizes = new ArrayList<>();
    long before;
    long after;
    if (padding instanceof Value.Str named) {
      boolean isSame = named.value().equals("same");
      before = isSame ? reach / 2 : 0;
      after = isSame ? reach - reach / 2 : 0;
      for (int i = 0; i < count; i++) {
        long total = (weight.dim(2 + i).known() - 1) * call.integers("dilation", count).get(i);
        if (isSame && i != spatial && total % 2 != 0) {
          throw call.unknown();
        }
        sizes.add(isSame ? total / 2 : 0);
      }
    } else {
      sizes.addAll(call.integers("padding", count));
      before = sizes.get(spatial);
      after = before;
    }
    sizes.set(spatial, 0L);
    requirePast(frames, before);
    long ahead = frames.ahead() + after;
    Optional<Lookahead> cause = frames.cause().or(() -> lookahead(call));
    Decision decision = call.framed(frames.extra() + before + after - reach, ahead, cause);
    return before > 0
        ? decision.with(new Change.Convolution(frames.axis(), before, after, sizes))
        : decision;
  }

  /** Frame j of the result is made of frames j + padding - reach to j + padding. */
  private static Decision transposed(
      FrameCall call, Frames frames, long reach, int spatial, int count) {
    long padding = call.integers("padding", count).get(spatial);
    if (call.integers("output_padding", count).get(spatial) != 0 || padding > reach) {
      throw call.unknown();
    }
    requirePast(frames, reach);
    long ahead = frames.ahead() + reach - padding;
    Optional<Lookahead> cause = frames.cause().or(() -> lookahead(call));
    Decision decision = call.framed(frames.extra() + reach - 2 * padding, ahead, cause);
    return reach > 0 ? decision.with(new Change.Transposed(frames.axis(), reach)) : decision;
  }

  static Decision pooled(FrameCall call) {
    Input input = call.input("self");
    Frames frames = call.frames("self");
    int count = call.name().charAt(call.name().length() - 2) - '0';
    int spatial = frames.axis() - (input.shape().rank() - count);
    if (spatial < 0) {
      return call.keep(frames);
    }
    boolean isApart =
        call.integers("kernel_size", count).get(spatial) == 1
            && (FrameCall.elements(call.arguments(), "stride").isEmpty()
                || call.integers("stride", count).get(spatial) == 1);
    if (!isApart) {
      throw Refusals.notFrameByFrame(
          call.name(),
          "it joins neighbouring frames",
          "pool along other axes, or use a causal convolution with stride 1 along `"
              + call.step()
              + "`");
    }
    return call.keep(frames);
  }

  // --- recurrent layers

  static Decision recurrent(FrameCall call) {
    if (!call.has("input")) {
      throw call.unknown();
    }
    Frames frames = call.frames("input");
    int along = call.isTrue("batch_first") ? 1 : 0;
    if (frames.axis() == 2) {
      throw Refusals.needsAll(call.name(), "its features are frames");
    }
    if (frames.axis() != along) {
      return call.keep(frames);
    }
    if (call.isTrue("bidirectional")) {
      throw Refusals.notFrameByFrame(
          call.name(),
          "it is bidirectional: its way back begins at the last frame",
          "train it with bidirectional=False, or convert a part of the model without it with"
              + " --module PATH");
    }
    requireKnown(frames);
    if (frames.extra() != 0 || frames.isJoined()) {
      throw call.unknown();
    }
    List<Value> initial = FrameCall.elements(call.arguments(), "hx");
    for (Value state : initial) {
      if (!(call.input(state).timing() instanceof Fixed fixed)) {
        throw call.unknown();
      }
      if (fixed.isArgument()) {
        throw Refusals.notFrameByFrame(
            call.name(),
            "its first state is an argument of the model already",
            "convert it without --step and with one frame, as in --input \"x:[1,1,257]\": the"
                + " states that it returns are those that it takes next");
      }
      if (!fixed.isZero()) {
        throw Refusals.notFrameByFrame(
            call.name(),
            "its first state is not known to be zero",
            "leave the state out, so that it begins as zeros");
      }
    }
    List<Timing> timings = new ArrayList<>();
    timings.add(call.framesOf(call.results().get(0)).orElseThrow(call::unknown));
    while (timings.size() < call.results().size()) {
      timings.add(new Last());
    }
    List<String> kinds = initial.size() == 2 ? List.of("h", "c") : List.of("h");
    return new Decision(timings, Optional.of(new Change.Recurrence(kinds)));
  }
}
