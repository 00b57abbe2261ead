package org.tensorferry.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.cli.Main;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.converters.StandardConverters;
import org.tensorferry.error.ExitCode;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.recipe.RecipeBytes;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.Converters;
import org.tensorferry.rule.LayerRule;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;

/**
 * What people get wrong when they move weights by hand: verify must exit 1 for each, and 0 without
 * it; with {@code --layers} it must name the place.
 */
class PlantedFaultsTest {

  @TempDir Path directory;

  // --- weights moved wrongly

  @Test
  void squareLinearNotTransposed() throws IOException {
    TorchProgram linear =
        TorchScript.layer(
                "torch.nn.modules.linear.Linear",
                "def forward(self, x: Tensor) -> Tensor:\n  return torch.linear(x, self.weight, self.bias)\n")
            .parameter("weight", random(1, 8, 8))
            .parameter("bias", random(2, 8));
    Path model = model("fc", linear);
    requireCaught(model, "x:float32[batch,8]", "fc/kernel", Recipe.identity().transpose(1, 0));
    requireNamed(
        model,
        "The variable `fc/kernel` is not `fc.weight` (transpose): the step `transpose` was left out.",
        "The first call that diverges: `aten::linear` in `fc` at code/");
  }

  @Test
  void gruGatesNotReordered() throws IOException {
    Recipe torchOrder = Recipe.identity().reorderBlocks(1, 1, 0, 2);
    Path model = model("gru", gru());
    requireCaught(model, "x:float32[batch,time,5]", "gru/kernel", torchOrder);
    requireNamed(
        model,
        "The variable `gru/kernel` is not `gru.weight_ih_l0`",
        "was left out. `aten::gru` in `gru` at",
        "The first call that diverges: `aten::gru` in `gru`");
  }

  @Test
  void gruBiasesSummed() throws IOException {
    Path model = model("gru", gru());
    convert(model, "x:float32[batch,time,5]", List.of());
    requireVerdict(ExitCode.OK, model);
    rewrite("gru/bias", PlantedFaultsTest::summed);
    requireVerdict(ExitCode.DIFFERENT, model);
    requireNamed(
        model,
        "The variable `gru/bias` is not `gru.bias_ih_l0` + `gru.bias_hh_l0`",
        "its rows are summed into the first",
        "The first call that diverges: `aten::gru` in `gru`");
  }

  /**
   * Row 0 takes both biases, row 1 none: right for every gate but the one that the reset gate
   * scales.
   */
  private static TensorSource summed(TensorSource bias) {
    int columns = Math.toIntExact(bias.shape()[1]);
    double[] values = ((TensorData) bias).toDoubles();
    double[] sum = new double[2 * columns];
    for (int i = 0; i < columns; i++) {
      sum[i] = values[i] + values[columns + i];
    }
    return TensorData.ofDoubles(DType.FLOAT32, bias.shape(), sum);
  }

  private void requireCaught(Path model, String input, String variable, Recipe fault)
      throws IOException {
    convert(model, input, List.of());
    requireVerdict(ExitCode.OK, model);
    rewrite(variable, source -> fault.apply(List.of(source), new RecipeBytes()));
    requireVerdict(ExitCode.DIFFERENT, model);
  }

  // --- operators taken for others

  @Test
  void batchNormWithKerasEpsilon() {
    TorchProgram norm =
        TorchScript.layer(
                "torch.nn.modules.batchnorm.BatchNorm2d",
                "def forward(self, x: Tensor) -> Tensor:\n"
                    + "  return torch.batch_norm(x, self.weight, self.bias, self.running_mean, self.running_var, False, 0.1, 1e-05, True)\n")
            .parameter("weight", random(1, 6))
            .parameter("bias", random(2, 6))
            .buffer("running_mean", random(3, 6))
            .buffer(
                "running_var",
                HostTensor.generate(DType.FLOAT32, new long[] {6}, i -> 0.5 + 0.2 * i));
    AtenRule keras =
        AtenRule.of(
            "batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps, bool cudnn_enabled) -> Tensor",
            (a, tf) -> {
              a.ignore("training", "momentum", "eps", "cudnn_enabled");
              return tf.channelsLast(
                  a.tensor("input"),
                  x ->
                      tf.op(
                              "FusedBatchNormV3",
                              x,
                              a.tensor("weight"),
                              a.tensor("bias"),
                              a.tensor("running_mean"),
                              a.tensor("running_var"))
                          .attr("epsilon", 1e-3)
                          .attr("is_training", false)
                          .get());
            });
    Path model = model("bn", norm);
    requireCaught(model, "x:float32[batch,6,4,4]", keras);
    requireNamed(
        model,
        "The first call that diverges: `aten::batch_norm` in `bn` at code/",
        "given the original's inputs, FusedBatchNormV3 `bn/FusedBatchNormV3",
        "With an epsilon of 0.001 in place of 1.0e-5 the error falls from",
        "`bn/gamma` from bn.weight");
  }

  @Test
  void stridedConvolutionWithSamePadding() {
    TorchProgram convolution =
        TorchScript.layer(
                "torch.nn.modules.conv.Conv2d",
                "def forward(self, x: Tensor) -> Tensor:\n  return torch.conv2d(x, self.weight, None, [2, 2], [1, 1])\n")
            .parameter("weight", random(1, 4, 3, 3, 3));
    AtenRule same =
        AtenRule.of(
            "conv2d(Tensor input, Tensor weight, Tensor? bias=None, int[2] stride=1, int[2] padding=0, int[2] dilation=1, int groups=1) -> Tensor",
            (a, tf) -> {
              a.ignore("stride", "padding");
              return tf.channelsLast(
                  a.tensor("input"),
                  x ->
                      tf.op("Conv2D", x, tf.transpose(a.tensor("weight"), 2, 3, 1, 0))
                          .ints("strides", 1, 2, 2, 1)
                          .attr("padding", "SAME")
                          .get());
            });
    Path model = model("conv", convolution);
    requireCaught(model, "x:float32[batch,3,8,8]", same);
    requireNamed(
        model,
        "The first call that diverges: `aten::conv2d` in `conv` at code/",
        "given the original's inputs, Conv2D `conv/Conv2D",
        "With padding SAME, as TensorFlow splits it the error falls from");
  }

  @Test
  void erfGeluAsTanh() {
    TorchProgram gelu =
        TorchScript.layer(
            "torch.nn.modules.activation.GELU",
            "def forward(self, x: Tensor) -> Tensor:\n  return torch.gelu(x)\n");
    AtenRule tanh =
        AtenRule.of(
            "gelu(Tensor self, *, str approximate=\"none\") -> Tensor",
            (a, tf) -> {
              var x = a.tensor("self");
              var cube = tf.mul(tf.mul(x, x), x);
              var inner = tf.mul(tf.add(x, tf.mul(cube, 0.044715)), Math.sqrt(2 / Math.PI));
              return tf.mul(tf.mul(x, 0.5), tf.add(tf.unary("Tanh", inner), 1));
            });
    Path model = model("act", gelu);
    requireCaught(model, "x:float32[batch,32]", tanh);
    requireNamed(
        model,
        "The first call that diverges: `aten::gelu` in `act` at code/",
        "With the tanh form of GELU the error falls from");
  }

  private void requireCaught(Path model, String input, AtenRule fault) {
    convert(model, input, List.of());
    requireVerdict(ExitCode.OK, model);
    delete();
    convert(model, input, List.of(fault));
    requireVerdict(ExitCode.DIFFERENT, model);
  }

  // --- tools

  private static TorchProgram gru() {
    return TorchScript.layer(
            "torch.nn.modules.rnn.GRU",
            "def forward(self, x: Tensor) -> Tensor:\n"
                + "  h = torch.zeros([1, torch.size(x, 0), 4])\n"
                + "  weights = [self.weight_ih_l0, self.weight_hh_l0, self.bias_ih_l0, self.bias_hh_l0]\n"
                + "  y, n = torch.gru(x, h, weights, True, 1, 0., False, False, True)\n"
                + "  return y\n")
        .parameter("weight_ih_l0", random(1, 12, 5))
        .parameter("weight_hh_l0", random(2, 12, 4))
        .parameter("bias_ih_l0", random(3, 12))
        .parameter("bias_hh_l0", random(4, 12));
  }

  private static HostTensor random(long seed, long... shape) {
    Random random = new Random(seed);
    return HostTensor.generate(DType.FLOAT32, shape, i -> random.nextGaussian() * 0.5);
  }

  private Path model(String name, TorchProgram layer) {
    Path file = directory.resolve("model.pt");
    TorchScript.module(
            "def forward(self, x: Tensor) -> Tensor:\n  return self." + name + ".forward(x)\n")
        .submodule(name, layer)
        .write(file);
    return file;
  }

  private Path saved() {
    return directory.resolve("saved");
  }

  private void convert(Path model, String input, List<AtenRule> faults) {
    Converters faulty =
        new Converters() {
          @Override
          public List<AtenRule> operators() {
            return faults;
          }

          @Override
          public List<LayerRule> layers() {
            return List.of();
          }
        };
    Converters standard = new StandardConverters();
    try (TorchModel open = Tensorferry.open(model, new RuleTables(List.of(faulty, standard)))) {
      open.convert(ConvertOptions.defaults().input(input)).save(saved());
    }
  }

  private void requireVerdict(ExitCode expected, Path model) {
    StringWriter text = new StringWriter();
    PrintWriter writer = new PrintWriter(text);
    int code = Main.run(writer, writer, "verify", model.toString(), saved().toString());
    assertEquals(expected.code(), code, text.toString());
  }

  /** What {@code --layers} must say, wherever its lines break. */
  private void requireNamed(Path model, String... places) {
    StringWriter text = new StringWriter();
    PrintWriter writer = new PrintWriter(text);
    int code = Main.run(writer, writer, "verify", model.toString(), saved().toString(), "--layers");
    assertEquals(ExitCode.DIFFERENT.code(), code, text.toString());
    String words = text.toString().replaceAll("\\s+", " ");
    for (String place : places) {
      assertTrue(words.contains(place), () -> "not named: " + place + "\n" + text);
    }
  }

  private void rewrite(String variable, UnaryOperator<TensorSource> fault) throws IOException {
    Checkpoints.rewrite(saved().resolve("variables/variables"), variable, fault);
  }

  private void delete() {
    try (var files = Files.walk(saved())) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
