package org.tensorferry.hostile;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tensorferry.error.FerryException;

/**
 * The entry for Jazzer, which looks for bytes that reach new places in the code of a reader: {@code
 * mvn verify -Pjazzer -Djazzer.target=CODE -Djazzer.seconds=600}. What it finds small and new
 * belongs into resources/hostile/corpus/TARGET, which every build reads again.
 */
public final class ReaderFuzzer {

  private static final long SLOW_NANOS = 5_000_000_000L;
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

  private static FuzzRun run = FuzzRun.none();

  private ReaderFuzzer() {}

  /** A target and the folder that its files lie in. */
  private record FuzzRun(FuzzTarget target, Path folder) {
    static FuzzRun none() {
      return new FuzzRun(FuzzTarget.ZIP, Path.of(""));
    }
  }

  /**
   * Called once.
   *
   * @param args the name of a {@link FuzzTarget}, and the corpus' folder, which gets the sound
   *     bytes to begin with
   */
  public static void fuzzerInitialize(String[] args) throws IOException {
    FuzzTarget target = FuzzTarget.valueOf(args[0]);
    Files.write(Files.createDirectories(Path.of(args[1])).resolve("sound"), target.sound());
    run = new FuzzRun(target, Files.createTempDirectory("fuzz"));
  }

  /** Called for each input: anything but an answer of ours, within 5 s, is a finding. */
  public static void fuzzerTestOneInput(byte[] bytes) throws IOException {
    answer(run.target(), bytes, run.folder());
  }

  static void answer(FuzzTarget target, byte[] bytes, Path folder) throws IOException {
    long begin = CLOCK.getCurrentThreadCpuTime();
    try {
      target.read(bytes, folder);
    } catch (FerryException answer) {
      // A sentence with an exit code.
    }
    if (CLOCK.getCurrentThreadCpuTime() - begin > SLOW_NANOS) {
      throw new AssertionError("more than 5 s of processor time");
    }
  }
}
