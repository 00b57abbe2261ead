package org.tensorferry.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.cli.Main;
import org.tensorferry.faults.Checkpoints;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tensor.TensorData;

/**
 * What a build server needs of a report: failures as failed tests, inputs kept, a bar that holds.
 */
class CiReportsTest {

  @TempDir Path directory;

  private record Answer(int code, String text) {}

  private static Answer run(Object... words) {
    StringWriter text = new StringWriter();
    PrintWriter writer = new PrintWriter(text);
    int code =
        Main.run(
            writer, writer, List.of(words).stream().map(Object::toString).toArray(String[]::new));
    return new Answer(code, text.toString());
  }

  private Path model() {
    return directory.resolve("model.pt");
  }

  private Path saved() {
    return directory.resolve("saved");
  }

  @BeforeEach
  void writeModel() {
    TorchScript.module(
            "def forward(self, x: Tensor) -> Tensor:\n  return torch.linear(x, self.weight, None)\n")
        .parameter("weight", HostTensor.generate(DType.FLOAT32, new long[] {4, 3}, i -> i - 5))
        .write(model());
  }

  @ParameterizedTest
  @ValueSource(strings = {"xml", "json", "html", "md", "txt"})
  void aFailedConversionIsAFailureInEveryForm(String form) throws IOException {
    TorchScript.module("def forward(self, x: Tensor) -> Tensor:\n  return torch.bernoulli(x)\n")
        .write(model());
    Path report = directory.resolve("parity." + form);
    Answer answer =
        run("convert", model(), "-o", saved(), "--input", "[2,3]", "--verify", "--report", report);
    assertEquals(3, answer.code(), answer.text());
    String text = Files.readString(report);
    assertTrue(text.contains("bernoulli"), text);
    assertTrue(!form.equals("xml") || text.contains("failures=\"1\""), text);
    assertFalse(Files.exists(saved()));
  }

  @Test
  void theInputsOfAFailureAreKeptAndFailAgain() throws IOException {
    run("convert", model(), "-o", saved(), "--input", "x:[batch,3]");
    scaleKernel(1.5);
    Path report = directory.resolve("reports/parity.html");
    Answer answer = run("verify", model(), saved(), "--report", report, "--trust");
    assertEquals(1, answer.code(), answer.text());
    Path inputs = directory.resolve("reports/parity.inputs.npz");
    assertTrue(answer.text().contains(inputs.toString()), answer.text());
    Answer again = run("verify", model(), saved(), "--inputs", inputs, "--trust");
    assertEquals(1, again.code(), again.text());
  }

  @Test
  void aBaselineFailsWhatGotWorse() throws IOException {
    run("convert", model(), "-o", saved(), "--input", "x:[batch,3]");
    Path kept = directory.resolve("parity.json");
    assertEquals(0, run("verify", model(), saved(), "--report", kept).code());
    String[] bar = {"--baseline", kept.toString(), "--allow-worse", "latency=1000"};
    Answer same = run("verify", model(), saved(), bar[0], bar[1], bar[2], bar[3]);
    assertEquals(0, same.code(), same.text());
    scaleKernel(1.001);
    Answer worse =
        run("verify", model(), saved(), "--min-snr", "40", bar[0], bar[1], bar[2], bar[3]);
    assertEquals(1, worse.code(), worse.text());
    assertTrue(worse.text().contains("WORSE than the baseline"), worse.text());
    Answer allowed =
        run(
            "verify",
            model(),
            saved(),
            "--min-snr",
            "40",
            bar[0],
            bar[1],
            bar[2],
            "snr=99,latency=1000");
    assertEquals(0, allowed.code(), allowed.text());
  }

  private void scaleKernel(double factor) throws IOException {
    Checkpoints.rewrite(
        saved().resolve("variables/variables"),
        "weight",
        w ->
            TensorData.ofDoubles(
                DType.FLOAT32,
                w.shape(),
                java.util.Arrays.stream(((TensorData) w).toDoubles())
                    .map(v -> v * factor)
                    .toArray()));
  }
}
