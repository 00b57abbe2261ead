package org.tensorferry.parity;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.tensorferry.tensor.HostTensor;

/**
 * An output of audio as ears would compare it: the original, the result and what is between them
 * over time and frequency. Levels are in dB below the original's greatest, from {@link #FLOOR} to
 * 0.
 *
 * <p>Signals of {@link #SIGNAL} samples and more on the last axis are cut into frames of {@value
 * #FRAME} (Hann). Shorter ones with a time axis before them are taken for spectra as they are.
 *
 * @param axes what the columns and rows are, in words
 * @param frames columns, in the order of time
 * @param bins rows, low frequencies first
 * @param original by frame, then bin
 * @param result by frame, then bin
 * @param error of the result, by frame, then bin
 */
public record SpectrogramPair(
    String axes, int frames, int bins, float[] original, float[] result, float[] error) {

  /** The lowest level that is told from silence, in dB. */
  public static final float FLOOR = -120;

  private static final int FRAME = 512;
  private static final int SIGNAL = 2 * FRAME;

  /** A picture has no room for more columns. */
  private static final int MOST_FRAMES = 240;

  private static final int MOST_BINS = 1024;
  private static final int FEWEST = 8;

  /** One signal in frames and bins: powers. */
  private record Grid(String axes, double[][] power) {}

  /**
   * The pair of an output.
   *
   * @return empty where the shapes differ or neither a signal nor spectra can be meant
   */
  static Optional<SpectrogramPair> of(HostTensor original, HostTensor result) {
    if (!Rows.areComparable(original, result)) {
      return Optional.empty();
    }
    double[][] clean = Rows.last(original).values();
    double[][] other = Rows.last(result).values();
    int length = clean.length == 0 ? 0 : clean[0].length;
    if (length >= SIGNAL) {
      int channel = worst(clean, other, 1);
      double[] difference = minus(other[channel], clean[channel]);
      return Optional.of(
          levels(
              framed(clean[channel], channel),
              framed(other[channel], channel),
              framed(difference, channel)));
    }
    int rank = original.shape().length;
    int time = rank < 2 ? 0 : (int) original.shape()[rank - 2];
    if (length < FEWEST || length > MOST_BINS || time < FEWEST) {
      return Optional.empty();
    }
    int first = worst(clean, other, time) * time;
    double[][] left = Arrays.copyOfRange(clean, first, first + time);
    double[][] right = Arrays.copyOfRange(other, first, first + time);
    double[][] difference = new double[time][];
    for (int i = 0; i < time; i++) {
      difference[i] = minus(right[i], left[i]);
    }
    return Optional.of(levels(spectra(left), spectra(right), spectra(difference)));
  }

  /** The group of rows with the greatest error. */
  private static int worst(double[][] clean, double[][] other, int group) {
    int worst = 0;
    double most = -1;
    for (int first = 0; first + group <= clean.length; first += group) {
      double energy = 0;
      for (int row = first; row < first + group; row++) {
        energy += Arrays.stream(minus(other[row], clean[row])).map(e -> e * e).sum();
      }
      if (energy > most) {
        most = energy;
        worst = first / group;
      }
    }
    return worst;
  }

  private static double[] minus(double[] a, double[] b) {
    double[] difference = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      difference[i] = a[i] - b[i];
    }
    return difference;
  }

  private static Grid framed(double[] signal, int channel) {
    int hop = Math.max(FRAME / 4, (signal.length - FRAME) / (MOST_FRAMES - 1));
    double[][] power = new double[1 + (signal.length - FRAME) / hop][];
    for (int frame = 0; frame < power.length; frame++) {
      power[frame] = SignalMetrics.power(signal, frame * hop, FRAME);
    }
    return new Grid(
        String.format(
            Locale.ROOT,
            "channel %d, %d samples from left to right, frequency from 0 below to half the sample rate",
            channel,
            signal.length),
        power);
  }

  private static Grid spectra(double[][] values) {
    int step = (values.length + MOST_FRAMES - 1) / MOST_FRAMES;
    double[][] power = new double[(values.length + step - 1) / step][];
    for (int frame = 0; frame < power.length; frame++) {
      power[frame] = Arrays.stream(values[frame * step]).map(v -> v * v).toArray();
    }
    return new Grid(
        String.format(
            Locale.ROOT,
            "%d frames from left to right, %d values of a frame from below",
            values.length,
            values[0].length),
        power);
  }

  private static SpectrogramPair levels(Grid original, Grid result, Grid error) {
    double greatest = Arrays.stream(original.power).flatMapToDouble(Arrays::stream).max().orElse(0);
    int frames = original.power.length;
    int bins = original.power[0].length;
    return new SpectrogramPair(
        original.axes,
        frames,
        bins,
        decibels(original.power, greatest),
        decibels(result.power, greatest),
        decibels(error.power, greatest));
  }

  private static float[] decibels(double[][] power, double greatest) {
    float[] levels = new float[power.length * power[0].length];
    int place = 0;
    for (double[] frame : power) {
      for (double value : frame) {
        double db = 10 * Math.log10(value / (greatest > 0 ? greatest : 1));
        // What is no number is as loud as can be: it must be seen.
        levels[place++] = Double.isNaN(db) ? 0 : (float) Math.max(FLOOR, Math.min(0, db));
      }
    }
    return levels;
  }
}
