package org.tensorferry.rule;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.dim.LinearDim;
import org.tensorferry.dim.Symbol;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.rule.NoiseCalls.Drawn;
import org.tensorferry.source.NoiseCall;
import org.tensorferry.source.NoiseForm;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Operators;
import org.tensorferry.value.Regions;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/**
 * Operators whose random ones are others: what they draw is an argument of the graph, or left out.
 * The calls that stand for them are recorded like any other, so that libtorch can be given the same
 * calls.
 */
public final class NoiseOperators implements Operators {

  private final TensorOperators operators;
  private final TfGraph tf;
  private final NoiseForm form;
  private final Set<String> names;
  private final List<InputSpec> specs = new ArrayList<>();
  private final List<NoiseCall.Argument> arguments = new ArrayList<>();
  private final NoiseCalls calls;
  private boolean isUsed;

  /**
   * Operators of a graph.
   *
   * @param names that arguments have already
   */
  public NoiseOperators(
      TensorOperators operators,
      RuleTables tables,
      TfGraph tf,
      NoiseForm form,
      List<String> names) {
    this.operators = operators;
    this.tf = tf;
    this.form = form;
    this.names = new HashSet<>(names);
    this.calls = new NoiseCalls(operators, tables, this::argument);
  }

  /** The arguments that were added, in order. */
  public List<InputSpec> specs() {
    return List.copyOf(specs);
  }

  /** What was done; {@link NoiseCall#NONE} where nothing was drawn. */
  public NoiseCall noise() {
    return isUsed ? new NoiseCall(form, arguments) : NoiseCall.NONE;
  }

  @Override
  public Value call(String name, List<Value> args, Map<String, Value> kwargs, CallSite site) {
    Optional<NoiseCalls.Noise> noise = calls.noise(name, args, kwargs);
    if (noise.isEmpty()) {
      return operators.call(name, args, kwargs, site);
    }
    isUsed = true;
    try {
      return form == NoiseForm.ZERO
          ? calls.leftOut(noise.get(), site)
          : calls.drawn(noise.get(), site);
    } catch (FerryException refusal) {
      refusal.problems().forEach(problem -> operators.report(problem, site));
      return Value.unknown();
    }
  }

  /** A new argument. */
  private Tensor argument(Drawn drawn, CallSite site) {
    if (!operators.regions().isOutermost()) {
      throw Problem.of(
              "`" + drawn.operator() + "` draws random numbers in a branch or loop on data")
          .because(
              "how often it does is known only when the model runs, so no argument can hold them")
          .fix("draw before the loop in the PyTorch code, or use --noise zero")
          .as(ExitCode.UNCONVERTIBLE);
    }
    for (Dim size : drawn.shape().dims()) {
      if (!size.isKnown() && !isOfInputs(size)) {
        throw Problem.of("`" + drawn.operator() + "` draws random numbers of size " + drawn.shape())
            .because("an argument's sizes are numbers, dims of inputs or multiples of these")
            .fix("give the inputs fixed sizes in --input, or use --noise zero")
            .as(ExitCode.UNCONVERTIBLE);
      }
    }
    String module = site.modulePath().replaceAll("\\W", "_");
    String base =
        module.isEmpty() || !Character.isLetter(module.charAt(0)) ? "noise" : module + "_noise";
    String name = base;
    for (int i = 1; !names.add(name); i++) {
      name = base + "_" + i;
    }
    specs.add(new InputSpec(Optional.of(name), drawn.dtype(), drawn.shape(), drawn.below()));
    arguments.add(new NoiseCall.Argument(name, drawn.operator(), drawn.text(), site.place()));
    return Tensor.of(tf.argument(name, drawn.dtype(), drawn.shape()));
  }

  private boolean isOfInputs(Dim size) {
    return LinearDim.of(size).isPresent()
        && size.symbols().stream().allMatch(symbol -> isOfInput(symbol));
  }

  private boolean isOfInput(Symbol symbol) {
    return tf.arguments().stream()
        .anyMatch(
            argument ->
                argument.output().shape().dims().stream()
                    .anyMatch(dim -> dim.symbols().contains(symbol)));
  }

  // --- all else

  @Override
  public Symbol symbol(TensorHandle scalar, OptionalLong example, long min) {
    return operators.symbol(scalar, example, min);
  }

  @Override
  public Regions regions() {
    return operators.regions();
  }

  @Override
  public TensorHandle scalar(Value number, DType dtype) {
    return operators.scalar(number, dtype);
  }

  @Override
  public boolean isNested(TensorHandle tensor) {
    return operators.isNested(tensor);
  }

  @Override
  public Optional<Value> known(TensorHandle scalar) {
    return operators.known(scalar);
  }
}
