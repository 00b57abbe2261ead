package org.tensorferry.parity;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.tensorferry.tensor.HostTensor;

/**
 * Metrics of the trade, by name. All compare the result with the original; each looks at what its
 * trade looks at and is blind for the rest, so they stand beside the signal-to-noise ratio and do
 * not replace it.
 */
public enum Metric {
  /**
   * Scale-invariant signal-to-distortion ratio of each channel in dB; the least counts. Signals lie
   * along the last axis, every row of it is a channel (Le Roux et al., SDR - half-baked or well
   * done?, 2019, without removing the mean).
   */
  SI_SDR("si-sdr", "dB", true),

  /** Signal-to-distortion ratio of each channel in dB; the least counts. */
  SDR("sdr", "dB", true),

  /**
   * Log-spectral distance of each channel in dB: the root of the mean over bins of the squared
   * difference of the log power spectra, averaged over frames of at most 512 samples (Hann, a
   * quarter apart). Bins 100 dB below the original's greatest count as that. The greatest counts.
   */
  LSD("lsd", "dB", false),

  /** Share of the rows whose greatest class is the same. */
  TOP1("top-1", "", true),

  /** Mean share of the original's five greatest classes that are among the result's five. */
  TOP5("top-5", "", true),

  /** Spearman's rank correlation of the classes of each row; the mean counts. */
  RANK("rank", "", true),

  /**
   * Intersection over union of sets: what is true in Boolean outputs, what is above zero where
   * there is one class, else the mean over the classes that are greatest somewhere.
   */
  IOU("iou", "", true),

  /**
   * Share of boxes {@code [x1, y1, x2, y2]} that find one of the other model at an intersection
   * over union of at least one half, greedily from the best pair; of the greater number of both.
   */
  BOXES("boxes", "", true),

  /**
   * Share of equal tokens: of integers at the same places, of the longer of both along the last
   * axis.
   */
  TOKENS("tokens", "", true),

  /**
   * Greatest distance in units in the last place of the output's own type, with the share of each
   * distance: 0, 1, 2, up to 4, 8, 16, 256, 65536, and more.
   */
  ULP("ulp", "", false);

  private final String text;
  private final String unit;
  private final boolean isHigherBetter;

  Metric(String text, String unit, boolean isHigherBetter) {
    this.text = text;
    this.unit = unit;
    this.isHigherBetter = isHigherBetter;
  }

  /** As the command line and reports name it. */
  @Override
  public String toString() {
    return text;
  }

  /** {@code dB}, or empty. */
  public String unit() {
    return unit;
  }

  /** True for what is measured of signals over time. */
  boolean isOfSignals() {
    return this == SI_SDR || this == SDR || this == LSD;
  }

  /** False where a smaller number is the better one. */
  public boolean isHigherBetter() {
    return isHigherBetter;
  }

  /** By its name. */
  public static Optional<Metric> named(String name) {
    String wanted = name.strip().toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).filter(metric -> metric.text.equals(wanted)).findFirst();
  }

  /** All names, for messages. */
  public static String names() {
    return Arrays.stream(values()).map(Metric::toString).collect(Collectors.joining(", "));
  }

  /**
   * Measures an output.
   *
   * @return empty where the metric has no meaning for its type, rank or sizes
   */
  public Optional<Score> of(HostTensor original, HostTensor result) {
    return switch (this) {
      case SI_SDR, SDR, LSD -> SignalMetrics.score(this, original, result);
      case TOP1, TOP5, RANK -> ClassMetrics.score(this, original, result);
      case IOU -> SetMetrics.masks(original, result);
      case BOXES -> SetMetrics.boxes(original, result);
      case TOKENS -> SetMetrics.tokens(original, result);
      case ULP -> UlpMetric.score(original, result);
    };
  }

  /** Up to five digits, without an exponent where it can be. */
  public static String digits(double value) {
    if (!Double.isFinite(value) || (value != 0 && Math.abs(value) < 1e-3)) {
      return String.format(Locale.ROOT, "%.1e", value);
    }
    return BigDecimal.valueOf(value).round(new MathContext(5)).stripTrailingZeros().toPlainString();
  }

  /** A score of many parts, of which one number is judged. */
  static Score score(Metric metric, double value, double[] parts, String detail) {
    return new Score(metric, value, Arrays.stream(parts).boxed().toList(), detail);
  }
}
