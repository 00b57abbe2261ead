package org.tensorferry;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorferry.dim.Assumptions.Assumption;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.engine.Engines;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.parity.ModelPair;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.Verification;
import org.tensorferry.parity.VerifyListener;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.provenance.RecordedConversion;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.source.Entered;
import org.tensorferry.source.MethodCall;
import org.tensorferry.source.SourceModel;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tflite.TfliteFile;
import org.tensorferry.tflite.TfliteRecord;
import org.tensorferry.trace.LayerVerification;
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
 */
public record SavedConversion(
    Path model,
    String method,
    Path directory,
    List<InputSpec> inputs,
    List<Assumption> assumptions,
    RuleTables rules,
    Optional<MethodCall> call) {

  public SavedConversion {
    inputs = List.copyOf(inputs);
    assumptions = List.copyOf(assumptions);
  }

  /** Of a method that takes the tensors itself. */
  public SavedConversion(
      Path model,
      String method,
      Path directory,
      List<InputSpec> inputs,
      List<Assumption> assumptions,
      RuleTables rules) {
    this(model, method, directory, inputs, assumptions, rules, Optional.empty());
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
          record.call());
    }
    RecordedConversion recorded = RecordedConversion.of(directory);
    return new SavedConversion(
        model,
        recorded.method(),
        directory,
        recorded.specs(),
        recorded.assumptions(),
        rules,
        recorded.call());
  }

  /**
   * The same with other inputs, for example other example sizes. Specs without a name are named by
   * their position.
   *
   * @throws org.tensorferry.error.FerryException (usage) where a text is no spec
   */
  public SavedConversion withInputs(List<String> specs) {
    List<InputSpec> named = new ArrayList<>(InputSpec.parseAll(specs));
    for (int i = 0; i < named.size() && named.size() == inputs.size(); i++) {
      InputSpec spec = named.get(i);
      named.set(i, spec.name().isPresent() ? spec : spec.named(inputs.get(i).name().orElse("")));
    }
    return new SavedConversion(model, method, directory, named, assumptions, rules, call);
  }

  /**
   * The inputs of a case of a report that {@link #verify} made with these options, by their names,
   * as {@code --inputs} reads them.
   *
   * @param index of the case
   */
  public Map<String, HostTensor> inputsOf(int index, VerifyOptions options) {
    List<InputCase> cases = Verification.cases(pair(), options);
    List<HostTensor> values = cases.get(index % cases.size()).inputs();
    Map<String, HostTensor> named = new LinkedHashMap<>();
    for (int i = 0; i < values.size(); i++) {
      HostTensor value = values.get(i);
      named.put(
          inputs.get(i).name().orElse("arr_" + i),
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
    ModelPair pair = pair();
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

  private ModelPair pair() {
    ModelPair pair = new ModelPair(model, method, directory, inputs, assumptions);
    if (call.isEmpty()) {
      return pair;
    }
    try (SourceModel source = Sources.open(model)) {
      return pair.entering(Entered.again(source, method, call.get(), inputs).entry().orElseThrow());
    }
  }

  /** The original with the method that was converted. */
  private SourceModel entered(SourceModel source) {
    return call.map(with -> Entered.again(source, method, with, inputs).model()).orElse(source);
  }
}
