package org.tensorferry.port;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.archive.WeightFiles;
import org.tensorferry.archive.WeightWriter;
import org.tensorferry.keras.TargetModel;
import org.tensorferry.keras.TargetModels;
import org.tensorferry.tensor.TensorData;

/**
 * The mapping of every model in {@code samples/port} is found without a map file, into every form
 * of file, and the weights come back as they were.
 */
class PortSamplesTest {

  private static final Path SAMPLES = Path.of("../../samples/port");

  @TempDir Path folder;

  private record Sample(String torch, String target) {
    @Override
    public String toString() {
      return torch + " into " + target;
    }
  }

  static Stream<Sample> samples() {
    Map<String, String> torch =
        Map.of(
            "mlp", "mlp.legacy.pth",
            "cnn", "cnn.pth",
            "denoiser", "denoiser.wrapped.pth",
            "encoder", "encoder.safetensors");
    return Stream.of("mlp", "cnn", "denoiser", "encoder")
        .flatMap(
            name ->
                Stream.of(".keras", ".weights.h5", ".h5", ".ckpt", ".savedmodel")
                    .map(form -> new Sample(Objects.requireNonNull(torch.get(name)), name + form)));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void theMappingIsFoundAndWeightsComeBack(Sample sample) throws IOException {
    Path torch = SAMPLES.resolve(sample.torch());
    Path out = folder.resolve(sample.target());
    boolean folds = sample.target().equals("cnn.h5");
    PortOptions options = PortOptions.defaults().foldEpsilon(folds);
    try (TargetModel target = TargetModels.open(SAMPLES.resolve(sample.target()));
        WeightPort port = WeightPort.from(torch).into(target).options(options)) {
      PortPlan plan = port.plan();
      assertEquals(List.of(), plan.faults().stream().map(fault -> fault.problem().text()).toList());
      assertEquals(plan.target().variables(), plan.assigned().size());
      assertTrue(plan.left().stream().allMatch(PortPlan.Left::isAllowed));
      boolean changesEpsilon = sample.target().equals("cnn.keras");
      assertEquals(changesEpsilon ? 3 : 0, plan.settings().size());
      port.write(out);
    }
    if (!folds) {
      compareBack(torch, out);
    }
  }

  /** What was written, brought back under torch's names, is the torch file. */
  private void compareBack(Path torch, Path written) throws IOException {
    Path back = folder.resolve("back.pth");
    try (TargetModel target = TargetModels.open(written);
        WeightPort port = WeightPort.from(torch).into(target)) {
      WeightWriter.writeStateDict(back, port.toTorch().tensors());
      assertEquals(List.of(), port.plan().settings(), "the epsilons were corrected");
    }
    try (WeightFiles expected = WeightFiles.open(torch);
        WeightFiles actual = WeightFiles.open(back)) {
      for (Map.Entry<String, TensorData> tensor : expected.tensors().entrySet()) {
        String name = tensor.getKey().replaceFirst("^state_dict\\.", "");
        if (!name.matches(".*lstm\\.bias.*")) {
          assertArrayEquals(
              tensor.getValue().toBytes(),
              Objects.requireNonNull(actual.tensors().get(name), name).toBytes(),
              name);
        }
      }
    }
  }
}
