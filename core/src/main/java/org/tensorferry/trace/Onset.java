package org.tensorferry.trace;

import java.util.Optional;
import org.tensorferry.tensor.HostTensor;

/** The first step of time from which on two tensors differ by more than rounding. */
final class Onset {

  private static final double ROUNDING = 1e-5;

  private Onset() {}

  /** In a sentence; empty where there is no such step. */
  static Optional<String> of(HostTensor original, HostTensor result, int axis) {
    long[] shape = original.shape();
    if (axis >= shape.length || original.parts() != result.parts()) {
      return Optional.empty();
    }
    int inner = 1;
    for (int i = axis + 1; i < shape.length; i++) {
      inner *= (int) shape[i];
    }
    int steps = (int) shape[axis];
    double[] noise = new double[steps];
    double signal = 0;
    for (int i = 0; i < original.parts(); i++) {
      double error = original.get(i) - result.get(i);
      noise[i / inner % steps] += error * error;
      signal += original.get(i) * original.get(i);
    }
    double limit = ROUNDING * ROUNDING * signal / Math.max(steps, 1);
    for (int step = 0; step < steps; step++) {
      if (!(noise[step] <= limit)) {
        return Optional.of(
            step == 0
                ? "It differs from the first time step on."
                : "It drifts from time step " + (step + 1) + " of " + steps + " on.");
      }
    }
    return Optional.empty();
  }
}
