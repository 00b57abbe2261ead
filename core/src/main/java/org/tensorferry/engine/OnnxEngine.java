package org.tensorferry.engine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;

/**
 * ONNX Runtime, which a module of its own brings, so that who does not ask for a third opinion has
 * none of its libraries. Found by ServiceLoader; nothing native is loaded before {@link #load}.
 */
public interface OnnxEngine {

  /** Writes the libraries for this platform into a folder. */
  void unpack(Path folder) throws IOException;

  /** Loads the libraries. */
  void load();

  /**
   * Loads a model.
   *
   * @param threads threads within an operator, 0 for as many as there are processors
   * @throws org.tensorferry.error.FerryException (unreadable) with the engine's reason where it
   *     can't be loaded
   */
  ResultRunner open(Path file, int threads);

  /**
   * The engine of this class path.
   *
   * @throws org.tensorferry.error.FerryException (usage) where there is none
   */
  static OnnxEngine require() {
    return ServiceLoader.load(OnnxEngine.class, OnnxEngine.class.getClassLoader())
        .findFirst()
        .orElseThrow(
            () ->
                Problem.of("ONNX Runtime is not on the class path")
                    .because("it comes with a module of its own")
                    .fix("add `org.tensorferry:tensorferry-onnx` beside tensorferry-converters")
                    .as(ExitCode.USAGE));
  }
}
