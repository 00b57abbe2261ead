package org.tensorferry.trace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tensorferry.convert.ConvertedModel;
import org.tensorferry.engine.Engines;
import org.tensorferry.engine.Original;
import org.tensorferry.engine.ResultRunner;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.LayerReport;
import org.tensorferry.parity.ModelPair;
import org.tensorferry.parity.Originals;
import org.tensorferry.parity.OutputComparison;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.Verification;
import org.tensorferry.parity.VerifyListener;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.source.SourceModel;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/**
 * Tells a result that is wrong from a model that makes rounding large. The original's calls are run
 * in float64, and both libtorch's own float32 outputs and the result's are laid beside that: where
 * the result is as near to it as libtorch is, and every call agrees on equal inputs, no limit can
 * ask for more.
 */
public final class RoundingVerification {

  /** How much farther from float64 than libtorch a result may be. */
  private static final double MARGIN_DB = 10;

  /** Nearer to noise than this, libtorch's own outputs prove nothing. */
  private static final double LEAST_DB = 20;

  private final Engines engines;
  private final ModelPair pair;
  private final SourceModel source;
  private final RuleTables rules;
  private final VerifyOptions options;
  private final VerifyListener listener;

  /** As {@link LayerVerification}. */
  public RoundingVerification(
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

  /** True where limits by the type alone say that outputs differ, by numbers and nothing else. */
  public static boolean isAsked(ParityReport report, VerifyOptions options) {
    return options.profile().isDefault()
        && report.cases().stream()
            .filter(each -> !each.isEqual())
            .allMatch(RoundingVerification::isByNumbers)
        && !report.isEqual();
  }

  private static boolean isByNumbers(CaseReport report) {
    return report.engine().isEmpty()
        && report.outcome() == CaseReport.Outcome.COMPARED
        && report.reason().isEmpty()
        && report.outputs().stream()
            .filter(output -> !output.isEqual())
            .allMatch(RoundingVerification::isByNumbers);
  }

  private static boolean isByNumbers(OutputComparison output) {
    boolean isFloat = output.original().startsWith("float") || output.original().startsWith("bf");
    return isFloat
        && output.original().equals(output.result())
        && output.metrics().map(m -> Double.isFinite(m.maxAbsolute())).orElse(false);
  }

  /** The report with outputs that are as exact as libtorch's, said so; else as it was. */
  public ParityReport judge(ParityReport report) {
    try {
      ConvertedModel converted = Reconversion.of(source, rules, pair);
      Optional<List<CaseReport>> excused = excused(report, converted);
      return excused.isPresent() && everyCallAgrees(report, converted)
          ? report.replacingCases(excused.get())
          : report;
    } catch (FerryException e) {
      // What can't be repeated in float64 stays as it was judged.
      if (e.exitCode() != ExitCode.UNCONVERTIBLE && e.exitCode() != ExitCode.USAGE) {
        throw e;
      }
      return report;
    }
  }

  // --- in float64

  private Optional<List<CaseReport>> excused(ParityReport report, ConvertedModel converted) {
    FlatProgram flat = FlatProgram.inFloat64(converted.trace());
    Path file = engines.folder().resolve("float64.pt");
    flat.program().write(file);
    try (Original twin = engines.own(file);
        Original torch = Originals.open(engines, pair);
        ResultRunner tensorFlow = engines.result(pair.savedModel(), pair.signature())) {
      List<InputCase> inputs = Verification.cases(pair, options);
      Map<String, Distance> distances = new LinkedHashMap<>();
      for (int i = 0; i < report.cases().size(); i++) {
        CaseReport each = report.cases().get(i);
        if (each.isEqual()) {
          continue;
        }
        InputCase input = inputs.get(i);
        Map<String, HostTensor> original = torch.run(pair.method(), input.inputs()).flatten();
        Map<String, HostTensor> result =
            tensorFlow.run(named(converted.model().argumentNames(), input));
        Map<String, HostTensor> exact = exact(flat, twin, input, original);
        for (OutputComparison output : each.outputs()) {
          if (!output.isEqual()) {
            distances
                .computeIfAbsent(output.name(), name -> new Distance())
                .add(exact, original, result, output.name());
          }
        }
      }
      return distances.values().stream().allMatch(Distance::isExcused)
          ? Optional.of(excused(report.cases(), distances))
          : Optional.empty();
    } finally {
      delete(file);
    }
  }

  private static List<CaseReport> excused(List<CaseReport> cases, Map<String, Distance> distances) {
    List<CaseReport> excused = new ArrayList<>();
    for (CaseReport each : cases) {
      List<OutputComparison> outputs = new ArrayList<>();
      for (OutputComparison output : each.outputs()) {
        outputs.add(
            output.isEqual()
                ? output
                : output.excused(Objects.requireNonNull(distances.get(output.name())).text()));
      }
      excused.add(each.withOutputs(outputs));
    }
    return excused;
  }

  /** How far both are from float64, over all cases: of few numbers alone it is chance. */
  private static final class Distance {
    private double signal;
    private double torch;
    private double tensorFlow;

    void add(
        Map<String, HostTensor> exact,
        Map<String, HostTensor> original,
        Map<String, HostTensor> result,
        String name) {
      @Nullable HostTensor right = exact.get(name);
      @Nullable HostTensor left = original.get(name);
      @Nullable HostTensor other = result.get(name);
      if (right == null
          || left == null
          || other == null
          || right.parts() != left.parts()
          || right.parts() != other.parts()) {
        torch = Double.NaN;
        return;
      }
      for (int i = 0; i < right.parts(); i++) {
        double value = right.get(i);
        signal += value * value;
        torch += square(left.get(i) - value);
        tensorFlow += square(other.get(i) - value);
      }
    }

    private static double square(double value) {
      return value * value;
    }

    private double torchDb() {
      return 10 * Math.log10(signal / torch);
    }

    private double tensorFlowDb() {
      return 10 * Math.log10(signal / tensorFlow);
    }

    boolean isExcused() {
      return torchDb() >= LEAST_DB && tensorFlowDb() >= torchDb() - MARGIN_DB;
    }

    String text() {
      return String.format(
          Locale.ROOT,
          "as exact as libtorch: beside the same calls in float64 libtorch has %.1f dB, the result"
              + " %.1f dB, and every call agrees on equal inputs",
          torchDb(),
          tensorFlowDb());
    }
  }

  private static Map<String, HostTensor> exact(
      FlatProgram flat, Original twin, InputCase input, Map<String, HostTensor> original) {
    List<HostTensor> wide =
        input.inputs().stream()
            .map(tensor -> tensor.dtype().isFloating() ? tensor.cast(DType.FLOAT64) : tensor)
            .toList();
    List<Integer> numbers =
        IntStream.range(flat.callValues(), flat.callValues() + flat.results()).boxed().toList();
    Map<Integer, HostTensor> values = new FlatRun(flat, twin, wide).values(numbers);
    Map<String, HostTensor> named = new LinkedHashMap<>();
    List<String> names = List.copyOf(original.keySet());
    for (int i = 0; i < Math.min(names.size(), numbers.size()); i++) {
      named.put(names.get(i), Objects.requireNonNull(values.get(numbers.get(i))));
    }
    return named;
  }

  private static Map<String, HostTensor> named(List<String> names, InputCase input) {
    Map<String, HostTensor> named = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      named.put(names.get(i), input.inputs().get(i));
    }
    return named;
  }

  // --- call by call

  private boolean everyCallAgrees(ParityReport report, ConvertedModel converted) {
    int worst = LayerVerification.worstCase(report.cases());
    InputCase input = Verification.cases(pair, options).get(worst);
    Map<String, HostTensor> original;
    try (Original torch = Originals.open(engines, pair)) {
      original = torch.run(pair.method(), input.inputs()).flatten();
    }
    LayerReport layers =
        LayerComparison.run(
            engines, converted, pair, input, original, options.profile().tolerance(), listener);
    return layers.unavailable().isEmpty()
        && layers.changedVariables().isEmpty()
        && layers.firstDiverging().isEmpty()
        && layers.flat().map(OutputComparison::isEqual).orElse(true);
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // A file left in the directory for temporary files harms nobody.
    }
  }
}
