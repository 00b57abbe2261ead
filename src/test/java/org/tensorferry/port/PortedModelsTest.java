package org.tensorferry.port;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorferry.archive.NpzFile;
import org.tensorferry.engine.TfRunner;
import org.tensorferry.keras.TargetModel;
import org.tensorferry.keras.TargetModels;
import org.tensorferry.network.Network;
import org.tensorferry.network.NetworkFile;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.tensor.HostTensor;

/** With PyTorch's weights, TensorFlow's model computes what PyTorch's does. */
class PortedModelsTest {

  private static final Path SAMPLES = Path.of("../../samples/port");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "mlp.legacy.pth, mlp, false",
    "cnn.pth, cnn, true",
    "denoiser.wrapped.pth, denoiser, false"
  })
  void outputsAreThoseOfPyTorch(String torch, String name, boolean folds) throws IOException {
    Path out = folder.resolve(name);
    PortOptions options =
        PortOptions.defaults()
            .foldEpsilon(folds)
            .torchEpsilon(1e-5)
            .accept("heads")
            .accept("unproven");
    Path keras = SAMPLES.resolve(name + ".keras");
    try (TargetModel target = TargetModels.open(SAMPLES.resolve(name + ".savedmodel"), keras);
        WeightPort port = WeightPort.from(SAMPLES.resolve(torch)).into(target)) {
      port.options(options).write(out);
    }
    compare(name, out);
  }

  /** The configuration of a Keras file is run as TensorFlow's graph. */
  @ParameterizedTest
  @CsvSource({
    "mlp.legacy.pth, mlp, .keras",
    "mlp.legacy.pth, mlp, .h5",
    "cnn.pth, cnn, .keras",
    "cnn.pth, cnn, .h5",
    "cnn.pth, cnn, .weights.h5",
    "denoiser.wrapped.pth, denoiser, .keras",
    "denoiser.wrapped.pth, denoiser, .h5",
    "encoder.safetensors, encoder, .keras",
    "encoder.safetensors, encoder, .h5"
  })
  void outputsOfKerasFilesAreThoseOfPyTorch(String torch, String name, String form)
      throws IOException {
    Path ported = folder.resolve(name + form);
    Path out = folder.resolve(name);
    Path keras = SAMPLES.resolve(name + ".keras");
    PortOptions options =
        PortOptions.defaults()
            .foldEpsilon(!form.equals(".keras"))
            .torchEpsilon(1e-5)
            .accept("heads")
            .accept("unproven");
    try (TargetModel target = TargetModels.open(SAMPLES.resolve(name + form), keras);
        WeightPort port = WeightPort.from(SAMPLES.resolve(torch)).into(target)) {
      port.options(options).write(ported);
    }
    RuleTables rules = RuleTables.load(PortedModelsTest.class.getClassLoader());
    try (TargetModel written = TargetModels.open(ported, keras)) {
      NetworkFile.write(Network.of(written, rules), out);
    }
    compare(name, out);
  }

  private static void compare(String name, Path out) throws IOException {
    Map<String, HostTensor> values = NpzFile.read(SAMPLES.resolve(name + ".npz"));
    HostTensor expected = Objects.requireNonNull(values.get("output"));
    try (TfRunner model = TfRunner.open(out)) {
      HostTensor input = Objects.requireNonNull(values.get("input"));
      HostTensor actual =
          model.run(Map.of(model.inputNames().get(0), input)).values().iterator().next();
      assertArrayEquals(expected.shape(), actual.shape());
      double ratio = signalToNoise(expected, actual);
      assertTrue(ratio > 100, () -> name + ": " + ratio + " dB");
    }
  }

  private static double signalToNoise(HostTensor expected, HostTensor actual) {
    double signal = 0;
    double noise = 1e-300;
    for (int i = 0; i < expected.parts(); i++) {
      signal += expected.get(i) * expected.get(i);
      noise += Math.pow(expected.get(i) - actual.get(i), 2);
    }
    return 10 * Math.log10(signal / noise);
  }
}
