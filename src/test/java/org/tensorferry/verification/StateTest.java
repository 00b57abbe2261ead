package org.tensorferry.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.SavedConversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.convert.StateForm;
import org.tensorferry.engine.EngineOptions;
import org.tensorferry.error.FerryException;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** Buffers that a call changes are what the next call begins with, as in the module. */
class StateTest {

  private static final String PYTHON = System.getenv("TENSORFERRY_TENSORFLOW_PYTHON");

  /** One case after the other, each on the state that the one before left. */
  private static final VerifyOptions SEQUENCE =
      VerifyOptions.DEFAULT.samples(8).timedRuns(0).engines(EngineOptions.DEFAULT.inProcess(true));

  private record Stateful(String name, String body, String type) {}

  private static final List<Stateful> CASES =
      List.of(
          new Stateful(
              "a moving average",
              "_ = torch.mul_(self.s, 0.8)\n_0 = torch.add_(self.s, torch.mul(x, 0.2))\nreturn self.s + 0",
              "Tensor"),
          new Stateful(
              "the state before it is changed",
              "y = self.s + x\n_ = torch.copy_(self.s, x)\nreturn y",
              "Tensor"),
          new Stateful(
              "a buffer that is replaced",
              "self.s = torch.tanh(self.s + x)\nreturn self.s",
              "Tensor"),
          new Stateful(
              "a ring",
              "self.s = torch.roll(self.s, [1], [0])\n_ = torch.copy_(torch.select(self.s, 0, 0), torch.select(x, 0, 0))\nreturn self.s * 2",
              "Tensor"),
          new Stateful(
              "a row written through a view",
              "row = torch.select(self.s, 0, 1)\n_ = torch.add_(row, torch.select(x, 0, 0))\nreturn torch.sum(self.s)",
              "Tensor"),
          new Stateful(
              "changed on one way only",
              "if bool(torch.gt(torch.sum(x), 0)):\n  _ = torch.add_(self.s, x)\nelse:\n  _0 = torch.mul_(self.s, 0.5)\nreturn self.s + 1",
              "Tensor"),
          new Stateful(
              "changed in every round of a loop",
              "k = 0\nwhile bool(torch.lt(torch.sum(self.s), 2000)) and k < 3:\n  _ = torch.add_(self.s, 1)\n  k = k + 1\nreturn self.s + x",
              "Tensor"),
          new Stateful(
              "a counter",
              "_ = torch.add_(self.n, 1)\nreturn x * self.n, int(self.n)",
              "Tuple[Tensor, int]"),
          new Stateful(
              "an int that counts",
              "y = x * self.k\nself.k = self.k + 1\nreturn y, self.k",
              "Tuple[Tensor, int]"),
          new Stateful(
              "a float and a bool",
              "y = x * self.f\nif self.b:\n  y = y + 1\nself.f = self.f * 0.5 + 1.\nself.b = not self.b\nreturn y",
              "Tensor"),
          new Stateful(
              "a place in a ring",
              "row = torch.select(self.s, 0, self.k)\n_ = torch.copy_(row, torch.select(x, 0, 0))\nself.k = torch.remainder(self.k + 1, 2)\nreturn self.s + 0",
              "Tensor"),
          new Stateful(
              "None before the first call",
              "h = self.h\nif torch.__is__(h, None):\n  y = x\nelse:\n  h1 = unchecked_cast(Tensor, h)\n  y = torch.tanh(h1 + x)\nself.h = y\nreturn y + 0",
              "Tensor"),
          new Stateful(
              "a list whose elements are replaced",
              "y = torch.add(self.l[0], x)\nself.l[0] = y\nreturn y * 2",
              "Tensor"),
          new Stateful(
              "a list whose elements are written",
              "_ = torch.add_(self.l[0], x)\nreturn self.l[0] * 2",
              "Tensor"),
          new Stateful(
              "a dict whose entries are replaced",
              "y = torch.add(self.d['a'], x)\nself.d['a'] = y\nreturn y * 2",
              "Tensor"),
          new Stateful(
              "changed by a loop in a branch",
              "if bool(torch.gt(torch.sum(x), 0)):\n  for i in range(self.k):\n    _ = torch.add_(self.s, 1)\n  self.k = self.k + 1\nreturn self.s + 0",
              "Tensor"),
          new Stateful(
              "state that nothing returns",
              "y = x * torch.sum(self.s)\n_ = torch.add_(self.s, 1)\nreturn y",
              "Tensor"));

  /** Cases whose state is more than tensors and numbers. */
  private static final Set<String> NO_ARGUMENTS =
      Set.of(
          "None before the first call",
          "a list whose elements are replaced",
          "a list whose elements are written",
          "a dict whose entries are replaced");

  @TempDir Path directory;

  private Path model(Stateful stateful) {
    TorchProgram program =
        TorchScript.module(
                "def forward(self, x: Tensor) -> "
                    + stateful.type()
                    + ":\n"
                    + stateful.body().indent(2))
            .buffer("s", HostTensor.generate(DType.FLOAT32, new long[] {2, 3}, i -> i * 0.25))
            .buffer("n", HostTensor.longs(new long[0], 0))
            .attribute("k", "int", 0)
            .attribute("f", "float", 2.0)
            .attribute("b", "bool", true)
            .attribute("h", "Optional[Tensor]", null)
            .attribute("l", "List[Tensor]", List.of(zeros()))
            .attribute("d", "Dict[str, Tensor]", Map.of("a", zeros()));
    Path file = directory.resolve(stateful.name().replace(' ', '_') + ".pt");
    program.write(file);
    return file;
  }

  private static HostTensor zeros() {
    return HostTensor.generate(DType.FLOAT32, new long[] {2, 3}, i -> 0);
  }

  private Path convert(Path file) {
    return convert(file, StateForm.VARIABLES);
  }

  private Path convert(Path file, StateForm form) {
    Path saved = directory.resolve(file.getFileName() + "." + form);
    try (TorchModel model = Tensorferry.open(file)) {
      model.convert(ConvertOptions.defaults().input("x:float32[2,3]").state(form)).save(saved);
    }
    return saved;
  }

  @TestFactory
  Stream<DynamicTest> sequencesOfCallsAreEqual() {
    return CASES.stream()
        .map(
            stateful ->
                DynamicTest.dynamicTest(
                    stateful.name(),
                    () -> {
                      Path file = model(stateful);
                      ParityReport report =
                          SavedConversion.open(file, convert(file)).verify(SEQUENCE);
                      assertTrue(report.isEqual(), report::toString);
                      assertEquals(8, report.cases().size());
                    }));
  }

  @TestFactory
  Stream<DynamicTest> sequencesOfCallsThatAreHandedTheirStateAreEqual() {
    return CASES.stream()
        .filter(stateful -> !NO_ARGUMENTS.contains(stateful.name()))
        .map(
            stateful ->
                DynamicTest.dynamicTest(
                    stateful.name(),
                    () -> {
                      Path file = model(stateful);
                      SavedConversion saved =
                          SavedConversion.open(file, convert(file, StateForm.ARGUMENTS));
                      assertTrue(saved.inputs().size() > 1, () -> saved.inputs().toString());
                      ParityReport report = saved.verify(SEQUENCE);
                      assertTrue(report.isEqual(), report::toString);
                      assertEquals(8, report.cases().size());
                    }));
  }

  @TestFactory
  Stream<DynamicTest> whatCantBeAnArgumentIsRefused() {
    return CASES.stream()
        .filter(stateful -> NO_ARGUMENTS.contains(stateful.name()))
        .map(
            stateful ->
                DynamicTest.dynamicTest(
                    stateful.name(),
                    () -> {
                      Path file = model(stateful);
                      FerryException refused =
                          assertThrows(
                              FerryException.class, () -> convert(file, StateForm.ARGUMENTS));
                      assertTrue(
                          String.valueOf(refused.getMessage()).contains("can't be an argument"),
                          refused::getMessage);
                    }));
  }

  @Test
  void stateThatIsHandedOnWronglyIsADifference() {
    Path file = model(CASES.get(0));
    Path saved = convert(file, StateForm.ARGUMENTS);
    assertEquals(
        List.of("x:float32[2,3]", "s:float32[2,3]"),
        SavedConversion.open(file, saved).inputs().stream().map(Object::toString).toList());
    Path other = model(new Stateful("other", "_ = torch.copy_(self.s, x)\nreturn x", "Tensor"));
    ParityReport report = SavedConversion.open(other, saved).verify(SEQUENCE);
    assertTrue(!report.isEqual(), report::toString);
  }

  /** A causal convolution, a recurrent cell and a mean, frame by frame. */
  @Test
  void aThousandFramesAreEqual() {
    TorchProgram program =
        TorchScript.module(
                "def forward(self, x: Tensor) -> Tensor:\n"
                    + "  _ = torch.mul_(self.mean, 0.99)\n"
                    + "  _0 = torch.add_(self.mean, torch.mul(torch.abs(x), 0.01))\n"
                    + "  y = torch.unsqueeze(torch.div(x, self.mean + 0.1), 2)\n"
                    + "  past = torch.cat([self.past, y], 2)\n"
                    + "  _1 = torch.copy_(self.past, torch.slice(past, 2, 1, 9223372036854775807, 1))\n"
                    + "  z = torch.squeeze(torch.tanh(torch.conv1d(past, self.kernel)), 2)\n"
                    + "  g = torch.sigmoid(torch.linear(torch.cat([z, self.h], 1), self.gate))\n"
                    + "  self.h = g * self.h + (1 - g) * z\n"
                    + "  return x * torch.sigmoid(self.h)\n")
            .buffer("mean", HostTensor.generate(DType.FLOAT32, new long[] {1, 8}, i -> 1))
            .buffer("past", HostTensor.generate(DType.FLOAT32, new long[] {1, 8, 3}, i -> 0))
            .buffer("h", HostTensor.generate(DType.FLOAT32, new long[] {1, 8}, i -> 0))
            .parameter("kernel", wave(8, 8, 4))
            .parameter("gate", wave(8, 16));
    Path file = directory.resolve("denoiser.pt");
    program.write(file);
    for (StateForm form : StateForm.values()) {
      Path saved = directory.resolve("denoiser." + form);
      try (TorchModel model = Tensorferry.open(file)) {
        model.convert(ConvertOptions.defaults().input("x:float32[1,8]").state(form)).save(saved);
      }
      int frames = form == StateForm.VARIABLES ? 1000 : 100;
      ParityReport report =
          SavedConversion.open(file, saved)
              .verify(
                  VerifyOptions.DEFAULT
                      .samples(frames)
                      .timedRuns(0)
                      .engines(EngineOptions.DEFAULT.inProcess(true)));
      assertEquals(frames, report.cases().size());
      assertTrue(report.isEqual(), report::toString);
    }
  }

  private static HostTensor wave(long... shape) {
    return HostTensor.generate(DType.FLOAT32, shape, i -> Math.sin(i * 1.7) * 0.4);
  }

  @Test
  void aModelThatForgetsIsADifference() {
    Path forgets = model(new Stateful("forgets", "return self.s * 0.8 + x * 0.2", "Tensor"));
    Path saved = convert(forgets);
    assertTrue(SavedConversion.open(forgets, saved).verify(SEQUENCE).isEqual());
    ParityReport report = SavedConversion.open(model(CASES.get(0)), saved).verify(SEQUENCE);
    assertTrue(!report.isEqual() && report.cases().get(0).isEqual(), report::toString);
  }

  @Test
  void aBufferThatGrowsIsRefused() {
    Path file =
        model(
            new Stateful(
                "grows", "self.s = torch.cat([self.s, x])\nreturn torch.sum(self.s)", "Tensor"));
    FerryException refused = assertThrows(FerryException.class, () -> convert(file));
    assertTrue(
        String.valueOf(refused.getMessage()).contains("a variable keeps dtype and shape"),
        refused::getMessage);
  }

  @Test
  void pythonStreamsAndResets() throws IOException, InterruptedException {
    assumeTrue(
        PYTHON != null,
        "SKIPPED: TENSORFERRY_TENSORFLOW_PYTHON names no Python, so no state is tried in Python TensorFlow");
    List<String> command = new ArrayList<>(List.of(PYTHON, "../../tools/check_state.py"));
    CASES.forEach(stateful -> command.add(convert(model(stateful)).toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
  }
}
