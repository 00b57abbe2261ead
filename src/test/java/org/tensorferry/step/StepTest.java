package org.tensorferry.step;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.Conversion;
import org.tensorferry.SavedConversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.engine.EngineOptions;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.report.Reports;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** A step model computes, frame by frame, what the original computes of the whole sequence. */
class StepTest {

  private static final VerifyOptions OPTIONS =
      VerifyOptions.DEFAULT.samples(1).timedRuns(0).engines(EngineOptions.DEFAULT.inProcess(true));

  private static final int WIDTH = 4;

  @TempDir Path directory;

  /** A model of [1, time, 4], whose weights are called {@code a} to {@code h} by their shapes. */
  private Path model(String source, long seed) {
    TorchProgram program = TorchScript.module("def forward(self, x: Tensor):\n" + indented(source));
    Random random = new Random(seed);
    add(program, "w", random, 3 * WIDTH, WIDTH);
    add(program, "w4", random, 4 * WIDTH, WIDTH);
    add(program, "w1", random, WIDTH, WIDTH);
    add(program, "k3", random, WIDTH, WIDTH, 3);
    add(program, "k1", random, WIDTH, 1, 2);
    add(program, "k23", random, 2, 1, 2, 3);
    add(program, "t23", random, 2, 1, 2, 3);
    add(program, "v", random, WIDTH);
    Path file = directory.resolve("model" + seed + ".pt");
    program.write(file);
    return file;
  }

  private static String indented(String source) {
    return source.lines().map(line -> "  " + line).collect(Collectors.joining("\n")) + "\n";
  }

  private static void add(TorchProgram program, String name, Random random, long... shape) {
    program.parameter(
        name, HostTensor.generate(DType.FLOAT32, shape, i -> random.nextGaussian() / 2));
  }

  private static String gru(String input, int layers, boolean backward) {
    String weights =
        IntStream.range(0, layers * (backward ? 2 : 1))
            .mapToObj(i -> "self.w, self.w")
            .collect(Collectors.joining(", "));
    String flags = backward ? "True, True" : "False, True";
    int states = layers * (backward ? 2 : 1);
    return "torch.gru(%s, torch.zeros([%d, 1, 4]), [%s], False, %d, 0., False, %s)"
        .formatted(input, states, weights, layers, flags);
  }

  private Conversion converted(TorchModel model, String... names) {
    return model.convert(
        ConvertOptions.defaults().input("x:float32[1,time,4]").step("time", names));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "h|y, h = GRU\\nreturn y",
        "h|y, h = GRU\\nreturn (y, h)",
        "h|y, h = GRU2\\nreturn y * x",
        "h,c|y, h, c = torch.lstm(x, [torch.zeros([1, 1, 4]), torch.zeros([1, 1, 4])], [self.w4, self.w4], False, 1, 0., False, False, True)\\nreturn y",
        "h|y, h = torch.rnn_tanh(torch.transpose(x, 0, 1), torch.zeros([1, 1, 4]), [self.w1, self.w1], False, 1, 0., False, False, False)\\nreturn y[-1]",
        "past|z = torch.pad(TX, [2, 0])\\nreturn torch.conv1d(z, self.k3)",
        "past|z = torch.conv1d(TX, self.k3, None, [1], [2])\\nreturn torch.slice(z, 2, 0, -2)",
        "past|z = torch.conv1d(TX, self.k3, self.v, [1], [4], [2])\\nreturn torch.slice(z, 2, 0, -4) + TX",
        "past,past_2|z = torch.relu(torch.conv1d(torch.pad(TX, [2, 0]), self.k3))\\nreturn torch.conv1d(torch.pad(z, [3, 0]), self.k1, None, [1], [0], [3], 4)",
        "past|z = torch.cat([torch.zeros([1, 4, 2]), TX], 2)\\nreturn (torch.conv1d(z, self.k3), torch.select(TX, 2, -1))",
        "past|z = torch.pad(torch.unsqueeze(x, 1), [1, 1, 1, 0])\\nreturn torch.conv2d(z, self.k23)",
        "past|z = torch.conv_transpose2d(torch.unsqueeze(x, 1), self.t23.transpose(0, 1), None, [1, 2])\\nreturn torch.slice(z, 2, 0, -1)",
        "past|z = torch.pad(x, [0, 0, 1, 0])\\nreturn x - torch.slice(z, 1, 0, -1) * 0.5",
        "past|z = torch.unfold(torch.pad(TX, [3, 0]), 2, 4, 1)\\nreturn torch.sum(z, [3])",
        "h|z = torch.reshape(x, [-1, 4])\\ny, h = torch.gru(torch.reshape(torch.linear(z, self.w1), [1, -1, 4]), torch.zeros([1, 1, 4]), [self.w, self.w], False, 1, 0., False, False, True)\\nreturn torch.softmax(y, -1)",
        "''|z = torch.layer_norm(x, [4], self.v)\\nreturn torch.matmul(z, self.w1) / torch.sqrt(torch.mean(x * x, [-1], True) + 1.)",
        "''|y, h = torch.gru(torch.reshape(x, [-1, 4, 1]).expand([-1, -1, 4]), torch.zeros([2, torch.size(x, 1), 4]), [self.w, self.w, self.w, self.w], False, 1, 0., False, True, True)\\nreturn torch.unsqueeze(torch.mean(y, [2]), 0)",
      })
  void everyFrameIsThatOfTheWhole(String states, String source) {
    String code =
        source
            .replace("\\n", "\n")
            .replace("GRU2", gru("x", 2, false))
            .replace("GRU", gru("x", 1, false))
            .replace("TX", "torch.transpose(x, 1, 2)");
    Path file = model(code, 1);
    Path saved = directory.resolve("saved");
    try (TorchModel model = Tensorferry.open(file)) {
      Conversion conversion = converted(model);
      assertEquals(
          states, String.join(",", conversion.inputNames().subList(1, conversion.inputs().size())));
      conversion.save(saved);
    }
    ParityReport report = SavedConversion.open(file, saved).verify(OPTIONS);
    assertTrue(report.isEqual(), () -> Reports.text(report));
    assertEquals("time=200, sample 1", report.cases().get(0).label());
  }

  @Test
  void namesAreGivenAndOtherWeightsDiffer() {
    String source = "y, h = " + gru("x", 1, false) + "\nreturn (y, h)";
    Path saved = directory.resolve("saved");
    try (TorchModel model = Tensorferry.open(model(source, 1))) {
      Conversion conversion = converted(model, "mask", "state");
      assertEquals(
          List.of("mask", "state", "h"),
          List.copyOf(conversion.model().result().flatten().keySet()));
      conversion.save(saved);
      FerryException refusal = assertThrows(FerryException.class, () -> converted(model, "mask"));
      assertEquals(ExitCode.USAGE, refusal.exitCode());
    }
    assertFalse(SavedConversion.open(model(source, 2), saved).verify(OPTIONS).isEqual());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "y, h = BOTH\\nreturn y|bidirectional",
        "return torch.mean(x, [1])|it works along axis 1, which is `time`",
        "return torch.softmax(x, 1)|it works along axis 1, which is `time`",
        "return torch.matmul(x, torch.transpose(x, 1, 2))|relates every frame to every other",
        "return torch.conv1d(TX, self.k3, None, [1], [1])|looks ahead: it needs the next frame",
        "return torch.conv1d(TX, self.k3, None, [1], 'same')|looks ahead: it needs the next frame",
        "return torch.conv1d(TX, self.k3)|has fewer frames than the input",
        "return torch.conv1d(torch.pad(TX, [2, 0]), self.k3, None, [2])|its stride along `time` is not 1",
        "z = torch.conv1d(TX, self.k3, None, [1], [1])\\ny, h = torch.gru(torch.transpose(z, 1, 2), torch.zeros([1, 1, 4]), [self.w, self.w], False, 1, 0., False, False, True)\\nreturn y|`conv1d` looks ahead",
        "return x + torch.unsqueeze(torch.select(x, 1, -1), 1)|it joins frames with what follows",
        "return x + torch.unsqueeze(torch.arange(torch.size(x, 1)), 1)|number of frames",
        "return torch.sum(x, [2]) / torch.size(x, 1)|number of frames",
        "return torch.select(x, 1, 0)|it takes certain frames",
        "return torch.flip(x, [1])|it works along axis 1",
        "return torch.squeeze(x)|has another shape for a single frame",
        "return torch.pad(TX, [2, 0], 'replicate')|something else than zeros",
        "return torch.cumsum(x, 1)|it works along axis 1",
        "return torch.reshape(x, [1, 4, -1])|it mixes the elements of different frames",
        "return torch.group_norm(TX, 2)|it works along axis 2",
      })
  void whatLooksAheadIsRefused(String source, String reason) {
    String code =
        source
            .replace("\\n", "\n")
            .replace("BOTH", gru("x", 1, true))
            .replace("TX", "torch.transpose(x, 1, 2)");
    try (TorchModel model = Tensorferry.open(model(code, 1))) {
      FerryException refusal = assertThrows(FerryException.class, () -> converted(model));
      assertEquals(ExitCode.UNCONVERTIBLE, refusal.exitCode());
      String text = String.valueOf(refusal.getMessage());
      String all =
          refusal.problems().stream().map(problem -> problem.text()).collect(Collectors.joining());
      assertTrue(all.contains(reason), () -> text + all);
      assertTrue(all.contains("line"), all);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"frames", "x"})
  void anUnknownDimIsAUsageError(String dim) {
    try (TorchModel model = Tensorferry.open(model("return x", 1))) {
      ConvertOptions options = ConvertOptions.defaults().input("x:[1,time,4]").step(dim);
      FerryException refusal = assertThrows(FerryException.class, () -> model.convert(options));
      assertEquals(ExitCode.USAGE, refusal.exitCode());
    }
  }
}
