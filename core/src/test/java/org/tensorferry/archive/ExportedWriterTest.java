package org.tensorferry.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.error.FerryException;
import org.tensorferry.tensor.TensorData;

/** Programs with other weights. */
class ExportedWriterTest {

  private static final Path SAMPLES = Path.of("../samples/exported");

  @TempDir Path folder;

  /** Other values of the same types and shapes; names of one tensor have the same ones. */
  private static Map<String, TensorData> others(Map<String, TensorData> tensors) {
    Map<TensorData.Identity, TensorData> known = new LinkedHashMap<>();
    Map<String, TensorData> others = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) ->
            others.put(
                name,
                known.computeIfAbsent(
                    tensor.identity(),
                    one -> {
                      byte[] bytes = tensor.toBytes();
                      new Random(name.hashCode()).nextBytes(bytes);
                      return TensorData.of(tensor.dtype(), tensor.shape(), bytes);
                    })));
    return others;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"conv_bn", "half_weights", "bfloat16_weights", "tied_weights", "both/recurrent"})
  void holdsWhatWasWritten(String name) throws IOException {
    Path original = SAMPLES.resolve(name + ".pt2");
    Path copy = folder.resolve("copy.pt2");
    Map<String, TensorData> wanted;
    try (WeightFiles files = WeightFiles.open(original)) {
      wanted = others(files.tensors());
      ExportedWriter.write(original, wanted, copy);
    }
    try (WeightFiles files = WeightFiles.open(copy)) {
      assertEquals(wanted.keySet(), files.tensors().keySet());
      wanted.forEach(
          (key, tensor) ->
              assertArrayEquals(tensor.toBytes(), files.tensors().get(key).toBytes(), key));
    }
    // Python's zipfile looks at the checksums.
    try (ZipFile zip = new ZipFile(copy.toFile());
        ZipFile before = new ZipFile(original.toFile())) {
      assertEquals(before.size(), zip.size());
      for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(e -> (ZipEntry) e)::iterator) {
        try (InputStream in = zip.getInputStream(entry)) {
          assertEquals(entry.getSize(), in.readAllBytes().length);
        }
      }
    }
  }

  /** Slices, steps and transposed axes of one storage keep their places in it. */
  @Test
  void viewsKeepTheirPlaces() throws IOException {
    Path original = SAMPLES.resolve("strided_weights.pt2");
    Path copy = folder.resolve("copy.pt2");
    try (WeightFiles files = WeightFiles.open(original)) {
      ExportedWriter.write(original, files.tensors(), copy);
      try (WeightFiles copied = WeightFiles.open(copy)) {
        files
            .tensors()
            .forEach(
                (name, tensor) ->
                    assertTrue(tensor.contentEquals(copied.tensors().get(name)), name));
      }
    }
  }

  @Test
  void oneMemoryCantHoldTwoValues() throws IOException {
    Path original = SAMPLES.resolve("tied_weights.pt2");
    try (WeightFiles files = WeightFiles.open(original)) {
      Map<String, TensorData> apart = new LinkedHashMap<>();
      files
          .tensors()
          .forEach(
              (name, tensor) -> {
                byte[] bytes = tensor.toBytes();
                bytes[0] = (byte) apart.size();
                apart.put(name, TensorData.of(tensor.dtype(), tensor.shape(), bytes));
              });
      FerryException refusal =
          assertThrows(
              FerryException.class,
              () -> ExportedWriter.write(original, apart, folder.resolve("x.pt2")));
      assertTrue(refusal.getMessage().contains("share memory"), refusal.getMessage());
    }
  }

  @Test
  void whatOldTorchSavedIsRefusedWithAWayOut() throws IOException {
    Path original = SAMPLES.resolve("old/mlp_2_7.pt2");
    try (WeightFiles files = WeightFiles.open(original)) {
      FerryException refusal =
          assertThrows(
              FerryException.class,
              () -> ExportedWriter.write(original, files.tensors(), folder.resolve("x.pt2")));
      assertTrue(refusal.getMessage().contains(".pth"), refusal.getMessage());
    }
  }
}
