package org.tensorferry.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorferry.harness.TorchScript;

/**
 * Models of a kilobyte that ask for gigabytes or hours, and texts that no version of torch writes.
 */
class HostileInputsTest {

  @TempDir Path directory;

  private Command convert(String method) {
    Path model = directory.resolve("model.pt");
    TorchScript.module(method).write(model);
    return Command.run(
        "convert", model.toString(), "-o", directory.resolve("out") + "", "--input", "[30,3]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "torch.chunk(torch.zeros([1000000000]), 1000000000)[0]  | parts",
        "torch.tensor_split(x, 100000000)[0]                    | parts",
        "torch.unbind(torch.zeros([10000000, 1]))[0]            | parts",
        "torch.split(torch.zeros([1000000, 1]), 1)[0]           | parts",
        "torch.combinations(torch.arange(60), 20)               | numbers",
        "torch.combinations(torch.arange(60), 61)               |",
        "torch.hann_window(67000000)                            | numbers",
        "torch.triu_indices(30000, 30000)                       | numbers",
        "torch.diff(x, 1000000000)                              | parts",
      })
  void aCallThatMakesTooMuchIsRefused(String call, String limit) {
    Command command = convert("def forward(self, x: Tensor) -> Tensor:\n  return " + call + "\n");
    assertTrue(command.exitCode() != 70 && command.exitCode() != 1, command.err());
    if (limit != null) {
      assertEquals(3, command.exitCode(), command.err());
      assertTrue(command.err().contains("are the limit"), command.err());
    }
  }

  @Test
  void aResultOfTooManyTensorsIsRefused() {
    Command command =
        convert(
            "def forward(self, x: Tensor) -> Any:\n  t = (x, x)\n  for i in range(20):\n"
                + "    t = (t, t)\n  return t\n");
    assertEquals(3, command.exitCode(), command.err());
  }

  @Test
  void anOptionalOfNothingIsNoFault() {
    Command command =
        convert("def forward(self, x: Optional) -> Tensor:\n  return torch.ones([1])\n");
    assertTrue(command.exitCode() != 70 && command.exitCode() != 1, command.err());
  }

  @Test
  void aMapThatNestsTooDeepIsNoFault() throws IOException {
    Path map = Files.writeString(directory.resolve("map.json"), "[".repeat(5000));
    Path samples = Path.of("../../samples/port");
    Command command =
        Command.run(
            "port",
            samples.resolve("denoiser.wrapped.pth").toString(),
            "--into",
            samples.resolve("denoiser.keras").toString(),
            "-o",
            directory.resolve("out.keras").toString(),
            "--map",
            map.toString());
    assertEquals(2, command.exitCode(), command.err());
  }
}
