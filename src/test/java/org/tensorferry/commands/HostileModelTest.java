package org.tensorferry.commands;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.engine.EngineOptions;
import org.tensorferry.engine.Engines;
import org.tensorferry.engine.Original;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.system.Confinement;
import org.tensorferry.tensor.HostTensor;

/** What a model file can do to those who verify it: nothing. */
class HostileModelTest {

  private static final HostTensor ONE = HostTensor.floats(new long[] {1}, 1);

  private static final String FOR_EVER =
      "n = 1\n  while n >= 0:\n    n = n + 1\n  x = torch.add(x, n)";

  @TempDir Path directory;

  private Path victim;
  private byte[] precious;

  @BeforeEach
  void aFileOfTheUser() throws IOException {
    victim = directory.resolve("victim");
    precious = "precious".repeat(100).getBytes(StandardCharsets.UTF_8);
    Files.write(victim, precious);
  }

  /** A model whose {@code forward} runs a line. */
  private Path program(String line) {
    Path file = directory.resolve("model.pt");
    TorchScript.module(
            "def forward(self, x: Tensor) -> Tensor:\n  "
                + line.replace("VICTIM", victim + "")
                + "\n  return x\n")
        .write(file);
    return file;
  }

  /** A model with an object inside of a tuple whose class writes a file when it is unpickled. */
  private Path unpickled() throws IOException {
    Path file = directory.resolve("evil.pt");
    BrokenModels.sound().write(file);
    String code =
        """
        class M(Module):
          __parameters__ = []
          __buffers__ = []
          state : Tuple[int, __torch__.Evil]
          def forward(self: __torch__.M,
            x: Tensor) -> Tensor:
            return x
        class Evil(Module):
          __parameters__ = []
          __buffers__ = []
          path : str
          def __getstate__(self: __torch__.Evil) -> str:
            return self.path
          def __setstate__(self: __torch__.Evil,
            state: str) -> NoneType:
            self.path = state
            torch.save(1, state)
            return None
        """;
    return BrokenModels.of(file)
        .with("code/__torch__.py", code)
        .with("data.pkl", pickle(victim.toString()))
        .write(file);
  }

  /** {@code M(state=(1, Evil(victim)))}. */
  private static byte[] pickle(String path) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(BrokenModels.latin1("\u0080\u0002c__torch__\nM\n)\u0081}("));
    text(out, "state");
    out.writeBytes(BrokenModels.latin1("K\u0001c__torch__\nEvil\n)\u0081"));
    text(out, path);
    out.writeBytes(BrokenModels.latin1("b\u0086ub."));
    return out.toByteArray();
  }

  private static void text(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeBytes(new byte[] {'X', (byte) bytes.length, (byte) (bytes.length >> 8), 0, 0});
    out.writeBytes(bytes);
  }

  private Path converted() {
    Path model = directory.resolve("sound.pt");
    Path out = directory.resolve("out");
    BrokenModels.sound().write(model);
    Command done = Command.run("convert", model + "", "-o", out + "", "--input", "[batch,3]");
    assertEquals(0, done.exitCode(), done.err());
    return out;
  }

  private static Engines engines(EngineOptions options, Path... files) {
    return Engines.open(options, Set.of(files));
  }

  private static void run(Engines engines, Path file) {
    try (Original original = engines.own(file)) {
      original.run(List.of(ONE));
    }
  }

  // --- files

  /** The recipe is right: where everything is allowed the file is overwritten. */
  @Test
  void theRecipeWorksWhereAModelIsTrusted() throws IOException {
    Path evil = unpickled();
    assertTrue(Files.size(evil) < 3000, "a file of a few bytes is enough");
    try (Engines engines = engines(EngineOptions.DEFAULT.trusted(true), evil)) {
      run(engines, evil);
    }
    assertFalse(Arrays.equals(precious, Files.readAllBytes(victim)));
  }

  @Test
  void verifyRefusesCodeThatWritesFiles() throws IOException {
    Command verify = Command.run("verify", unpickled() + "", converted() + "");
    assertEquals(ExitCode.UNREADABLE.code(), verify.exitCode(), verify.err());
    assertTrue(
        verify.err().startsWith("The model's code reaches outside of the model"), verify.err());
    assertArrayEquals(precious, Files.readAllBytes(victim));
  }

  @Test
  void convertAndVerifyLeaveFilesAlone() throws IOException {
    Path out = directory.resolve("new");
    Command convert =
        Command.run("convert", unpickled() + "", "-o", out + "", "--input", "[1]", "--verify");
    // The conversion itself meets the call, runs nothing, and has no rule for it.
    assertEquals(ExitCode.UNCONVERTIBLE.code(), convert.exitCode(), convert.err());
    assertArrayEquals(precious, Files.readAllBytes(victim));
    assertFalse(Files.exists(out));
  }

  /** What the scan of the code would miss, the process may not do either. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "torch.save(1, 'VICTIM')",
        "torch.save(1, 'VICTIM-new')",
        "y = torch.from_file('VICTIM', True, 4, dtype=0)\n"
            + "  y = torch.fill_(y, 7)\n  x = torch.add(x, torch.sum(y))"
      })
  void aConfinedProcessCanNotWriteFiles(String line) throws IOException {
    requireLandlock();
    Path file = program(line);
    try (Engines engines = engines(EngineOptions.DEFAULT, file)) {
      attempt(engines, file);
    }
    assertArrayEquals(precious, Files.readAllBytes(victim));
    assertFalse(Files.exists(Path.of(victim + "-new")));
    try (Engines engines = engines(EngineOptions.DEFAULT.trusted(true), file)) {
      attempt(engines, file);
    }
    boolean isTouched =
        !Arrays.equals(precious, Files.readAllBytes(victim))
            || Files.exists(Path.of(victim + "-new"));
    assertTrue(isTouched, "without limits the line does what it says");
  }

  @Test
  void aConfinedProcessCanNotReadFiles() {
    requireLandlock();
    Path file =
        program(
            "y = torch.from_file('VICTIM', False, 4, dtype=0)\n  x = torch.add(x, torch.sum(y))");
    try (Engines engines = engines(EngineOptions.DEFAULT, file)) {
      FerryException refused = assertThrows(FerryException.class, () -> run(engines, file));
      assertTrue(refused.getMessage().contains("Permission denied"), refused.getMessage());
    }
  }

  private static void requireLandlock() {
    assumeTrue(Confinement.held().toString().contains("Landlock"), "this kernel has no Landlock");
  }

  /** Some operators say nothing where they may not write. */
  private static void attempt(Engines engines, Path file) {
    try {
      run(engines, file);
    } catch (FerryException refused) {
      assertEquals(ExitCode.USAGE, refused.exitCode(), refused.getMessage());
    }
  }

  // --- time and crashes

  @Test
  void aModelThatRunsForEverIsEnded() {
    Path file = program(FOR_EVER);
    Path out = converted();
    Command verify = Command.run("verify", file + "", out + "", "--input", "[1]", "--timeout", "2");
    assertEquals(ExitCode.UNREADABLE.code(), verify.exitCode(), verify.err());
    assertTrue(verify.err().startsWith("Libtorch did not answer within 2 s."), verify.err());
  }

  @Test
  void anEngineThatIsKilledIsOneSentence() {
    Path file = program(FOR_EVER);
    EngineOptions options = EngineOptions.DEFAULT.timeout(Duration.ofMinutes(5));
    try (Engines engines = engines(options, file);
        Original original = engines.own(file)) {
      CompletableFuture<FerryException> failure =
          CompletableFuture.supplyAsync(
              () -> assertThrows(FerryException.class, () -> original.run(List.of(ONE))));
      ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
      FerryException ended = failure.join();
      assertEquals(ExitCode.UNREADABLE, ended.exitCode());
      assertEquals("libtorch was killed while it ran the model", ended.problems().get(0).what());
    }
  }

  // --- terminals

  @Test
  void escapeSequencesReachNoTerminal() {
    Path file = directory.resolve("model.pt");
    TorchScript.module(
            "def forward(self, x: Tensor) -> Tensor:\n  raise ValueError('\\033]0;evil\\007')\n")
        .write(file);
    Command convert =
        Command.run("convert", file + "", "-o", directory.resolve("o") + "", "--input", "[1]");
    assertEquals(ExitCode.UNCONVERTIBLE.code(), convert.exitCode());
    assertTrue(convert.err().contains("\\u001b]0;evil\\u0007"), convert.err());
    assertFalse(convert.err().contains("\u001b"), "an escape character");
  }
}
