package org.tensorferry.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.archive.NpzFile;
import org.tensorferry.engine.TfRunner;
import org.tensorferry.error.FerryException;
import org.tensorferry.keras.TargetModel;
import org.tensorferry.keras.TargetModels;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.tensor.HostTensor;

/**
 * Every row of the table of Keras' layers computes what Keras computes. Needs the Python that
 * TENSORFERRY_TENSORFLOW_PYTHON names; the models that Keras makes lie in TENSORFERRY_KERAS_ROWS
 * where that is set.
 */
class KerasLayersInPythonTest {

  private static final double LEAST = 100;

  @TempDir Path folder;

  private Path models() throws IOException, InterruptedException {
    String made = System.getenv("TENSORFERRY_KERAS_ROWS");
    if (made != null) {
      return Path.of(made);
    }
    String python = System.getenv("TENSORFERRY_TENSORFLOW_PYTHON");
    assumeTrue(
        python != null,
        "SKIPPED: TENSORFERRY_TENSORFLOW_PYTHON names no Python, so no Keras layer is compared");
    Path out = folder.resolve("rows");
    Process process =
        new ProcessBuilder(
                String.valueOf(python), "../../tools/make_keras_layers.py", out.toString())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
    return out;
  }

  @Test
  void everyRowComputesWhatKerasComputes() throws IOException, InterruptedException {
    List<Path> files;
    try (Stream<Path> all = Files.list(models())) {
      files = all.filter(f -> f.toString().matches(".*\\.(keras|h5)")).sorted().toList();
    }
    assertTrue(files.size() > 100, "too few models were made: " + files.size());
    List<String> wrong = new ArrayList<>();
    for (Path file : files) {
      try {
        double least = compare(file);
        if (least < LEAST) {
          wrong.add(file.getFileName() + ": " + least + " dB");
        }
      } catch (FerryException refused) {
        wrong.add(file.getFileName() + ": " + refused.getMessage());
      }
    }
    assertEquals(List.of(), wrong);
  }

  private double compare(Path file) throws IOException {
    Path saved = folder.resolve(file.getFileName() + ".savedmodel");
    RuleTables rules = RuleTables.load(KerasLayersInPythonTest.class.getClassLoader());
    try (TargetModel target = TargetModels.open(file)) {
      NetworkFile.write(Network.of(target, rules), saved);
    }
    String npz = file.toString().replaceFirst("\\.(keras|h5)$", ".npz");
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    Map<String, HostTensor> expected = new TreeMap<>();
    NpzFile.read(Path.of(npz))
        .forEach((name, value) -> (name.startsWith("input") ? inputs : expected).put(name, value));
    double least = Double.POSITIVE_INFINITY;
    try (TfRunner runner = TfRunner.openOnce(saved)) {
      List<HostTensor> results = List.copyOf(runner.run(inputs).values());
      assertEquals(expected.size(), results.size(), file.toString());
      int i = 0;
      for (HostTensor wanted : expected.values()) {
        HostTensor result = results.get(i++);
        if (!Arrays.equals(wanted.shape(), result.shape())) {
          return Double.NEGATIVE_INFINITY;
        }
        least = Math.min(least, signalToNoise(wanted, result));
      }
    }
    return least;
  }

  private static double signalToNoise(HostTensor expected, HostTensor actual) {
    double signal = 1e-300;
    double noise = 1e-300;
    for (int i = 0; i < expected.parts(); i++) {
      signal += expected.get(i) * expected.get(i);
      noise += Math.pow(expected.get(i) - actual.get(i), 2);
    }
    return 10 * Math.log10(signal / noise);
  }
}
