package org.tensorferry.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.Conversion;
import org.tensorferry.SavedConversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.engine.EngineOptions;
import org.tensorferry.error.FerryException;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.VerifyOptions;

/** What a conversion as a whole promises beyond its operators. */
class ConversionTest {

  private static final String LOOP =
      """
      def forward(self, x: Tensor) -> Tensor:
        return torch.stack([torch.select(x, 1, i) * i for i in range(torch.size(x, 1))], 1)
      """;

  private static final VerifyOptions OPTIONS =
      VerifyOptions.DEFAULT.samples(1).timedRuns(0).engines(EngineOptions.DEFAULT.inProcess(true));

  @TempDir Path directory;

  private TorchModel model(String source) {
    Path file = directory.resolve("model.pt");
    TorchScript.module(source).write(file);
    return Tensorferry.open(file);
  }

  @Test
  void aLoopOverADimWithAnExampleFixesIt() {
    try (TorchModel model = model(LOOP)) {
      Conversion conversion =
          model.convert(
              ConvertOptions.defaults().input("x:float32[batch=2,time=6]").allowFrozen("time"));
      assertEquals("x:float32[batch=2,6]", conversion.inputs().get(0).toString());
      assertEquals(
          "`time` is 6: a loop that runs as often as `time` says is unrolled",
          conversion.assumptions().get(0).text());
      assertTrue(conversion.save(directory.resolve("saved")).verify(OPTIONS).isEqual());
    }
  }

  @Test
  void aLoopOverADimWithoutAnExampleIsRefused() {
    try (TorchModel model = model(LOOP)) {
      ConvertOptions options = ConvertOptions.defaults().input("x:float32[batch=2,time]");
      FerryException refused = assertThrows(FerryException.class, () -> model.convert(options));
      assertEquals(
          "A loop runs as often as the dynamic `time` says", refused.problems().get(0).what());
    }
  }

  /** Channels come last at the mean, where TensorFlow's sum over both axes at once loses 16 dB. */
  @Test
  void theMeanOfALargePlaneIsExact() {
    String source =
        """
        def forward(self, x: Tensor) -> Tensor:
          y = torch.avg_pool2d(torch.abs(x), [2, 2])
          return torch.adaptive_avg_pool2d(y, [1, 1])
        """;
    try (TorchModel model = model(source)) {
      Conversion conversion =
          model.convert(ConvertOptions.defaults().input("x:float32[1,64,224,224]"));
      ParityReport report = conversion.save(directory.resolve("saved")).verify(OPTIONS);
      assertTrue(report.leastSnrDb() > 136, () -> report.leastSnrDb() + " dB");
    }
  }

  @Test
  void theMethodThatWasConvertedIsTheOneThatIsCompared() {
    String source =
        """
        def forward(self, x: Tensor) -> Tensor:
          return torch.mul(x, 2.0)

        def encode(self, x: Tensor) -> Tensor:
          return torch.add(torch.relu(x), 1.0)
        """;
    Path saved = directory.resolve("saved");
    try (TorchModel model = model(source)) {
      ConvertOptions options = ConvertOptions.defaults().input("x:float32[batch,3]");
      model.convert(options.method("encode")).save(saved);
    }
    SavedConversion recorded = SavedConversion.open(directory.resolve("model.pt"), saved);
    assertEquals("encode", recorded.method());
    ParityReport report = recorded.verify(OPTIONS.layers(true));
    assertTrue(report.isEqual());
    assertEquals(2, report.layers().orElseThrow().calls().size());
    SavedConversion other =
        new SavedConversion(
            recorded.model(), "forward", saved, recorded.inputs(), List.of(), recorded.rules());
    assertFalse(other.verify(OPTIONS).isEqual());
  }
}
