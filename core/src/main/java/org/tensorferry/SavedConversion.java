package org.tensorferry;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorferry.dim.Assumptions.Assumption;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.engine.Engines;
import org.tensorferry.engine.Original;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.parity.ModelPair;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.StepVerification;
import org.tensorferry.parity.Verification;
import org.tensorferry.parity.VerifyListener;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.provenance.RecordedConversion;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.source.Entered;
import org.tensorferry.source.MethodCall;
import org.tensorferry.source.NoiseCall;
import org.tensorferry.source.SourceModel;
import org.tensorferry.step.StepRecord;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tflite.TfliteFile;
import org.tensorferry.tflite.TfliteRecord;
import org.tensorferry.trace.LayerVerification;
import org.tensorferry.trace.NoiseReferee;
import org.tensorferry.trace.RoundingVerification;

/**
 * A SavedModel or a {@code .tflite} file with the file that it was made from: all that a
 * verification needs.
 *
 * @param model the file
 * @param method of it that was converted
 * @param directory the SavedModel, or the {@code .tflite} file
 * @param inputs the tensor arguments of the converted method, in order and named
 * @param assumptions what the conversion took for granted
 * @param rules by which the original is read again where the layers are compared
 * @param call what the method was called with besides tensors; empty where it takes them itself
 * @param signature of the result that computes the method; empty for {@code serving_default}
 * @param also further methods that the result holds, which are verified with it
 * @param step what the result is a single step of, with its arguments; empty for the method itself
 */
public record SavedConversion(
    Path model,
    String method,
    Path directory,
    List<InputSpec> inputs,
    List<Assumption> assumptions,
    RuleTables rules,
    Optional<MethodCall> call,
    Optional<String> signature,
    List<SavedConversion> also,
    Optional<StepRecord> step) {

  public SavedConversion {
    inputs = List.copyOf(inputs);
    assumptions = List.copyOf(assumptions);
    also = List.copyOf(also);
  }

  /** Of a method that takes the tensors itself. */
  public SavedConversion(
      Path model,
      String method,
      Path directory,
      List<InputSpec> inputs,
      List<Assumption> assumptions,
      RuleTables rules) {
    this(
        model,
        method,
        directory,
        inputs,
        assumptions,
        rules,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Optional.empty());
  }

  /**
   * A model that was converted before, with the inputs that are recorded beside it.
   *
   * @throws org.tensorferry.error.FerryException (unreadable) where the directory holds no
   *     SavedModel, or one that does not tell its inputs
   */
  public static SavedConversion open(Path model, Path directory) {
    return open(model, directory, RuleTables.load(SavedConversion.class.getClassLoader()));
  }

  /** As {@link #open(Path, Path)}, for a model that was converted with other rules. */
  public static SavedConversion open(Path model, Path directory, RuleTables rules) {
    if (TfliteFile.isMeant(directory)) {
      TfliteRecord record = TfliteRecord.of(TfliteFile.read(directory));
      return new SavedConversion(
          model,
          record.method(),
          directory,
          record.specs(),
          record.assumptions(),
          rules,
          record.call(),
          Optional.empty(),
          List.of(),
          record.step());
    }
    return of(model, directory, rules, RecordedConversion.of(directory));
  }

  private static SavedConversion of(
      Path model, Path directory, RuleTables rules, RecordedConversion recorded) {
    return new SavedConversion(
        model,
        recorded.method(),
        directory,
        recorded.specs(),
        recorded.assumptions(),
        rules,
        recorded.call(),
        Optional.empty(),
        recorded.also().stream()
            .map(method -> of(model, directory, rules, method).further())
            .toList(),
        recorded.step());
  }

  /** The same, computed by the signature of the method's name. */
  SavedConversion further() {
    return new SavedConversion(
        model,
        method,
        directory,
        inputs,
        assumptions,
        rules,
        call,
        Optional.of(method),
        List.of(),
        step);
  }

  /**
   * One of the methods alone.
   *
   * @throws org.tensorferry.error.FerryException (usage) where the result does not hold it
   */
  public SavedConversion only(String name) {
    if (name.equals(method)) {
      return withAlso(inputs, List.of());
    }
    return also.stream()
        .filter(other -> other.method().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                Problem.of("The result does not hold the method `" + name + "`")
                    .at("result", directory)
                    .because("it was converted from " + String.join(", ", methods()))
                    .fix("name one of these, or convert again with --method " + name)
                    .as(ExitCode.USAGE));
  }

  /** The names of all methods that the result holds. */
  public List<String> methods() {
    return Stream.concat(Stream.of(method), also.stream().map(SavedConversion::method)).toList();
  }

  /** Each method by itself, in order. */
  List<SavedConversion> alone() {
    return Stream.concat(Stream.of(withAlso(inputs, List.of())), also.stream()).toList();
  }

  void requireOneMethod(String option) {
    if (!also.isEmpty()) {
      throw Problem.of(option + " is for one method, and the result holds " + (also.size() + 1))
          .at("result", directory)
          .because("it was converted from " + String.join(", ", methods()))
          .fix("verify one at a time: `verify MODEL RESULT --method NAME " + option + " ...`")
          .as(ExitCode.USAGE);
    }
  }

  private SavedConversion withAlso(List<InputSpec> specs, List<SavedConversion> others) {
    return new SavedConversion(
        model, method, directory, specs, assumptions, rules, call, signature, others, step);
  }

  /**
   * The same with other inputs, for example other example sizes. Specs without a name are named by
   * their position.
   *
   * @throws org.tensorferry.error.FerryException (usage) where a text is no spec, or the result
   *     holds several methods
   */
  public SavedConversion withInputs(List<String> specs) {
    requireOneMethod("--input");
    if (step.isPresent()) {
      throw Problem.of("--input can't change what a step model is compared on")
          .at("result", directory)
          .because("its record tells the sequences that it is made for")
          .fix(
              "convert the model again with this --input, or give sequences with --inputs FILE.npz")
          .as(ExitCode.USAGE);
    }
    List<InputSpec> named = new ArrayList<>(InputSpec.parseAll(specs));
    for (int i = 0; i < named.size() && named.size() == inputs.size(); i++) {
      InputSpec spec = named.get(i);
      named.set(i, spec.name().isPresent() ? spec : spec.named(inputs.get(i).name().orElse("")));
    }
    return withAlso(named, also);
  }

  /**
   * The inputs of a case of a report that {@link #verify} made with these options, by their names,
   * as {@code --inputs} reads them.
   *
   * @param index of the case
   */
  public Map<String, HostTensor> inputsOf(int index, VerifyOptions options) {
    int before = 0;
    for (SavedConversion one : also.isEmpty() ? List.<SavedConversion>of() : alone()) {
      int own = Verification.cases(one.pair(), options).size();
      if (index - before < own) {
        return one.inputsOf(index - before, options);
      }
      before += own;
    }
    List<InputCase> cases =
        step.isPresent()
            ? StepVerification.cases(pair(), step.get(), options)
            : Verification.cases(pair(), options);
    List<HostTensor> values = cases.get(index % cases.size()).inputs();
    Map<String, HostTensor> named = new LinkedHashMap<>();
    for (int i = 0; i < values.size(); i++) {
      HostTensor value = values.get(i);
      named.put(
          arguments().get(i).name().orElse("arr_" + i),
          value.dtype() == DType.BFLOAT16 ? value.cast(DType.FLOAT32) : value);
    }
    return named;
  }

  /** Runs both models on the same inputs and compares every output. */
  public ParityReport verify(VerifyOptions options) {
    return verify(options, VerifyListener.SILENT);
  }

  /**
   * As {@link #verify(VerifyOptions)}, with somebody listening.
   *
   * @throws org.tensorferry.error.FerryException where a model can't be loaded or the inputs don't
   *     fit; a difference is no exception but a part of the report
   */
  public ParityReport verify(VerifyOptions options, VerifyListener listener) {
    listener.loading();
    try (Engines engines = Engines.open(options.engines(), Set.of(model, directory))) {
      return verify(engines, options, listener);
    }
  }

  /** As above, with engines that were started before. */
  public ParityReport verify(Engines engines, VerifyOptions options, VerifyListener listener) {
    return also.isEmpty()
        ? verifyAlone(engines, options, listener)
        : new MethodsVerification(this, engines, options, listener).verify();
  }

  ParityReport verifyAlone(Engines engines, VerifyOptions options, VerifyListener listener) {
    ModelPair pair = pair();
    if (step.isPresent()) {
      requireWhole(options);
      return StepVerification.run(engines, pair, step.get(), inputs, options, listener)
          .withAssumptions(assumptions.stream().map(Assumption::toString).toList());
    }
    ParityReport report =
        Verification.run(engines, pair, options, listener)
            .withAssumptions(assumptions.stream().map(Assumption::toString).toList());
    if (!TfliteFile.isMeant(directory) && RoundingVerification.isAsked(report, options)) {
      try (SourceModel source = Sources.open(model)) {
        report =
            new RoundingVerification(engines, pair, entered(source), rules, options, listener)
                .judge(report);
      }
    }
    if (options.python().isPresent()) {
      try (SourceModel source = Sources.open(model)) {
        report =
            report.withCases(
                new PythonVerification(pair, entered(source), rules, options, listener)
                    .cases(report.cases()));
      }
    }
    if (!options.layers()) {
      return report;
    }
    try (SourceModel source = Sources.open(model)) {
      return report.withLayers(
          new LayerVerification(engines, pair, entered(source), rules, options, listener)
              .explain(report));
    }
  }

  /** The arguments of the original. */
  private List<InputSpec> arguments() {
    return step.map(StepRecord::specs).orElse(inputs);
  }

  private void requireWhole(VerifyOptions options) {
    String option =
        options.layers()
            ? "--layers"
            : options.python().isPresent()
                ? "--python"
                : options.referees().onnx().isPresent() ? "--onnx" : "";
    if (!option.isEmpty()) {
      throw Problem.of(option + " is for a model that computes what the original does")
          .at("result", directory)
          .because("this one computes one step of it")
          .fix("convert the model without --step and verify that with " + option)
          .as(ExitCode.USAGE);
    }
  }

  private ModelPair pair() {
    ModelPair pair =
        new ModelPair(model, method, directory, arguments(), assumptions).in(signature);
    if (call.isEmpty()) {
      return pair;
    }
    MethodCall with = call.get();
    ModelPair entered;
    try (SourceModel source = Sources.open(model)) {
      entered =
          pair.entering(Entered.again(source, method, with, arguments()).entry().orElseThrow());
    }
    return with.noise().equals(NoiseCall.NONE)
        ? entered
        : entered.refereed(with.noise(), engines -> referee(engines, entered, with.noise()));
  }

  private Original referee(Engines engines, ModelPair pair, NoiseCall noise) {
    try (SourceModel source = Sources.open(model)) {
      return NoiseReferee.open(engines, pair, noise, entered(source), rules);
    }
  }

  /** The original with the method that was converted. */
  private SourceModel entered(SourceModel source) {
    return call.map(with -> Entered.again(source, method, with, arguments()).model())
        .orElse(source);
  }
}
