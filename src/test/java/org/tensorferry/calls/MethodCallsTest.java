package org.tensorferry.calls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorferry.Conversion;
import org.tensorferry.SavedConversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.engine.EngineOptions;
import org.tensorferry.error.FerryException;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.report.Reports;
import org.tensorferry.tensor.HostTensor;

/** What a call gives besides tensors is the same in libtorch and in TensorFlow. */
class MethodCallsTest {

  private static final VerifyOptions OPTIONS =
      VerifyOptions.DEFAULT.samples(1).timedRuns(0).engines(EngineOptions.DEFAULT.inProcess(true));

  @TempDir Path directory;

  private Path model(String source) {
    Path file = directory.resolve("model.pt");
    HostTensor weight = HostTensor.floats(new long[] {2, 3}, 1, 2, 3, 4, 5, 6);
    HostTensor kernel = HostTensor.floats(new long[] {2, 3, 1, 1}, 1, 2, 3, 4, 5, 6);
    TorchProgram linear =
        TorchScript.layer(
                "torch.nn.modules.linear.Linear",
                """
                def forward(self, input: Tensor) -> Tensor:
                  return torch.linear(input, self.weight)
                """)
            .parameter("weight", weight);
    TorchProgram layers = TorchProgram.ofClass("__torch__.Layers").submodule("0", linear);
    TorchScript.module(source).submodule("layers", layers).parameter("kernel", kernel).write(file);
    return file;
  }

  private static ParityReport verified(SavedConversion saved) {
    ParityReport report = saved.verify(OPTIONS);
    assertTrue(report.isEqual(), () -> Reports.text(report));
    return report;
  }

  private SavedConversion converted(String source, ConvertOptions options) {
    try (TorchModel model = Tensorferry.open(model(source))) {
      return model.convert(options).save(directory.resolve("saved"));
    }
  }

  private static ConvertOptions inputs(String inputs) {
    return ConvertOptions.defaults().inputs(inputs.split(" ", -1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sr: int | torch.add(x, sr) | x:float32[batch,3] sr=16000",
        "gain: float | torch.mul(x, gain) | gain=-1e-3 x:float32[batch,3]",
        "on: bool | torch.mul(x, 2 if on else 3) | x:float32[3] on=False",
        "mode: str | torch.mul(x, 2 if mode == \"ab\" else 3) | x:float32[3] mode=ab",
        "s: Optional[int] | x if s is None else torch.mul(x, 0) | x:float32[3] s=None",
        "s: Optional[float]=None, n: int=3 | torch.add(x, n) | x:float32[3] n=4",
        "sizes: List[int] | torch.reshape(x, sizes) | x:float32[6] sizes=[2,3]",
        "p: Tuple[int,List[float]] | torch.mul(x, p[1][0]) | x:float32[6] p=(1,[2.5,3])",
        "d: Dict[str,int] | torch.mul(x, d[\"k\"]) | x:float32[6] d={'k':7}",
        "d: Dict[str,Tensor] | torch.sub(d[\"a\"], d[\"b_0\"]) | x:float32[6] d_a:float32[6] d_b_0:float32[6]",
        "d: Dict[str,List[Tensor]] | torch.sub(d[\"a\"][1], x) | x:float32[6] d_a_0:float32[2] d_a_1:float32[6]",
        "l: List[Tensor] | torch.cat(l) | x:float32[6] l_0:float32[n] l_1:float32[3]",
        "l: List[Tensor] | torch.cat(l) | x:float32[6] [n] [3]",
        "p: Tuple[Tensor,int] | torch.mul(p[0], p[1]) | x:float32[6] p_0:float32[batch,6] p_1=2",
        "p: Tuple[Tensor,Tensor] | torch.mul(p[0], p[1]) | x:float32[6] p_0:float32[6] p_1:float32[6]",
        "a: Optional[Tensor]=None, b: Optional[Tensor]=None | x if b is None else torch.mul(x, 5) | x:float32[6] b:float32[1]",
        "device: Device | x.to(device) | x:float32[6] device=cpu",
      })
  void anArgumentThatIsNoTensorIsGiven(String argument, String result, String given) {
    String source =
        "def forward(self, x: Tensor, %s) -> Tensor:\n  return %s\n".formatted(argument, result);
    SavedConversion saved = converted(source, inputs(given));
    verified(saved);
    verified(SavedConversion.open(saved.model(), saved.directory()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "sr: int | x:float32[3] | add --input sr=VALUE",
        "sr: int | x:float32[3] sr=fast | no value for the argument `sr`",
        "sr: int | x:float32[3] sr=1.5 | its type is int",
        "sr: int | x:float32[3] sr=1 rate=2 | no argument `rate`",
        "sr: int | x=3 sr=1 | as in `x:float32[batch,80]`",
        "sr: int | x:float32[3] sr=1 sr=2 | given two values",
        "sr: int | x:float32[3] sr:float32[2] | needs a value for its argument `sr`",
        "l: List[Tensor] | x:float32[3] | l_0:float32",
        "d: Dict[str,Tensor] | x:float32[3] | d_KEY:float32",
      })
  void aCallThatDoesNotFitIsRefused(String argument, String given, String why) {
    String source = "def forward(self, x: Tensor, %s) -> Tensor:\n  return x\n".formatted(argument);
    FerryException refusal =
        assertThrows(FerryException.class, () -> converted(source, inputs(given)));
    assertTrue(refusal.getMessage().contains(why), refusal::getMessage);
  }

  private static final String PICTURE =
      """
      def forward(self, x: Tensor, s: Tensor) -> Tuple[Tensor, Tuple[Tensor, int]]:
        y = torch.conv2d(x, self.kernel)
        return (torch.sum(y, [2, 3]), (torch.mul(y, s), 3))
      """;

  @Test
  void channelsComeLastAtTheInputsAndOutputsThatAreNamed() {
    SavedConversion saved =
        converted(
            PICTURE, inputs("x:float32[batch,3,h,w] s:float32[]").channelsLast("x", "output_1_0"));
    assertEquals("x:float32[batch=2,h=7,w=11,3]", saved.inputs().get(0).toString());
    verified(saved);
    ParityReport again =
        SavedConversion.open(saved.model(), saved.directory()).verify(OPTIONS.layers(true));
    assertTrue(again.isEqual(), () -> Reports.text(again));
    assertTrue(
        again.cases().get(0).outputs().stream()
            .anyMatch(output -> output.name().equals("output_1_0")));
  }

  @Test
  void theTransposesOfChannelsLastCancel() {
    try (TorchModel model = Tensorferry.open(model(PICTURE))) {
      Conversion conversion =
          model.convert(
              inputs("x:float32[batch,3,h,w] s:float32[]").channelsLast("x", "output_1_0"));
      long transposes =
          conversion.model().graph().nodes().stream()
              .filter(node -> node.op().equals("Transpose"))
              .count();
      assertEquals(1, transposes, "the one of the kernel, which no layer owns");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "y, no input and no output `y`",
    "s, no channels that could come last",
  })
  void channelsThatAreNoneCanNotComeLast(String name, String why) {
    FerryException refusal =
        assertThrows(
            FerryException.class,
            () ->
                converted(
                    PICTURE, inputs("x:float32[batch,3,h,w] s:float32[]").channelsLast(name)));
    assertTrue(refusal.getMessage().contains(why), refusal::getMessage);
  }

  @Test
  void aSubmoduleIsConvertedAsIfItWereSavedAlone() {
    SavedConversion saved =
        converted(
            "def forward(self, x: Tensor) -> Tensor:\n  return x\n",
            inputs("input:float32[batch,3]").module("layers.0"));
    ParityReport report = verified(saved);
    assertTrue(report.cases().size() > 1);
    verified(SavedConversion.open(saved.model(), saved.directory()));
    try (TorchModel model = Tensorferry.open(saved.model())) {
      Conversion conversion = model.convert(inputs("input:float32[batch,3]").module("layers.0"));
      assertEquals(
          List.of("kernel"), conversion.variables().stream().map(each -> each.name()).toList());
    }
  }

  @Test
  void aSubmoduleThatIsNotThereIsRefused() {
    FerryException refusal =
        assertThrows(
            FerryException.class,
            () ->
                converted(
                    "def forward(self, x: Tensor) -> Tensor:\n  return x\n",
                    inputs("x:float32[3]").module("layers.1")));
    assertTrue(refusal.getMessage().contains("layers.0"), refusal::getMessage);
  }

  @Test
  void inspectNamesAllMethods() {
    String source =
        """
        def forward(self, x: Tensor) -> Tensor:
          return x

        def encode(self, x: Tensor, sr: int) -> Tensor:
          return torch.mul(x, sr)
        """;
    try (TorchModel model = Tensorferry.open(model(source))) {
      assertEquals(
          List.of("forward", "encode"),
          model.inspect().methods().stream().map(method -> method.name()).toList());
    }
  }
}
