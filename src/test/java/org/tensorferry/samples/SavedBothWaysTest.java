package org.tensorferry.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorferry.SavedConversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.archive.NpzFile;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.harness.Variables;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.report.Reports;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** Models that samples/exported/both.py saved by torch.jit.save and by torch.export.save. */
class SavedBothWaysTest {

  private static final Path SAMPLES = Path.of("../../samples/exported/both");

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "picture, 'x:float32[batch,3,height,width]'",
    "recurrent, 'x:float32[batch,7,4]'",
    "text, 'ids:int64[batch,length]<11'",
    "waves, 'x:float32[batch,1,9]'",
  })
  void becomesTheSameVariables(String name, String input) {
    ConvertOptions options = ConvertOptions.defaults().input(input);
    Map<String, String> scripted = Variables.of(SAMPLES.resolve(name + ".pt"), options);
    assertFalse(scripted.isEmpty());
    assertEquals(scripted, Variables.of(SAMPLES.resolve(name + ".pt2"), options));
  }

  /** torch.export made 7 frames the only length; torch's own loaded program refuses any other. */
  @Test
  void aBidirectionalGruExportedAt7FramesRunsAt11AndAt500() {
    Path saved = directory.resolve("saved");
    try (TorchModel model = Tensorferry.open(SAMPLES.resolve("recurrent.pt2"))) {
      model.convert(ConvertOptions.defaults().input("x:float32[batch,time=7,4]")).save(saved);
    }
    for (int frames : List.of(11, 500)) {
      Path inputs = directory.resolve(frames + ".npz");
      long[] shape = {3, frames, 4};
      NpzFile.write(
          inputs,
          Map.of("x", HostTensor.generate(DType.FLOAT32, shape, part -> Math.sin(part * 1.7))));
      ParityReport report =
          SavedConversion.open(SAMPLES.resolve("recurrent.pt2"), saved)
              .verify(VerifyOptions.DEFAULT.inputs(inputs).timedRuns(0));
      assertTrue(report.isEqual(), () -> Reports.text(report));
      assertTrue(report.leastSnrDb() >= 100, () -> Reports.text(report));
      assertEquals(List.of("float32[3," + frames + ",4]"), report.cases().get(0).inputs());
    }
  }
}
