package org.tensorferry.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorferry.SavedConversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.converters.StandardConverters;
import org.tensorferry.engine.EngineOptions;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.report.Reports;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.Converters;
import org.tensorferry.rule.LayerRule;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** Rounding is no difference: of half precision, and of models that make it large. */
class RoundingTest {

  private static final VerifyOptions OPTIONS =
      VerifyOptions.DEFAULT.samples(2).timedRuns(0).engines(EngineOptions.DEFAULT.inProcess(true));

  /** A sum of many numbers, whose last bits are made the first. */
  private static final String AMPLIFIES =
      """
      def forward(self, x: Tensor) -> Tensor:
        y = torch.sum(torch.mul(x, self.w), [1])
        return torch.sin(torch.mul(y, 9000.))
      """;

  @TempDir Path directory;

  private static HostTensor random(DType dtype, long... shape) {
    Random random = new Random(4);
    return HostTensor.generate(dtype, shape, i -> random.nextGaussian());
  }

  private ParityReport verify(String code, DType dtype, List<AtenRule> faults, long... weight) {
    Path file = directory.resolve("model.pt");
    TorchScript.module(code).buffer("w", random(dtype, weight)).write(file);
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
    RuleTables rules = new RuleTables(List.of(faulty, new StandardConverters()));
    try (TorchModel model = Tensorferry.open(file, rules)) {
      SavedConversion saved =
          model
              .convert(ConvertOptions.defaults().input("x:float32[batch=3,256]"))
              .save(directory.resolve("saved"));
      return saved.verify(OPTIONS);
    }
  }

  @Test
  void aModelThatAmplifiesRoundingIsAsExactAsLibtorch() {
    ParityReport report = verify(AMPLIFIES, DType.FLOAT32, List.of(), 256);
    assertTrue(report.leastSnrDb() < 90, "it amplifies nothing");
    assertTrue(report.isEqual(), () -> Reports.text(report));
    assertTrue(Reports.summary(report).endsWith("as exact as libtorch"), Reports.summary(report));
  }

  /** A millionth is within the limits of a call, and more than libtorch's rounding. */
  @Test
  void anErrorBeyondLibtorchsRoundingIsADifference() {
    AtenRule wrong =
        AtenRule.of(
            "sin(Tensor self) -> Tensor",
            (a, tf) -> tf.unary("Sin", tf.mul(a.tensor("self"), 1 + 1e-4)));
    ParityReport report = verify(AMPLIFIES, DType.FLOAT32, List.of(wrong), 256);
    assertFalse(report.isEqual(), () -> Reports.text(report));
  }

  /** An error of two thousandths is the rounding of bfloat16, four of that of float16. */
  @ParameterizedTest
  @CsvSource({
    "BFLOAT16, 1.002, true",
    "BFLOAT16, 1.5, false",
    "FLOAT16, 1.002, true",
    "FLOAT16, 1.1, false",
    "FLOAT32, 1.002, false",
  })
  void aFloat32OutputIsJudgedByTheTypeThatTheModelComputesIn(
      DType dtype, double factor, boolean isEqual) {
    AtenRule inexact =
        AtenRule.of(
            "tanh(Tensor self) -> Tensor",
            (a, tf) -> tf.unary("Tanh", tf.mul(a.tensor("self"), factor)));
    String half =
        """
        def forward(self, x: Tensor) -> Tensor:
          y = torch.matmul(torch.to(x, %d), self.w)
          return torch.to(torch.tanh(torch.div(y, 16.)), 6)
        """
            .formatted(dtype.torchCode());
    ParityReport report = verify(half, dtype, List.of(inexact), 256, 16);
    assertEquals("float32[3,16]", report.cases().get(0).outputs().get(0).original());
    assertEquals(isEqual, report.isEqual(), () -> Reports.text(report));
  }
}
