package org.tensorferry;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tensorferry.dim.Assumptions.Assumption;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.file.OutputPlace;
import org.tensorferry.pass.Passes;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.rule.CallTrace;
import org.tensorferry.rule.OperatorCall;
import org.tensorferry.savedmodel.CallRecord;
import org.tensorferry.savedmodel.Provenance;
import org.tensorferry.savedmodel.SavedModelWriter;
import org.tensorferry.tf.TfModel;

/**
 * A converted model, not yet written. Holds no tensor bytes: {@link #save} streams them from the
 * file, which must stay open.
 */
public final class Conversion {

  private final TorchModel source;
  private final Passes.Arranged arranged;
  private final List<InputSpec> inputs;
  private final CallTrace trace;
  private final List<String> unusedTensors;

  Conversion(
      TorchModel source,
      Passes.Arranged arranged,
      List<InputSpec> inputs,
      CallTrace trace,
      List<String> unusedTensors) {
    this.source = source;
    this.arranged = arranged;
    this.inputs = List.copyOf(inputs);
    this.trace = trace;
    this.unusedTensors = List.copyOf(unusedTensors);
  }

  /** The TensorFlow graph. */
  public TfModel model() {
    return arranged.model();
  }

  /** The inputs with names, in the order of the signature. */
  public List<InputSpec> inputs() {
    return inputs;
  }

  /** The names of the signature's inputs, in order. */
  public List<String> inputNames() {
    return model().argumentNames();
  }

  /** The variables that the model reads, each with where it comes from. */
  public List<PortedVariable> variables() {
    return List.copyOf(model().graph().variables().keySet());
  }

  /** What was taken for granted: branches and sizes decided by the examples of dynamic dims. */
  public List<Assumption> assumptions() {
    return model().graph().assumptions().all();
  }

  /** Torch names of tensors in the file that the converted method does not use. */
  public List<String> unusedTensors() {
    return unusedTensors;
  }

  /** Every operator call of the original, in order. */
  public List<OperatorCall> calls() {
    return trace.calls();
  }

  /** The calls with all that they stand on. */
  public CallTrace trace() {
    return trace;
  }

  /**
   * Writes the SavedModel into a new directory.
   *
   * @return what can be verified
   * @throws org.tensorferry.error.FerryException (unwritable) where the directory exists or can't
   *     be written; nothing is left behind then
   */
  public SavedConversion save(Path directory) {
    return save(directory, false);
  }

  /** As {@link #save}, over what stands there; that stays until the new model is complete. */
  public SavedConversion replace(Path directory) {
    return save(directory, true);
  }

  private SavedConversion save(Path directory, boolean force) {
    try (OutputPlace output = OutputPlace.directory(directory, force)) {
      write(output);
      output.commit();
    }
    return saved(directory);
  }

  private SavedConversion saved(Path directory) {
    return new SavedConversion(source.file(), directory, inputs, assumptions(), source.rules());
  }

  /** Where everything in the result comes from, for reports; lies beside the SavedModel too. */
  public Provenance provenance() {
    String name = String.valueOf(source.file().getFileName());
    List<CallRecord> calls = calls().stream().map(this::record).toList();
    return new Provenance(Tensorferry.version(), name, model(), inputs, calls);
  }

  private CallRecord record(OperatorCall call) {
    List<Optional<CallRecord.Home>> homes =
        call.written().stream()
            .map(value -> Optional.ofNullable(arranged.places().get(value)))
            .map(place -> place.map(p -> CallRecord.Home.of(p, model())))
            .toList();
    return new CallRecord(call.name(), call.site().modulePath(), call.site().place(), homes);
  }

  /** Writes into a directory that is not in place yet, so that the result can be checked first. */
  public SavedConversion write(OutputPlace output) {
    SavedModelWriter writer = new SavedModelWriter(provenance());
    output.write(writer.bytesNeeded(), writer::write);
    return saved(output.path());
  }
}
