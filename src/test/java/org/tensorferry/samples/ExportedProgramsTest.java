package org.tensorferry.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.error.FerryException;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.report.Reports;

/** Files of torch.export.save, by all that the file says of its inputs, equal to the original. */
class ExportedProgramsTest {

  private static final Path SAMPLES = Path.of("../../samples/exported");

  @TempDir Path directory;

  private ParityReport verify(String name, String... inputs) {
    try (TorchModel model = Tensorferry.open(SAMPLES.resolve(name + ".pt2"))) {
      return model
          .convert(ConvertOptions.defaults().inputs(inputs))
          .save(directory.resolve("saved"))
          .verify(VerifyOptions.DEFAULT.samples(1).timedRuns(0));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "attention",
        "constants",
        "conv_bn",
        "core_aten",
        "derived_dim",
        "dynamic_batch_time",
        "gru",
        "image_ops",
        "input_mutation",
        "integers",
        "kwargs_and_structures",
        "lstm_bidirectional",
        "mlp",
        "sdpa_causal",
        "strided_weights",
        "text_cnn",
        "tied_weights",
        "unbacked",
        "old/constants_2_7",
        "old/mlp_2_8",
        "old/strided_weights_2_7",
        "old/tied_weights_2_8",
        "old/unbacked_2_7"
      })
  void equalsTheOriginal(String name) {
    ParityReport report = verify(name);
    assertTrue(report.isEqual(), () -> Reports.text(report));
    assertTrue(report.leastSnrDb() >= 100, () -> Reports.text(report));
    assertEquals("the inputs of the export", report.cases().get(0).label().replaceAll(".*, ", ""));
  }

  @ParameterizedTest
  @CsvSource({
    "gru, 'x:float32[2,time=5,4]'",
    "lstm_bidirectional, 'x:float32[time,2,4]'",
  })
  void anAxisThatTheExportFixedRunsAtOtherLengths(String name, String input) {
    ParityReport report = verify(name, input);
    assertTrue(report.isEqual(), () -> Reports.text(report));
    assertTrue(report.cases().size() > 2, () -> Reports.text(report));
  }

  @ParameterizedTest
  @CsvSource({
    "mlp, 'input:float32[2,7]', exported with size 6",
    "mlp, 'input:int64[2,6]', the type is float32",
    "mlp, 'other:float32[2,6]', fits no argument",
    "sdpa_causal, 'x:float32[batch,100,8]', exported for sizes of",
  })
  void anInputThatContradictsTheFileIsRefused(String name, String input, String why) {
    String refusal = assertThrows(FerryException.class, () -> verify(name, input)).getMessage();
    assertTrue(refusal.contains(why), refusal);
  }

  @Test
  void autocastIsRefusedByName() {
    FerryException refusal = assertThrows(FerryException.class, () -> verify("no_grad_autocast"));
    assertTrue(refusal.getMessage().contains("torch.autocast"), refusal.getMessage());
  }
}
