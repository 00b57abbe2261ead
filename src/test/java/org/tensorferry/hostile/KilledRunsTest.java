package org.tensorferry.hostile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.file.OutputPlace;

/**
 * Processes that replace an output and are killed at random moments: there is always one whole
 * output, old or new, and the next run clears what they left. {@code -Dkills=500} is a long run.
 */
class KilledRunsTest {

  private static final int COUNT = Integer.getInteger("kills", 10);

  @TempDir Path directory;

  @Test
  void leaveOneWholeOutput() throws Exception {
    Path target = directory.resolve("out");
    Random random = new Random(1);
    for (int i = 0; i < COUNT; i++) {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Replacer.class.getName(),
                  target.toString())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("log").toFile())
              .start();
      while (!Files.exists(target) && process.isAlive()) {
        Thread.sleep(5);
      }
      Thread.sleep(random.nextInt(300));
      process.destroyForcibly().waitFor();
      assertEquals(137, process.exitValue(), Files.readString(directory.resolve("log")));
      assertWhole(target);
    }
    try (OutputPlace next = OutputPlace.directory(target, true)) {
      assertTrue(Files.exists(next.path()));
    }
    assertWhole(target);
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(
          List.of("log", "out"), files.map(f -> f.getFileName().toString()).sorted().toList());
    }
  }

  private static void assertWhole(Path target) throws IOException {
    String content = Files.readString(target.resolve("saved_model.pb"));
    assertEquals(10_000, content.length());
    assertEquals(content, Files.readString(target.resolve("variables/variables.index")));
  }
}
