package org.tensorferry.keras;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.archive.WeightFiles;
import org.tensorferry.archive.WeightWriter;
import org.tensorferry.tensor.TensorSource;

/**
 * Python opens the files that are written, in every form, and computes with them what PyTorch
 * computes. The mapping is written down here, so that a failure is one of files. Needs a Python
 * with Keras, named by TENSORFERRY_TENSORFLOW_PYTHON, and one with PyTorch, named by
 * TENSORFERRY_TORCH_PYTHON.
 */
class PortedFilesTest {

  private static final Path SAMPLES = Path.of("../../samples/port");

  @TempDir Path folder;

  /** Which torch tensors fill a layer, in the order of Keras' variables. */
  private static Map<String, List<TensorSource>> mapping(String model, WeightFiles torch) {
    Map<String, ? extends TensorSource> w = torch.tensors();
    Map<String, List<TensorSource>> mapping = new LinkedHashMap<>();
    if (model.equals("mlp")) {
      mapping.put("hidden_in", dense(w, "net.0"));
      mapping.put("scale", List.of(w.get("net.2.weight"), w.get("net.2.bias")));
      mapping.put("hidden_square", dense(w, "net.3"));
      mapping.put("logits", dense(w, "net.5"));
      return mapping;
    }
    mapping.put("entry_conv", List.of(w.get("conv1.weight").permute(2, 3, 1, 0)));
    mapping.put("entry_norm", norm(w, "bn1"));
    mapping.put("spatial", List.of(w.get("dw.weight").permute(2, 3, 0, 1)));
    mapping.put("spatial_norm", norm(w, "bn2"));
    mapping.put(
        "separable",
        List.of(
            w.get("sep.0.weight").permute(2, 3, 0, 1),
            w.get("sep.1.weight").permute(2, 3, 1, 0),
            w.get("sep.1.bias")));
    mapping.put("upsample", List.of(w.get("up.weight").permute(2, 3, 1, 0), w.get("up.bias")));
    mapping.put("upsample_norm", norm(w, "bn3"));
    mapping.put("classifier", dense(w, "fc"));
    return mapping;
  }

  private static List<TensorSource> dense(Map<String, ? extends TensorSource> w, String name) {
    return List.of(w.get(name + ".weight").permute(1, 0), w.get(name + ".bias"));
  }

  private static List<TensorSource> norm(Map<String, ? extends TensorSource> w, String name) {
    return List.of(
        w.get(name + ".weight"),
        w.get(name + ".bias"),
        w.get(name + ".running_mean"),
        w.get(name + ".running_var"));
  }

  private Path port(String model, String form, String weights) throws IOException {
    Path out = folder.resolve(model + form);
    try (TargetModel target = TargetModels.open(SAMPLES.resolve(model + form));
        WeightFiles torch = WeightFiles.open(SAMPLES.resolve(weights))) {
      Map<String, List<TensorSource>> mapping = mapping(model, torch);
      Map<TargetVariable, TensorSource> values = new HashMap<>();
      List<Changes.Setting> settings = new ArrayList<>();
      for (TargetLayer layer : target.layers()) {
        List<TensorSource> sources = mapping.remove(layer.path());
        for (int i = 0; i < layer.variables().size(); i++) {
          values.put(layer.variables().get(i), sources.get(i));
        }
        if (target.hasSettings() && layer.kerasClass().equals("BatchNormalization")) {
          settings.add(new Changes.Setting(layer, "epsilon", 1e-5));
        }
      }
      assertEquals(Map.of(), mapping, "layers that the target does not have");
      target.write(out, new Changes(values, settings));
    }
    return out;
  }

  @Test
  void kerasComputesWhatTorchComputes() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(python("TENSORFERRY_TENSORFLOW_PYTHON", "Keras"));
    command.addAll(List.of("../../tools/check_ported.py", "keras"));
    String architecture = "," + SAMPLES.resolve("mlp.keras");
    for (String form : List.of(".keras", ".h5", ".savedmodel")) {
      command.add(checked(port("mlp", form, "mlp.legacy.pth"), "mlp"));
    }
    for (String form : List.of(".weights.h5", ".ckpt")) {
      command.add(checked(port("mlp", form, "mlp.legacy.pth"), "mlp") + architecture);
    }
    command.add(checked(port("cnn", ".keras", "cnn.pth"), "cnn"));
    command.add(
        checked(port("cnn", ".weights.h5", "cnn.pth"), "cnn")
            + ","
            + SAMPLES.resolve("cnn.keras")
            + ",entry_norm.epsilon=1e-5,spatial_norm.epsilon=1e-5,upsample_norm.epsilon=1e-5");
    run(command);
  }

  private static String checked(Path ported, String model) {
    return ported + "," + SAMPLES.resolve(model + ".npz");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"mlp.legacy.pth", "cnn.pth", "denoiser.wrapped.pth", "encoder.safetensors"})
  void torchLoadsWhatIsWritten(String original) throws IOException, InterruptedException {
    String python = python("TENSORFERRY_TORCH_PYTHON", "PyTorch");
    Path stateDict = folder.resolve("written.pth");
    Path safetensors = folder.resolve("written.safetensors");
    try (WeightFiles torch = WeightFiles.open(SAMPLES.resolve(original))) {
      Map<String, TensorSource> tensors = new LinkedHashMap<>();
      torch.tensors().forEach((name, tensor) -> tensors.put(bare(name), tensor));
      WeightWriter.writeStateDict(stateDict, tensors);
      WeightWriter.writeSafetensors(safetensors, tensors);
    }
    String checker = "../../tools/check_ported.py";
    run(
        List.of(
            python, checker, "torch", stateDict.toString(), SAMPLES.resolve(original).toString()));
    run(List.of(python, checker, "torch", stateDict.toString(), safetensors.toString()));
  }

  private static String bare(String name) {
    return name.replaceFirst("^state_dict\\.module\\.", "");
  }

  private static String python(String variable, String what) {
    String python = System.getenv(variable);
    assumeTrue(
        python != null,
        "SKIPPED: " + variable + " names no Python, so no ported file is tried in " + what);
    return String.valueOf(python);
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
  }
}
