package org.tensorferry.parity;

import java.util.Arrays;
import java.util.Optional;
import org.tensorferry.tensor.HostTensor;

/** What is measured of signals: along the last axis, each row a channel. */
final class SignalMetrics {

  private static final int FRAME = 512;
  private static final int SHORTEST_FRAME = 8;

  /** 100 dB below the greatest power. */
  private static final double FLOOR = 1e-10;

  private SignalMetrics() {}

  static Optional<Score> score(Metric metric, HostTensor original, HostTensor result) {
    if (!Rows.areComparable(original, result)) {
      return Optional.empty();
    }
    double[][] clean = Rows.last(original).values();
    double[][] other = Rows.last(result).values();
    int shortest = metric == Metric.LSD ? SHORTEST_FRAME : 2;
    if (clean.length == 0 || clean[0].length < shortest) {
      return Optional.empty();
    }
    double[] parts = new double[clean.length];
    for (int row = 0; row < parts.length; row++) {
      parts[row] =
          switch (metric) {
            case SI_SDR -> scaleInvariant(clean[row], other[row]);
            case SDR -> ratio(clean[row], other[row], 1);
            default -> distance(clean[row], other[row]);
          };
    }
    double value =
        metric.isHigherBetter()
            ? Arrays.stream(parts).min().orElseThrow()
            : Arrays.stream(parts).max().orElseThrow();
    return Optional.of(Metric.score(metric, value, parts, ""));
  }

  /** Infinite where nothing differs, though both be silent; NaN counts as the worst. */
  private static double ratio(double[] signal, double[] estimate, double scale) {
    double energy = 0;
    double noise = 0;
    for (int i = 0; i < signal.length; i++) {
      double target = scale * signal[i];
      energy += target * target;
      noise += (estimate[i] - target) * (estimate[i] - target);
    }
    double db = noise == 0 ? Double.POSITIVE_INFINITY : 10 * Math.log10(energy / noise);
    return Double.isNaN(db) ? Double.NEGATIVE_INFINITY : db;
  }

  private static double scaleInvariant(double[] signal, double[] estimate) {
    double product = 0;
    double energy = 0;
    for (int i = 0; i < signal.length; i++) {
      product += signal[i] * estimate[i];
      energy += signal[i] * signal[i];
    }
    return ratio(signal, estimate, energy == 0 ? 1 : product / energy);
  }

  // --- spectra

  private static double distance(double[] signal, double[] estimate) {
    int size = Math.min(FRAME, Integer.highestOneBit(signal.length));
    int hop = size / 4;
    int frames = 1 + (signal.length - size) / hop;
    double[][] left = new double[frames][];
    double[][] right = new double[frames][];
    double greatest = 0;
    for (int frame = 0; frame < frames; frame++) {
      left[frame] = power(signal, frame * hop, size);
      right[frame] = power(estimate, frame * hop, size);
      greatest = Math.max(greatest, Arrays.stream(left[frame]).max().orElse(0));
    }
    double floor = greatest == 0 ? FLOOR : greatest * FLOOR;
    double sum = 0;
    for (int frame = 0; frame < frames; frame++) {
      sum += distance(left[frame], right[frame], floor);
    }
    double distance = sum / frames;
    return Double.isNaN(distance) ? Double.POSITIVE_INFINITY : distance;
  }

  private static double distance(double[] left, double[] right, double floor) {
    double sum = 0;
    for (int bin = 0; bin < left.length; bin++) {
      double db = 10 * Math.log10(Math.max(left[bin], floor) / Math.max(right[bin], floor));
      sum += db * db;
    }
    return Math.sqrt(sum / left.length);
  }

  /** Power of the bins 0 to size / 2 of a Hann window at a place. */
  static double[] power(double[] signal, int start, int size) {
    double[] real = new double[size];
    double[] imaginary = new double[size];
    for (int i = 0; i < size; i++) {
      real[i] = signal[start + i] * (0.5 - 0.5 * Math.cos(2 * Math.PI * i / size));
    }
    transform(real, imaginary);
    double[] power = new double[size / 2 + 1];
    for (int bin = 0; bin < power.length; bin++) {
      power[bin] = real[bin] * real[bin] + imaginary[bin] * imaginary[bin];
    }
    return power;
  }

  /** Fourier transform in place, of a power of two (Cooley and Tukey, 1965). */
  private static void transform(double[] real, double[] imaginary) {
    int size = real.length;
    int bits = Integer.numberOfTrailingZeros(size);
    for (int i = 0; i < size; i++) {
      int mirrored = bits == 0 ? 0 : Integer.reverse(i) >>> (32 - bits);
      if (i < mirrored) {
        swap(real, i, mirrored);
        swap(imaginary, i, mirrored);
      }
    }
    for (int half = 1; half < size; half *= 2) {
      for (int start = 0; start < size; start += 2 * half) {
        for (int i = 0; i < half; i++) {
          butterfly(real, imaginary, start + i, half, -Math.PI * i / half);
        }
      }
    }
  }

  private static void butterfly(
      double[] real, double[] imaginary, int place, int half, double angle) {
    double cosine = Math.cos(angle);
    double sine = Math.sin(angle);
    int other = place + half;
    double x = real[other] * cosine - imaginary[other] * sine;
    double y = real[other] * sine + imaginary[other] * cosine;
    real[other] = real[place] - x;
    imaginary[other] = imaginary[place] - y;
    real[place] += x;
    imaginary[place] += y;
  }

  private static void swap(double[] values, int a, int b) {
    double value = values[a];
    values[a] = values[b];
    values[b] = value;
  }
}
