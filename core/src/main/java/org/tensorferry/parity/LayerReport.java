package org.tensorferry.parity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.tensorferry.cause.Cause;

/**
 * Where two models part: every operator call of the original beside the same value in TensorFlow,
 * and every variable beside the tensors it was made from.
 *
 * @param label of the case that was compared
 * @param unavailable why the calls could not be compared; empty where they were
 * @param flat how far the calls, run by libtorch alone, are from the original: the error of having
 *     read its code
 * @param calls in the order of the original
 * @param variables of the SavedModel
 * @param cause of the first call that diverges, where one was found by running
 * @param findings what is wrong, in sentences, the most telling first
 */
public record LayerReport(
    String label,
    String unavailable,
    Optional<OutputComparison> flat,
    List<Call> calls,
    List<Variable> variables,
    Optional<Cause> cause,
    List<String> findings) {

  /**
   * One call.
   *
   * @param operator as called, {@code aten::batch_norm}
   * @param module dotted path, empty for the root
   * @param line line of the author's Python, or of the archive's code
   * @param tensor where its result is in the SavedModel's {@code forward}; empty where it is not
   *     computed there as a value of its own
   * @param tensorFlowOperator the operator behind it
   * @param variables the variables that are read to compute it
   * @param snrInputs least SNR of its inputs in dB; NaN where it has none that are compared
   * @param own its result, computed by TensorFlow from the original's inputs, beside the original's
   * @param snrResult SNR of its result in the SavedModel in dB; NaN where it is not compared
   * @param failure TensorFlow's reason where it fails; else empty
   */
  public record Call(
      String operator,
      String module,
      String line,
      String tensor,
      String tensorFlowOperator,
      List<String> variables,
      double snrInputs,
      Optional<OutputComparison> own,
      double snrResult,
      String failure) {

    public Call {
      variables = List.copyOf(variables);
    }

    /** SNR of its own error in dB; NaN where it is not compared. */
    public double snrOwn() {
      return own.map(o -> o.metrics().map(Metrics::snrDb).orElse(Double.NEGATIVE_INFINITY))
          .orElse(Double.NaN);
    }

    /** True where it gives something else on the same inputs. */
    public boolean diverges() {
      return !failure.isEmpty() || own.map(o -> !o.isEqual()).orElse(false);
    }
  }

  /**
   * One variable beside the torch tensors that it is made from.
   *
   * @param sources torch's names
   * @param recipe what makes it from them
   * @param difference what is wrong with it; empty where every bit is as it should be
   */
  public record Variable(String name, List<String> sources, String recipe, String difference) {

    public Variable {
      sources = List.copyOf(sources);
    }

    public boolean isEqual() {
      return difference.isEmpty();
    }
  }

  /**
   * The calls of one module's own code.
   *
   * @param calls how many
   * @param snrInputs of its first call
   * @param snrOwn the least of its calls
   * @param snrResult of its last call that is compared
   * @param diverges true where one of its calls does
   */
  public record Module(
      String path,
      int calls,
      double snrInputs,
      double snrOwn,
      double snrResult,
      boolean diverges) {}

  public LayerReport {
    calls = List.copyOf(calls);
    variables = List.copyOf(variables);
    findings = List.copyOf(findings);
  }

  /** Nothing but a reason, and what is known of the variables. */
  public static LayerReport unavailable(String reason, List<Variable> variables) {
    return new LayerReport(
        "", reason, Optional.empty(), List.of(), variables, Optional.empty(), List.of());
  }

  /** The same with findings. */
  public LayerReport withFindings(List<String> sentences) {
    return new LayerReport(label, unavailable, flat, calls, variables, cause, sentences);
  }

  /** The first call that gives something else on the same inputs. */
  public Optional<Call> firstDiverging() {
    return calls.stream().filter(Call::diverges).findFirst();
  }

  /** The variables that are not what the torch tensors give. */
  public List<Variable> changedVariables() {
    return variables.stream().filter(variable -> !variable.isEqual()).toList();
  }

  /** The modules in the order of their first calls. */
  public List<Module> modules() {
    return modules(Integer.MAX_VALUE);
  }

  /** The modules, or their parents, so that there are at most so many where that can be. */
  public List<Module> modulesAtMost(int limit) {
    int depth = calls.stream().mapToInt(call -> call.module().split("\\.").length).max().orElse(1);
    List<Module> modules = modules(depth);
    while (modules.size() > limit && depth > 1) {
      modules = modules(--depth);
    }
    return modules;
  }

  private List<Module> modules(int depth) {
    Map<String, List<Call>> byModule = new LinkedHashMap<>();
    for (Call call : calls) {
      String path =
          Arrays.stream(call.module().split("\\.")).limit(depth).collect(Collectors.joining("."));
      byModule.computeIfAbsent(path, m -> new ArrayList<>()).add(call);
    }
    List<Module> modules = new ArrayList<>();
    byModule.forEach((path, own) -> modules.add(module(path, own)));
    return modules;
  }

  private static Module module(String path, List<Call> calls) {
    double last = Double.NaN;
    for (Call call : calls) {
      last = Double.isNaN(call.snrResult()) ? last : call.snrResult();
    }
    return new Module(
        path,
        calls.size(),
        calls.get(0).snrInputs(),
        calls.stream()
            .mapToDouble(Call::snrOwn)
            .filter(snr -> !Double.isNaN(snr))
            .min()
            .orElse(Double.NaN),
        last,
        calls.stream().anyMatch(Call::diverges));
  }
}
