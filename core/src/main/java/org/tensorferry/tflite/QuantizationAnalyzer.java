package org.tensorferry.tflite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tensorferry.archive.NpzFile;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tflite.Sensitivity.Distribution;
import org.tensorferry.tflite.Sensitivity.Module;
import org.tensorferry.tflite.Sensitivity.Step;
import org.tensorferry.tflite.TfliteFile.Operator;

/**
 * Finds what 8 bits cost, module by module: every number is of a file that TensorFlow's quantiser
 * wrote and TensorFlow Lite ran. Nothing is simulated.
 */
public final class QuantizationAnalyzer {

  /** More inputs than this change the numbers by tenths of a decibel. */
  private static final int MOST_SAMPLES = 8;

  private static final int TIMED_RUNS = 9;
  private static final int STEPS = 3;
  private static final int CANDIDATES = 4;

  /** Hears how far it is. */
  public interface Listener {
    /**
     * A measurement is done.
     *
     * @param count of all; grows where a target is searched
     */
    void measured(int done, int count, String what);
  }

  /** A file in 8 bits but for some modules. */
  private record Measured(double snr, long bytes, double millis) {}

  private final LiteProcess process;
  private final TfliteConverter converter;
  private final List<Path> samples = new ArrayList<>();
  private final List<Map<String, HostTensor>> expected = new ArrayList<>();
  private final Map<String, List<Operator>> modules = new LinkedHashMap<>();
  private final Map<Set<String>, Measured> known = new HashMap<>();
  private final Listener listener;
  private int done;

  private QuantizationAnalyzer(LiteProcess process, TfliteOptions options, Listener listener) {
    this.process = process;
    this.converter = new TfliteConverter(process, options);
    this.listener = listener;
  }

  /**
   * Analyses a model.
   *
   * @param savedModel with the signature {@code serving_default}
   * @param names where its nodes come from
   * @param calibration arguments by name, at least one set
   * @param source where these are from
   * @param target the ratio in dB that the smallest set of float modules is to reach
   * @throws org.tensorferry.error.FerryException (unconvertible) where TensorFlow Lite can't
   */
  public static Sensitivity analyze(
      Path savedModel,
      ModuleNames names,
      List<Map<String, HostTensor>> calibration,
      String source,
      OptionalDouble target,
      TfliteOptions options,
      Listener listener)
      throws IOException {
    TfliteOptions int8 = options.quantization(Quantization.INT8);
    try (LiteProcess process = LiteProcess.start(options.timeout(), Set.of(savedModel), false)) {
      return new QuantizationAnalyzer(process, int8, listener)
          .run(savedModel, names, calibration, source, target);
    }
  }

  private Sensitivity run(
      Path savedModel,
      ModuleNames names,
      List<Map<String, HostTensor>> calibration,
      String source,
      OptionalDouble target)
      throws IOException {
    Path converted = process.file("float.tflite");
    converter.convert(savedModel, names, converted);
    TfliteFile file = TfliteFile.read(converted);
    TfliteCheck.check(file, names);
    modules.putAll(names.byModule(file));
    Map<Integer, TfliteEdit.Range> ranges = converter.ranges(converted, file, calibration);
    new TfliteEdit(converted).ranges(file, ranges).write(ranged());
    writeSamples(calibration);
    Map<Integer, long[]> counts = counts(ranges);
    expect(converted);
    int planned = 1 + 2 * modules.size();
    Measured all = measure(file, Set.of(), planned);
    List<Module> measured = new ArrayList<>();
    for (Map.Entry<String, List<Operator>> module : modules.entrySet()) {
      Set<String> others = new LinkedHashSet<>(modules.keySet());
      others.remove(module.getKey());
      Measured alone = measure(file, others, planned);
      Measured without = measure(file, Set.of(module.getKey()), planned);
      measured.add(
          new Module(
              module.getKey(),
              module.getValue().stream().map(Operator::name).distinct().sorted().toList(),
              alone.snr(),
              without.snr(),
              without.bytes() - all.bytes(),
              without.millis() - all.millis(),
              Distributions.weights(file, module.getValue()),
              values(module.getValue(), ranges, counts)));
    }
    List<Step> steps = steps(file, measured, target);
    Set<String> kept = kept(file, steps, target);
    return new Sensitivity(
        samples.size(),
        source,
        file.bytes(),
        all.bytes(),
        all.snr(),
        all.millis(),
        measured,
        steps,
        target,
        kept.stream().map(this::pattern).toList(),
        measure(file, kept, done + 1).snr());
  }

  /** A module without what is below it, as {@code --keep-float} takes it. */
  private String pattern(String path) {
    boolean isLeaf =
        !path.isEmpty() && modules.keySet().stream().noneMatch(m -> m.startsWith(path + "."));
    return isLeaf ? path : "=" + path;
  }

  private Path ranged() {
    return process.file("ranged.tflite");
  }

  private void writeSamples(List<Map<String, HostTensor>> calibration) {
    for (Map<String, HostTensor> inputs : calibration) {
      if (samples.size() < MOST_SAMPLES) {
        Path sample = process.file("sample" + samples.size() + ".npz");
        NpzFile.write(sample, inputs);
        samples.add(sample);
      }
    }
  }

  /** How often values lie in each part of their range. */
  private Map<Integer, long[]> counts(Map<Integer, TfliteEdit.Range> ranges) {
    Map<Integer, long[]> counts = new TreeMap<>();
    for (Path sample : samples) {
      ObjectNode request = process.request("histogram");
      request.put("inputs", sample.toString()).put("bins", Distributions.BINS);
      ObjectNode wanted = request.putObject("ranges");
      for (List<Operator> operators : modules.values()) {
        for (int tensor : results(operators)) {
          TfliteEdit.Range range = ranges.get(tensor);
          if (range != null && range.least() < range.greatest()) {
            wanted.putArray("" + tensor).add(range.least()).add(range.greatest());
          }
        }
      }
      JsonNode found = process.ask(request, "looking at the values of the model").path("counts");
      for (Map.Entry<String, JsonNode> entry : found.properties()) {
        int tensor = Integer.parseInt(entry.getKey());
        long[] sum = counts.computeIfAbsent(tensor, k -> new long[Distributions.BINS]);
        for (int i = 0; i < sum.length; i++) {
          sum[i] += entry.getValue().path(i).asLong();
        }
      }
    }
    return counts;
  }

  private static List<Integer> results(List<Operator> operators) {
    return operators.stream().flatMap(operator -> operator.outputs().stream()).toList();
  }

  /** Of the result with the widest range. */
  private static Distribution values(
      List<Operator> operators,
      Map<Integer, TfliteEdit.Range> ranges,
      Map<Integer, long[]> counts) {
    Distribution widest = Distribution.NONE;
    for (int tensor : results(operators)) {
      long[] found = counts.get(tensor);
      TfliteEdit.Range range = ranges.get(tensor);
      if (found != null && range != null) {
        Distribution values = Distributions.ofCounts(range, found);
        boolean isWider = values.greatest() - values.least() > widest.greatest() - widest.least();
        widest = isWider ? values : widest;
      }
    }
    return widest;
  }

  /** The results of the float file on all samples. */
  private void expect(Path file) {
    open(file, true);
    for (Path sample : samples) {
      expected.add(results(sample));
    }
  }

  private void open(Path file, boolean xnnpack) {
    ObjectNode request = process.request("open");
    request.put("file", file.toString()).put("threads", 1).put("xnnpack", xnnpack);
    process.ask(request, "reading a file");
  }

  private Map<String, HostTensor> results(Path sample) {
    Path results = process.file("results.npz");
    ObjectNode request = process.request("run");
    request.put("inputs", sample.toString()).put("outputs", results.toString());
    process.ask(request, "running a file");
    return NpzFile.read(results);
  }

  private Measured measure(TfliteFile file, Set<String> keep, int planned) throws IOException {
    Measured before = known.get(keep);
    if (before != null) {
      return before;
    }
    List<String> names = new ArrayList<>();
    for (String module : keep) {
      for (Operator operator : modules.getOrDefault(module, List.of())) {
        names.add(file.main().tensors().get(operator.outputs().get(0)).name());
      }
    }
    Path target = process.file("int8.tflite");
    converter.quantize(ranged(), target, names);
    open(target, true);
    Map<String, double[]> sums = new TreeMap<>();
    for (int i = 0; i < samples.size(); i++) {
      Map<String, HostTensor> found = results(samples.get(i));
      expected.get(i).forEach((name, tensor) -> add(sums, name, tensor, found.get(name)));
    }
    Measured measured = new Measured(worst(sums.values()), Files.size(target), millis());
    known.put(Set.copyOf(keep), measured);
    done++;
    listener.measured(done, Math.max(done, planned), "measuring");
    return measured;
  }

  private static void add(
      Map<String, double[]> sums, String name, HostTensor expected, @Nullable HostTensor found) {
    if (found == null || !expected.dtype().isFloating() || found.parts() != expected.parts()) {
      return;
    }
    double[] sum = sums.computeIfAbsent(name, k -> new double[2]);
    for (int i = 0; i < expected.parts(); i++) {
      double error = found.get(i) - expected.get(i);
      sum[0] += expected.get(i) * expected.get(i);
      sum[1] += error * error;
    }
  }

  private static double worst(Collection<double[]> sums) {
    return sums.stream()
        .mapToDouble(sum -> 10 * Math.log10(sum[0] / sum[1]))
        .min()
        .orElse(Double.NaN);
  }

  private double millis() {
    ObjectNode request = process.request("time");
    request.put("inputs", samples.get(0).toString()).put("runs", TIMED_RUNS);
    List<Long> nanos = new ArrayList<>();
    process.ask(request, "timing a file").path("nanos").forEach(each -> nanos.add(each.asLong()));
    nanos.sort(null);
    return nanos.get(nanos.size() / 2) / 1e6;
  }

  /** Keeps the module float that helps most, then the next one too, until the target is reached. */
  private List<Step> steps(TfliteFile file, List<Module> measured, OptionalDouble target)
      throws IOException {
    List<Step> steps = new ArrayList<>();
    Set<String> keep = new LinkedHashSet<>();
    double snr = measure(file, Set.of(), done).snr();
    while (keep.size() < measured.size()
        && (target.isPresent() ? snr < target.getAsDouble() : steps.size() < STEPS)) {
      @Nullable Step best = null;
      for (String candidate : candidates(measured, keep)) {
        Set<String> more = new LinkedHashSet<>(keep);
        more.add(candidate);
        Measured now = measure(file, more, done + 1);
        if (best == null || now.snr() > best.snr()) {
          best = new Step(candidate, now.snr(), now.bytes());
        }
      }
      if (best == null) {
        return steps;
      }
      keep.add(best.module());
      steps.add(best);
      snr = best.snr();
    }
    return steps;
  }

  /**
   * Modules worth trying next: those that alone help most, and those that alone harm most, which
   * differ where errors cancel.
   */
  private static Set<String> candidates(List<Module> measured, Set<String> keep) {
    Set<String> candidates = new LinkedHashSet<>();
    for (Comparator<Module> order :
        List.of(
            Comparator.comparing(Module::floatSnr).reversed(),
            Comparator.comparing(Module::aloneSnr))) {
      measured.stream()
          .filter(module -> !keep.contains(module.path()))
          .sorted(order)
          .limit(CANDIDATES)
          .forEach(module -> candidates.add(module.path()));
    }
    return candidates;
  }

  /**
   * The steps' modules without those that the target is reached without, the least useful first.
   */
  private Set<String> kept(TfliteFile file, List<Step> steps, OptionalDouble target)
      throws IOException {
    Set<String> kept = new LinkedHashSet<>();
    if (target.isEmpty() || measure(file, Set.of(), done).snr() >= target.getAsDouble()) {
      return kept;
    }
    steps.forEach(step -> kept.add(step.module()));
    for (int i = steps.size() - 1; i >= 0; i--) {
      String module = steps.get(i).module();
      kept.remove(module);
      if (kept.isEmpty() || measure(file, kept, done + 1).snr() < target.getAsDouble()) {
        kept.add(module);
      }
    }
    return kept;
  }
}
