package org.tensorferry.step;

import java.util.Optional;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.dim.Symbol;
import org.tensorferry.value.CallSite;

/**
 * How a tensor of the whole-sequence model stands to time. It says what the step model has in its
 * place.
 */
sealed interface Timing {

  /**
   * The same at every step: weights, constants, arguments without the step dim.
   *
   * @param isZero whether it is known to be zero
   * @param isArgument whether it depends on an argument
   */
  record Fixed(boolean isZero, boolean isArgument) implements Timing {}

  /**
   * A tensor with frames along an axis, {@code time + extra} of them. At step t the step model has
   * frames t to t + extra of it: the new one, and before it what convolutions look back to.
   *
   * @param ahead how many of these last frames depend on input that is not there yet
   * @param cause what looks ahead; empty where nothing does
   * @param isJoined whether the axis holds the frames of all sequences of a batch
   */
  record Frames(int axis, long extra, long ahead, Optional<Lookahead> cause, boolean isJoined)
      implements Timing {

    Frames(int axis, long extra, boolean isJoined) {
      this(axis, extra, 0, Optional.empty(), isJoined);
    }

    Frames ahead(long frames, Optional<Lookahead> from) {
      return new Frames(axis, extra, frames, frames > 0 ? from : Optional.empty(), isJoined);
    }
  }

  /** What follows from all frames so far and has no frames itself, as a last state. */
  record Last() implements Timing {}

  /** Nothing is known, and that was said. */
  record Refused() implements Timing {}

  /** A call that makes a result depend on frames to come. */
  record Lookahead(String operator, CallSite site) {}

  /** The axis of frames that a shape has; empty where it has none, or no single one. */
  static Optional<Frames> of(Shape shape, Symbol step) {
    if (axes(shape, step) != 1) {
      return Optional.empty();
    }
    for (int axis = 0; axis < shape.rank(); axis++) {
      Dim size = shape.dim(axis);
      if (size.symbols().contains(step)) {
        Dim extra = size.minus(Dim.of(step));
        if (extra.isKnown()) {
          return Optional.of(new Frames(axis, extra.known(), false));
        }
        Dim sequences = size.floorDiv(Dim.of(step));
        boolean isJoined =
            !sequences.symbols().contains(step) && sequences.times(Dim.of(step)).equals(size);
        return isJoined ? Optional.of(new Frames(axis, 0, true)) : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** How many axes have a size that depends on the step dim. */
  static long axes(Shape shape, Symbol step) {
    return shape.dims().stream().filter(dim -> dim.symbols().contains(step)).count();
  }
}
