package org.tensorferry.parity;

import java.util.Locale;
import java.util.OptionalDouble;
import org.tensorferry.tensor.DType;

/**
 * How far a result may be from the original.
 *
 * <p>What the user gives is taken as numpy takes it: {@code |a - b| <= atol + rtol * |b|} for every
 * element, with 0 for the one of the two that is not given. With nothing given the limits come from
 * the dtype, are a share of the output's size ({@code atol} is multiplied with its RMS where that
 * is above 1), and the whole output must have a signal-to-noise ratio: a formula that is nearly
 * right (tanh for erf in GELU, another epsilon) is off by little everywhere, which no element shows
 * and the ratio does. Correct float32 models reach 105 dB and more, such faults 60 to 80.
 *
 * <p>Integers and booleans must be equal whatever the tolerance, unless nothing is judged.
 *
 * @param absolute atol
 * @param relative rtol
 * @param leastSnr the signal-to-noise ratio in dB that alone decides, where no other number is
 *     given; negative infinity judges nothing
 */
public record Tolerance(OptionalDouble absolute, OptionalDouble relative, OptionalDouble leastSnr) {

  /** Limits from the dtype. */
  public static final Tolerance DEFAULT =
      new Tolerance(OptionalDouble.empty(), OptionalDouble.empty());

  /** As numpy's {@code allclose}, or by the dtype where neither is given. */
  public Tolerance(OptionalDouble absolute, OptionalDouble relative) {
    this(absolute, relative, OptionalDouble.empty());
  }

  /** Only the signal-to-noise ratio of a whole output counts. */
  public static Tolerance ratio(double leastSnr) {
    return new Tolerance(
        OptionalDouble.empty(), OptionalDouble.empty(), OptionalDouble.of(leastSnr));
  }

  /** An error below this is no difference in floating point, however small the output is. */
  private static final double NOISE = 1e-6;

  public Tolerance {
    if (absolute.orElse(0) < 0 || relative.orElse(0) < 0) {
      throw new IllegalArgumentException("a tolerance is not negative");
    }
  }

  /** As numpy's {@code allclose}. */
  public static Tolerance of(double absolute, double relative) {
    return new Tolerance(OptionalDouble.of(absolute), OptionalDouble.of(relative));
  }

  /**
   * What one output must keep.
   *
   * @param snrDb least ratio, negative infinity for none
   * @param noise the greatest error for which the ratio does not count
   */
  record Limits(double absolute, double relative, double snrDb, double noise) {

    boolean holds(double error, double reference) {
      // Beside an infinite reference the right side is infinite too.
      return Double.isFinite(error) && error <= absolute + relative * Math.abs(reference);
    }

    boolean holds(Metrics metrics) {
      return metrics.maxAbsolute() <= noise || metrics.snrDb() >= snrDb;
    }
  }

  /** True where the user gave no number. */
  public boolean isDefault() {
    return absolute.isEmpty() && relative.isEmpty() && leastSnr.isEmpty();
  }

  /** True where every output passes whose numbers are finite. */
  public boolean judgesNothing() {
    return leastSnr.orElse(0) == Double.NEGATIVE_INFINITY;
  }

  /**
   * The limits of one output.
   *
   * @param rms root of the mean square of the original's values
   */
  Limits limits(DType dtype, double rms) {
    boolean onlyRatio = absolute.isEmpty() && relative.isEmpty() && leastSnr.isPresent();
    if (onlyRatio && (judgesNothing() || dtype.isFloating() || dtype.isComplex())) {
      return new Limits(Double.POSITIVE_INFINITY, 0, leastSnr.getAsDouble(), NOISE);
    }
    if (!dtype.isFloating() && !dtype.isComplex()) {
      return new Limits(0, 0, Double.NEGATIVE_INFINITY, 0);
    }
    if (absolute.isPresent() || relative.isPresent()) {
      double ratio = leastSnr.orElse(Double.NEGATIVE_INFINITY);
      return new Limits(absolute.orElse(0), relative.orElse(0), ratio, 0);
    }
    double size = Math.max(1, rms);
    return switch (dtype) {
      case FLOAT16, COMPLEX32 -> new Limits(1e-2 * size, 1e-2, 40, 1e-3);
      case BFLOAT16 -> new Limits(5e-2 * size, 5e-2, 25, 1e-2);
      default -> new Limits(1e-4 * size, 1e-4, 90, NOISE);
    };
  }

  /** The limits of a type, as reports print them. */
  static String textOf(DType type) {
    Limits limits = DEFAULT.limits(type, 1);
    return String.format(
        Locale.ROOT,
        "|a-b| <= %s max(1, rms) + %s |b|, SNR >= %.0f dB",
        power(limits.absolute()),
        power(limits.relative()),
        limits.snrDb());
  }

  /** {@code 1e-4} in place of {@code 1.0E-4}. */
  private static String power(double value) {
    int exponent = (int) Math.floor(Math.log10(value) + 1e-9);
    return Math.round(value / Math.pow(10, exponent)) + "e" + exponent;
  }

  /** As reports print it. */
  @Override
  public String toString() {
    if (isDefault()) {
      return textOf(DType.FLOAT32) + " (float32)";
    }
    if (judgesNothing()) {
      return "that it runs: 8 bits lose something, and --min-snr says how much is too much";
    }
    String ratio =
        leastSnr.isPresent()
            ? String.format(Locale.ROOT, "SNR >= %.0f dB", leastSnr.getAsDouble())
            : "";
    if (absolute.isEmpty() && relative.isEmpty()) {
      return ratio;
    }
    return String.format(
            Locale.ROOT, "|a-b| <= %.3g + %.3g |b|", absolute.orElse(0), relative.orElse(0))
        + (ratio.isEmpty() ? "" : ", " + ratio);
  }
}
