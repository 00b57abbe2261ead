package org.tensorferry.parity;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.tensor.HostTensor;

/**
 * What came of one case.
 *
 * @param engine where the result ran, if not in the TensorFlow of this process: {@code Python
 *     TensorFlow 2.21.0, XLA}; else empty
 * @param label as {@code batch=2 time=7, sample 1}
 * @param dims the value of each dynamic dim
 * @param inputs dtype and shape of each input
 * @param outcome whether the outputs were compared
 * @param reason the engine's reason where they were not, or a remark; else empty
 * @param outputs in the original's order; empty where nothing was compared
 */
public record CaseReport(
    String engine,
    String label,
    Map<String, Long> dims,
    List<String> inputs,
    Outcome outcome,
    String reason,
    List<OutputComparison> outputs) {

  /** How far a case came. */
  public enum Outcome {
    /** Both engines ran. */
    COMPARED,
    /** The original does not run on these sizes, so there is nothing to compare with. */
    SKIPPED,
    /** The original ran and the result did not: a difference. */
    FAILED
  }

  public CaseReport {
    dims = Collections.unmodifiableMap(new LinkedHashMap<>(dims));
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  public static CaseReport compared(
      InputCase input, String remark, List<OutputComparison> outputs) {
    return of(input, Outcome.COMPARED, remark, outputs);
  }

  public static CaseReport skipped(InputCase input, String reason) {
    return of(input, Outcome.SKIPPED, reason, List.of());
  }

  public static CaseReport failed(InputCase input, String reason) {
    return of(input, Outcome.FAILED, reason, List.of());
  }

  private static CaseReport of(
      InputCase input, Outcome outcome, String reason, List<OutputComparison> outputs) {
    List<String> types = input.inputs().stream().map(HostTensor::toString).toList();
    return new CaseReport("", input.label(), input.dims(), types, outcome, reason, outputs);
  }

  /** The same case with its outputs judged anew. */
  public CaseReport withOutputs(List<OutputComparison> judged) {
    return new CaseReport(engine, label, dims, inputs, outcome, reason, judged);
  }

  /** The same case in another engine, which its label names. */
  CaseReport in(String where) {
    return new CaseReport(where, label + ", " + where, dims, inputs, outcome, reason, outputs);
  }

  /** The same case of one of several methods, which its label and its outputs name. */
  public CaseReport of(String method) {
    List<OutputComparison> named = outputs.stream().map(output -> output.of(method)).toList();
    return new CaseReport(engine, method + ": " + label, dims, inputs, outcome, reason, named);
  }

  /** True where nothing was found different; a skipped case finds nothing. */
  public boolean isEqual() {
    return outcome != Outcome.FAILED && outputs.stream().allMatch(OutputComparison::isEqual);
  }
}
