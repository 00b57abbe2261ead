package org.tensorferry.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
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
import org.tensorferry.error.FerryException;
import org.tensorferry.harness.SampleModels;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.keras.TargetModels;
import org.tensorferry.parity.LayerReport;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tf.TfNode;

/** A frozen result computes the same, from constants, without what a kernel can hold. */
class FrozenTest {

  private static final VerifyOptions OPTIONS =
      VerifyOptions.DEFAULT.samples(1).timedRuns(0).engines(EngineOptions.DEFAULT.inProcess(true));

  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"denoiser", "denoiser_step", "resnet_small", "sentence_cnn"})
  void samplesComputeTheSameFromConstants(String name) {
    Path file = SampleModels.file(name + ".traced.pt");
    Conversion conversion = same(file, SampleModels.inputs(file));
    assertEquals(List.of(), conversion.variables());
    assertEquals(0, count(conversion, "FusedBatchNormV3", "ReadVariableOp"));
  }

  /** A linear operator on x of weight w, then BatchNorm of c channels; what is left to scale. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          torch.conv2d(x, self.w)                                              | 2,3,6,6   | 4,3,3,3 | 4
          torch.conv2d(x, self.w, self.b)                                      | 2,3,6,6   | 4,3,3,3 | 4
          torch.conv2d(x, self.w, self.b, [2, 2], [1, 1], [1, 1], 4)           | 2,4,6,6   | 4,1,3,3 | 4
          torch.conv2d(x, self.w, self.b, [1, 1], [0, 0], [1, 1], 2)           | 2,4,6,6   | 4,2,3,3 | 4
          torch.conv2d(x, self.w, self.b, [1, 1], [1, 1], [1, 1], 2)           | 2,2,6,6   | 4,1,3,3 | 4
          torch.conv_transpose2d(x, self.w, self.b, [2, 2])                    | 2,3,6,6   | 3,4,3,3 | 4
          torch.conv_transpose2d(x, self.w, self.b, [1, 1], [0, 0], [0, 0], 2) | 2,4,6,6   | 4,2,3,3 | 4
          torch.conv1d(x, self.w, self.b)                                      | 2,3,6     | 4,3,3   | 4
          torch.conv_transpose1d(x, self.w, self.b)                            | 2,3,6     | 3,4,3   | 4
          torch.conv3d(x, self.w, self.b)                                      | 2,3,5,5,5 | 4,3,3,3,3 | 4
          torch.linear(x, self.w, self.b)                                      | 5,3       | 4,3     | 4
          torch.matmul(x, self.w)                                              | 5,3       | 3,4     | 4
          torch.mul(torch.linear(x, self.w), 0.5)                              | 5,3       | 4,3     | 4
          """)
  void normalisationMovesIntoTheKernel(String call, String input, String kernel, int channels) {
    Conversion conversion =
        same(program("return " + normalised(call), kernel, channels), "x:float32[" + input + "]");
    assertEquals(0, count(conversion, "FusedBatchNormV3", "Mul", "Rsqrt", "Sqrt"));
  }

  /** In a kernel, digits would be lost, or zeros become no numbers. */
  @ParameterizedTest
  @ValueSource(strings = {"1e-30", "1e30", "float(\"inf\")"})
  void aScaleThatNoKernelCanHoldStays(String scale) {
    String body = "return torch.mul(torch.linear(x, self.w), " + scale + ")";
    Conversion conversion = same(program(body, "4,3", 4), "x:float32[5,3]");
    assertEquals(1, count(conversion, "Mul"));
  }

  /** What another operator needs too stays as it is. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "y = torch.conv2d(x, self.w, self.b)\nreturn y, NORM",
        "y = torch.conv2d(x, self.w, self.b)\nreturn torch.add(NORM, y)",
        "y = torch.relu(torch.conv2d(x, self.w, self.b))\nreturn NORM",
        "y = torch.max_pool2d(torch.conv2d(x, self.w, self.b), [2, 2])\nreturn NORM",
      })
  void whatIsUsedTwiceIsNotChanged(String body) {
    Conversion conversion =
        same(program(body.replace("NORM", normalised("y")), "4,3,3,3", 4), "x:float32[2,3,6,6]");
    assertEquals(1, count(conversion, "FusedBatchNormV3"));
  }

  @Test
  void stateStaysInVariables() {
    Path file = directory.resolve("state.pt");
    TorchScript.module(
            "def forward(self, x: Tensor):\n  self.s = torch.add(self.s, x)\n  return self.s * self.w\n")
        .buffer("s", numbers(3))
        .buffer("w", numbers(3))
        .write(file);
    Conversion conversion = same(file, "x:float32[3]");
    assertEquals(List.of("s"), conversion.variables().stream().map(v -> v.name()).toList());
  }

  @Test
  void layersAreComparedWhereTheyAreLeft() {
    Path file = SampleModels.file("resnet_small.traced.pt");
    try (TorchModel model = Tensorferry.open(file)) {
      SavedConversion saved = frozen(model, SampleModels.inputs(file)).save(directory.resolve("l"));
      LayerReport layers = saved.verify(OPTIONS.layers(true)).layers().orElseThrow();
      assertTrue(
          layers.calls().stream()
              .anyMatch(c -> c.operator().equals("aten::batch_norm") && c.snrResult() > 100));
      assertFalse(layers.calls().stream().anyMatch(call -> call.diverges()));
      assertEquals(List.of(), layers.variables());
    }
  }

  @Test
  void nothingCanBePortedIntoIt() {
    same(SampleModels.file("sentence_cnn.traced.pt"), "ids:int64[1,9]<200");
    FerryException refusal =
        assertThrows(FerryException.class, () -> TargetModels.open(directory.resolve("out")));
    assertEquals("The SavedModel has no variables", refusal.problems().get(0).what());
  }

  private static String normalised(String value) {
    return "torch.batch_norm("
        + value
        + ", self.g, self.h, self.m, self.v, False, 0.1, 1e-3, True)";
  }

  private Path program(String body, String kernel, int channels) {
    long[] shape = Stream.of(kernel.split(",")).mapToLong(Long::parseLong).toArray();
    TorchProgram program =
        TorchScript.module("def forward(self, x: Tensor):\n" + body.indent(2))
            .buffer("w", numbers(shape))
            .buffer("v", HostTensor.generate(DType.FLOAT32, new long[] {channels}, i -> 0.5 + i));
    for (String name : List.of("b", "g", "h", "m")) {
      program = program.buffer(name, numbers(channels));
    }
    Path file = directory.resolve("program.pt");
    program.write(file);
    return file;
  }

  private static HostTensor numbers(long... shape) {
    Random random = new Random(shape.length);
    return HostTensor.generate(DType.FLOAT32, shape, i -> random.nextGaussian());
  }

  private static Conversion frozen(TorchModel model, String... inputs) {
    return model.convert(ConvertOptions.defaults().inputs(inputs).frozen(true));
  }

  private Conversion same(Path file, String... inputs) {
    try (TorchModel model = Tensorferry.open(file)) {
      Conversion conversion = frozen(model, inputs);
      ParityReport report = conversion.save(directory.resolve("out")).verify(OPTIONS);
      assertTrue(report.isEqual(), report::toString);
      return conversion;
    }
  }

  private static long count(Conversion conversion, String... operators) {
    return conversion.model().graph().nodes().stream()
        .map(TfNode::op)
        .filter(List.of(operators)::contains)
        .count();
  }
}
