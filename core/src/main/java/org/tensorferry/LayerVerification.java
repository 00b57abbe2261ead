package org.tensorferry;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.engine.TorchRunner;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.LayerReport;
import org.tensorferry.parity.Metrics;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.Verification;
import org.tensorferry.parity.VerifyListener;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.savedmodel.RecordedInputs;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.trace.Findings;
import org.tensorferry.trace.LayerComparison;

/** Reads the original again and compares it with the SavedModel call by call, on one case. */
final class LayerVerification {

  private final SavedConversion saved;
  private final VerifyOptions options;
  private final VerifyListener listener;

  LayerVerification(SavedConversion saved, VerifyOptions options, VerifyListener listener) {
    this.saved = saved;
    this.options = options;
    this.listener = listener;
  }

  /** On the case that is farthest off. */
  LayerReport explain(ParityReport report) {
    listener.layers(0, 0);
    InputCase input =
        Verification.cases(saved.inputs(), saved.assumptions(), options)
            .get(worstCase(report.cases()));
    List<InputSpec> specs = RecordedInputs.of(saved.directory()).specs();
    try (TorchModel model = Tensorferry.open(saved.model(), saved.rules())) {
      String[] texts = specs.stream().map(InputSpec::toString).toArray(String[]::new);
      Conversion conversion = model.convert(ConvertOptions.defaults().inputs(texts));
      LayerReport layers =
          LayerComparison.run(
              conversion.trace(),
              conversion.inputNames(),
              conversion.variables(),
              saved.directory(),
              input,
              original(input),
              options.tolerance(),
              listener);
      return Findings.in(layers, report.isEqual());
    } catch (FerryException e) {
      if (e.exitCode() != ExitCode.UNCONVERTIBLE) {
        throw e;
      }
      return LayerReport.unavailable(e.problems().get(0).text().replace("\n", " "), List.of());
    }
  }

  private Map<String, HostTensor> original(InputCase input) {
    try (TorchRunner torch = TorchRunner.open(saved.model())) {
      return torch.run(input.inputs()).flatten();
    }
  }

  /** One that differs before one that does not, then the one of least SNR; none that is skipped. */
  private static int worstCase(List<CaseReport> cases) {
    return IntStream.range(0, cases.size())
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
