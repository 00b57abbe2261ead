package org.tensorferry.convert;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tensorferry.dim.Assumptions.Assumption;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.pass.Passes;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.rule.CallTrace;
import org.tensorferry.source.MethodCall;
import org.tensorferry.source.NoiseCall;
import org.tensorferry.step.StepRecord;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfPlace;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.TensorHandle;

/**
 * A method of a model as a finished graph. Holds no tensor bytes: they are read from the file when
 * the graph is written.
 *
 * @param file the original
 * @param method that was converted
 * @param call what it was called with besides tensors; empty where it takes these tensors itself
 * @param arranged the graph after all passes
 * @param noise what became of random numbers
 * @param inputs the tensor arguments, in order and named as the signature names them
 * @param trace every operator call of the original
 * @param unusedTensors torch names of tensors in the file that the method does not use
 * @param step what the graph is a single step of; empty for the method itself
 */
public record ConvertedModel(
    Path file,
    String method,
    Optional<MethodCall> call,
    Passes.Arranged arranged,
    NoiseCall noise,
    List<InputSpec> inputs,
    CallTrace trace,
    List<String> unusedTensors,
    Optional<StepRecord> step) {

  public ConvertedModel {
    inputs = List.copyOf(inputs);
    unusedTensors = List.copyOf(unusedTensors);
  }

  /** The same as the conversion of a method that is called in a certain way. */
  ConvertedModel calling(String called, Optional<MethodCall> with) {
    return new ConvertedModel(
        file, called, with, arranged, noise, inputs, trace, unusedTensors, step);
  }

  /** The TensorFlow graph. */
  public TfModel model() {
    return arranged.model();
  }

  /** The variables that the graph reads, each with where it comes from. */
  public List<PortedVariable> variables() {
    return List.copyOf(model().graph().variables().keySet());
  }

  /** What was taken for granted: branches and sizes decided by the examples of dynamic dims. */
  public List<Assumption> assumptions() {
    return model().graph().assumptions().all();
  }

  /** Where a value of the trace is in the graph; empty where the graph does not compute it. */
  public Optional<TfPlace> place(TensorHandle value) {
    return value instanceof TfValue computed
        ? Optional.ofNullable(arranged.places().get(computed))
        : Optional.empty();
  }
}
