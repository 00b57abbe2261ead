package org.tensorferry.source;

import java.nio.file.Path;
import java.util.List;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.value.Operators;
import org.tensorferry.value.Structure;

/**
 * An open model. Its tensors stay in the file: close it when nothing reads them any more.
 *
 * <p>One thread at a time may use it.
 */
public interface SourceModel extends AutoCloseable {

  /** The method that a model is converted by as a rule. */
  String FORWARD = "forward";

  /** The file that it is read from. */
  Path file();

  /** Size of the file in bytes. */
  long bytes();

  /** The version of torch's operators that its code was written for. */
  long operatorVersion();

  /** The tree of modules, parents first; a module that stands in two places is listed once. */
  List<TorchModule> modules();

  /** Tensors in the code itself: the weights of a frozen model. */
  List<TensorData> constants();

  /**
   * What a method takes and returns; nothing is run.
   *
   * @throws org.tensorferry.error.FerryException where it has no such method (UNCONVERTIBLE)
   */
  Signature signature(String method);

  /**
   * What the tensor arguments of a method look like.
   *
   * @param given specs as users write them; a file that says itself what its arguments look like
   *     needs none
   * @throws org.tensorferry.error.FerryException (usage) where a text is no spec, or says other
   *     than the file
   */
  default SourceInputs inputs(String method, List<String> given) {
    return SourceInputs.of(InputSpec.parseAll(given));
  }

  /** The methods that can be converted, in the order of the code. */
  default List<String> methods() {
    return List.of(FORWARD);
  }

  /**
   * A submodule as a model of its own, as if it had been saved alone. It reads the same file, which
   * is closed with this.
   *
   * @param path dotted, as {@code encoder.layers.0}
   * @throws org.tensorferry.error.FerryException where there is none (USAGE), or where the file
   *     holds no submodule that can be called (UNCONVERTIBLE)
   */
  default SourceModel submodule(String path) {
    throw Problem.of("The file holds no submodule `" + path + "` that can be called alone")
        .at("file", "`" + file() + "`")
        .fix("save the submodule alone")
        .as(ExitCode.UNCONVERTIBLE);
  }

  /**
   * The same model with one method more. It reads the same file, which is closed with this.
   *
   * @throws org.tensorferry.error.FerryException (unconvertible) where that can't be
   */
  default SourceModel with(EntryMethod entry) {
    throw Problem.of("The method `" + entry.name() + "` can't be added to the model")
        .at("file", "`" + file() + "`")
        .fix("give tensors alone as inputs, for the whole model")
        .as(ExitCode.UNCONVERTIBLE);
  }

  /** A result as users see it, where the method returns another structure of the same tensors. */
  default <T> Structure<T> named(String method, Structure<T> returned) {
    return returned;
  }

  /**
   * Takes out the values that the file fixed already.
   *
   * @param values as {@code sr=16000}
   * @throws org.tensorferry.error.FerryException (usage) where one is another
   */
  default List<String> values(String method, List<String> values) {
    return values;
  }

  /**
   * The operators that a method names, in the order of its code; nothing is run. Empty where it has
   * no such method.
   */
  List<OperatorUse> operators(String method);

  /**
   * A fresh copy of the model that can be followed, with the state that the file holds.
   *
   * @param operators carries out what the code calls; may be asked already while the copy is made
   * @param assumptions is told what is taken for granted
   * @throws org.tensorferry.error.FerryException where the file's code or objects can't be read
   */
  Program program(Operators operators, Assumptions assumptions);

  @Override
  void close();
}
