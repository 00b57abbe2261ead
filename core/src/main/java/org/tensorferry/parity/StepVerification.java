package org.tensorferry.parity;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.engine.Engines;
import org.tensorferry.engine.Original;
import org.tensorferry.engine.ResultRunner;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.step.StepRecord;
import org.tensorferry.step.StepRecord.Output;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tflite.TfliteFile;

/**
 * Runs the original in libtorch on whole sequences and the step model on one frame after another,
 * each with the states that the step before left, and compares all frames of every output.
 */
public final class StepVerification {

  /** Frames of a random sequence. */
  public static final int FRAMES = 200;

  private final ModelPair pair;
  private final StepRecord record;
  private final List<InputSpec> stepSpecs;
  private final VerifyOptions options;
  private final VerifyListener listener;

  private StepVerification(
      ModelPair pair,
      StepRecord record,
      List<InputSpec> stepSpecs,
      VerifyOptions options,
      VerifyListener listener) {
    this.pair = pair;
    this.record = record;
    this.stepSpecs = List.copyOf(stepSpecs);
    this.options = options.profile(profile(pair, options.profile()));
    this.listener = listener;
  }

  private static Profile profile(ModelPair pair, Profile given) {
    return given.isDefault() && TfliteFile.isMeant(pair.savedModel())
        ? given.withTolerance(ResultRunners.tolerance(pair.savedModel(), given.tolerance()))
        : given;
  }

  /**
   * Verifies a step model.
   *
   * @param pair the original with its arguments for a whole sequence, and the step model
   * @param stepSpecs the arguments of the step model: those of the original, then the states
   * @throws FerryException where one of the two can't be loaded, or the original runs on none of
   *     the inputs
   */
  public static ParityReport run(
      Engines engines,
      ModelPair pair,
      StepRecord record,
      List<InputSpec> stepSpecs,
      VerifyOptions options,
      VerifyListener listener) {
    return new StepVerification(pair, record, stepSpecs, options, listener).run(engines);
  }

  /** The sequences that a verification runs on, in order; the same again for equal options. */
  public static List<InputCase> cases(ModelPair pair, StepRecord record, VerifyOptions options) {
    return Verification.cases(longer(pair.specs(), record.dim()), pair.assumptions(), options);
  }

  /** Specs whose example is a sequence of many frames. */
  private static List<InputSpec> longer(List<InputSpec> specs, String dim) {
    String example = "(?<=[\\[,])" + dim + "(=[0-9]+)?(?=[,\\]])";
    return InputSpec.parseAll(
        specs.stream()
            .map(spec -> spec.toString().replaceAll(example, dim + "=" + FRAMES))
            .toList());
  }

  private ParityReport run(Engines engines) {
    List<InputCase> cases = cases(pair, record, options);
    try (Original torch = Originals.open(engines, pair);
        ResultRunners results =
            ResultRunners.open(engines, pair.savedModel(), pair.signature(), options.engines())) {
      List<CaseReport> reports = new ArrayList<>();
      int count = cases.size() * results.all().size();
      for (ResultRunner result : results.all()) {
        for (InputCase input : cases) {
          InputCase named = input.in(result.way());
          listener.running(reports.size(), count, named.label());
          CaseReport report = compare(torch, result, named);
          listener.ran(reports.size(), count, report);
          reports.add(report);
        }
      }
      if (reports.stream().allMatch(r -> r.outcome() == CaseReport.Outcome.SKIPPED)) {
        throw Problem.of("The original runs on none of the sequences, so nothing was compared")
            .at("file", pair.model())
            .because(reports.get(0).reason())
            .fix("give specs of a sequence that the model takes to `convert`")
            .as(ExitCode.USAGE);
      }
      return new ParityReport(
          pair.model().toString(),
          pair.savedModel().toString(),
          torch.engineVersion(),
          results.version(),
          options.seed(),
          options.profile(),
          List.of(),
          reports,
          Optional.empty(),
          Optional.empty(),
          FileSizes.of(pair.savedModel()),
          List.of(),
          Optional.empty());
    }
  }

  private CaseReport compare(Original torch, ResultRunner result, InputCase input) {
    Map<String, HostTensor> original;
    try {
      original = torch.run(pair.method(), input.inputs()).flatten();
    } catch (FerryException e) {
      if (e.exitCode() != ExitCode.USAGE) {
        throw e;
      }
      return CaseReport.skipped(input, e.problems().get(0).why());
    }
    Map<String, HostTensor> wanted = new LinkedHashMap<>();
    for (Output output : record.outputs()) {
      @Nullable HostTensor whole = original.get(output.original());
      if (whole != null) {
        wanted.put(output.name(), whole);
      }
    }
    try {
      return CaseReport.compared(
          input, "", Comparer.compareAll(wanted, frameByFrame(result, input), options.profile()));
    } catch (FerryException e) {
      if (e.exitCode() != ExitCode.UNCONVERTIBLE) {
        throw e;
      }
      return CaseReport.failed(input, e.problems().get(0).why());
    }
  }

  private Map<String, HostTensor> frameByFrame(ResultRunner result, InputCase input) {
    int count = input.inputs().size();
    long frames = 0;
    for (int i = 0; i < count; i++) {
      frames = record.axis(i) < 0 ? frames : input.inputs().get(i).shape()[record.axis(i)];
    }
    Map<String, HostTensor> states = new LinkedHashMap<>();
    for (int i = count; i < stepSpecs.size(); i++) {
      InputSpec spec = stepSpecs.get(i);
      long[] shape =
          spec.shape().dims().stream()
              .mapToLong(
                  dim -> dim.evaluate(symbol -> input.dims().getOrDefault(symbol.name(), 1L)))
              .toArray();
      states.put(spec.name().orElseThrow(), HostTensor.generate(spec.dtype(), shape, part -> 0));
    }
    Map<String, List<HostTensor>> given = new LinkedHashMap<>();
    for (int frame = 0; frame < frames; frame++) {
      Map<String, HostTensor> values = new LinkedHashMap<>(states);
      for (int i = 0; i < count; i++) {
        HostTensor whole = input.inputs().get(i);
        int axis = record.axis(i);
        values.put(
            record.specs().get(i).name().orElseThrow(),
            axis < 0 ? whole : Sequences.frame(whole, axis, frame));
      }
      Map<String, HostTensor> step = result.run(values);
      states.replaceAll((name, before) -> step.getOrDefault(name, before));
      for (Output output : record.outputs()) {
        @Nullable HostTensor value = step.get(output.name());
        if (value != null) {
          List<HostTensor> all = given.computeIfAbsent(output.name(), name -> new ArrayList<>());
          if (!output.isFramed()) {
            all.clear();
          }
          all.add(value);
        }
      }
    }
    Map<String, HostTensor> joined = new LinkedHashMap<>();
    for (Output output : record.outputs()) {
      List<HostTensor> all = given.getOrDefault(output.name(), List.of());
      if (!all.isEmpty()) {
        joined.put(
            output.name(), output.isFramed() ? Sequences.join(all, output.axis()) : all.get(0));
      }
    }
    return joined;
  }
}
