package org.tensorferry.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.IoReasons;
import org.tensorferry.error.Problem;

/**
 * A model that is written for libtorch alone, and deleted when it is closed.
 *
 * @param path its file
 */
public record TemporaryModel(Path path) implements AutoCloseable {

  /**
   * Writes one.
   *
   * @param folder that the engines may read
   * @param writer fills the file
   * @throws org.tensorferry.error.FerryException (unwritable) where there is no room; nothing is
   *     left then
   */
  public static TemporaryModel write(Path folder, Consumer<Path> writer) {
    TemporaryModel model = new TemporaryModel(empty(folder));
    try {
      writer.accept(model.path());
      return model;
    } catch (RuntimeException | Error failure) {
      model.close();
      throw failure;
    }
  }

  private static Path empty(Path folder) {
    try {
      return Files.createTempFile(folder, "model", ".pt");
    } catch (IOException e) {
      throw Problem.of("A temporary file can't be written")
          .because(IoReasons.of(e))
          .fix("make room in the directory for temporary files")
          .as(ExitCode.UNWRITABLE);
    }
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // A file left in the directory for temporary files harms nobody.
    }
  }
}
