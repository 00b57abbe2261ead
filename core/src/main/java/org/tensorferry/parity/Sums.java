package org.tensorferry.parity;

import java.util.Arrays;
import java.util.List;
import org.tensorferry.tensor.HostTensor;

/** What {@link Metrics} are computed from, over the parts of two tensors. */
final class Sums {

  private double maxAbsolute;
  private double sumAbsolute;
  private double maxRelative;
  private double errorEnergy;
  private double signalEnergy;
  private double resultEnergy;
  private double product;
  private long counted;
  private long outside;
  private int worst = -1;
  private double worstExcess = Double.NEGATIVE_INFINITY;

  /** Adds a part: value {@code a} of the result, {@code b} of the original. */
  void add(int part, double a, double b, double error, boolean isOutside, Tolerance.Limits limits) {
    if (isOutside) {
      outside++;
    }
    // Where only ratios judge, there is no limit to exceed.
    double limit = limits.absolute() + limits.relative() * Math.abs(b);
    double excess = limit == Double.POSITIVE_INFINITY && error < limit ? error : error - limit;
    if (error > 0 && (excess > worstExcess || Double.isNaN(excess))) {
      worst = part;
      worstExcess = Double.isNaN(excess) ? Double.POSITIVE_INFINITY : excess;
    }
    maxAbsolute = Math.max(maxAbsolute, error);
    sumAbsolute += error;
    if (error > 0 && b != 0) {
      double relative = Double.isFinite(b) ? error / Math.abs(b) : Double.POSITIVE_INFINITY;
      maxRelative = Math.max(maxRelative, relative);
    }
    errorEnergy += error * error;
    if (Double.isFinite(a) && Double.isFinite(b)) {
      signalEnergy += b * b;
      resultEnergy += a * a;
      product += a * b;
      counted++;
    } else if (error > 0) {
      counted++;
    }
  }

  Metrics metrics(HostTensor original, HostTensor result, int perElement, double rms) {
    return new Metrics(
        original.count(),
        maxAbsolute,
        counted == 0 ? 0 : sumAbsolute / counted,
        maxRelative,
        snr(),
        cosine(),
        rms,
        outside,
        place(original, result, perElement));
  }

  private double snr() {
    if (errorEnergy == 0) {
      return Double.POSITIVE_INFINITY;
    }
    return 10 * Math.log10(signalEnergy / errorEnergy);
  }

  private double cosine() {
    if (signalEnergy == 0 || resultEnergy == 0) {
      return signalEnergy == resultEnergy ? 1 : 0;
    }
    return product / Math.sqrt(signalEnergy) / Math.sqrt(resultEnergy);
  }

  private Metrics.Place place(HostTensor original, HostTensor result, int perElement) {
    if (original.parts() == 0) {
      return new Metrics.Place(List.of(), 0, 0);
    }
    int part = Math.max(worst, 0);
    List<Long> index = Arrays.stream(original.index(part / perElement)).boxed().toList();
    return new Metrics.Place(index, original.get(part), result.get(part));
  }

  /** Root of the mean square of the finite values. */
  static double rms(HostTensor tensor) {
    double energy = 0;
    long finite = 0;
    for (int i = 0; i < tensor.parts(); i++) {
      double value = tensor.get(i);
      if (Double.isFinite(value)) {
        energy += value * value;
        finite++;
      }
    }
    return finite == 0 ? 0 : Math.sqrt(energy / finite);
  }
}
