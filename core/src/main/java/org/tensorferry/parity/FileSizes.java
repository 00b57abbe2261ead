package org.tensorferry.parity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.IoReasons;
import org.tensorferry.error.Problem;

/** How much room a result takes. */
public final class FileSizes {

  private FileSizes() {}

  /** Bytes of a file, or of all files in a directory. */
  public static long of(Path result) {
    try (Stream<Path> files = Files.walk(result)) {
      List<Path> all = files.filter(Files::isRegularFile).toList();
      long bytes = 0;
      for (Path file : all) {
        bytes += Files.size(file);
      }
      return bytes;
    } catch (IOException e) {
      throw unreadable(result, e);
    } catch (UncheckedIOException e) {
      throw unreadable(result, new IOException(e.getMessage(), e));
    }
  }

  private static RuntimeException unreadable(Path result, IOException e) {
    return Problem.of("The result can't be read")
        .at("file", result)
        .because(IoReasons.of(e))
        .as(ExitCode.UNREADABLE);
  }
}
