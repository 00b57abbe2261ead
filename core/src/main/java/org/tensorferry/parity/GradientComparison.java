package org.tensorferry.parity;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tensorferry.engine.TorchGradients;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.recipe.RecipeBytes;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;

/**
 * What TensorFlow's tape should give, by libtorch's autograd: for every trainable variable and
 * every floating input.
 */
final class GradientComparison {

  /**
   * A gradient this much smaller than the greatest is rounding in good part (the bias of a key
   * before a softmax has none at all): its error is measured against this share of the greatest.
   */
  private static final double SMALL = 1e-2;

  /** How often libtorch is asked how far its own gradients move. */
  private static final int DISTURBANCES = 8;

  /** What two random moves may be apart, in dB. */
  private static final double SLACK = 6;

  /** Less than rounding alone can bring a gradient to. */
  private static final double SAME_MODEL_DB = 20;

  private final Map<String, HostTensor> expected;
  private final double floor;

  /** By seed: what libtorch gives where weights and inputs are moved by a unit of rounding. */
  private final LongFunction<Map<String, HostTensor>> disturbed;

  /** Those that were asked for so far. */
  private final List<Map<String, HostTensor>> moved = new ArrayList<>();

  private GradientComparison(
      Map<String, HostTensor> expected, LongFunction<Map<String, HostTensor>> disturbed) {
    this.expected = expected;
    this.disturbed = disturbed;
    this.floor = SMALL * expected.values().stream().mapToDouble(Sums::rms).max().orElse(0);
  }

  /**
   * Expects what libtorch gave.
   *
   * @param disturbed by seed: what it gives after a disturbance by a unit of rounding, which is
   *     asked for only where a gradient is off
   * @param inputs names of the inputs by position
   */
  static GradientComparison of(
      TorchGradients torch,
      LongFunction<TorchGradients> disturbed,
      List<String> inputs,
      List<PortedVariable> variables) {
    return new GradientComparison(
        named(torch, inputs, variables), seed -> named(disturbed.apply(seed), inputs, variables));
  }

  private static Map<String, HostTensor> named(
      TorchGradients torch, List<String> inputs, List<PortedVariable> variables) {
    Map<String, HostTensor> named = new LinkedHashMap<>();
    for (PortedVariable variable : variables) {
      if (variable.trainable()) {
        named.put("variable " + variable.name(), ofVariable(torch.parameters(), variable));
      }
    }
    torch
        .inputs()
        .forEach((position, gradient) -> named.put("input " + inputs.get(position), gradient));
    return named;
  }

  /**
   * A recipe moves elements, so it moves their gradients likewise; of a sum, every part has the
   * gradient of the whole.
   */
  private static HostTensor ofVariable(
      Map<String, HostTensor> parameters, PortedVariable variable) {
    List<TensorSource> sources = new ArrayList<>();
    for (int i = 0; i < variable.sources().size(); i++) {
      @Nullable HostTensor gradient = parameters.get(variable.sources().get(i));
      TensorData source = variable.data().get(i);
      sources.add(
          gradient == null
              ? TensorData.of(source.dtype(), source.shape(), new byte[(int) source.byteSize()])
              : TensorData.of(gradient.dtype(), gradient.shape(), bytes(gradient)));
    }
    TensorSource moved = variable.recipe().apply(sources, new GradientBytes());
    return HostTensor.of(moved.dtype(), moved.shape(), ByteBuffer.wrap(moved.toBytes()));
  }

  private static byte[] bytes(HostTensor tensor) {
    byte[] bytes = new byte[tensor.bytes().remaining()];
    tensor.bytes().get(bytes);
    return bytes;
  }

  private static final class GradientBytes extends RecipeBytes {
    @Override
    public TensorSource sum(List<TensorSource> values) {
      return values.get(0);
    }
  }

  /** The names of those that are farther off than rounding explains. */
  Set<String> off(Map<String, HostTensor> actual) {
    Set<String> off = new LinkedHashSet<>();
    expected.forEach(
        (name, gradient) -> {
          if (!compare(name, gradient, actual.get(name), Set.of(), new ArrayList<>()).isEqual()) {
            off.add(name);
          }
        });
    return off;
  }

  /**
   * All gradients as one line of a report, with the numbers of the one that is farthest off.
   *
   * @param right names of those that are right on inputs of the same sizes beside these
   */
  OutputComparison compare(Map<String, HostTensor> actual, Set<String> right) {
    List<OutputComparison> all = new ArrayList<>();
    List<String> jumps = new ArrayList<>();
    expected.forEach(
        (name, gradient) -> all.add(compare(name, gradient, actual.get(name), right, jumps)));
    OutputComparison worst =
        all.stream()
            .min(
                (a, b) ->
                    a.isEqual() != b.isEqual()
                        ? Boolean.compare(a.isEqual(), b.isEqual())
                        : Double.compare(snrDb(a), snrDb(b)))
            .orElseThrow();
    String difference =
        worst.isEqual() ? "" : "the gradient of " + worst.name() + ": " + worst.difference();
    return new OutputComparison(
        OutputComparison.GRADIENTS + counted(expected.keySet()) + told(jumps),
        worst.original(),
        worst.result(),
        worst.metrics(),
        difference);
  }

  private static String told(List<String> jumps) {
    return jumps.isEmpty()
        ? ""
        : ", " + jumps.size() + " of them apart by a jump of the gradient, which rounding decides";
  }

  Set<String> names() {
    return expected.keySet();
  }

  boolean isEmpty() {
    return expected.isEmpty();
  }

  private static double snrDb(OutputComparison comparison) {
    return comparison.metrics().map(Metrics::snrDb).orElse(Double.NEGATIVE_INFINITY);
  }

  private static String counted(Collection<String> names) {
    long variables = names.stream().filter(name -> name.startsWith("variable ")).count();
    long inputs = names.size() - variables;
    List<String> parts = new ArrayList<>();
    if (variables > 0) {
      parts.add(variables + (variables == 1 ? " variable" : " variables"));
    }
    if (inputs > 0) {
      parts.add(inputs + (inputs == 1 ? " input" : " inputs"));
    }
    return String.join(", ", parts);
  }

  private OutputComparison compare(
      String name,
      HostTensor original,
      @Nullable HostTensor result,
      Set<String> right,
      List<String> jumps) {
    HostTensor reached =
        result != null
            ? result
            : HostTensor.generate(original.dtype(), original.shape(), part -> 0);
    OutputComparison raw = Comparer.compare(name, original, reached, Tolerance.DEFAULT);
    if (raw.metrics().isEmpty()) {
      return raw;
    }
    Metrics metrics = raw.metrics().get();
    double snrDb = atLeastFloor(metrics, original, reached);
    double least = leastDb(original.dtype());
    boolean jump =
        snrDb < least
            && snrDb >= SAME_MODEL_DB
            && (right.contains(name) || isRounding(name, original, snrDb));
    if (jump) {
      jumps.add(name);
    }
    String difference =
        snrDb >= least || jump
            ? ""
            : result == null
                ? "none reaches it in TensorFlow"
                : String.format(Locale.ROOT, "SNR %.1f dB is below %.0f dB", snrDb, least);
    return new OutputComparison(
        name, raw.original(), raw.result(), raw.metrics().map(m -> m.withSnrDb(snrDb)), difference);
  }

  /**
   * True where libtorch's own gradient moves as far. Gradients jump where the argument of a ReLU
   * passes 0 or another element becomes the greatest, and among millions of elements a unit of
   * rounding decides that for some: a jump that is rare is not there on other inputs, and one that
   * is frequent is found in libtorch too, while a formula that is wrong is wrong on all inputs.
   */
  private boolean isRounding(String name, HostTensor original, double snrDb) {
    for (int seed = 0; seed < DISTURBANCES; seed++) {
      if (moved.size() == seed) {
        moved.add(disturbed.apply(seed));
      }
      HostTensor other = Objects.requireNonNull(moved.get(seed).get(name));
      OutputComparison own = Comparer.compare(name, original, other, Tolerance.DEFAULT);
      if (own.metrics().isPresent()
          && snrDb >= atLeastFloor(own.metrics().get(), original, other) - SLACK) {
        return true;
      }
    }
    return false;
  }

  /** The ratio, where the signal counts as at least the floor in every element. */
  private double atLeastFloor(Metrics metrics, HostTensor original, HostTensor result) {
    double noise =
        IntStream.range(0, original.parts())
            .mapToDouble(i -> original.get(i) - result.get(i))
            .map(error -> error * error)
            .sum();
    double size = Math.max(metrics.rms(), floor);
    double signal = size * size * original.parts();
    return noise == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(signal / noise);
  }

  private static double leastDb(DType dtype) {
    return switch (Objects.requireNonNull(dtype)) {
      case FLOAT16 -> 35;
      case BFLOAT16 -> 20;
      default -> 80;
    };
  }
}
