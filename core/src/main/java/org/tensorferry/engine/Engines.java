package org.tensorferry.engine;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.tensorferry.tensor.DType;

/**
 * Loads models to be run: in child processes that are started once and used for all models that are
 * compared together, or in this process. What was loaded must be closed before.
 */
public interface Engines extends AutoCloseable {

  /**
   * Engines in the way that the options ask for. Child processes begin to start at once.
   *
   * @param files what the engines may read: the original and the result, which need not be there
   *     yet
   */
  static Engines open(EngineOptions options, Set<Path> files) {
    return options.inProcess() ? new LocalEngines(options) : new ChildEngines(options, files);
  }

  /**
   * Loads a TorchScript file.
   *
   * @throws org.tensorferry.error.FerryException (unreadable) with the reason where it can't be
   *     loaded, or where its code does what no model does and the options do not trust it
   */
  Original original(Path file);

  /** Loads a TorchScript file that was written here, and not by the model's author. */
  Original own(Path file);

  /**
   * Loads a signature of a SavedModel.
   *
   * @throws org.tensorferry.error.FerryException (unreadable) with TensorFlow's reason where it
   *     can't be loaded
   */
  ResultRunner result(Path savedModel, String signature);

  /**
   * Loads a SavedModel that the converter wrote so that values inside it can be fetched.
   *
   * @param signature whose values are meant
   * @param known the values to be fetched, as {@code node:output} in the converted method
   */
  Intermediates intermediates(Path savedModel, String signature, Map<String, DType> known);

  /**
   * Loads an ONNX file in ONNX Runtime, which is started by this.
   *
   * @param files it and those beside it that hold its bytes: all that the engine may read
   * @throws org.tensorferry.error.FerryException (usage) where that engine is not there,
   *     (unreadable) with its reason where it can't load the file
   */
  ResultRunner onnx(Path file, Set<Path> files);

  /** A folder that the engines may read. */
  Path folder();

  @Override
  void close();
}
