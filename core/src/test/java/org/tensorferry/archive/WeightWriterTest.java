package org.tensorferry.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.error.FerryException;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;

/**
 * What is written for PyTorch is what {@link WeightFiles} reads; Python reads it in
 * PortedFilesTest.
 */
class WeightWriterTest {

  @TempDir Path folder;

  private static Map<String, TensorSource> tensors() {
    TensorData square = TensorData.ofDoubles(DType.FLOAT32, new long[] {2, 3}, 1, 2, 3, 4, 5, 6);
    Map<String, TensorSource> tensors = new LinkedHashMap<>();
    tensors.put("bn.num_batches_tracked", TensorData.ofLongs(DType.INT64, new long[0], 7));
    tensors.put("fc.weight", square.permute(1, 0));
    tensors.put("half", square.cast(DType.FLOAT16));
    tensors.put("brain", square.cast(DType.BFLOAT16).reshape(6));
    tensors.put("mask", TensorData.ofLongs(DType.BOOL, new long[] {3}, 1, 0, 1));
    tensors.put("empty", TensorData.ofDoubles(DType.FLOAT64, new long[] {0, 4}));
    return tensors;
  }

  private static void assertSame(Map<String, TensorSource> expected, WeightFiles actual) {
    assertEquals(expected.keySet(), actual.tensors().keySet());
    expected.forEach(
        (name, source) -> {
          TensorData read = actual.tensors().get(name);
          assertEquals(source.dtype(), read.dtype(), name);
          assertArrayEquals(source.shape(), read.shape(), name);
          assertArrayEquals(source.toBytes(), read.toBytes(), name);
        });
  }

  @Test
  void aStateDictIsReadAgain() throws IOException {
    Path file = folder.resolve("x.pth");
    Map<String, TensorSource> tensors = tensors();
    WeightWriter.writeStateDict(file, tensors);
    try (WeightFiles read = WeightFiles.open(file)) {
      assertSame(tensors, read);
      assertEquals(new ArrayList<>(tensors.keySet()), new ArrayList<>(read.tensors().keySet()));
    }
  }

  @Test
  void aSafetensorsFileIsReadAgain() throws IOException {
    Path file = folder.resolve("x.safetensors");
    WeightWriter.writeSafetensors(file, tensors());
    try (WeightFiles read = WeightFiles.open(file)) {
      assertSame(tensors(), read);
    }
  }

  @Test
  void tiedNamesStayTied() throws IOException {
    TensorSource weight = tensors().get("fc.weight");
    Path file = folder.resolve("tied.pth");
    WeightWriter.writeStateDict(file, new LinkedHashMap<>(Map.of("a", weight, "b", weight)));
    try (WeightFiles read = WeightFiles.open(file)) {
      assertTrue(read.tensors().get("a").isSameView(read.tensors().get("b")));
    }
  }

  @Test
  void aTypeThatSafetensorsLacksIsRefused() {
    Map<String, TensorSource> wide =
        Map.of("spectrum", TensorData.of(DType.COMPLEX128, new long[] {1}, new byte[16]));
    FerryException refused =
        assertThrows(
            FerryException.class,
            () -> WeightWriter.writeSafetensors(folder.resolve("y.safetensors"), wide));
    assertTrue(refused.getMessage().contains("complex128"), refused.getMessage());
    assertTrue(Files.notExists(folder.resolve("y.safetensors")));
  }
}
