package org.tensorferry.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.error.Exhausted;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;

/** Files that another program writes to while they are read. */
class MappedFileTest {

  private static final int SIZE = 1 << 20;

  @TempDir Path directory;

  /** What another program does to a file. */
  private interface Change {
    void to(Path file) throws IOException;
  }

  static Stream<Change> changes() {
    return Stream.of(
        file -> Files.write(file, new byte[SIZE]),
        file -> Files.write(file, new byte[SIZE - 1]),
        file -> Files.write(file, new byte[] {1}, StandardOpenOption.APPEND),
        Files::delete,
        file ->
            Files.move(
                Files.write(file.resolveSibling("other"), new byte[SIZE]),
                file,
                StandardCopyOption.REPLACE_EXISTING));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void aChangeIsFoundAtTheEnd(Change change) throws IOException, InterruptedException {
    Path path = Files.write(directory.resolve("file"), new byte[SIZE]);
    try (MappedFile file = MappedFile.open(path)) {
      file.requireUnchanged();
      Thread.sleep(20);
      change.to(path);
      assertChanged(assertThrows(FerryException.class, file::requireUnchanged), path);
    }
  }

  /** The JVM ends reading beyond a file's new end with an InternalError, at once or soon after. */
  @Test
  void readingBeyondANewEndIsASentence() throws IOException {
    Path path = Files.write(directory.resolve("file"), new byte[SIZE]);
    try (MappedFile file = MappedFile.open(path)) {
      Files.write(path, new byte[1]);
      byte[] all = new byte[SIZE];
      Throwable found =
          assertThrows(
              Throwable.class,
              () -> {
                file.read(0, all, 0, SIZE);
                for (int i = 0; i < 1000; i++) {
                  Thread.sleep(1);
                }
              });
      FerryException told = Objects.requireNonNull(Exhausted.translated(found), () -> "" + found);
      assertEquals(ExitCode.UNREADABLE, told.exitCode());
    }
  }

  private static void assertChanged(FerryException found, Path path) {
    assertEquals("`" + path + "` changed while it was read.", found.problems().get(0).what());
    assertEquals(ExitCode.UNREADABLE, found.exitCode());
  }
}
