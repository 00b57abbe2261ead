package org.tensorferry.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.engine.EngineOptions;
import org.tensorferry.engine.Engines;
import org.tensorferry.engine.Original;
import org.tensorferry.engine.ResultRunner;
import org.tensorferry.error.FerryException;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.parity.Comparer;
import org.tensorferry.parity.OutputComparison;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.Profile;
import org.tensorferry.parity.Tolerance;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.source.NoiseForm;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/**
 * Random numbers as arguments: given what the original drew, from the same seed, the result is the
 * original's. That holds for the file as it is, which knows nothing of arguments.
 */
class NoiseTest {

  private static final EngineOptions HERE = EngineOptions.DEFAULT.inProcess(true);
  private static final VerifyOptions QUICK = VerifyOptions.DEFAULT.engines(HERE);
  private static final String SEED = "torch.manual_seed(7)\n";

  /**
   * A body of {@code forward(x)}.
   *
   * @param draws the same random calls alone, in order, as a list
   */
  private record Noisy(String name, String body, String draws) {}

  private static final List<Noisy> CASES =
      List.of(
          new Noisy(
              "noise of the size of a picture",
              "y = torch.zeros_like(x[:, :1])\n_ = torch.normal_(y)\nreturn x + y * 0.5",
              "torch.randn([2, 1])"),
          new Noisy(
              "two samples of normal noise",
              "m = torch.randn([torch.size(x, 0), 3])\nreturn x * torch.randn_like(x) + m",
              "torch.randn([torch.size(x, 0), 3]), torch.randn_like(x)"),
          new Noisy(
              "a mean and a deviation",
              "return x + torch.normal(2., 0.5, [2, 3])",
              "torch.normal(2., 0.5, [2, 3])"),
          new Noisy(
              "uniform numbers in place",
              "y = torch.clone(x)\n_ = torch.uniform_(y[0], -1., 3.)\nreturn y * x + torch.rand([3])",
              "torch.uniform_(torch.zeros([3]), -1., 3.), torch.rand([3])"),
          new Noisy(
              "dropout that stays on",
              "return torch.dropout(x, 0.5, True) + torch.dropout(x, 0.25, False)",
              "torch.bernoulli_(torch.zeros_like(x), 0.5)"),
          new Noisy(
              "channels that are dropped",
              "return torch.feature_dropout(torch.unsqueeze(x, 2), 0.25, True)",
              "torch.bernoulli_(torch.zeros([2, 3, 1]), 0.75)"),
          new Noisy(
              "a coin of fixed weight",
              "y = torch.empty_like(x)\n_ = torch.bernoulli_(y, 0.3)\nreturn y * x",
              "torch.bernoulli_(torch.zeros_like(x), 0.3)"),
          new Noisy(
              "whole numbers that index",
              "i = torch.randint(0, 3, [5])\nreturn torch.index_select(x, 1, i)",
              "torch.randint(0, 3, [5])"),
          new Noisy(
              "an order",
              "return torch.index_select(x, 1, torch.randperm(3))",
              "torch.randperm(3)"),
          new Noisy(
              "exponential numbers",
              "y = torch.zeros_like(x)\n_ = torch.exponential_(y, 2.)\nreturn torch.argmax(x / y)",
              "torch.exponential_(torch.zeros_like(x), 2.)"));

  @TempDir Path directory;

  private Path model(String name, String method) {
    Path file = directory.resolve(name + ".pt");
    TorchScript.module(method).write(file);
    return file;
  }

  private static String forward(String type, String body) {
    return "def forward(self, x: Tensor) -> " + type + ":\n" + body.indent(2);
  }

  private SavedConversion convert(Path file, String input, NoiseForm form) {
    Path saved = directory.resolve(file.getFileName() + "." + form);
    try (TorchModel model = Tensorferry.open(file)) {
      return model.convert(ConvertOptions.defaults().input(input).noise(form)).save(saved);
    }
  }

  @TestFactory
  Stream<DynamicTest> givenWhatTheOriginalDrewTheResultIsTheOriginals() {
    return CASES.stream()
        .map(noisy -> DynamicTest.dynamicTest(noisy.name(), () -> requireEqual(noisy)));
  }

  private void requireEqual(Noisy noisy) {
    SavedConversion saved =
        convert(
            model(noisy.name(), forward("Tensor", noisy.body())),
            "x:float32[2,3]",
            NoiseForm.ARGUMENTS);
    ParityReport report = saved.verify(QUICK.samples(2).timedRuns(0));
    assertTrue(report.isEqual(), report::toString);
    HostTensor x = HostTensor.generate(DType.FLOAT32, new long[] {2, 3}, i -> i * 0.5 - 1);
    Path seeded = model("seeded", forward("Tensor", SEED + noisy.body()));
    Path draws = model("draws", forward("List[Tensor]", SEED + "return [" + noisy.draws() + "]"));
    try (Engines engines = Engines.open(HERE, Set.of(seeded, draws, saved.directory()));
        Original original = engines.original(seeded);
        Original drawing = engines.original(draws);
        ResultRunner result = engines.result(saved.directory(), "serving_default")) {
      Map<String, HostTensor> wanted = original.run(List.of(x)).flatten();
      List<HostTensor> given = new ArrayList<>(List.of(x));
      given.addAll(drawing.run(List.of(x)).flatten().values());
      assertEquals(saved.inputs().size(), given.size(), () -> saved.inputs().toString());
      Map<String, HostTensor> named = new LinkedHashMap<>();
      for (int i = 0; i < given.size(); i++) {
        named.put(saved.inputs().get(i).name().orElseThrow(), given.get(i));
      }
      List<OutputComparison> outputs =
          Comparer.compareAll(wanted, result.run(named), Profile.of(Tolerance.ratio(100)));
      assertTrue(outputs.stream().allMatch(OutputComparison::isEqual), outputs::toString);
    }
  }

  @Test
  void normalNoiseAndDropoutAreLeftOut() {
    String body =
        "y = torch.dropout(x, 0.5, True) + torch.randn_like(x)\n_ = torch.normal_(x[0], 3.)\n"
            + "return y + torch.normal(x, 2.) + torch.randn([3])";
    Path file = model("zero", forward("Tensor", body));
    SavedConversion saved = convert(file, "x:float32[2,3]", NoiseForm.ZERO);
    assertEquals(1, saved.inputs().size());
    assertTrue(saved.verify(QUICK.timedRuns(0)).isEqual());
    // The same without noise is another file, which the result must equal.
    Path plain =
        model("plain", forward("Tensor", "y = x + 0\n_ = torch.fill_(x[0], 3.)\nreturn y + x"));
    SavedConversion beside =
        new SavedConversion(
            plain,
            "forward",
            saved.directory(),
            saved.inputs(),
            saved.assumptions(),
            saved.rules());
    ParityReport report = beside.verify(QUICK.timedRuns(0));
    assertTrue(report.isEqual(), report::toString);
  }

  @Test
  void anotherDistributionIsADifference() {
    Path file = model("half", forward("Tensor", "return x + torch.randn_like(x) * 0.5"));
    SavedConversion saved = convert(file, "x:float32[2,3]", NoiseForm.ARGUMENTS);
    Path other = model("whole", forward("Tensor", "return x + torch.randn_like(x)"));
    ParityReport report =
        SavedConversion.open(other, saved.directory()).verify(QUICK.samples(1).timedRuns(0));
    assertTrue(!report.isEqual(), report::toString);
  }

  @Test
  void sizesOfNoiseFollowTheInputs() {
    Path file =
        model("sizes", forward("Tensor", "return x + torch.randn([torch.size(x, 0), 1]) * 2"));
    SavedConversion saved = convert(file, "x:float32[batch,3]", NoiseForm.ARGUMENTS);
    assertEquals("noise:float32[batch=2,1]", saved.inputs().get(1).toString());
    assertTrue(saved.verify(QUICK.samples(2).timedRuns(0)).isEqual());
  }

  @Test
  void whatHasNoSenseIsRefused() {
    Map<String, NoiseForm> refused =
        Map.of(
            "return x + torch.rand([3])", NoiseForm.ZERO,
            "return torch.multinomial(torch.exp(x), 2)", NoiseForm.ARGUMENTS,
            "while bool(torch.gt(torch.sum(x), 0)):\n  x = x - torch.rand([3])\nreturn x",
                NoiseForm.ARGUMENTS,
            "return x + torch.randn([3])", NoiseForm.REFUSED);
    refused.forEach(
        (body, form) -> {
          Path file = model("refused " + form, forward("Tensor", body));
          FerryException problem =
              assertThrows(FerryException.class, () -> convert(file, "x:float32[2,3]", form));
          String text = String.valueOf(problem.getMessage());
          assertTrue(
              text.contains("--noise") || text.contains("an argument of forward"), () -> text);
        });
  }
}
