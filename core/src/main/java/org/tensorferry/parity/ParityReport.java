package org.tensorferry.parity;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tensorferry.error.ExitCode;

/**
 * The result of a verification: every case, every output, every number.
 *
 * @param model the TorchScript file
 * @param savedModel the directory
 * @param torchVersion version of libtorch
 * @param tensorFlowVersion version of TensorFlow
 * @param seed of the random inputs
 * @param profile what counted as equal
 * @param assumptions what the conversion took for granted, as text
 * @param cases in the order they ran
 * @param latency of both engines on the first compared case
 * @param layers both models call by call, where that was asked for
 * @param bytes size of the result
 * @param regressions what got worse than in a report that was kept, in sentences
 * @param referee which of three stands alone, where a third was asked
 */
public record ParityReport(
    String model,
    String savedModel,
    String torchVersion,
    String tensorFlowVersion,
    long seed,
    Profile profile,
    List<String> assumptions,
    List<CaseReport> cases,
    Optional<Latency> latency,
    Optional<LayerReport> layers,
    long bytes,
    List<String> regressions,
    Optional<RefereeReport> referee) {

  /**
   * Median time of one run, in milliseconds.
   *
   * @param label the case that was timed
   * @param runs number of timed runs of each engine
   */
  public record Latency(String label, int runs, double torchMillis, double tensorFlowMillis) {}

  public ParityReport {
    assumptions = List.copyOf(assumptions);
    cases = List.copyOf(cases);
    regressions = List.copyOf(regressions);
  }

  /** True where at least one case was compared and no difference was found. */
  public boolean isEqual() {
    return count(CaseReport.Outcome.COMPARED) > 0 && cases.stream().allMatch(CaseReport::isEqual);
  }

  /** True where an output counts as equal though it is outside of the limits. */
  public boolean isExcused() {
    return cases.stream()
        .flatMap(c -> c.outputs().stream())
        .anyMatch(output -> !output.remark().isEmpty());
  }

  /** True where all is equal and nothing got worse. */
  public boolean passes() {
    return isEqual() && regressions.isEmpty();
  }

  /** What a command ends with. */
  public ExitCode exitCode() {
    return passes() ? ExitCode.OK : ExitCode.DIFFERENT;
  }

  /** Number of cases with an outcome. */
  public long count(CaseReport.Outcome outcome) {
    return cases.stream().filter(c -> c.outcome() == outcome).count();
  }

  /** The least SNR of all outputs in dB; infinite where nothing differs. */
  public double leastSnrDb() {
    return cases.stream()
        .flatMap(c -> c.outputs().stream())
        .filter(output -> !output.isGradients())
        .flatMap(output -> output.metrics().stream())
        .mapToDouble(Metrics::snrDb)
        .min()
        .orElse(Double.POSITIVE_INFINITY);
  }

  /** The same report with the conversion's assumptions. */
  public ParityReport withAssumptions(List<String> texts) {
    return with(savedModel, texts, layers);
  }

  /** The same report with another name for the directory: what was checked is moved afterwards. */
  public ParityReport withSavedModel(String directory) {
    return with(directory, assumptions, layers);
  }

  /** The same report with another name for the original: a copy of it was run. */
  public ParityReport withModel(String original) {
    return new ParityReport(
        original,
        savedModel,
        torchVersion,
        tensorFlowVersion,
        seed,
        profile,
        assumptions,
        cases,
        latency,
        layers,
        bytes,
        regressions,
        referee);
  }

  /** The same report with other cases in place of its own. */
  public ParityReport replacingCases(List<CaseReport> others) {
    return new ParityReport(
        model,
        savedModel,
        torchVersion,
        tensorFlowVersion,
        seed,
        profile,
        assumptions,
        others,
        latency,
        layers,
        bytes,
        regressions,
        referee);
  }

  /** The same report with what got worse than in another. */
  ParityReport withRegressions(List<String> sentences) {
    return new ParityReport(
        model,
        savedModel,
        torchVersion,
        tensorFlowVersion,
        seed,
        profile,
        assumptions,
        cases,
        latency,
        layers,
        bytes,
        sentences,
        referee);
  }

  /** The same report with further cases. */
  public ParityReport withCases(List<CaseReport> more) {
    List<CaseReport> all = new ArrayList<>(cases);
    all.addAll(more);
    return replacingCases(all);
  }

  /** The same report with both models call by call. */
  public ParityReport withLayers(LayerReport report) {
    return with(savedModel, assumptions, Optional.of(report));
  }

  private ParityReport with(String directory, List<String> texts, Optional<LayerReport> report) {
    return new ParityReport(
        model,
        directory,
        torchVersion,
        tensorFlowVersion,
        seed,
        profile,
        texts,
        cases,
        latency,
        report,
        bytes,
        regressions,
        referee);
  }
}
