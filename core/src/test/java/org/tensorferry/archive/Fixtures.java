package org.tensorferry.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.function.Executable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;

/**
 * Files that torch wrote (see make_fixtures.py beside them), and what tests of unreadable files
 * share.
 */
public final class Fixtures {

  private Fixtures() {}

  static byte[] bytes(String name) throws IOException {
    try (InputStream in = Fixtures.class.getResourceAsStream("/archive/" + name)) {
      if (in == null) {
        throw new IOException("no fixture " + name);
      }
      return in.readAllBytes();
    }
  }

  static Path copy(String name, Path folder) throws IOException {
    return write(folder, name, bytes(name));
  }

  static Path write(Path folder, String name, byte[] bytes) throws IOException {
    return Files.write(folder.resolve(name), bytes);
  }

  /** The call ends with UNREADABLE and a text that says all of this. */
  public static FerryException assertUnreadable(Executable call, String... texts) {
    FerryException error = assertThrows(FerryException.class, call);
    assertEquals(ExitCode.UNREADABLE, error.exitCode());
    for (String text : texts) {
      assertTrue(error.getMessage().contains(text), error.getMessage());
    }
    return error;
  }
}
