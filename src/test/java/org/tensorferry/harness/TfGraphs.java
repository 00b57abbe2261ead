package org.tensorferry.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.tensorflow.Graph;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.SessionFunction;
import org.tensorflow.Signature;
import org.tensorflow.op.Ops;

/** SavedModels without variables that TF Java itself writes, as the other side of a comparison. */
public final class TfGraphs {

  private TfGraphs() {}

  /** Writes a SavedModel whose signature {@code serving_default} the function fills. */
  public static Path write(Path directory, BiConsumer<Ops, Signature.Builder> function) {
    try (Graph graph = new Graph()) {
      Signature.Builder signature = Signature.builder("serving_default");
      function.accept(Ops.create(graph), signature);
      try (Session session = new Session(graph)) {
        SavedModelBundle.exporter(directory.toString())
            .withFunction(SessionFunction.create(signature.build(), session))
            .export();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return directory;
  }
}
