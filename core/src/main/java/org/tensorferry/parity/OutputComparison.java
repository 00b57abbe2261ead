package org.tensorferry.parity;

import java.util.List;
import java.util.Optional;
import org.tensorferry.tensor.HostTensor;

/**
 * One output of the original beside the same output of the result.
 *
 * @param name in the signature
 * @param original dtype and shape of the original, as {@code float32[2,3]}; empty where it has no
 *     such output
 * @param result dtype and shape of the result; empty where it has no such output
 * @param metrics where the shapes are equal
 * @param difference what makes them different, in a few words; empty where they are equal
 * @param scores of the named metrics that were asked for and have a meaning here
 * @param spectra over time and frequency, where metrics of signals were asked for
 * @param remark why it counts as equal where the limits alone say that it differs; else empty
 */
public record OutputComparison(
    String name,
    String original,
    String result,
    Optional<Metrics> metrics,
    String difference,
    List<Score> scores,
    Optional<SpectrogramPair> spectra,
    String remark) {

  public OutputComparison {
    scores = List.copyOf(scores);
  }

  /** Without named metrics. */
  public OutputComparison(
      String name, String original, String result, Optional<Metrics> metrics, String difference) {
    this(name, original, result, metrics, difference, List.of(), Optional.empty(), "");
  }

  /** The same as no difference, for a reason. */
  public OutputComparison excused(String reason) {
    return new OutputComparison(name, original, result, metrics, "", scores, spectra, reason);
  }

  /** The same of one of several methods. */
  OutputComparison of(String method) {
    String of = isGradients() ? name + ", " + method : method + "." + name;
    return new OutputComparison(of, original, result, metrics, difference, scores, spectra, remark);
  }

  /** Begins the name of what is no output, but gradients of many variables; no output has it. */
  static final String GRADIENTS = "gradients of ";

  /** True where this is not an output but the gradients, whose ratio has a limit of its own. */
  public boolean isGradients() {
    return name.startsWith(GRADIENTS);
  }

  public boolean isEqual() {
    return difference.isEmpty();
  }

  static OutputComparison missing(String name, HostTensor original) {
    return new OutputComparison(
        name, original.toString(), "", Optional.empty(), "missing in the SavedModel");
  }

  /** Not an output, but how all of them are returned: tuples, lists, dicts and None. */
  static OutputComparison otherStructure(String original, String result) {
    return new OutputComparison(
        "(structure)", original, result, Optional.empty(), "structure differs");
  }

  static OutputComparison surplus(String name, HostTensor result) {
    return new OutputComparison(
        name, "", result.toString(), Optional.empty(), "not an output of the original");
  }
}
