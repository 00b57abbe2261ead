package org.tensorferry;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.tensorferry.convert.ConvertedModel;
import org.tensorferry.dim.Assumptions.Assumption;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.error.Exhausted;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.IoReasons;
import org.tensorferry.error.Problem;
import org.tensorferry.file.FileStamp;
import org.tensorferry.file.OutputPlace;
import org.tensorferry.inputs.CalibrationInputs;
import org.tensorferry.inputs.Preparation;
import org.tensorferry.provenance.CallRecord;
import org.tensorferry.provenance.Provenance;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.rule.CallTrace;
import org.tensorferry.rule.OperatorCall;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.savedmodel.SavedModelWriter;
import org.tensorferry.savedmodel.SharedVariables;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tflite.ModuleNames;
import org.tensorferry.tflite.Quantization;
import org.tensorferry.tflite.QuantizationAnalyzer;
import org.tensorferry.tflite.Sensitivity;
import org.tensorferry.tflite.TfliteConverter;
import org.tensorferry.tflite.TfliteOptions;
import org.tensorferry.tflite.TfliteRecord;
import org.tensorferry.writer.ModelForm;
import org.tensorferry.writer.ModelWriter;

/**
 * A converted model, not yet written. Holds no tensor bytes: {@link #save} streams them from the
 * file, which must stay open.
 */
public final class Conversion {

  private final ConvertedModel converted;
  private final RuleTables rules;

  /** Of the model's file when it was opened. */
  private final FileStamp stamp;

  private final List<Conversion> also;

  private Conversion(
      ConvertedModel converted, RuleTables rules, FileStamp stamp, List<Conversion> also) {
    this.converted = converted;
    this.rules = rules;
    this.stamp = stamp;
    this.also = also;
  }

  /** Of the methods that one result is to hold, at least one. */
  static Conversion of(List<ConvertedModel> methods, RuleTables rules, FileStamp stamp) {
    List<Conversion> further =
        methods.stream().skip(1).map(m -> new Conversion(m, rules, stamp, List.of())).toList();
    return new Conversion(methods.get(0), rules, stamp, further);
  }

  /** The method that was converted, {@code forward} as a rule; of several, the first. */
  public String method() {
    return converted.method();
  }

  /** The further methods that the same result holds, which share its variables. */
  public List<Conversion> also() {
    return also;
  }

  /** The TensorFlow graph. */
  public TfModel model() {
    return converted.model();
  }

  /** The inputs with names, in the order of the signature. */
  public List<InputSpec> inputs() {
    return converted.inputs();
  }

  /** The names of the signature's inputs, in order. */
  public List<String> inputNames() {
    return model().argumentNames();
  }

  /** The variables that the model reads, in any of its methods, each with where it comes from. */
  public List<PortedVariable> variables() {
    return new SharedVariables(provenance()).all();
  }

  /** Whether the weights are constants of the graph, and not variables. */
  public boolean isFrozen() {
    return converted.arranged().isFrozen();
  }

  /** What was taken for granted: branches and sizes decided by the examples of dynamic dims. */
  public List<Assumption> assumptions() {
    return converted.assumptions();
  }

  /** Torch names of tensors in the file that no converted method uses. */
  public List<String> unusedTensors() {
    List<String> unused = new ArrayList<>(converted.unusedTensors());
    also.forEach(method -> unused.retainAll(method.unusedTensors()));
    return List.copyOf(unused);
  }

  /** What each rewrite of the graph did, one sentence each, in order. */
  public List<String> explanation() {
    return converted.arranged().notes();
  }

  /** Every operator call of the original, in order. */
  public List<OperatorCall> calls() {
    return converted.trace().calls();
  }

  /** The calls with all that they stand on. */
  public CallTrace trace() {
    return converted.trace();
  }

  /**
   * Writes the SavedModel into a new directory.
   *
   * @return what can be verified
   * @throws FerryException (unwritable) where the directory exists or can't be written; nothing is
   *     left behind then
   */
  public SavedConversion save(Path directory) {
    return save(directory, SavedModelWriter::new);
  }

  /**
   * As {@link #save(Path)}, in another form.
   *
   * @throws FerryException (unconvertible) where the form can't hold the model, too
   */
  public SavedConversion save(Path place, ModelForm form) {
    return save(place, form, false);
  }

  /** As {@link #save(Path)}, over what stands there; that stays until the new model is complete. */
  public SavedConversion replace(Path directory) {
    return replace(directory, SavedModelWriter::new);
  }

  /** As {@link #replace(Path)}, in another form. */
  public SavedConversion replace(Path place, ModelForm form) {
    return save(place, form, true);
  }

  private SavedConversion save(Path place, ModelForm form, boolean force) {
    ModelWriter writer = form.writer(provenance());
    try (OutputPlace output =
        writer.isDirectory()
            ? OutputPlace.directory(place, force, converted.file())
            : OutputPlace.file(place, force, converted.file())) {
      write(output, writer);
      output.commit();
    }
    return saved(place);
  }

  private SavedConversion saved(Path result) {
    return new SavedConversion(
        converted.file(),
        converted.method(),
        result,
        inputs(),
        assumptions(),
        rules,
        converted.call(),
        Optional.empty(),
        also.stream().map(method -> method.saved(result).further()).toList(),
        converted.step());
  }

  /** Where everything in the result comes from, for reports; lies beside the SavedModel too. */
  public Provenance provenance() {
    String name = String.valueOf(converted.file().getFileName());
    List<CallRecord> calls = calls().stream().map(this::record).toList();
    return new Provenance(
        Version.current(),
        name,
        converted.method(),
        model(),
        inputs(),
        calls,
        converted.call(),
        isFrozen(),
        also.stream().map(Conversion::provenance).toList(),
        converted.step());
  }

  private CallRecord record(OperatorCall call) {
    List<Optional<CallRecord.Home>> homes =
        call.written().stream()
            .map(value -> converted.place(value).map(place -> CallRecord.Home.of(place, model())))
            .toList();
    return new CallRecord(call.name(), call.site().modulePath(), call.site().place(), homes);
  }

  /**
   * Writes a {@code .tflite} file that is not in place yet, so that it can be checked first.
   *
   * @param written this conversion as a SavedModel
   * @param calibration inputs of the model, for {@link Quantization#INT8}
   * @return what can be verified
   * @throws org.tensorferry.error.FerryException (unconvertible) where TensorFlow Lite can't do it,
   *     and for several methods
   */
  public SavedConversion writeTflite(
      OutputPlace output,
      SavedConversion written,
      TfliteOptions options,
      CalibrationInputs calibration) {
    requireOneMethod();
    TfliteRecord record =
        new TfliteRecord(
            "Tensorferry " + Tensorferry.version(),
            String.valueOf(converted.file().getFileName()),
            converted.method(),
            options.quantization(),
            calibration.source(),
            inputs(),
            assumptions(),
            converted.call(),
            converted.step());
    output.write(
        0,
        file ->
            TfliteConverter.convert(
                written.directory(),
                ModuleNames.of(model()),
                options,
                calibration.samples(),
                record,
                file));
    return saved(output.path());
  }

  private void requireOneMethod() {
    if (!also.isEmpty()) {
      throw Problem.of("A .tflite file holds one method here, not " + (also.size() + 1))
          .because("each method would be a subgraph with a copy of the weights that it shares")
          .fix("convert each method to a file of its own, with one --method")
          .as(ExitCode.USAGE);
    }
  }

  /**
   * What 8 bits cost, module by module.
   *
   * @param written this conversion as a SavedModel
   * @param calibration inputs of the model
   * @param target the ratio in dB that the smallest set of float modules is to reach
   * @throws FerryException (unconvertible) where TensorFlow Lite can't do it
   */
  public Sensitivity analyze(
      SavedConversion written,
      CalibrationInputs calibration,
      OptionalDouble target,
      TfliteOptions options,
      QuantizationAnalyzer.Listener listener) {
    try {
      return QuantizationAnalyzer.analyze(
          written.directory(),
          ModuleNames.of(model()),
          calibration.samples(),
          calibration.source(),
          target,
          options,
          listener);
    } catch (IOException e) {
      throw Problem.of("The analysis can't keep its files")
          .because(IoReasons.of(e))
          .fix("free space in the folder for temporary files")
          .as(ExitCode.UNWRITABLE);
    }
  }

  /**
   * The inputs that show which values the model computes with, where that is asked for.
   *
   * @param preparation what recordings and pictures become
   * @throws org.tensorferry.error.FerryException (usage, unreadable) where they don't fit
   */
  public CalibrationInputs calibration(TfliteOptions options, Preparation preparation) {
    return options.quantization() == Quantization.INT8
        ? CalibrationInputs.of(options.calibration(), inputs(), preparation)
        : CalibrationInputs.NONE;
  }

  /** Writes into a directory that is not in place yet, so that the result can be checked first. */
  public SavedConversion write(OutputPlace output) {
    return write(output, SavedModelWriter::new);
  }

  /**
   * As {@link #write(OutputPlace)}, in another form, whose place is a file where its writer says
   * so.
   */
  public SavedConversion write(OutputPlace output, ModelForm form) {
    write(output, form.writer(provenance()));
    return saved(output.path());
  }

  private void write(OutputPlace output, ModelWriter writer) {
    List<Problem> refusals = writer.refusals();
    if (!refusals.isEmpty()) {
      throw new FerryException(ExitCode.UNCONVERTIBLE, refusals, null);
    }
    Exhausted.guard(
        () -> {
          output.write(writer.bytesNeeded(), writer::write);
          stamp.requireUnchanged();
          return output;
        });
  }
}
