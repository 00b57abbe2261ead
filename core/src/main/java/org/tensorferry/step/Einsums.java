package org.tensorferry.step;

import java.util.List;
import java.util.Optional;
import org.tensorferry.step.FrameCall.Decision;
import org.tensorferry.step.FrameCall.Input;
import org.tensorferry.step.Timing.Frames;
import org.tensorferry.step.Timing.Lookahead;
import org.tensorferry.value.Value;

/** Einstein sums: the letter of time must be in all that has frames, and in the result. */
final class Einsums {

  private Einsums() {}

  static Decision decide(FrameCall call) {
    String equation = String.valueOf(call.arguments().get("equation")).replace(" ", "");
    if (!equation.contains("->") || equation.contains(".")) {
      throw call.unknown();
    }
    String[] sides = equation.split("->", -1);
    String[] operands = sides[0].split(",", -1);
    List<Value> tensors = FrameCall.elements(call.arguments(), "tensors");
    String letter = "";
    long ahead = 0;
    Optional<Lookahead> cause = Optional.empty();
    for (int i = 0; i < operands.length; i++) {
      Input input = call.input(tensors.get(i));
      if (input.timing() instanceof Frames frames) {
        String own = operands[i].substring(frames.axis(), frames.axis() + 1);
        if (!letter.isEmpty() && !letter.equals(own)) {
          throw Refusals.needsAll(call.name(), "it relates every frame to every other");
        }
        letter = own;
        if (frames.ahead() > ahead) {
          ahead = frames.ahead();
          cause = frames.cause();
        }
      }
    }
    if (!sides[1].contains(letter)) {
      throw Refusals.needsAll(call.name(), "it adds over all frames");
    }
    Frames result = call.framesOf(call.results().get(0)).orElseThrow(call::unknown);
    return call.framed(result.extra(), ahead, cause);
  }
}
