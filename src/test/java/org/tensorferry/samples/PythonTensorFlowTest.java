package org.tensorferry.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;

/**
 * Python TensorFlow loads what we write: callable, with named trainable variables that gradients
 * reach, and saveable again. Needs a Python with TensorFlow, named by the environment variable
 * TENSORFERRY_TENSORFLOW_PYTHON.
 */
class PythonTensorFlowTest {

  private static final String PYTHON = System.getenv("TENSORFERRY_TENSORFLOW_PYTHON");

  @TempDir Path directory;

  @Test
  void samplesLoadTrainAndSaveAgain() throws IOException, InterruptedException {
    assumeTrue(
        PYTHON != null,
        "SKIPPED: TENSORFERRY_TENSORFLOW_PYTHON names no Python, so no SavedModel is tried in Python TensorFlow");
    List<String> command =
        new ArrayList<>(List.of(PYTHON, "../../tools/check_saved_model.py", "--tflite"));
    command.add(convert("denoiser.traced.pt", "x:float32[batch,time,257]"));
    command.add(convert("resnet_small.scripted.pt", "x:float32[batch,3,32,32]"));
    command.add(convert("sentence_cnn.scripted.torch2.pt", "ids:int64[batch,length]<200"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
  }

  private String convert(String sample, String input) {
    Path out = directory.resolve(sample);
    try (TorchModel model = Tensorferry.open(Path.of("../../samples").resolve(sample))) {
      model.convert(ConvertOptions.defaults().input(input)).save(out);
    }
    return out.toString();
  }
}
