package org.tensorferry.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.archive.WeightWriter;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.engine.TfRunner;
import org.tensorferry.network.Network;
import org.tensorferry.network.NetworkFile;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tf.TfModel;

/**
 * Random architectures written twice, in each form that the weights come in: none is ported wrong
 * unless running both says so, and where both graphs are known nearly all are found. {@code
 * -Dtwins=2000} tries as many; {@code -Dtwins.seed=7} begins elsewhere.
 */
class RandomTwinsTest {

  private static final RuleTables RULES = RuleTables.load(RandomTwinsTest.class.getClassLoader());

  @TempDir Path folder;

  /** What became of the pairs of one form. */
  private static final class Count {
    int found;
    int refused;
    int different;
    final List<String> wrong = new ArrayList<>();

    @Override
    public String toString() {
      return found
          + " found, "
          + refused
          + " refused, "
          + different
          + " differ when run, "
          + wrong.size()
          + " wrong";
    }
  }

  private final Map<String, Count> counts = new TreeMap<>();

  /** Pairs whose graphs are both known that were not found. */
  private final List<String> open = new ArrayList<>();

  @Test
  void noneIsPortedWrong() throws IOException {
    int pairs = Integer.getInteger("twins", 40);
    long seed = Long.getLong("twins.seed", 1);
    for (long i = seed; i < seed + pairs; i++) {
      tryPair(i);
    }
    Files.createDirectories(Path.of("target"));
    Files.writeString(
        Path.of("target/twins.txt"),
        pairs
            + " pairs\n"
            + String.join("\n", counts.toString().split(", (?=[a-zA-Z])", -1))
            + "\nopen:\n"
            + String.join("\n", open)
            + "\n");
    String all = counts.toString();
    counts.values().forEach(count -> assertEquals(List.of(), count.wrong, all));
    Count known = java.util.Objects.requireNonNull(counts.get("TorchScript into a known graph"));
    assertTrue(known.found >= 0.8 * pairs, all);
    assertEquals(0, known.different, all);
  }

  private void tryPair(long seed) throws IOException {
    Twins twins = Twins.of(seed);
    Path script = folder.resolve("x.pt");
    twins.torch().write(script);
    TfModel graph;
    try (TorchModel model = Tensorferry.open(script)) {
      graph = model.convert(ConvertOptions.defaults().input(twins.input())).model();
      port("TorchScript into a known graph", seed, script, Optional.of(graph), true);
    }
    Path dict = folder.resolve("x.pth");
    WeightWriter.writeStateDict(dict, twins.stateDict());
    port("state_dict into a known graph", seed, dict, Optional.empty(), true);
    Path safe = folder.resolve("x.safetensors");
    WeightWriter.writeSafetensors(safe, twins.stateDict());
    port("safetensors into a known graph", seed, safe, Optional.empty(), true);
    port("state_dict into weights alone", seed, dict, Optional.empty(), false);
    for (Path file : List.of(script, dict, safe)) {
      Files.delete(file);
    }
  }

  private void port(String form, long seed, Path torch, Optional<TfModel> graph, boolean isKnown)
      throws IOException {
    Count count = counts.computeIfAbsent(form, f -> new Count());
    Twins twins = Twins.of(seed);
    MemoryModel target = isKnown ? twins.target() : twins.target().configured("").withoutConfigs();
    PortOptions options = PortOptions.defaults().accept("epsilon").accept("unproven");
    try (WeightPort port = WeightPort.from(torch).into(target)) {
      port.options(options);
      graph.ifPresent(known -> port.original(known).provenByRun(true));
      PortPlan plan = port.plan();
      if (!plan.isComplete()) {
        count.refused++;
        if (graph.isPresent()) {
          open.add(seed + ": " + plan.faults().get(0).problem().what());
        }
        return;
      }
      port.write(folder.resolve("out"));
    }
    if (isTrue(twins, target) || computesTheSame(seed, target)) {
      count.found++;
    } else if (graph.isPresent()) {
      count.different++;
    } else {
      count.wrong.add("seed " + seed);
    }
  }

  private static boolean isTrue(Twins twins, MemoryModel target) {
    return twins.truth().entrySet().stream()
        .allMatch(
            value -> Arrays.equals(value.getValue().toDoubles(), target.values(value.getKey())));
  }

  /** Layers that may stand for each other change nothing. */
  private boolean computesTheSame(long seed, MemoryModel ported) throws IOException {
    Twins twins = Twins.of(seed);
    MemoryModel right = Twins.of(seed).target();
    twins.truth().forEach(right::put);
    MemoryModel left = twins.target();
    for (String path : twins.truth().keySet()) {
      TensorData shape = java.util.Objects.requireNonNull(twins.truth().get(path));
      left.put(path, TensorData.ofDoubles(DType.FLOAT32, shape.shape(), ported.values(path)));
    }
    double[] one = run(left, twins.input());
    double[] other = run(right, twins.input());
    double noise = 0;
    double signal = 0;
    for (int i = 0; i < one.length; i++) {
      noise += Math.pow(one[i] - other[i], 2);
      signal += Math.pow(other[i], 2);
    }
    return noise <= 1e-10 * signal;
  }

  private int runs;

  private double[] run(MemoryModel model, String input) throws IOException {
    Path saved = folder.resolve("run" + runs++);
    NetworkFile.write(Network.of(model, RULES), saved);
    long[] torch = InputSpec.parse(input.replace("batch", "2")).shape().known();
    long[] shape = torch.length == 4 ? new long[] {torch[0], torch[2], torch[3], torch[1]} : torch;
    Random random = new Random(3);
    try (TfRunner runner = TfRunner.openOnce(saved)) {
      Map<String, HostTensor> inputs = new LinkedHashMap<>();
      inputs.put(
          runner.inputNames().get(0),
          HostTensor.generate(DType.FLOAT32, shape, i -> random.nextGaussian()));
      HostTensor result = runner.run(inputs).values().iterator().next();
      double[] values = new double[result.parts()];
      for (int i = 0; i < values.length; i++) {
        values[i] = result.get(i);
      }
      return values;
    }
  }
}
