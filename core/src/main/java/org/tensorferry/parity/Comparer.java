package org.tensorferry.parity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tensorferry.tensor.HostTensor;

/** Compares tensors and says what is different. */
public final class Comparer {

  private Comparer() {}

  /** Every output of the original in its order, then what only the result has. */
  public static List<OutputComparison> compareAll(
      Map<String, HostTensor> original, Map<String, HostTensor> result, Profile profile) {
    List<OutputComparison> outputs = new ArrayList<>();
    original.forEach(
        (name, tensor) -> {
          HostTensor other = result.get(name);
          outputs.add(
              other == null
                  ? OutputComparison.missing(name, tensor)
                  : compare(name, tensor, other, profile.of(name)));
        });
    result.forEach(
        (name, tensor) -> {
          if (!original.containsKey(name)) {
            outputs.add(OutputComparison.surplus(name, tensor));
          }
        });
    return outputs;
  }

  /** Compares one output: dtype, shape and values. */
  public static OutputComparison compare(
      String name, HostTensor original, HostTensor result, Tolerance tolerance) {
    return compare(name, original, result, Profile.of(tolerance));
  }

  /** As above, with the limits of this one output and all metrics that it names. */
  static OutputComparison compare(
      String name, HostTensor original, HostTensor result, Profile profile) {
    List<Score> scores =
        profile.measured().stream()
            .flatMap(metric -> metric.of(original, result).stream())
            .toList();
    Optional<Metrics> metrics = Optional.empty();
    String difference = "shape differs";
    if (Arrays.equals(original.shape(), result.shape())) {
      difference = "dtype differs";
      if (original.dtype().isComplex() == result.dtype().isComplex()) {
        double rms = Sums.rms(original);
        Tolerance.Limits limits = profile.limits(original.dtype(), rms);
        Metrics measured = measure(original, result, limits, rms);
        metrics = Optional.of(measured);
        difference = original.dtype() != result.dtype() ? difference : judge(measured, limits);
      }
    } else if (profile.tolerance().judgesNothing() && isBound(profile, scores)) {
      // Boxes and tokens may be more or fewer, where their own metric alone decides.
      difference = "";
    }
    if (difference.isEmpty()) {
      difference =
          scores.stream().map(profile::broken).filter(s -> !s.isEmpty()).findFirst().orElse("");
    }
    return new OutputComparison(
        name,
        original.toString(),
        result.toString(),
        metrics,
        difference,
        scores,
        scores.stream().anyMatch(score -> score.metric().isOfSignals())
            ? SpectrogramPair.of(original, result)
            : Optional.empty(),
        "");
  }

  private static boolean isBound(Profile profile, List<Score> scores) {
    return scores.stream().anyMatch(score -> profile.bounds().containsKey(score.metric()));
  }

  private static String judge(Metrics metrics, Tolerance.Limits limits) {
    if (metrics.outside() > 0) {
      return metrics.outside() + " of " + metrics.elements() + " values outside the tolerance";
    }
    if (!limits.holds(metrics)) {
      return String.format(
          Locale.ROOT, "SNR %.1f dB is below %.0f dB", metrics.snrDb(), limits.snrDb());
    }
    return "";
  }

  private static Metrics measure(
      HostTensor original, HostTensor result, Tolerance.Limits limits, double rms) {
    Sums sums = new Sums();
    boolean exact = !original.dtype().isFloating() && !original.dtype().isComplex();
    boolean whole = exact && original.dtype() == result.dtype();
    int parts = original.parts();
    for (int i = 0; i < parts; i++) {
      double a = result.get(i);
      double b = original.get(i);
      // Large int64 values that differ may be one double.
      boolean same = whole ? result.getLong(i) == original.getLong(i) : equal(a, b);
      double error = same ? 0 : whole ? Math.max(1, error(a, b)) : error(a, b);
      sums.add(i, a, b, error, !same && !limits.holds(error, b), limits);
    }
    int perElement = original.dtype().isComplex() ? 2 : 1;
    return sums.metrics(original, result, perElement, rms);
  }

  private static boolean equal(double a, double b) {
    return a == b || (Double.isNaN(a) && Double.isNaN(b));
  }

  /** Infinite where one of two unequal values is not finite. */
  private static double error(double a, double b) {
    return Double.isFinite(a) && Double.isFinite(b) ? Math.abs(a - b) : Double.POSITIVE_INFINITY;
  }
}
