package org.tensorferry.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the installation, each in a process of its own. */
@DisabledOnOs(OS.WINDOWS)
class CommandsIT {

  private static final Path LAUNCHER =
      Path.of(System.getProperty("tensorferry.home", "")).normalize().resolve("bin/tensorferry");
  private static final String SAMPLE = "../../samples/denoiser.traced.pt";
  private static final String SPEC = "x:float32[batch,time,257]";

  private static final String ENGINE =
      ".* (ai\\.djl|org\\.bytedeco|org\\.tensorflow\\.internal)\\..*";

  @TempDir Path scratch;

  @Test
  void aConversionLoadsNoEngine() throws Exception {
    Path log = scratch.resolve("classes.log");
    Path out = scratch.resolve("out");
    run(0, "-Xlog:class+load:file=" + log, "convert", SAMPLE, "-o", out + "", "--input", SPEC);
    assertTrue(Files.exists(out.resolve("saved_model.pb")));
    List<String> engines =
        Files.readAllLines(log).stream()
            .filter(line -> line.matches(ENGINE))
            .collect(Collectors.toList());
    assertEquals(List.of(), engines);
  }

  @Test
  void aVerifiedConversionIsEqual() throws Exception {
    Path out = scratch.resolve("out");
    String text = run(0, "", "convert", SAMPLE, "-o", out + "", "--input", SPEC, "--verify");
    assertTrue(text.contains("Equal: "), text);
    assertTrue(Files.exists(out.resolve("saved_model.pb")));
  }

  @Test
  void aWrongFileEndsWithItsExitCode() throws Exception {
    Path file = Files.writeString(scratch.resolve("notes.pt"), "weights");
    Path out = scratch.resolve("out");
    String text = run(4, "", "convert", file + "", "-o", out + "", "--input", SPEC);
    assertTrue(text.contains("is no zip file"), text);
    assertTrue(Files.notExists(out));
  }

  /** Both streams of the process. */
  private String run(int exitCode, String options, String... args)
      throws IOException, InterruptedException {
    List<String> line = new ArrayList<>(List.of(LAUNCHER.toString()));
    line.addAll(List.of(args));
    Path text = scratch.resolve("text");
    ProcessBuilder builder =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(text.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("TENSORFERRY_OPTS", options);
    Process process = builder.start();
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new AssertionError(line + " did not end");
    }
    String printed = Files.readString(text, StandardCharsets.UTF_8);
    assertEquals(exitCode, process.exitValue(), printed);
    return printed;
  }
}
