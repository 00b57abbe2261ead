package org.tensorferry.keras;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.tensorferry.tensor.TensorSource;

/** A model file of TensorFlow or Keras: its variables, and copies of it with other values. */
public interface TargetModel extends Closeable {

  /** The file or directory. */
  Path path();

  /** As it follows "`model.keras` is": {@code a Keras 3 model}. */
  String format();

  /**
   * The layers that own variables, in the model's order; of a model of layers within layers, the
   * innermost. Optimizer slots and metrics are not listed; a copy keeps them.
   */
  List<TargetLayer> layers();

  /** True where a copy can have other settings, see {@link Changes.Setting}. */
  boolean hasSettings();

  /** The value of a variable, read when it is asked for; valid until this is closed. */
  TensorSource value(TargetVariable variable);

  /**
   * Writes a copy that differs in the changes alone. Values are streamed.
   *
   * @param out a file or directory that does not exist yet, of the same kind as {@link #path}
   */
  void write(Path out, Changes changes) throws IOException;

  @Override
  void close();
}
