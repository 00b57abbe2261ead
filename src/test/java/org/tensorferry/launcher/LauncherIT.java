package org.tensorferry.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class LauncherIT {

  private static final Path HOME = Path.of(System.getProperty("tensorferry.home", "")).normalize();
  private static final Path LAUNCHER = HOME.resolve("bin/tensorferry");

  private static final String VERSIONS =
      "tensorferry V\\Rlibtorch V for \\S+, by DJL V\\RTensorFlow for Java V\\RTensorFlow Lite V\\RJava \\d+\\S*\\R"
          .replace("V", "\\d+\\.\\d+\\.\\d+\\S*");

  @TempDir Path scratch;

  /** What a process left behind. */
  record Outcome(int exitCode, String out, String err) {}

  @Test
  void printsItsVersionAndThoseOfTheEngines() throws Exception {
    Outcome outcome = run(Map.of(), LAUNCHER, "--version");
    assertEquals(0, outcome.exitCode());
    assertTrue(outcome.out().matches(VERSIONS), outcome.out());
    assertEquals("", outcome.err());
  }

  @Test
  void startsThroughLinks() throws Exception {
    Path absolute = Files.createSymbolicLink(scratch.resolve("ferry"), LAUNCHER);
    Path relative = Files.createSymbolicLink(scratch.resolve("again"), Path.of("ferry"));
    assertEquals(0, run(Map.of(), absolute, "--version").exitCode());
    assertEquals(0, run(Map.of(), relative, "--version").exitCode());
  }

  @Test
  void startsFromAPlaceWithASpaceWithoutItsArchive() throws Exception {
    Path moved = copyOfTheInstallation("a place");
    Outcome outcome = run(Map.of(), moved.resolve("bin/tensorferry"), "--version");
    assertEquals(0, outcome.exitCode());
    assertEquals("", outcome.err());
  }

  @Test
  void ignoresABrokenArchiveInSilence() throws Exception {
    Path moved = copyOfTheInstallation("moved");
    Files.writeString(moved.resolve("lib/tensorferry.jsa"), "not an archive");
    Outcome outcome = run(Map.of(), moved.resolve("bin/tensorferry"), "--version");
    assertEquals(0, outcome.exitCode());
    assertEquals("", outcome.err());
    assertTrue(outcome.out().startsWith("tensorferry "), outcome.out());
  }

  @Test
  void takesItsClassesFromTheArchive() throws Exception {
    Map<String, String> log =
        Map.of("TENSORFERRY_OPTS", "-Xlog:class+load:file=" + scratch.resolve("classes.log"));
    run(log, LAUNCHER, "--version");
    String loaded = Files.readString(scratch.resolve("classes.log"));
    assertTrue(
        loaded
            .lines()
            .anyMatch(
                line ->
                    line.contains("org.tensorferry.cli.Main ")
                        && line.contains("shared objects file")),
        loaded);
  }

  @Test
  void aWrongOptionIsAUsageError() throws Exception {
    Outcome outcome = run(Map.of(), LAUNCHER, "--no-such-option");
    assertEquals(2, outcome.exitCode());
    assertEquals("", outcome.out());
    assertTrue(outcome.err().contains("--no-such-option"), outcome.err());
  }

  @Test
  void aMissingCommandIsAUsageError() throws Exception {
    Outcome outcome = run(Map.of(), LAUNCHER);
    assertEquals(2, outcome.exitCode());
    assertTrue(outcome.err().startsWith("Missing required subcommand"), outcome.err());
  }

  @Test
  void aWrongJavaHomeIsNamed() throws Exception {
    Outcome outcome = run(Map.of("JAVA_HOME", scratch.toString()), LAUNCHER, "--version");
    assertEquals(2, outcome.exitCode());
    assertTrue(outcome.err().contains("`" + scratch + "`"), outcome.err());
    assertTrue(outcome.err().contains("fix:"), outcome.err());
  }

  @Test
  void anOldJavaIsNamedWithItsVersion() throws Exception {
    for (String version : List.of("1.8.0_402", "11.0.22", "16")) {
      Path java = scratch.resolve("java-" + version);
      Files.createDirectories(java.resolve("bin"));
      Path program = Files.writeString(java.resolve("bin/java"), "#!/bin/sh\nexit 99\n");
      assertTrue(program.toFile().setExecutable(true));
      Files.writeString(
          java.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
      Outcome outcome = run(Map.of("JAVA_HOME", java.toString()), LAUNCHER, "--version");
      assertEquals(2, outcome.exitCode());
      assertTrue(outcome.err().contains("Java " + version), outcome.err());
    }
  }

  @Test
  void noJavaAtAllIsSaid() throws Exception {
    Path empty = Files.createDirectory(scratch.resolve("empty"));
    Outcome outcome = run(Map.of("JAVA_HOME", "", "PATH", empty.toString()), LAUNCHER, "--version");
    assertEquals(2, outcome.exitCode());
    assertTrue(outcome.err().contains("No Java was found"), outcome.err());
  }

  /** Everything but the native engines, which no test here needs. */
  private Path copyOfTheInstallation(String name) throws IOException {
    Path target = scratch.resolve(name);
    try (Stream<Path> files = Files.walk(HOME)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (Files.size(file) < 50_000_000) {
          Path copy = target.resolve(HOME.relativize(file).toString());
          Files.createDirectories(copy.resolveSibling("."));
          Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
          assertTrue(copy.toFile().setWritable(true));
        }
      }
    }
    return target;
  }

  private Outcome run(Map<String, String> environment, Path program, String... args)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of(program.toString()));
    line.addAll(List.of(args));
    Path out = scratch.resolve("out.txt");
    Path err = scratch.resolve("err.txt");
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    Process process = builder.start();
    if (!process.waitFor(2, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError(line + " did not end");
    }
    return new Outcome(
        process.exitValue(),
        Files.readString(out, StandardCharsets.UTF_8),
        Files.readString(err, StandardCharsets.UTF_8));
  }
}
