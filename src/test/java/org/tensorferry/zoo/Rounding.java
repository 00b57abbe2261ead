package org.tensorferry.zoo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tensorferry.SavedConversion;
import org.tensorferry.archive.NpzFile;
import org.tensorferry.engine.TfRunner;
import org.tensorferry.engine.TorchRunner;
import org.tensorferry.tensor.HostTensor;

/**
 * How far libtorch is from itself on the same inputs, and how far both engines are from the float64
 * twin of the model: what a port that falls below 100 dB is measured by.
 *
 * @param threadsDb libtorch with one thread beside libtorch with two
 * @param torchDb libtorch beside the float64 twin, where there is one
 * @param tensorFlowDb TensorFlow beside the float64 twin
 */
record Rounding(double threadsDb, Optional<Double> torchDb, Optional<Double> tensorFlowDb) {

  /** What two measurements of one thing may be apart, in dB. */
  private static final double SLACK = 1;

  /** Less than rounding alone can bring a model to. */
  private static final double SAME_MODEL_DB = 30;

  static Rounding measure(SavedConversion saved, ZooModel.Case input) {
    Map<String, HostTensor> arrays = NpzFile.read(input.inputs());
    List<HostTensor> inputs = new ArrayList<>();
    Map<String, HostTensor> named = new LinkedHashMap<>();
    saved
        .inputs()
        .forEach(
            spec -> {
              String name = spec.name().orElseThrow();
              named.put(name, arrays.get(name));
              inputs.add(arrays.get(name));
            });
    try (TorchRunner torch = TorchRunner.open(saved.model());
        TfRunner tensorFlow = TfRunner.open(saved.directory())) {
      TorchRunner.useThreads(1);
      Map<String, HostTensor> one = torch.run(inputs).flatten();
      TorchRunner.useThreads(2);
      Map<String, HostTensor> two = torch.run(inputs).flatten();
      double threads = leastDb(one, two);
      if (input.float64().isEmpty()) {
        return new Rounding(threads, Optional.empty(), Optional.empty());
      }
      Map<String, HostTensor> exact = exact(input.float64().get(), two);
      return new Rounding(
          threads,
          Optional.of(leastDb(exact, two)),
          Optional.of(leastDb(exact, tensorFlow.run(named))));
    }
  }

  /** The array of the file that each output is nearest to: a dict may have another order there. */
  private static Map<String, HostTensor> exact(Path file, Map<String, HostTensor> outputs) {
    Collection<HostTensor> arrays = NpzFile.read(file).values();
    Map<String, HostTensor> exact = new LinkedHashMap<>();
    outputs.forEach((name, output) -> exact.put(name, nearest(arrays, output, file)));
    return exact;
  }

  private static HostTensor nearest(Collection<HostTensor> arrays, HostTensor output, Path file) {
    HostTensor nearest =
        arrays.stream()
            .filter(array -> Arrays.equals(array.shape(), output.shape()))
            .max(Comparator.comparingDouble(array -> snrDb(array, output)))
            .orElseThrow();
    if (snrDb(nearest, output) < SAME_MODEL_DB) {
      throw new IllegalStateException(file + " is not of this model");
    }
    return nearest;
  }

  private static double leastDb(Map<String, HostTensor> expected, Map<String, HostTensor> actual) {
    double least = Double.POSITIVE_INFINITY;
    for (Map.Entry<String, HostTensor> output : expected.entrySet()) {
      HostTensor a = output.getValue();
      HostTensor b = actual.get(output.getKey());
      if (a.dtype().isFloating() || a.dtype().isComplex()) {
        least = Math.min(least, snrDb(a, b));
      }
    }
    return least;
  }

  private static double snrDb(HostTensor expected, HostTensor actual) {
    double signal = 0;
    double noise = 0;
    for (int i = 0; i < expected.parts(); i++) {
      double error = expected.get(i) - actual.get(i);
      signal += expected.get(i) * expected.get(i);
      noise += error * error;
    }
    return noise == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
  }

  /** Whether a port with this ratio is no worse than libtorch itself. */
  boolean excuses(double snrDb) {
    boolean asThreads = snrDb >= threadsDb - SLACK;
    boolean asFloat64 = torchDb.isPresent() && snrDb >= torchDb.get() - SLACK;
    boolean asExact = torchDb.isPresent() && tensorFlowDb.orElseThrow() >= torchDb.get() - SLACK;
    return asThreads || asFloat64 || asExact;
  }

  /** As in {@code threads 104.1; float64 91.8, TensorFlow 92.0}. */
  @Override
  public String toString() {
    String threads = String.format(Locale.ROOT, "threads %.1f", threadsDb);
    return torchDb.isEmpty()
        ? threads
        : threads
            + String.format(
                Locale.ROOT,
                "; float64 %.1f, TensorFlow %.1f",
                torchDb.get(),
                tensorFlowDb.orElseThrow());
  }
}
