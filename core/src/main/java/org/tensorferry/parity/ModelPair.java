package org.tensorferry.parity;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tensorferry.dim.Assumptions.Assumption;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.engine.Engines;
import org.tensorferry.engine.Original;
import org.tensorferry.engine.TfRunner;
import org.tensorferry.source.EntryMethod;
import org.tensorferry.source.NoiseCall;

/**
 * An original and what is said to compute the same.
 *
 * @param model the original's file
 * @param method of the original
 * @param savedModel the directory of the result
 * @param specs the tensor arguments of the method in order, named as the result's signature names
 *     them; names may be left out where there is one input
 * @param assumptions what the conversion took for granted: sizes that break it are not tried
 * @param entry the method, where the original itself has none that takes these tensors
 * @param further the signature of the result, which is a further method's name; empty for {@code
 *     serving_default}
 * @param noise the original's random numbers, where they are arguments or left out
 * @param referee what computes the same with these numbers; the original itself where it is empty
 */
public record ModelPair(
    Path model,
    String method,
    Path savedModel,
    List<InputSpec> specs,
    List<Assumption> assumptions,
    Optional<EntryMethod> entry,
    Optional<String> further,
    NoiseCall noise,
    Optional<Referee> referee) {

  /** Loads what stands for the original. */
  public interface Referee {
    Original open(Engines engines);
  }

  public ModelPair {
    specs = List.copyOf(specs);
    assumptions = List.copyOf(assumptions);
  }

  /** With a method of the original itself. */
  public ModelPair(
      Path model,
      String method,
      Path savedModel,
      List<InputSpec> specs,
      List<Assumption> assumptions) {
    this(
        model,
        method,
        savedModel,
        specs,
        assumptions,
        Optional.empty(),
        Optional.empty(),
        NoiseCall.NONE,
        Optional.empty());
  }

  /** By a method that is added to the original. */
  public ModelPair entering(EntryMethod added) {
    return new ModelPair(
        model,
        added.name(),
        savedModel,
        specs,
        assumptions,
        Optional.of(added),
        further,
        noise,
        referee);
  }

  /** With the original's {@code forward}, and nothing taken for granted. */
  public static ModelPair of(Path model, Path savedModel, List<InputSpec> specs) {
    return new ModelPair(model, "forward", savedModel, specs, List.of());
  }

  /** With the assumptions of a conversion. */
  public ModelPair assuming(List<Assumption> taken) {
    return new ModelPair(model, method, savedModel, specs, taken, entry, further, noise, referee);
  }

  /** With the original's random numbers as arguments, or none. */
  public ModelPair refereed(NoiseCall drawn, Referee by) {
    return new ModelPair(
        model, method, savedModel, specs, assumptions, entry, further, drawn, Optional.of(by));
  }

  /** By another signature of the result; empty for {@code serving_default}. */
  public ModelPair in(Optional<String> signature) {
    return new ModelPair(
        model, method, savedModel, specs, assumptions, entry, signature, noise, referee);
  }

  /** The result's signature. */
  public String signature() {
    return further.orElse(TfRunner.DEFAULT_SIGNATURE);
  }
}
