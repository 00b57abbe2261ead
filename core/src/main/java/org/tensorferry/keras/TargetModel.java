package org.tensorferry.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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

  /**
   * What a model's JSON says.
   *
   * @param json the object with {@code class_name} and {@code config}
   * @param kerasVersion as the file says; empty where it doesn't
   */
  record Config(JsonNode json, String kerasVersion) {

    /** Functions with an argument {@code dtype}; no layer has such a name. */
    private static final Set<String> TYPED_OPERATIONS =
        Set.of(
            "Arange",
            "Array",
            "Cast",
            "Cumprod",
            "Cumsum",
            "Eye",
            "Full",
            "FullLike",
            "Linspace",
            "Logspace",
            "MultiHot",
            "OneHot",
            "Ones",
            "OnesLike",
            "SaturateCast",
            "Tri",
            "Zeros",
            "ZerosLike");

    /**
     * True where an entry of a model's list of layers is a function of {@code keras.ops}, which no
     * file of weights has a group for. Keras 3 says so by the module; its {@code .h5} files leave
     * modules out, and there a layer's config has {@code trainable} or {@code dtype}.
     */
    public static boolean isOperation(JsonNode entry) {
      String module = entry.path("module").asText("");
      JsonNode config = entry.path("config");
      String kind = entry.path("class_name").asText("");
      boolean isMarked =
          module.startsWith("keras.src.ops") || module.startsWith("keras.src.activations");
      boolean isUnmarked =
          module.isEmpty()
              && entry.path("registered_name").asText("").isEmpty()
              && !config.has("trainable")
              && (!config.has("dtype") || TYPED_OPERATIONS.contains(kind))
              && !config.has("layers")
              && config.isObject()
              && !kind.equals("InputLayer");
      return isMarked || isUnmarked;
    }

    /** True for files that Keras 2 wrote: some functions of one name differ. */
    public boolean isKeras2() {
      return kerasVersion.startsWith("2.") || kerasVersion.startsWith("1.");
    }
  }

  /** What the file says of the whole model; empty where it holds weights alone. */
  default Optional<Config> config() {
    return Optional.empty();
  }

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
