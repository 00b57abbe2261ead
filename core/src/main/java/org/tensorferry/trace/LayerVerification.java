package org.tensorferry.trace;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorferry.convert.ConvertedModel;
import org.tensorferry.engine.Engines;
import org.tensorferry.engine.Original;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.LayerReport;
import org.tensorferry.parity.Metrics;
import org.tensorferry.parity.ModelPair;
import org.tensorferry.parity.Originals;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.Verification;
import org.tensorferry.parity.VerifyListener;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.source.SourceModel;
import org.tensorferry.tensor.HostTensor;

/** Converts the original again and compares it with the SavedModel call by call, on one case. */
public final class LayerVerification {

  private final Engines engines;
  private final ModelPair pair;
  private final SourceModel source;
  private final RuleTables rules;
  private final VerifyOptions options;
  private final VerifyListener listener;

  /**
   * Of two models.
   *
   * @param engines that run both
   * @param source the original
   * @param rules by which it was converted
   */
  public LayerVerification(
      Engines engines,
      ModelPair pair,
      SourceModel source,
      RuleTables rules,
      VerifyOptions options,
      VerifyListener listener) {
    this.engines = engines;
    this.pair = pair;
    this.source = source;
    this.rules = rules;
    this.options = options;
    this.listener = listener;
  }

  /** On the case that is farthest off. */
  public LayerReport explain(ParityReport report) {
    listener.layers(0, 0);
    InputCase input = Verification.cases(pair, options).get(worstCase(report.cases()));
    try {
      ConvertedModel converted = Reconversion.of(source, rules, pair);
      LayerReport layers =
          LayerComparison.run(
              engines,
              converted,
              pair,
              input,
              original(input),
              options.profile().tolerance(),
              listener);
      return Findings.in(layers, report.isEqual() && !report.isExcused());
    } catch (FerryException e) {
      if (e.exitCode() != ExitCode.UNCONVERTIBLE) {
        throw e;
      }
      return LayerReport.unavailable(e.problems().get(0).text().replace("\n", " "), List.of());
    }
  }

  private Map<String, HostTensor> original(InputCase input) {
    try (Original torch = Originals.open(engines, pair)) {
      return torch.run(pair.method(), input.inputs()).flatten();
    }
  }

  /** One that differs before one that does not, then the one of least SNR; none that is skipped. */
  static int worstCase(List<CaseReport> cases) {
    return IntStream.range(0, cases.size())
        .filter(i -> cases.get(i).engine().isEmpty())
        .filter(i -> cases.get(i).outcome() != CaseReport.Outcome.SKIPPED)
        .boxed()
        .min(
            Comparator.comparing((Integer i) -> cases.get(i).isEqual())
                .thenComparingDouble(i -> leastSnr(cases.get(i))))
        .orElseThrow();
  }

  private static double leastSnr(CaseReport report) {
    return report.outputs().stream()
        .flatMap(output -> output.metrics().stream())
        .mapToDouble(Metrics::snrDb)
        .min()
        .orElse(Double.NEGATIVE_INFINITY);
  }
}
