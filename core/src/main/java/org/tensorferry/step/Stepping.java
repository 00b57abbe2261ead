package org.tensorferry.step;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.dim.Shape;
import org.tensorferry.dim.Symbol;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.recipe.PortedVariable;

/**
 * How a model becomes its step model: it is followed with a whole sequence first, to see what must
 * be remembered, and with one frame then.
 */
public final class Stepping {

  private final Symbol step;
  private final List<InputSpec> specs;
  private final StepAnalysis analysis;

  private Stepping(Symbol step, List<InputSpec> specs, List<String> outputNames) {
    this.step = step;
    this.specs = specs;
    this.analysis = new StepAnalysis(step, outputNames);
  }

  /**
   * Along a dim of the inputs.
   *
   * @param outputNames of the results; empty where they keep the model's
   * @throws FerryException (usage) where no input has the dim, or one has it otherwise than as the
   *     size of one axis
   */
  public static Stepping along(String dim, List<InputSpec> specs, List<String> outputNames) {
    Symbol step = Symbol.input(dim, 1);
    String given = specs.stream().map(InputSpec::toString).collect(Collectors.joining(", "));
    if (specs.stream().noneMatch(spec -> spec.symbols().contains(step))) {
      throw Problem.of("No input has the dim `" + dim + "` that --step names")
          .because("the inputs are " + given)
          .fix("name the axis of frames, as in --input \"x:float32[1," + dim + ",257]\"")
          .as(ExitCode.USAGE);
    }
    for (InputSpec spec : specs) {
      long axes = Timing.axes(spec.shape(), step);
      boolean isPlain = spec.shape().dims().stream().anyMatch(Dim.of(step)::equals);
      if (axes > 1 || (axes == 1 && !isPlain)) {
        throw Problem.of("The input `" + spec + "` has not one axis of the size `" + dim + "`")
            .because("a step takes one frame of each input that has the dim")
            .fix("give one axis the size `" + dim + "`, and others names of their own")
            .as(ExitCode.USAGE);
      }
    }
    return new Stepping(step, specs, outputNames);
  }

  /** The first way through the model, with the arguments as they were given. */
  public StepPass analysis() {
    return analysis;
  }

  /**
   * The second way, with {@link #oneFrame}, after the first.
   *
   * @param whole the arguments of the first way, named
   */
  public StepPass emission(List<InputSpec> whole) {
    return new StepEmission(analysis.plan(), whole);
  }

  /** The arguments for one frame. */
  public List<InputSpec> oneFrame() {
    return specs.stream()
        .map(
            spec ->
                new InputSpec(
                    spec.name(),
                    spec.dtype(),
                    new Shape(
                        spec.shape().dims().stream()
                            .map(size -> size.symbols().contains(step) ? Dim.ONE : size)
                            .toList()),
                    spec.below()))
        .toList();
  }

  /**
   * Refuses a model with a memory of its own.
   *
   * @param changed variables that a call changes
   */
  public static void requireStateless(Set<PortedVariable> changed) {
    if (!changed.isEmpty()) {
      throw Problem.of("The model keeps values between calls already")
          .because("a call changes `" + changed.iterator().next().name() + "`")
          .fix(
              "convert it without --step, with one frame, as in --input \"x:[1,1,257]\"; --state"
                  + " arguments makes inputs and outputs of what it keeps")
          .as(ExitCode.UNCONVERTIBLE);
    }
  }
}
