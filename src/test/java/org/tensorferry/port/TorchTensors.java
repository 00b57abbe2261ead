package org.tensorferry.port;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.tensorferry.archive.WeightWriter;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;

/** A state_dict for tests: each tensor is given as {@code name[sizes]}. */
final class TorchTensors {

  private final Map<String, TensorData> all = new LinkedHashMap<>();
  private final Random random = new Random(7);

  static TorchTensors of(String... tensors) {
    TorchTensors made = new TorchTensors();
    Arrays.stream(tensors).forEach(made::add);
    return made;
  }

  /** Positive random values, so that they may be variances. */
  TorchTensors add(String text) {
    String name = text.substring(0, text.indexOf('['));
    String type = text.substring(text.indexOf(']') + 1).strip();
    DType dtype = type.isEmpty() ? DType.FLOAT32 : DType.named(type).orElseThrow();
    long[] shape = MemoryModel.sizes(text);
    int elements = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    double[] values = random.doubles(elements, 0.1, 2).toArray();
    all.put(name, TensorData.ofDoubles(dtype, shape, values));
    return this;
  }

  TorchTensors put(String name, TensorData tensor) {
    all.put(name, tensor);
    return this;
  }

  Map<String, TensorData> all() {
    return all;
  }

  TensorData get(String name) {
    return Objects.requireNonNull(all.get(name), name);
  }

  Path save(Path file) {
    try {
      WeightWriter.writeStateDict(file, all);
      return file;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
