package org.tensorferry.parity;

import java.util.Arrays;
import org.tensorferry.tensor.HostTensor;

/** A tensor as rows along one axis. */
record Rows(double[][] values) {

  /** Whether both are floats of one shape. */
  static boolean areComparable(HostTensor original, HostTensor result) {
    return original.dtype().isFloating()
        && result.dtype().isFloating()
        && Arrays.equals(original.shape(), result.shape());
  }

  /** The last axis; a scalar has no rows. */
  static Rows last(HostTensor tensor) {
    int axis = tensor.shape().length - 1;
    return along(tensor, axis);
  }

  /**
   * The axis of classes: the last of {@code [batch, classes]} and {@code [batch, time, classes]},
   * the second of pictures {@code [batch, classes, h, w]}.
   */
  static Rows ofClasses(HostTensor tensor) {
    int rank = tensor.shape().length;
    return along(tensor, rank >= 4 ? 1 : rank - 1);
  }

  private static Rows along(HostTensor tensor, int axis) {
    long[] shape = tensor.shape();
    if (axis < 0 || tensor.count() == 0) {
      return new Rows(new double[0][]);
    }
    int length = (int) shape[axis];
    int inner = (int) Arrays.stream(shape).skip(axis + 1L).reduce(1, (a, b) -> a * b);
    double[][] rows = new double[tensor.count() / length][length];
    for (int i = 0; i < tensor.count(); i++) {
      int block = i / (inner * length);
      rows[block * inner + i % inner][i / inner % length] = tensor.get(i);
    }
    return new Rows(rows);
  }

  int count() {
    return values.length;
  }

  /** Sizes of the rows. */
  int length() {
    return values.length == 0 ? 0 : values[0].length;
  }
}
