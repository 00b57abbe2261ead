package org.tensorferry.step;

import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.step.Timing.Lookahead;
import org.tensorferry.value.CallSite;

/** Why a model has no step model, in the words that its author knows. */
final class Refusals {

  private Refusals() {}

  static Problem at(Problem problem, CallSite site) {
    String module = site.modulePath().isEmpty() ? "(root)" : site.modulePath();
    return problem.at("module", module).at("line", site.place());
  }

  static FerryException notFrameByFrame(String name, String why, String fix) {
    return Problem.of("`" + name + "` can't be done frame by frame")
        .because(why)
        .fix(fix)
        .as(ExitCode.UNCONVERTIBLE);
  }

  /** For what needs all frames. */
  static FerryException needsAll(String name, String why) {
    return notFrameByFrame(
        name,
        why + ", so a frame's result depends on frames to come",
        "use a layer that looks back only, such as a causal convolution or a recurrent layer, or"
            + " convert a part of the model without it with --module PATH");
  }

  /** For what depends on frames to come. */
  static Problem looksAhead(Lookahead cause, long frames) {
    String count = frames == 1 ? "the next frame" : "the next " + frames + " frames";
    return at(
        Problem.of("`" + cause.operator() + "` looks ahead: it needs " + count)
            .because("it pads behind the last frame, and what comes of that padding is used")
            .fix(
                "pad before the first frame alone, F.pad(x, (kernel - 1, 0)) and a convolution"
                    + " with padding=0, or cut the last frames off its result"),
        cause.site());
  }
}
