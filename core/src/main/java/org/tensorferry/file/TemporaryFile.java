package org.tensorferry.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.IoReasons;
import org.tensorferry.error.Problem;

/** A file that is gone when it is closed. */
public record TemporaryFile(Path path) implements AutoCloseable {

  /**
   * An empty one.
   *
   * @param purpose the part of its name that tells what it is for
   * @throws org.tensorferry.error.FerryException (unwritable) where there is no room
   */
  public static TemporaryFile create(String purpose) {
    try {
      return new TemporaryFile(Files.createTempFile("tensorferry-" + purpose, ".pt"));
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
