package org.tensorferry.port;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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
                    .map(form -> new Sample(Objects.requireNonNull(torch.get(name)), name + form)))
        .filter(sample -> !LOSE_NESTING.contains(sample.target()));
  }

  /** Models within the model of one name: these forms don't say which is which. */
  private static final Set<String> LOSE_NESTING = Set.of("encoder.ckpt", "encoder.savedmodel");

  @Test
  void layersOfOneNameInNestedModelsAreNotGuessed() {
    for (String form : LOSE_NESTING) {
      try (TargetModel target = open(SAMPLES.resolve(form));
          WeightPort port = WeightPort.from(SAMPLES.resolve("encoder.safetensors")).into(target)) {
        assertTrue(!port.options(PortOptions.defaults().accept("heads")).plan().isComplete());
      }
    }
  }

  /** What a file of weights doesn't tell, the .keras file does. */
  private static TargetModel open(Path file) {
    String name = file.getFileName().toString().replaceFirst("\\..*", "");
    boolean tells = file.toString().matches(".*(?<!weights)\\.(keras|h5)");
    return tells
        ? TargetModels.open(file)
        : TargetModels.open(file, SAMPLES.resolve(name + ".keras"));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void theMappingIsFoundAndWeightsComeBack(Sample sample) throws IOException {
    Path torch = SAMPLES.resolve(sample.torch());
    Path out = folder.resolve(sample.target());
    boolean folds = sample.target().matches("cnn\\.(?!keras).*");
    PortOptions options =
        PortOptions.defaults()
            .foldEpsilon(folds)
            .accept("heads")
            .torchEpsilon(1e-5)
            .accept("unproven");
    try (TargetModel target = open(SAMPLES.resolve(sample.target()));
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
    try (TargetModel target = open(written);
        WeightPort port = WeightPort.from(torch).into(target)) {
      port.options(PortOptions.defaults().accept("heads").accept("unproven"));
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
