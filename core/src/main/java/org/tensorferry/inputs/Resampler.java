package org.tensorferry.inputs;

/**
 * Changes the rate of a signal by interpolation with a windowed sinc (J. O. Smith, "Digital Audio
 * Resampling", a Hann window over 32 zero crossings), low-passed below the lower of both Nyquist
 * frequencies. Sample 0 stays in place; beyond its ends the signal is zero.
 */
final class Resampler {

  private static final int ZERO_CROSSINGS = 32;

  /** Share of the lower Nyquist frequency that passes: the rest is the window's slope. */
  private static final double PASS = 0.95;

  private Resampler() {}

  /**
   * The signal at another rate, {@code ceil(length * to / from)} samples.
   *
   * @param from its rate in samples a second
   * @param to the rate of the result
   */
  static float[] resample(float[] signal, double from, double to) {
    if (from == to) {
      return signal;
    }
    double ratio = to / from;
    double cutoff = PASS * Math.min(1, ratio);
    double reach = ZERO_CROSSINGS / cutoff;
    float[] result = new float[Math.toIntExact((long) Math.ceil(signal.length * ratio))];
    for (int i = 0; i < result.length; i++) {
      double center = i / ratio;
      int first = (int) Math.max(0, Math.ceil(center - reach));
      int last = (int) Math.min(signal.length - 1.0, Math.floor(center + reach));
      double sum = 0;
      for (int j = first; j <= last; j++) {
        double distance = center - j;
        double window = 0.5 + 0.5 * Math.cos(Math.PI * distance / reach);
        sum += signal[j] * window * cutoff * sinc(cutoff * distance);
      }
      result[i] = (float) sum;
    }
    return result;
  }

  private static double sinc(double x) {
    return Math.abs(x) < 1e-9 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
  }
}
