package org.tensorferry.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.archive.WeightWriter;
import org.tensorferry.keras.TargetModel;
import org.tensorferry.keras.TargetModels;

/**
 * Every sample, ported without a map file, computes in Keras and TensorFlow what PyTorch computes;
 * and brought back, PyTorch has the bits that it began with. Needs the Pythons that
 * TENSORFERRY_TENSORFLOW_PYTHON and TENSORFERRY_TORCH_PYTHON name.
 */
class PortedInPythonTest {

  private static final Path SAMPLES = Path.of("../../samples/port");
  private static final Map<String, String> TORCH =
      Map.of(
          "mlp", "mlp.legacy.pth",
          "cnn", "cnn.pth",
          "denoiser", "denoiser.wrapped.pth",
          "encoder", "encoder.safetensors");

  @TempDir Path folder;

  private static Path sample(String name) {
    return SAMPLES.resolve(name);
  }

  private Path port(String model, String form) throws IOException {
    Path out = folder.resolve(model + form);
    // Only the config of a .keras file can be changed.
    PortOptions options =
        PortOptions.defaults()
            .foldEpsilon(!form.equals(".keras"))
            .torchEpsilon(1e-5)
            .accept("heads")
            .accept("unproven");
    try (TargetModel target = TargetModels.open(sample(model + form), sample(model + ".keras"));
        WeightPort port = WeightPort.from(sample(TORCH.get(model))).into(target)) {
      port.options(options).write(out);
    }
    return out;
  }

  @Test
  void kerasComputesWhatTorchComputes() throws IOException, InterruptedException {
    List<String> command = checker("TENSORFERRY_TENSORFLOW_PYTHON", "keras");
    for (String model : TORCH.keySet()) {
      String npz = "," + sample(model + ".npz");
      for (String form : List.of(".keras", ".h5")) {
        command.add(port(model, form) + npz);
      }
      command.add(port(model, ".weights.h5") + npz + "," + sample(model + ".keras"));
      // Of models of one name in a model these forms don't say which is which.
      if (!model.equals("encoder")) {
        command.add(port(model, ".ckpt") + npz + "," + sample(model + ".keras"));
        command.add(port(model, ".savedmodel") + npz);
      }
    }
    run(command);
  }

  /** Without denoiser: Keras' LSTM keeps the sum of torch's two biases. */
  @Test
  void torchHasItsBitsBack() throws IOException, InterruptedException {
    for (String model : List.of("mlp", "cnn", "encoder")) {
      Path torch = sample(TORCH.get(model));
      Path back = folder.resolve(model + ".pth");
      List<String> command = checker("TENSORFERRY_TORCH_PYTHON", "torch");
      try (TargetModel ported = TargetModels.open(port(model, ".keras"));
          WeightPort port = WeightPort.from(torch).into(ported)) {
        port.options(PortOptions.defaults().accept("heads").accept("unproven"));
        WeightWriter.writeStateDict(back, port.toTorch().tensors());
      }
      command.addAll(List.of(back.toString(), torch.toString()));
      run(command);
    }
  }

  private static List<String> checker(String variable, String kind) {
    String python = System.getenv(variable);
    assumeTrue(
        python != null, "SKIPPED: " + variable + " names no Python, so no port is tried in one");
    return new ArrayList<>(List.of(String.valueOf(python), "../../tools/check_ported.py", kind));
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
  }
}
