package org.tensorferry.converters.aten;

import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Pooling to an output of a given size. */
final class AdaptivePoolingOps {

  private AdaptivePoolingOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // Average
        AtenRule.of(
            "_adaptive_avg_pool2d(Tensor self, int[2] output_size) -> Tensor",
            AdaptivePoolingOps::average),
        AtenRule.of(
            "_adaptive_avg_pool3d(Tensor self, int[3] output_size) -> Tensor",
            AdaptivePoolingOps::average),
        AtenRule.of(
            "adaptive_avg_pool1d(Tensor self, int[1] output_size) -> Tensor",
            AdaptivePoolingOps::average),
        AtenRule.of(
            "adaptive_avg_pool2d(Tensor self, int[2] output_size) -> Tensor",
            AdaptivePoolingOps::average),
        AtenRule.of(
            "adaptive_avg_pool3d(Tensor self, int[3] output_size) -> Tensor",
            AdaptivePoolingOps::average),
        // Maximum
        AtenRule.several(
            "adaptive_max_pool1d(Tensor self, int[1] output_size) -> (Tensor, Tensor)",
            AdaptivePoolingOps::maximum),
        AtenRule.several(
            "adaptive_max_pool2d(Tensor self, int[2] output_size) -> (Tensor, Tensor)",
            AdaptivePoolingOps::maximum),
        AtenRule.several(
            "adaptive_max_pool3d(Tensor self, int[3] output_size) -> (Tensor, Tensor)",
            AdaptivePoolingOps::maximum));
  }

  static TfValue average(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    List<Dim> sizes = sizes(a, x);
    return isPlane(x, sizes)
        ? averagePool(tf, x, sizes)
        : reduce(tf, "Mean", x, sizes, (bins, ragged) -> bins.mean(tf, ragged));
  }

  static List<TfValue> maximum(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    List<Dim> sizes = sizes(a, x);
    TfValue values = reduce(tf, "Max", x, sizes, (bins, ragged) -> bins.max(tf, ragged));
    return List.of(values, indices(tf, x, sizes));
  }

  private static List<Dim> sizes(OpArgs a, TfValue x) {
    int axes = a.schema().name().charAt(a.schema().name().length() - 2) - '0';
    List<Dim> given = a.dims("output_size");
    if (x.rank() < axes + 1) {
      throw a.refuse("the input has rank " + x.rank() + ", not " + (axes + 2), "");
    }
    return given.size() == axes ? given : Collections.nCopies(axes, given.get(0));
  }

  /** Two axes of known sizes in equal bins of more than one: an AvgPool. */
  private static boolean isPlane(TfValue x, List<Dim> sizes) {
    boolean known =
        IntStream.range(0, sizes.size())
            .allMatch(i -> sizes.get(i).isKnown() && x.dim(i - sizes.size()).isKnown());
    return sizes.size() == 2
        && known
        && sizes.stream().noneMatch(size -> size.is(1))
        && isEven(x.dim(-2), sizes.get(0))
        && isEven(x.dim(-1), sizes.get(1));
  }

  private static boolean isEven(Dim size, Dim bins) {
    return bins.isKnown() && bins.known() > 0 && size.floorMod(bins).is(0);
  }

  private static TfValue averagePool(TfGraph tf, TfValue x, List<Dim> sizes) {
    int high = Math.toIntExact(x.dim(-2).known() / sizes.get(0).known());
    int wide = Math.toIntExact(x.dim(-1).known() / sizes.get(1).known());
    if (high == 1 && wide == 1) {
      return x;
    }
    TfValue batch = x.rank() == 4 ? x : tf.expandDims(x, 0);
    TfValue out =
        tf.channelsLast(
            batch,
            nhwc ->
                tf.op("AvgPool", nhwc)
                    .ints("ksize", 1, high, wide, 1)
                    .ints("strides", 1, high, wide, 1)
                    .attr("padding", "VALID")
                    .get());
    return x.rank() == 4 ? out : tf.squeeze(out, 0);
  }

  /** Reduces one axis after another: whole axes, axes in equal bins, then the others. */
  private static TfValue reduce(
      TfGraph tf,
      String op,
      TfValue x,
      List<Dim> sizes,
      BiFunction<Bins, TfValue, TfValue> ragged) {
    int first = x.rank() - sizes.size();
    int[] whole =
        IntStream.range(first, x.rank()).filter(i -> sizes.get(i - first).is(1)).toArray();
    TfValue result = whole.length == 0 ? x : Kernels.reduce(tf, op, x, true, whole);
    for (int axis = first; axis < x.rank(); axis++) {
      Dim bins = sizes.get(axis - first);
      Dim size = x.dim(axis);
      if (bins.is(1) || bins.equals(size)) {
        continue;
      }
      if (isEven(size, bins)) {
        Shape split = result.shape().with(axis, size.floorDiv(bins)).insert(axis, bins);
        result = Kernels.reduce(tf, op, tf.reshape(result, split), false, axis + 1);
      } else {
        result = ragged.apply(Bins.of(tf, axis, size, bins), result);
      }
    }
    return result;
  }

  /** Where each maximum stands, counted through the pooled axes: the first of equal ones. */
  private static TfValue indices(TfGraph tf, TfValue x, List<Dim> sizes) {
    int first = x.rank() - sizes.size();
    Shape plane = x.shape().slice(first, x.rank());
    TfValue values = x;
    TfValue positions = tf.reshape(tf.range(plane.numel(), DType.INT64), plane);
    for (int i = 0; i < sizes.size(); i++) {
      Bins bins = Bins.of(tf, first + 2 * i, plane.dim(i), sizes.get(i));
      values = bins.gather(tf, values);
      positions = bins.at(2 * i).gather(tf, positions);
    }
    TfValue candidates = binsLast(tf, values, first);
    TfValue maxima = Kernels.reduce(tf, "Max", candidates, true, 2);
    TfValue places = isMaximum(tf, candidates, maxima, binsLast(tf, positions, 0));
    TfValue least = tf.reduce("Min", places, false, 2);
    return tf.reshape(least, x.shape().slice(0, first).concat(new Shape(sizes)));
  }

  /** [leading..., bins, elements, bins, elements...] to [leading, all bins, elements of a bin]. */
  private static TfValue binsLast(TfGraph tf, TfValue x, int first) {
    IntStream leading = IntStream.range(0, first);
    IntStream bins = IntStream.range(first, x.rank()).filter(i -> (i - first) % 2 == 0);
    IntStream elements = IntStream.range(first, x.rank()).filter(i -> (i - first) % 2 == 1);
    int[] order = IntStream.concat(IntStream.concat(leading, bins), elements).toArray();
    Shape shape = x.shape().permute(order);
    int middle = first + (x.rank() - first) / 2;
    return tf.reshape(
        tf.transpose(x, order),
        shape.slice(0, first).numel(),
        shape.slice(first, middle).numel(),
        shape.slice(middle, x.rank()).numel());
  }

  /** The position where a value is the maximum or NaN, elsewhere a greater number than any. */
  static TfValue isMaximum(TfGraph tf, TfValue values, TfValue maxima, TfValue positions) {
    TfValue equal = tf.binary("Equal", values, maxima);
    TfValue found = tf.binary("LogicalOr", equal, Numbers.isNan(tf, values));
    return tf.select(found, positions, Numbers.extreme(tf, DType.INT64, true));
  }
}
