package org.tensorferry.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.SavedConversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.engine.EngineOptions;
import org.tensorferry.faults.Checkpoints;
import org.tensorferry.harness.SampleModels;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.parity.LayerReport;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.provenance.Provenance;
import org.tensorferry.report.Reports;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;

/** What {@code --layers} finds, and what it says where it can't look. */
class LayersTest {

  private static final VerifyOptions LAYERS =
      VerifyOptions.DEFAULT
          .samples(1)
          .timedRuns(0)
          .layers(true)
          .engines(EngineOptions.DEFAULT.inProcess(true));

  @TempDir Path directory;

  private Path saved() {
    return directory.resolve("saved");
  }

  private SavedConversion convert(Path file, String... inputs) {
    try (TorchModel model = Tensorferry.open(file)) {
      return model.convert(ConvertOptions.defaults().inputs(inputs)).save(saved());
    }
  }

  private static LayerReport layers(ParityReport report) {
    return report.layers().orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "resnet_small.scripted.torch2.pt",
        "denoiser.traced.pt",
        "sentence_cnn.traced.torch2.pt"
      })
  void everyCallOfASampleAgrees(String name) {
    Path file = SampleModels.file(name);
    LayerReport layers = layers(convert(file, SampleModels.inputs(file)).verify(LAYERS));
    assertEquals("", layers.unavailable());
    assertEquals(List.of(), layers.changedVariables());
    assertEquals(Optional.empty(), layers.firstDiverging());
    long compared = layers.calls().stream().filter(c -> c.own().isPresent()).count();
    assertTrue(compared > 10, () -> layers.calls().toString());
    layers.calls().stream()
        .filter(call -> call.own().isPresent())
        .forEach(call -> assertTrue(call.snrOwn() > 110, call::toString));
  }

  /** In-place writes through views, tensors of types that TF Java lacks, results by index. */
  @Test
  void tensorsOfEveryKindAreCompared() {
    Path file = directory.resolve("model.pt");
    TorchScript.module(
            """
            def forward(self, x: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
              row = torch.select(x, 0, 1)
              _0 = torch.mul_(row, 2)
              spectrum = torch.fft_rfft(torch.relu(x))
              small = torch.to(torch.mul(x, 10), 1)
              values, indices = torch.max(torch.abs(spectrum), 1)
              return (values, indices, torch.neg(small))
            """)
        .write(file);
    LayerReport layers = layers(convert(file, "x:float32[batch,8]").verify(LAYERS));
    assertEquals("", layers.unavailable());
    assertEquals(Optional.empty(), layers.firstDiverging());
    List<String> compared =
        layers.calls().stream()
            .filter(call -> call.own().isPresent())
            .map(LayerReport.Call::operator)
            .toList();
    assertTrue(
        compared.containsAll(List.of("aten::mul_", "aten::fft_rfft", "aten::to", "aten::max")),
        compared::toString);
  }

  // --- weights

  private static HostTensor random(long seed, long... shape) {
    Random random = new Random(seed);
    return HostTensor.generate(DType.FLOAT32, shape, i -> random.nextGaussian() * 0.5);
  }

  private static TorchProgram linear(long seed, String name) {
    return TorchScript.layer(
            "torch.nn.modules.linear." + name,
            "def forward(self, x: Tensor) -> Tensor:\n  return torch.linear(x, self.weight, self.bias)\n")
        .parameter("weight", random(seed, 6, 6))
        .parameter("bias", random(seed + 1, 6));
  }

  private Path twoLayers(String code) {
    Path file = directory.resolve("model.pt");
    TorchScript.module("def forward(self, x: Tensor) -> Tensor:\n" + code)
        .submodule("fc1", linear(1, "Linear"))
        .submodule("fc2", linear(3, "Linear"))
        .write(file);
    return file;
  }

  private static final String BOTH = "  return self.fc2.forward(self.fc1.forward(x))\n";

  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake("the step `transpose` was left out", v -> v.permute(1, 0)),
        mistake("every element is 0", v -> values(v, x -> 0.0)),
        mistake("is 2.00000 times what it should be", v -> values(v, x -> 2 * x)),
        mistake("blocks along axis 0", v -> v.reorderBlocks(0, 1, 0, 2)),
        mistake("36 of 36 elements differ, SNR", v -> values(v, x -> x * x)));
  }

  private static Arguments mistake(String named, UnaryOperator<TensorSource> fault) {
    return Arguments.of(named, fault);
  }

  private static TensorSource values(TensorSource source, UnaryOperator<Double> change) {
    double[] values = ((TensorData) source).toDoubles();
    for (int i = 0; i < values.length; i++) {
      values[i] = change.apply(values[i]);
    }
    return TensorData.ofDoubles(source.dtype(), source.shape(), values);
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void usualMistakesAreNamed(String named, UnaryOperator<TensorSource> fault) throws IOException {
    SavedConversion conversion = convert(twoLayers(BOTH), "x:float32[batch,6]");
    Checkpoints.rewrite(saved().resolve("variables/variables"), "fc2/kernel", fault);
    ParityReport report = conversion.verify(LAYERS);
    LayerReport layers = layers(report);
    assertEquals(List.of("fc2/kernel"), names(layers.changedVariables()));
    assertTrue(layers.findings().get(0).contains(named), layers.findings()::toString);
    assertEquals("fc2", layers.firstDiverging().orElseThrow().module());
    assertTrue(Reports.text(report).contains("1 DIFFERENT"), () -> Reports.text(report));
  }

  @Test
  void aVariableThatHoldsAnothersWeightIsNamed() throws IOException {
    SavedConversion conversion = convert(twoLayers(BOTH), "x:float32[batch,6]");
    byte[] other = new byte[6 * 6 * 4];
    random(3, 6, 6).bytes().get(other);
    TensorSource swapped = TensorData.of(DType.FLOAT32, new long[] {6, 6}, other).permute(1, 0);
    Checkpoints.rewrite(saved().resolve("variables/variables"), "fc1/kernel", v -> swapped);
    List<String> findings = layers(conversion.verify(LAYERS)).findings();
    assertTrue(
        findings.get(0).contains("it holds what belongs into `fc2/kernel`"), findings::toString);
  }

  private static List<String> names(List<LayerReport.Variable> variables) {
    return variables.stream().map(LayerReport.Variable::name).toList();
  }

  // --- no single culprit

  @Test
  void amplifiedRoundingIsToldFromAFault() {
    Path file = twoLayers("  return torch.sin(torch.mul(torch.sum(torch.exp(x), [1]), 10))\n");
    ParityReport report = convert(file, "x:float32[batch,5000]").verify(LAYERS);
    assertTrue(report.isEqual(), () -> Reports.text(report));
    assertTrue(report.isExcused(), () -> Reports.text(report));
    List<String> findings = layers(report).findings();
    assertTrue(findings.get(0).startsWith("No call is out of line"), findings::toString);
    assertTrue(findings.get(1).contains("`aten::sin`"), findings::toString);
  }

  // --- what can't be compared

  @Test
  void aModelOfAnotherWriterIsComparedByItsOutputsOnly() throws IOException {
    SavedConversion conversion = convert(twoLayers(BOTH), "x:float32[batch,6]");
    Files.delete(saved().resolve(Provenance.FILE));
    ParityReport report = conversion.verify(LAYERS);
    assertTrue(report.isEqual());
    assertTrue(layers(report).unavailable().contains("does not tell where its values come from"));
    assertTrue(Reports.text(report).contains("Not compared call by call"));
  }

  @Test
  void anotherModelsRecordIsNotTakenForThisOnes() {
    convert(twoLayers(BOTH), "x:float32[batch,6]");
    Path other = twoLayers("  return self.fc1.forward(self.fc2.forward(x))\n");
    ParityReport report = SavedConversion.open(other, saved()).verify(LAYERS);
    assertFalse(report.isEqual());
    String why = layers(report).unavailable();
    assertTrue(why.contains("converted from another model: its call 1"), why);
  }

  // --- reports

  @Test
  void thePageStandsAlone() throws IOException {
    SavedConversion conversion = convert(twoLayers(BOTH), "x:float32[batch,6]");
    Checkpoints.rewrite(
        saved().resolve("variables/variables"), "fc1/bias", v -> values(v, x -> x + 1));
    Path page = directory.resolve("report.html");
    Reports.write(conversion.verify(LAYERS), page);
    String html = Files.readString(page);
    assertTrue(html.startsWith("<!DOCTYPE html>"), html);
    for (String part : List.of("Why they differ", "<svg", "fc1/bias", "diverges", "fc2.weight")) {
      assertTrue(html.contains(part), () -> part + " is missing:\n" + html);
    }
    for (String foreign : List.of("<script", "http://", "https://", "<link", "url(")) {
      assertFalse(html.contains(foreign), () -> foreign + "\n" + html);
    }
  }
}
