package org.tensorferry.harness;

import org.tensorferry.tensor.HostTensor;

/** What rounding is judged by where a single value is near zero. */
public final class TypicalSize {

  private TypicalSize() {}

  /** The mean size of the finite values, at most 1. */
  public static double of(HostTensor tensor) {
    double sum = 0;
    int finite = 0;
    for (int i = 0; i < tensor.parts(); i++) {
      if (Double.isFinite(tensor.get(i))) {
        sum += Math.abs(tensor.get(i));
        finite++;
      }
    }
    return finite == 0 ? 0 : Math.min(1, sum / finite);
  }
}
