package org.tensorferry.parity;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HalfFloats;
import org.tensorferry.tensor.HostTensor;

/**
 * Distance in units in the last place: how many numbers of the type lie between both. The bits of a
 * floating-point number, read as a whole number with the sign turned into order, count them.
 */
final class UlpMetric {

  /** Upper ends of the buckets of the histogram; what is more comes last. */
  static final List<Long> BUCKETS = List.of(0L, 1L, 2L, 4L, 8L, 16L, 256L, 65536L);

  private UlpMetric() {}

  static Optional<Score> score(HostTensor original, HostTensor result) {
    boolean fits =
        original.dtype() == result.dtype()
            && (original.dtype().isFloating() || original.dtype().isComplex())
            && Arrays.equals(original.shape(), result.shape())
            && original.parts() > 0;
    if (!fits) {
      return Optional.empty();
    }
    long[] counts = new long[BUCKETS.size() + 1];
    double greatest = 0;
    for (int i = 0; i < original.parts(); i++) {
      double distance = distance(original.dtype(), original.get(i), result.get(i));
      greatest = Math.max(greatest, distance);
      int bucket = 0;
      while (bucket < BUCKETS.size() && distance > BUCKETS.get(bucket)) {
        bucket++;
      }
      counts[bucket]++;
    }
    double total = original.parts();
    double[] shares = Arrays.stream(counts).mapToDouble(count -> count / total).toArray();
    return Optional.of(Metric.score(Metric.ULP, greatest, shares, histogram(shares)));
  }

  private static String histogram(double[] shares) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < shares.length; i++) {
      if (shares[i] > 0) {
        String bucket = i < BUCKETS.size() ? BUCKETS.get(i).toString() : "more";
        String most = i > 2 && i < BUCKETS.size() ? "<=" : "";
        parts.add(String.format(Locale.ROOT, "%s%s: %.1f %%", most, bucket, 100 * shares[i]));
      }
    }
    return String.join(", ", parts);
  }

  /** Infinite where one of both is NaN or infinite and the other is not the same. */
  private static double distance(DType dtype, double a, double b) {
    if (a == b || (Double.isNaN(a) && Double.isNaN(b))) {
      return 0;
    }
    if (!Double.isFinite(a) || !Double.isFinite(b)) {
      return Double.POSITIVE_INFINITY;
    }
    return switch (dtype) {
      case FLOAT64, COMPLEX128 ->
          between(ordered(Double.doubleToLongBits(a), 64), ordered(Double.doubleToLongBits(b), 64));
      case FLOAT16, COMPLEX32 ->
          Math.abs(ordered(HalfFloats.toHalf(a), 16) - ordered(HalfFloats.toHalf(b), 16));
      case BFLOAT16 ->
          Math.abs(ordered(HalfFloats.toBfloat16(a), 16) - ordered(HalfFloats.toBfloat16(b), 16));
      default ->
          Math.abs(
              ordered(Float.floatToIntBits((float) a), 32)
                  - ordered(Float.floatToIntBits((float) b), 32));
    };
  }

  /** Exact where it is small; two numbers of different sign can be farther apart than a long. */
  private static double between(long a, long b) {
    return (a < 0) == (b < 0) ? Math.abs(a - b) : Math.abs((double) a - (double) b);
  }

  /** Sign and magnitude as a whole number in the order of the numbers. */
  private static long ordered(long bits, int width) {
    long magnitude = bits & (width == 64 ? Long.MAX_VALUE : (1L << (width - 1)) - 1);
    return bits < 0 ? -magnitude : magnitude;
  }
}
