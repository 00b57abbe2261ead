package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.Value;

/** Axes that operators work along. A tensor of rank 0 counts as one element on axis 0. */
final class Axes {

  private Axes() {}

  static int[] all(TfValue x) {
    return IntStream.range(0, x.rank()).toArray();
  }

  /** The axes of a reduction; none given means all. */
  static int[] of(OpArgs a, String name, TfValue x) {
    int[] axes = a.axes(name, x.rank());
    if (x.rank() == 0) {
      return new int[0];
    }
    int[] sorted = Arrays.stream(axes).sorted().toArray();
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i] == sorted[i - 1]) {
        throw a.refuse("axis " + sorted[i] + " appears twice in `" + name + "`", "");
      }
    }
    return axes;
  }

  /** An empty list, which some operators tell from none at all. */
  static boolean isEmptyList(OpArgs a, String name) {
    return a.has(name) && a.value(name) instanceof Value.ListOf list && list.elements().isEmpty();
  }

  /** Number of elements that a reduction takes together. */
  static Dim count(TfValue x, int... axes) {
    return Arrays.stream(axes).mapToObj(x::dim).reduce(Dim.ONE, Dim::times);
  }

  /** All elements on one axis. */
  static TfValue flat(TfGraph tf, TfValue x) {
    return tf.reshape(x, x.shape().numel());
  }

  /** An operator of the last axis, applied along any axis; it may change that axis's size. */
  static TfValue along(TfGraph tf, TfValue x, int axis, UnaryOperator<TfValue> last) {
    return alongAll(tf, x, axis, v -> List.of(last.apply(v))).get(0);
  }

  /** As {@link #along}, with several results. */
  static List<TfValue> alongAll(
      TfGraph tf, TfValue x, int axis, Function<TfValue, List<TfValue>> last) {
    if (x.rank() == 0) {
      return last.apply(tf.reshape(x, Shape.of(1))).stream()
          .map(result -> tf.reshape(result, Shape.SCALAR))
          .toList();
    }
    int[] swap = all(x);
    swap[axis] = x.rank() - 1;
    swap[x.rank() - 1] = axis;
    List<TfValue> results = new ArrayList<>();
    for (TfValue result : last.apply(tf.transpose(x, swap))) {
      results.add(tf.transpose(result, swap));
    }
    return results;
  }

  /**
   * As {@link #alongAll} for operators whose results have size 1 on that axis, which is kept or
   * removed.
   */
  static List<TfValue> reduce(
      TfGraph tf, TfValue x, int axis, boolean keepDim, Function<TfValue, List<TfValue>> last) {
    List<TfValue> results = alongAll(tf, x, axis, last);
    return keepDim || x.rank() == 0
        ? results
        : results.stream().map(result -> tf.squeeze(result, axis)).toList();
  }
}
