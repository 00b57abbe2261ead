package org.tensorferry.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A PyTorch checkpoint into a subclassed Keras model, whose graph no file but its export holds.
 * Needs the Python that TENSORFERRY_TENSORFLOW_PYTHON names.
 */
class SubclassedTwinTest {

  private static final String SAMPLES = "../../samples/port/";
  private static final String WEIGHTS = SAMPLES + "denoiser.wrapped.pth";
  private static final String PROGRAM = SAMPLES + "denoiser.traced.pt";

  /** Equal layers in a row, which nothing in an export tells apart. */
  private static final String EXPORTED =
      "{\"layers\": {\"denoiser_2\": \"gru.l0\", \"denoiser_3\": \"gru.l1\","
          + " \"denoiser_4\": \"lstm.l0\", \"denoiser_5\": \"lstm.l0_reverse\"}}";

  private static final String ATTRIBUTES =
      "{\"layers\": {\"gru_a\": \"gru.l0\", \"gru_b\": \"gru.l1\"}}";

  @TempDir Path folder;

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private void make(String epsilon) throws IOException, InterruptedException {
    String python = System.getenv("TENSORFERRY_TENSORFLOW_PYTHON");
    assumeTrue(
        python != null, "SKIPPED: TENSORFERRY_TENSORFLOW_PYTHON names no Python to make twins in");
    Process process =
        new ProcessBuilder(python, SAMPLES + "make_subclassed.py", folder.toString(), epsilon)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
  }

  private Command port(int exitCode, String form, String map, String... more) throws IOException {
    Path layers = Files.writeString(folder.resolve("map.json"), map);
    String[] plain = {
      "port",
      WEIGHTS,
      "--into",
      file("denoiser" + form),
      "-o",
      file("out" + form),
      "--force",
      "--map",
      layers.toString(),
      "--model",
      PROGRAM
    };
    String[] all = java.util.Arrays.copyOf(plain, plain.length + more.length);
    System.arraycopy(more, 0, all, plain.length, more.length);
    Command command = Command.run(all);
    assertEquals(exitCode, command.exitCode(), command.err() + command.out());
    return command;
  }

  @Test
  void theExportedOneIsProvenByRunningIt() throws Exception {
    make("1e-5");
    Command ported = port(0, ".savedmodel", EXPORTED);
    assertTrue(ported.out().contains("\nEqual: "), ported.out());
    Command verified = Command.run("verify", PROGRAM, file("out.savedmodel"));
    assertEquals(0, verified.exitCode(), verified.err() + verified.out());
    for (String form : new String[] {".weights.h5", ".ckpt"}) {
      Command refused = port(3, form, ATTRIBUTES);
      assertTrue(refused.err().contains("doesn't tell `epsilon` of `bn`"), refused.err());
      Command taken =
          port(
              0,
              form,
              ATTRIBUTES,
              "--accept",
              "epsilon",
              "--accept",
              "activation",
              "--accept",
              "recurrent_activation",
              "--accept",
              "unproven");
      assertTrue(taken.out().contains("20 of 20 variables"), taken.out());
    }
  }

  @Test
  void anEpsilonThatWasLeftAsItIsIsNotPorted() throws Exception {
    make("1e-3");
    Command different = port(1, ".savedmodel", EXPORTED);
    assertTrue(different.out().startsWith("NOT ported: "), different.out());
    assertFalse(Files.exists(folder.resolve("out.savedmodel")));
    for (String form : new String[] {".weights.h5", ".ckpt"}) {
      assertTrue(port(3, form, ATTRIBUTES).err().contains("doesn't tell `epsilon` of `bn`"));
    }
  }
}
