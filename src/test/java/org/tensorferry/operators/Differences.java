package org.tensorferry.operators;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.tensorferry.harness.TypicalSize;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** Compares results: names, types, shapes, and values up to rounding; NaN equals NaN. */
final class Differences {

  private Differences() {}

  static void requireEqual(
      Map<String, HostTensor> expected, Map<String, HostTensor> actual, double tolerance) {
    assertEquals(new TreeSet<>(expected.keySet()), new TreeSet<>(actual.keySet()));
    expected.forEach(
        (name, tensor) ->
            requireEqual(name, tensor, Objects.requireNonNull(actual.get(name)), tolerance));
  }

  private static void requireEqual(
      String name, HostTensor expected, HostTensor actual, double tolerance) {
    assertEquals(expected.dtype(), actual.dtype(), name + ": dtype");
    assertArrayEquals(expected.shape(), actual.shape(), name + ": shape");
    double allowed =
        switch (expected.dtype()) {
          case FLOAT16 -> Math.max(tolerance, 2e-3);
          case BFLOAT16 -> Math.max(tolerance, 2e-2);
          case FLOAT32, FLOAT64, COMPLEX64, COMPLEX128 -> tolerance;
          default -> 0;
        };
    double scale =
        expected.dtype().isFloating() || expected.dtype().isComplex()
            ? TypicalSize.of(expected)
            : 0;
    for (int i = 0; i < expected.parts(); i++) {
      double want = expected.get(i);
      double got = actual.get(i);
      boolean close =
          Double.compare(want, got) == 0
              || want == got
              || Math.abs(want - got) <= allowed * Math.max(scale, Math.abs(want));
      if (expected.dtype() == DType.INT64) {
        close = expected.getLong(i) == actual.getLong(i);
      }
      if (!close) {
        fail(name + "[" + i + "]: libtorch has " + want + ", TensorFlow has " + got);
      }
    }
  }
}
