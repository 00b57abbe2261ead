package org.tensorferry.fuzz;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A long run in parts: each a process, so that the run outlives an engine that dies. */
final class FuzzRun {

  private static final int PART = 250;
  private static final long HOURS_FOR_A_PART = 1;

  private static final List<String> PASSED_ON = List.of("ai.djl.offline", "tensorferry.natives");

  private final Path scratch;
  private final Path report;
  private final long seed;
  private final Tally tally = new Tally();
  private final int rows = Fuzzer.rows();

  /**
   * A run.
   *
   * @param scratch for files of programs
   * @param report where the score and the cases of differences are written
   */
  FuzzRun(Path scratch, Path report, long seed) {
    this.scratch = scratch;
    this.report = report;
    this.seed = seed;
  }

  Tally run(int programs) throws IOException, InterruptedException {
    Files.createDirectories(report);
    for (int part = 0; tally.programs() < programs; part++) {
      Path folder = Files.createDirectories(scratch.resolve("part" + part));
      int exit = start(folder, Math.min(PART, programs - tally.programs()), seed * 10_000 + part);
      Path written = folder.resolve(Fuzzer.TALLY);
      if (Files.exists(written)) {
        tally.add(Files.readString(written));
      }
      if (exit != 0) {
        judgeDeath(folder, part, exit);
      }
      Files.writeString(report.resolve("summary.md"), summary());
      Files.writeString(report.resolve("cases.txt"), String.join("\n", tally.cases()));
    }
    return tally;
  }

  /** A process that died while a program ran is a difference; while one was made, libtorch's. */
  private void judgeDeath(Path folder, int part, int exit) throws IOException {
    Path running = folder.resolve(Fuzzer.RUNNING);
    String log = Files.readString(folder.resolve("log.txt"));
    Files.writeString(report.resolve("died" + part + ".txt"), log);
    if (Files.exists(running)) {
      tally.addCase("died " + part, "// exit " + exit + "\n" + Files.readString(running));
    } else if (log.contains("SIG")) {
      tally.addCrash();
    } else {
      throw new IllegalStateException("the fuzzer itself failed:\n" + log);
    }
  }

  private int start(Path folder, int programs, long partSeed)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx1g", "-XX:ErrorFile=" + folder.resolve("death.log")));
    for (String property : PASSED_ON) {
      command.add("-D" + property + "=" + System.getProperty(property, ""));
    }
    String classPath = System.getProperty("java.class.path");
    command.add("-cp");
    command.add(System.getProperty("surefire.test.class.path", classPath));
    command.addAll(
        List.of(Fuzzer.class.getName(), folder.toString(), "" + programs, "" + partSeed));
    File log = folder.resolve("log.txt").toFile();
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log).start();
    if (!process.waitFor(HOURS_FOR_A_PART, TimeUnit.HOURS)) {
      process.destroyForcibly().waitFor();
    }
    clean(folder);
    return process.exitValue();
  }

  private static void clean(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".pt")).toList()) {
        Files.delete(file);
      }
    }
  }

  /** The score as a page. */
  String summary() {
    return tally.page(rows);
  }
}
