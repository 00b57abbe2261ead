package org.tensorferry.commands;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.archive.ProgramWeights;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.archive.WeightFiles;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;

/** What {@code port} does on the command line; what it finds is tried in the package of ports. */
class PortCommandTest {

  private static final String SAMPLES = "../../samples/port/";
  private static final String WEIGHTS = SAMPLES + "mlp.legacy.pth";
  private static final String KERAS = SAMPLES + "mlp.keras";
  private static final String SAVED_MODEL = SAMPLES + "mlp.savedmodel";

  @TempDir Path directory;

  private String file(String name) {
    return directory.resolve(name).toString();
  }

  private static Command run(int exitCode, String... args) {
    Command command = Command.run(args);
    assertEquals(exitCode, command.exitCode(), command.err() + command.out());
    return command;
  }

  @Test
  void aDryRunTellsTheWholePlanAndWritesNothing() throws IOException {
    Command command =
        run(0, "port", WEIGHTS, "--into", KERAS, "--dry-run", "-o", file("out.keras"));
    assertTrue(command.out().startsWith("Would port "), command.out());
    assertTrue(command.out().contains("8 of 8 variables from 8 of 8 tensors"), command.out());
    assertTrue(command.out().contains("hidden_square (Dense)"), command.out());
    assertTrue(command.out().contains("weight [32,32] → vars/0 [32,32] (transpose)"));
    try (Stream<Path> files = Files.list(directory)) {
      assertEquals(0, files.count());
    }
  }

  @Test
  void thereAndBackIsTheSameBits() {
    String there = file("there.keras");
    String back = file("back.safetensors");
    run(0, "port", WEIGHTS, "--into", KERAS, "-o", there, "--accept", "unproven");
    Command written = run(0, "port", there, "--into", WEIGHTS, "-o", back, "--accept", "unproven");
    assertTrue(written.out().contains("8 of 8 tensors from 8 of 8 variables"), written.out());
    try (WeightFiles original = WeightFiles.open(Path.of(WEIGHTS));
        WeightFiles brought = WeightFiles.open(Path.of(back))) {
      Map<String, TensorData> tensors = original.tensors();
      assertEquals(tensors.keySet(), brought.tensors().keySet());
      tensors.forEach(
          (name, tensor) ->
              assertArrayEquals(
                  tensor.toBytes(),
                  Objects.requireNonNull(brought.tensors().get(name)).toBytes(),
                  name));
    }
  }

  /** The last line; a terminal's breaks taken out. */
  private static String lastSentences(Command command) {
    String out = command.out().strip().replaceAll("\\s+", " ");
    return out.substring(Math.max(out.lastIndexOf("Nothing was run"), 0));
  }

  private static final String TRUST =
      "Right only where the original has torch's defaults, which its file doesn't tell: epsilon"
          + " 1e-5 of 1 layer. Not compared: activations, pooling and all else without weights.";

  @Test
  void tensorsAloneAreNoProof() throws IOException {
    String report = file("report.json");
    Command refused =
        run(3, "port", WEIGHTS, "--into", KERAS, "-o", file("o.keras"), "--report", report);
    assertTrue(refused.err().contains("Nothing proves this port"), refused.err());
    assertTrue(refused.err().contains(TRUST), refused.err());
    assertTrue(refused.err().contains("--model FILE"), refused.err());
    assertTrue(refused.out().startsWith("NOT ported: "), refused.out());
    assertFalse(Files.exists(directory.resolve("o.keras")));
    String json = Files.readString(Path.of(report));
    assertTrue(json.contains("\"kind\" : \"unproven\""), json);
    assertTrue(json.contains("\"defaults\" : [ \"epsilon 1e-5 of 1 layer\" ]"), json);
    assertTrue(json.contains("\"uncompared\" : [ \"activations, pooling"), json);
    Command told =
        run(3, "port", WEIGHTS, "--into", KERAS, "-o", file("o"), "--torch-epsilon", "*=1e-5");
    assertFalse(told.err().contains("torch's defaults"), told.err());
  }

  @Test
  void theUsersWordIsTakenAndToldAgain() {
    String twin = file("o.keras");
    Command there = run(0, "port", WEIGHTS, "--into", KERAS, "-o", twin, "--accept", "unproven");
    String last = lastSentences(there);
    assertTrue(last.startsWith("Nothing was run: give the original (--model FILE)"), last);
    assertTrue(last.endsWith(TRUST), last);
    String checked = lastSentences(run(0, "port", WEIGHTS, "--into", twin, "--check"));
    assertTrue(checked.endsWith(TRUST), checked);
    String dry = lastSentences(run(0, "port", WEIGHTS, "--into", KERAS, "--dry-run"));
    assertTrue(dry.endsWith(TRUST), dry);
    run(3, "port", twin, "--into", WEIGHTS, "-o", file("o.pth"));
    assertFalse(Files.exists(directory.resolve("o.pth")));
  }

  private static final String DENOISER = SAMPLES + "denoiser.wrapped.pth";
  private static final String ITS_PROGRAM = SAMPLES + "denoiser.traced.pt";

  @Test
  void theProgramProvesBothWays() {
    String twin = file("d.keras");
    String target = SAMPLES + "denoiser.keras";
    Command there = run(0, "port", DENOISER, "--into", target, "-o", twin, "--model", ITS_PROGRAM);
    assertTrue(there.out().contains("\nEqual: "), there.out());
    Command back =
        run(0, "port", twin, "--into", DENOISER, "-o", file("d.pth"), "--model", ITS_PROGRAM);
    assertTrue(back.out().contains("\nEqual: "), back.out());
  }

  @Test
  void aTwinIsVerifiedAndItsLayersAreFound() {
    String target = SAMPLES + "denoiser.keras";
    String twin = file("d.keras");
    run(0, "port", DENOISER, "--into", target, "-o", twin, "--model", ITS_PROGRAM);
    Command equal = run(0, "verify", ITS_PROGRAM, twin, "--layers");
    assertTrue(equal.out().contains("`bn` → `normalise` (BatchNormalization): agree to"));
    Command different = run(1, "verify", ITS_PROGRAM, target);
    assertTrue(different.out().contains("The first layer that differs is `fc_in` → `project`"));
    String report = file("check.json");
    Command checked =
        run(
            1,
            "port",
            DENOISER,
            "--into",
            target,
            "--check",
            "--model",
            ITS_PROGRAM,
            "--report",
            report);
    assertTrue(checked.out().contains("DIFFERENT"), checked.out());
    assertTrue(Files.exists(Path.of(report)));
    Command exported = run(2, "verify", ITS_PROGRAM, SAMPLES + "denoiser.savedmodel", "--layers");
    assertTrue(exported.err().contains("name the .keras file that it was exported from"));
  }

  @Test
  void aProgramWithOtherWeightsRunsWithThoseThatArePorted() throws IOException {
    Path other = directory.resolve("other.pt");
    try (WeightFiles weights = WeightFiles.open(Path.of(ITS_PROGRAM))) {
      List<String> kept =
          ProgramWeights.write(
              Path.of(ITS_PROGRAM),
              name -> {
                TensorSource tensor = Objects.requireNonNull(weights.tensors().get(name));
                return Optional.of(tensor)
                    .filter(floating -> floating.dtype().isFloating())
                    .map(floating -> floating.plus(0.25));
              },
              other);
      assertEquals(List.of("bn.num_batches_tracked"), kept);
    }
    String target = SAMPLES + "denoiser.keras";
    String twin = file("d.keras");
    Command there =
        run(0, "port", DENOISER, "--into", target, "-o", twin, "--model", other.toString());
    assertTrue(there.out().contains("was run with these weights"), there.out());
    assertTrue(there.out().contains("\nEqual: "), there.out());
    run(1, "port", DENOISER, "--into", target, "-o", file("e"), "--verify-with", other.toString());
    Command foreign =
        run(3, "port", WEIGHTS, "--into", KERAS, "-o", file("m.keras"), "--model", ITS_PROGRAM);
    assertTrue(foreign.err().contains("it has no tensor `net.0.weight`"), foreign.err());
  }

  @Test
  void aWrittenMapLeadsToTheSamePort() {
    run(0, "port", WEIGHTS, "--into", KERAS, "--dry-run", "--write-map", file("map.json"));
    Command mapped =
        run(0, "port", WEIGHTS, "--into", KERAS, "--dry-run", "--map", file("map.json"));
    assertTrue(mapped.out().contains("net.3 → hidden_square (Dense), by the map file"));
  }

  /** The network of the sample, in TorchScript; its sizes are in the weights. */
  private String original(String name, String lastStep) {
    TorchProgram program =
        TorchScript.module(
            "def forward(self, x: Tensor) -> Tensor:\n"
                + "  y = torch.relu(torch.linear(x, self.w0, self.b0))\n"
                + "  y = torch.layer_norm(y, [32], self.w2, self.b2)\n"
                + "  y = torch.tanh(torch.linear(y, self.w3, self.b3))\n"
                + "  return "
                + lastStep
                + "\n");
    try (WeightFiles weights = WeightFiles.open(Path.of(WEIGHTS))) {
      weights
          .tensors()
          .forEach(
              (tensor, data) -> {
                String number = tensor.replaceAll("\\D", "");
                program.buffer((tensor.endsWith("weight") ? "w" : "b") + number, data);
              });
      program.write(directory.resolve(name));
    }
    return file(name);
  }

  @Test
  void theOriginalProvesThePort() {
    String torch = original("model.pt", "torch.linear(y, self.w5, self.b5)");
    Command command =
        run(
            0,
            "port",
            WEIGHTS,
            "--into",
            SAVED_MODEL,
            "-o",
            file("out"),
            "--verify-with",
            torch,
            "--input",
            "x:float32[batch,20]");
    assertTrue(command.out().contains("Equal: 5 outputs in 5 cases"), command.out());
    assertTrue(Files.exists(directory.resolve("out/saved_model.pb")));
  }

  @Test
  void aPortThatComputesSomethingElseIsNotWritten() {
    String torch = original("model.pt", "torch.linear(y, self.w5)");
    Command command =
        run(
            1,
            "port",
            WEIGHTS,
            "--into",
            SAVED_MODEL,
            "-o",
            file("out"),
            "--verify-with",
            torch,
            "--input",
            "x:float32[batch,20]");
    assertTrue(command.out().startsWith("NOT ported: "), command.out());
    assertTrue(command.out().contains("DIFFERENT"), command.out());
    assertFalse(Files.exists(directory.resolve("out")));
  }

  @Test
  void whatDoesNotFitIsToldAndNotWritten() {
    Command command =
        run(3, "port", WEIGHTS, "--into", SAMPLES + "cnn.keras", "-o", file("out.keras"));
    assertTrue(command.err().contains("Nothing in the torch file fits layer `entry_conv`"));
    assertTrue(command.out().startsWith("NOT ported: "), command.out());
    assertFalse(Files.exists(directory.resolve("out.keras")));
  }

  private record Misuse(String arguments, String said) {
    @Override
    public String toString() {
      return arguments;
    }
  }

  static Stream<Misuse> misuses() {
    return Stream.of(
        new Misuse("", "'--output=OUT' (or --dry-run"),
        new Misuse("-o out.keras --input [1,20]", "--input needs --model or --verify-with"),
        new Misuse("-o out.keras --accept everything", "--accept takes one of activation, copies"),
        new Misuse("-o out.keras --torch-epsilon bn=small", "takes PATTERN=VALUE"),
        new Misuse("-o out.keras --report r.xml", "nothing is compared"),
        new Misuse("-o out.keras --report r.doc", "r.doc"));
  }

  @ParameterizedTest
  @MethodSource("misuses")
  void aWrongCommandLineIsExplained(Misuse misuse) {
    String line = ("port " + WEIGHTS + " --into " + KERAS + " " + misuse.arguments()).strip();
    Command command = run(2, line.split(" "));
    assertTrue(command.err().contains(misuse.said()), command.err());
  }
}
