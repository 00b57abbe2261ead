package org.tensorferry.port;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.tensorferry.tensor.HalfFloats;

/**
 * Ways in which values of a hand-written port go wrong, each tried on the values themselves: a way
 * that leads exactly from the right values to the present ones explains them.
 */
final class TwinValues {

  private static final double TOLERANCE = 1e-5;
  private static final double ALIKE = 0.9;

  private TwinValues() {}

  /** Equal but for rounding. */
  static boolean isSame(double[] a, double[] b) {
    double largest = 0;
    for (double value : b) {
      largest = Math.max(largest, Math.abs(value));
    }
    boolean isSame = a.length == b.length;
    for (int i = 0; isSame && i < a.length; i++) {
      isSame = Math.abs(a[i] - b[i]) <= TOLERANCE * Math.max(Math.abs(b[i]), largest * 1e-2);
    }
    return isSame;
  }

  private static double[] map(double[] values, DoubleUnaryOperator function) {
    return Arrays.stream(values).map(function).toArray();
  }

  /** All of one value, as a layer is made. */
  static Optional<String> untouched(double[] present) {
    boolean isOne = Arrays.stream(present).allMatch(value -> value == present[0]);
    return isOne && (present[0] == 0 || present[0] == 1) && present.length > 1
        ? Optional.of("all of it is " + (int) present[0] + ", as Keras makes it: it was never set")
        : Optional.empty();
  }

  /** Functions of each element. */
  static Optional<String> function(double[] present, double[] right, boolean isVariance) {
    if (isVariance && isSame(present, map(right, Math::sqrt))) {
      return Optional.of("it is the standard deviation, not the variance: square it");
    }
    if (isVariance && isSame(present, map(right, v -> 1 / Math.sqrt(v)))) {
      return Optional.of("it is one over the standard deviation, not the variance");
    }
    if (isVariance && isSame(present, map(right, v -> v * v))) {
      return Optional.of("it is the square of the variance");
    }
    if (isVariance) {
      double offset = present[0] - right[0];
      if (Math.abs(offset) < 0.1 && isSame(present, map(right, v -> v + offset))) {
        return Optional.of(
            "%s is added: an epsilon was folded in".formatted(Names.number(rounded(offset))));
      }
    }
    if (isSame(present, map(right, v -> -v))) {
      return Optional.of("its sign is turned");
    }
    if (isSame(map(present, v -> (float) v), map(right, TwinValues::half))) {
      return Optional.of("it went through float16 and was rounded");
    }
    return scaled(present, right);
  }

  private static double half(double value) {
    return HalfFloats.fromHalf(HalfFloats.toHalf(value));
  }

  private static double rounded(double value) {
    return Double.parseDouble("%.4g".formatted(value).replace(',', '.'));
  }

  private static Optional<String> scaled(double[] present, double[] right) {
    int at = 0;
    for (int i = 0; i < right.length; i++) {
      at = Math.abs(right[i]) > Math.abs(right[at]) ? i : at;
    }
    double factor = right.length == 0 || right[at] == 0 ? 1 : present[at] / right[at];
    boolean isScaled =
        factor != 0 && right.length > 1 && isSame(present, map(right, v -> v * factor));
    return isScaled
        ? Optional.of("it is multiplied by %s".formatted(Names.number(rounded(factor))))
        : Optional.empty();
  }

  /** Axes of the torch tensor in another order, with or without a turned kernel. */
  static Optional<String> axes(double[] present, double[] torch, long[] torchShape, long[] shape) {
    if (isSame(present, torch)) {
      return Optional.of(
          torchShape.length < 2
              ? "it is torch's tensor as it is"
              : "it is torch's tensor as it is, not transposed");
    }
    if (torchShape.length < 2 || torchShape.length > 5) {
      return Optional.empty();
    }
    for (int[] order : permutations(torchShape.length)) {
      double[] moved = transposed(torch, torchShape, order);
      if (isSame(present, moved)) {
        return Optional.of(
            "torch's axes stand in the order "
                + Arrays.toString(order)
                + (isIdentity(order) ? " (not transposed)" : ""));
      }
    }
    return Optional.empty();
  }

  private static boolean isIdentity(int[] order) {
    return IntStream.range(0, order.length).allMatch(i -> order[i] == i);
  }

  /** The kernel turned around along its spatial axes. */
  static Optional<String> flipped(double[] present, double[] right, long[] shape) {
    if (shape.length < 3) {
      return Optional.empty();
    }
    double[] turned = new double[right.length];
    int inner = (int) (shape[shape.length - 1] * shape[shape.length - 2]);
    int places = right.length / Math.max(inner, 1);
    for (int i = 0; i < places; i++) {
      System.arraycopy(right, i * inner, turned, (places - 1 - i) * inner, inner);
    }
    return isSame(present, turned)
        ? Optional.of("the kernel is turned around along its spatial axes")
        : Optional.empty();
  }

  static double[] transposed(double[] values, long[] shape, int[] order) {
    int rank = shape.length;
    long[] strides = new long[rank];
    long stride = 1;
    for (int i = rank - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= shape[i];
    }
    double[] moved = new double[values.length];
    int[] index = new int[rank];
    for (int i = 0; i < moved.length; i++) {
      long at = 0;
      for (int axis = 0; axis < rank; axis++) {
        at += index[axis] * strides[order[axis]];
      }
      moved[i] = values[(int) at];
      for (int axis = rank - 1; axis >= 0; axis--) {
        if (++index[axis] < shape[order[axis]]) {
          break;
        }
        index[axis] = 0;
      }
    }
    return moved;
  }

  /** Blocks of the last axis in another order: gates. */
  static Optional<String> gates(double[] present, double[] right, long[] shape, int gates) {
    int last = shape.length == 0 ? 0 : (int) shape[shape.length - 1];
    if (gates < 2 || last % gates != 0) {
      return Optional.empty();
    }
    String names = gates == 4 ? "ifco" : gates == 3 ? "zrh" : "0123456789";
    for (int[] order : permutations(gates)) {
      if (!isIdentity(order) && isSame(present, blocks(right, last, last / gates, order))) {
        StringBuilder stands = new StringBuilder();
        for (int gate : order) {
          stands.append(names.charAt(gate));
        }
        return Optional.of(
            "its gates stand in the order %s, Keras' order is %s"
                .formatted(stands, names.substring(0, gates)));
      }
    }
    return Optional.empty();
  }

  static double[] blocks(double[] values, int row, int block, int[] order) {
    double[] moved = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int inRow = i % row;
      moved[i] = values[i - inRow + order[inRow / block] * block + inRow % block];
    }
    return moved;
  }

  /** Values that go along with the right ones: another state of the same training. */
  static Optional<String> stale(double[] present, double[] right) {
    double meanP = Arrays.stream(present).average().orElse(0);
    double meanR = Arrays.stream(right).average().orElse(0);
    double both = 0;
    double ofP = 0;
    double ofR = 0;
    for (int i = 0; i < right.length; i++) {
      both += (present[i] - meanP) * (right[i] - meanR);
      ofP += Math.pow(present[i] - meanP, 2);
      ofR += Math.pow(right[i] - meanR, 2);
    }
    double correlation = both / Math.sqrt(ofP * ofR);
    return right.length >= 8 && correlation > ALIKE
        ? Optional.of(
            "its values are near torch's (correlation %.3f): another release of the same weights"
                .formatted(correlation))
        : Optional.empty();
  }

  static List<int[]> permutations(int count) {
    List<int[]> all = new ArrayList<>();
    permute(new int[count], 0, new boolean[count], all);
    return all;
  }

  private static void permute(int[] order, int at, boolean[] used, List<int[]> all) {
    if (at == order.length) {
      all.add(order.clone());
      return;
    }
    for (int i = 0; i < order.length; i++) {
      if (!used[i]) {
        used[i] = true;
        order[at] = i;
        permute(order, at + 1, used, all);
        used[i] = false;
      }
    }
  }
}
