package org.tensorferry.parity;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Assumptions.Assumption;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.engine.Engines;
import org.tensorferry.engine.Original;
import org.tensorferry.engine.ResultRunner;
import org.tensorferry.engine.Stopwatch;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.inputs.RandomInputs;
import org.tensorferry.inputs.RealInputs;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tflite.TfliteFile;
import org.tensorferry.value.Structure;

/**
 * Runs the original in libtorch and the result in TensorFlow on the same inputs and compares every
 * output.
 *
 * <p>Where libtorch itself refuses a swept size (a traced model may have frozen it) the case is
 * skipped with libtorch's reason. Where libtorch runs and TensorFlow does not, that is a
 * difference.
 */
public final class Verification {

  private static final String NOT_A_FUNCTION =
      "the original gives other values when it runs again on the same inputs"
          + " (it draws random numbers or keeps state)";

  private final ModelPair pair;
  private final VerifyOptions options;
  private final VerifyListener listener;
  private final boolean isPorted;
  private final StateFeedback state;

  /** How the SavedModel's function returns its tensors; unknown where it is called by names. */
  private final Optional<String> structure;

  private Verification(
      ModelPair pair, VerifyOptions options, VerifyListener listener, boolean isPorted) {
    this.pair = pair;
    this.options = options.profile(profile(pair.savedModel(), options.profile(), isPorted));
    this.listener = listener;
    this.isPorted = isPorted;
    this.state = new StateFeedback(pair);
    this.structure =
        isPorted ? Optional.empty() : ResultRunners.structure(pair.savedModel(), pair.further());
  }

  /** What a .tflite file keeps of its kind, and what a model in half precision keeps of float32. */
  private static Profile profile(Path result, Profile given, boolean isPorted) {
    if (!given.isDefault()) {
      return given;
    }
    if (TfliteFile.isMeant(result)) {
      return given.withTolerance(ResultRunners.tolerance(result, given.tolerance()));
    }
    return isPorted ? given : Precision.of(result).map(given::withPrecision).orElse(given);
  }

  /**
   * Verifies a result.
   *
   * @param engines that run both
   * @param pair the model and what was converted from it
   * @throws FerryException where one of the two can't be loaded, the inputs don't fit, or the
   *     original runs on none of them
   */
  public static ParityReport run(
      Engines engines, ModelPair pair, VerifyOptions options, VerifyListener listener) {
    return new Verification(pair, options, listener, false).run(engines);
  }

  /** As above, with engines that are started for this one verification. */
  public static ParityReport run(ModelPair pair, VerifyOptions options, VerifyListener listener) {
    listener.loading();
    try (Engines engines = engines(pair, options)) {
      return run(engines, pair, options, listener);
    }
  }

  private static Engines engines(ModelPair pair, VerifyOptions options) {
    return Engines.open(options.engines(), Set.of(pair.model(), pair.savedModel()));
  }

  /**
   * Verifies a SavedModel that somebody wrote by hand and that has the original's weights. Inputs
   * and outputs belong together by position, in the order of the signature's names; where only that
   * fits the signature's sizes, channels go last.
   *
   * @throws FerryException as {@link #run}
   */
  public static ParityReport runPorted(
      ModelPair pair, VerifyOptions options, VerifyListener listener) {
    listener.loading();
    try (Engines engines = engines(pair, options)) {
      return new Verification(pair, options, listener, true).run(engines);
    }
  }

  private ParityReport run(Engines engines) {
    List<InputCase> cases = cases();
    try (Original torch = Originals.open(engines, pair);
        ResultRunners results =
            ResultRunners.open(engines, pair.savedModel(), pair.signature(), options.engines());
        @Nullable Judges third = judges(engines)) {
      Optional<Judges> judges = Optional.ofNullable(third);
      Pairing pairing =
          isPorted
              ? new PortedSignature(results.first())
              : new ConvertedSignature(results.first(), pair.savedModel(), pair.specs());
      List<CaseReport> reports = new ArrayList<>();
      int count = cases.size() * results.all().size();
      for (ResultRunner result : results.all()) {
        state.restart();
        for (InputCase input : cases) {
          InputCase named = input.in(result.way());
          listener.running(reports.size(), count, named.label());
          // One way of running a result is enough for a third opinion.
          CaseReport report =
              compare(torch, result, pairing, named, judges.filter(j -> result == results.first()));
          listener.ran(reports.size(), count, report);
          reports.add(report);
        }
      }
      requireOne(reports);
      List<CaseReport> all = new ArrayList<>(reports);
      judges.ifPresent(j -> all.addAll(j.cases()));
      return report(
          torch.engineVersion(),
          results.version(),
          all,
          latency(torch, results.first(), pairing, cases, reports),
          pairing.said(),
          judges);
    }
  }

  private @Nullable Judges judges(Engines engines) {
    return options
        .referees()
        .onnx()
        .map(file -> new Judges(OnnxReferee.open(engines, file, pair), options.profile()))
        .orElse(null);
  }

  private List<InputCase> cases() {
    return cases(pair, options);
  }

  /** The sets of inputs of a comparison; what the original's file itself holds comes first. */
  public static List<InputCase> cases(ModelPair pair, VerifyOptions options) {
    List<InputCase> cases = new ArrayList<>();
    if (options.inputs().isEmpty()) {
      Originals.sample(pair).ifPresent(cases::add);
    }
    cases.addAll(cases(pair.specs(), pair.assumptions(), options));
    return cases;
  }

  /** The sets of inputs that a verification runs on, in order; the same again for equal options. */
  public static List<InputCase> cases(
      List<InputSpec> specs, List<Assumption> assumptions, VerifyOptions options) {
    return options.inputs().isPresent()
        ? new RealInputs(specs, options.preparation()).read(options.inputs().get())
        : new RandomInputs(specs, assumptions, options.seed()).cases(options.samples());
  }

  private CaseReport compare(
      Original torch,
      ResultRunner tensorFlow,
      Pairing pairing,
      InputCase input,
      Optional<Judges> judges) {
    Structure<HostTensor> returned;
    try {
      returned = state.run(torch, pair.method(), input.inputs());
    } catch (FerryException e) {
      if (e.exitCode() != ExitCode.USAGE) {
        throw e;
      }
      return CaseReport.skipped(input, reason(e));
    }
    Map<String, HostTensor> original = returned.flatten();
    final Map<String, HostTensor> result;
    try {
      result = pairing.outputs(state.run(tensorFlow, pairing.inputs(input.inputs())), original);
    } catch (FerryException e) {
      // That the result does not run where the original does is a difference; all else, such as an
      // engine that crashes, is none.
      if (e.exitCode() != ExitCode.UNCONVERTIBLE) {
        throw e;
      }
      judges.ifPresent(j -> j.hear(input, original, null));
      return CaseReport.failed(input, reason(e));
    }
    judges.ifPresent(j -> j.hear(input, original, result));
    List<OutputComparison> outputs =
        new ArrayList<>(Comparer.compareAll(original, result, options.profile()));
    structure
        .filter(saved -> !saved.equals(returned.describe()))
        .ifPresent(
            saved -> outputs.add(OutputComparison.otherStructure(returned.describe(), saved)));
    boolean equal = outputs.stream().allMatch(OutputComparison::isEqual);
    return CaseReport.compared(input, equal ? "" : remark(torch, input, original), outputs);
  }

  /** What explains a difference before any operator is suspected; else empty. */
  private String remark(Original torch, InputCase input, Map<String, HostTensor> original) {
    for (Assumption assumption : pair.assumptions()) {
      if (!assumption.holds(input.dims())) {
        return "these sizes break what the conversion took for granted: " + assumption;
      }
    }
    return repeats(torch, input, original) ? "" : NOT_A_FUNCTION;
  }

  /** Whether the original gives the same again; asked only when a difference needs explaining. */
  private boolean repeats(Original torch, InputCase input, Map<String, HostTensor> original) {
    state.repeat();
    Map<String, HostTensor> again = state.run(torch, pair.method(), input.inputs()).flatten();
    return Comparer.compareAll(original, again, options.profile()).stream()
        .allMatch(OutputComparison::isEqual);
  }

  private static String reason(FerryException error) {
    return error.problems().get(0).why();
  }

  private void requireOne(List<CaseReport> reports) {
    boolean none = reports.stream().allMatch(r -> r.outcome() == CaseReport.Outcome.SKIPPED);
    if (none) {
      throw Problem.of("The original runs on none of the inputs, so nothing was compared")
          .at("file", pair.model())
          .at("inputs", reports.get(0).label() + ": " + String.join(", ", reports.get(0).inputs()))
          .because(reports.get(0).reason())
          .fix("give input specs that the model takes, with example values where a size matters")
          .as(ExitCode.USAGE);
    }
  }

  private Optional<ParityReport.Latency> latency(
      Original torch,
      ResultRunner tensorFlow,
      Pairing pairing,
      List<InputCase> cases,
      List<CaseReport> reports) {
    for (int i = 0; options.timedRuns() > 0 && i < cases.size(); i++) {
      if (reports.get(i).outcome() == CaseReport.Outcome.COMPARED) {
        InputCase input = cases.get(i);
        listener.timing(input.label());
        Stopwatch stopwatch = new Stopwatch(options.timedRuns());
        double torchMillis = torch.medianMillis(pair.method(), input.inputs(), stopwatch.runs());
        double tensorFlowMillis =
            tensorFlow.medianMillis(pairing.inputs(input.inputs()), stopwatch);
        return Optional.of(
            new ParityReport.Latency(
                input.label(), options.timedRuns(), torchMillis, tensorFlowMillis));
      }
    }
    return Optional.empty();
  }

  private ParityReport report(
      String original,
      String version,
      List<CaseReport> cases,
      Optional<ParityReport.Latency> latency,
      List<String> said,
      Optional<Judges> judges) {
    return new ParityReport(
        pair.model().toString(),
        pair.savedModel().toString(),
        original,
        version,
        options.seed(),
        options.profile(),
        said,
        cases,
        latency,
        Optional.empty(),
        FileSizes.of(pair.savedModel()),
        List.of(),
        judges.map(Judges::report));
  }
}
