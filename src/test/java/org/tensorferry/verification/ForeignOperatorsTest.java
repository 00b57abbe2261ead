package org.tensorferry.verification;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.SavedConversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.engine.EngineOptions;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.VerifyOptions;

/** Originals are run although libtorch lacks operators that their code calls. */
class ForeignOperatorsTest {

  private static final VerifyOptions OPTIONS =
      VerifyOptions.DEFAULT.samples(2).timedRuns(0).engines(EngineOptions.DEFAULT.inProcess(true));

  /** Regions of the first picture, their corners the right way round. */
  private static final String ROIS =
      "torch.cat([torch.mul(torch.slice(y, 1, 0, 1), 0), torch.slice(y, 1, 0, 2),"
          + " torch.add(torch.slice(y, 1, 0, 2), torch.abs(torch.slice(y, 1, 2, 4)))], 1)";

  private static final Map<String, List<String>> CALLS =
      Map.of(
          "ops.torchvision.nms(" + ROIS.replaceFirst("torch.mul\\(.*?0\\), ", "") + ", z, 0.1)",
          List.of("x:float32[1]", "y:float32[n,4]", "z:float32[n]"),
          "ops.torchvision.roi_align(x, " + ROIS + ", 4., 2, 3, -1, True)",
          List.of("x:float32[1,3,9,8]", "y:float32[n,4]", "z:float32[1]"),
          "ops.torchvision.roi_pool(x, " + ROIS + ", 4., 2, 3)",
          List.of("x:float32[1,3,9,8]", "y:float32[n,4]", "z:float32[1]"),
          "ops.torchvision.ps_roi_align(x, " + ROIS + ", 4., 2, 3, 2)",
          List.of("x:float32[1,12,9,8]", "y:float32[n,4]", "z:float32[1]"),
          "ops.torchvision.ps_roi_pool(x, " + ROIS + ", 4., 2, 3)",
          List.of("x:float32[1,12,9,8]", "y:float32[n,4]", "z:float32[1]"),
          "ops.torchvision.deform_conv2d(x, torch.reshape(z, [6, 2, 3, 3]), y,"
              + " torch.zeros([0, 1]), torch.ones([6]), 1, 2, 1, 1, 1, 1, 2, 2, False)",
          List.of("x:float32[b,4,9,8]", "y:float32[b,36,9,4]", "z:float32[108]"));

  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> operatorsOfTorchvisionAreCompared() {
    return CALLS.entrySet().stream()
        .map(
            call ->
                DynamicTest.dynamicTest(
                    call.getKey(),
                    () -> {
                      ParityReport report = verify(call.getKey(), call.getValue());
                      assertTrue(report.isEqual(), report::toString);
                    }));
  }

  /** As {@code _upsample_lanczos2d_aa} in what PyTorch 2.13 scripts. */
  @Test
  void anUnknownOperatorInABranchThatIsNotTakenHarmsNothing() {
    ParityReport report =
        verify(
            "torch._of_tomorrow(x, [1, 2], None) if x.dim() == 7 else torch.relu(x)",
            List.of("x:float32[2,3]", "y:float32[1]", "z:float32[1]"));
    assertTrue(report.isEqual(), report::toString);
  }

  private ParityReport verify(String call, List<String> inputs) {
    Path file = directory.resolve("model.pt");
    program(call).write(file);
    Path target = directory.resolve("model" + Integer.toHexString(call.hashCode()));
    try (TorchModel model = Tensorferry.open(file)) {
      SavedConversion saved =
          model
              .convert(ConvertOptions.defaults().inputs(inputs.toArray(String[]::new)))
              .save(target);
      return saved.verify(OPTIONS);
    }
  }

  private static TorchProgram program(String call) {
    return TorchScript.module(
        "def forward(self, x: Tensor, y: Tensor, z: Tensor):\n  return " + call + "\n");
  }
}
