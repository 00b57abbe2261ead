package org.tensorferry.fuzz;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorferry.harness.TypicalSize;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** Compares results: dtype, shape, and values up to rounding; NaN equals NaN. */
final class Comparison {

  /** Beside the range of float32's normal numbers nothing is compared. */
  private static final double TINY = 1e-37;

  private Comparison() {}

  /**
   * The first difference.
   *
   * @param least the least size that values are taken to have when rounding is judged
   * @param perturbed results of the original with other rounding: where they move, that much more
   *     is allowed
   */
  static Optional<String> difference(
      Map<String, HostTensor> expected,
      Map<String, HostTensor> actual,
      double least,
      List<Map<String, HostTensor>> perturbed) {
    for (Map.Entry<String, HostTensor> output : expected.entrySet()) {
      String name = output.getKey();
      HostTensor other = actual.get(name);
      if (other == null) {
        return Optional.of(name + " is missing; there are " + actual.keySet());
      }
      List<HostTensor> moved = perturbed.stream().map(run -> run.get(name)).toList();
      Optional<String> difference = difference(name, output.getValue(), other, least, moved);
      if (difference.isPresent()) {
        return difference;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> difference(
      String name,
      HostTensor expected,
      HostTensor actual,
      double least,
      List<HostTensor> perturbed) {
    if (expected.dtype() != actual.dtype() || !Arrays.equals(expected.shape(), actual.shape())) {
      return Optional.of(name + ": libtorch has " + expected + ", TensorFlow has " + actual);
    }
    double scale = Math.max(least, TypicalSize.of(expected));
    for (int i = 0; i < expected.parts(); i++) {
      double allowed = allowed(expected, i, scale, perturbed);
      if (!isClose(expected, actual, i, allowed)) {
        return Optional.of(
            name
                + "["
                + i
                + "] of "
                + expected
                + ": libtorch has "
                + text(expected, i)
                + ", TensorFlow has "
                + text(actual, i));
      }
    }
    return Optional.empty();
  }

  private static String text(HostTensor tensor, int part) {
    return tensor.dtype() == DType.INT64 ? "" + tensor.getLong(part) : "" + tensor.get(part);
  }

  private static boolean isClose(HostTensor expected, HostTensor actual, int i, double allowed) {
    if (allowed == Double.POSITIVE_INFINITY) {
      return true;
    }
    if (expected.dtype() == DType.INT64) {
      long error = expected.getLong(i) - actual.getLong(i);
      return Math.abs((double) error) <= allowed;
    }
    double want = expected.get(i);
    double got = actual.get(i);
    if (expected.dtype().isComplex() && !(Double.isFinite(want) && Double.isFinite(got))) {
      return true;
    }
    return want == got
        || (Double.isNaN(want) && Double.isNaN(got))
        || Math.abs(want - got) <= allowed;
  }

  private static double allowed(
      HostTensor expected, int i, double scale, List<HostTensor> perturbed) {
    double want = expected.get(i);
    double allowed = relative(expected.dtype()) * Math.max(scale, Math.abs(want));
    allowed += expected.dtype().isFloating() ? TINY : 0;
    for (HostTensor run : perturbed) {
      double moved = Math.abs(run.get(i) - want);
      boolean same = run.get(i) == want || (Double.isNaN(want) && Double.isNaN(run.get(i)));
      if (!same && !Double.isFinite(moved)) {
        return Double.POSITIVE_INFINITY;
      }
      allowed += same ? 0 : expected.dtype() == DType.BOOL ? 1 : 4 * moved;
    }
    return Double.isNaN(allowed) ? Double.POSITIVE_INFINITY : allowed;
  }

  private static double relative(DType dtype) {
    return switch (dtype) {
      case FLOAT16 -> 3e-3;
      case BFLOAT16 -> 2e-2;
      case FLOAT32 -> 4e-6;
      case FLOAT64 -> 1e-11;
      case COMPLEX64 -> 4e-5;
      case COMPLEX128 -> 1e-10;
      default -> 0;
    };
  }
}
