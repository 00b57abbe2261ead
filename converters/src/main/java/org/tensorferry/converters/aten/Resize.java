package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * What a resize operator is asked for (coordinates: ATen/native/UpSample.h).
 *
 * @param input [N, C, spatial...]
 * @param sizes of the result's spatial axes
 * @param factors scale factors that count instead of the ratio of sizes; null where there is none
 */
record Resize(
    TfValue input, List<Dim> sizes, List<@Nullable Double> factors, boolean alignCorners) {

  static Resize read(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor(a.has("input") ? "input" : "self");
    boolean align = a.has("align_corners") && a.flag("align_corners");
    if (a.has("scale_factors")) {
      if (a.isGiven("output_size")) {
        List<Dim> sizes = a.dims("output_size");
        a.ignore("scale_factors");
        return new Resize(x, sizes, Collections.nCopies(sizes.size(), null), align);
      }
      List<@Nullable Double> factors = new ArrayList<>();
      List<Dim> sizes = new ArrayList<>();
      for (double factor : a.numbers("scale_factors")) {
        sizes.add(scaled(tf, x.dim(sizes.size() + 2), factor));
        factors.add(factor);
      }
      return new Resize(x, sizes, factors, align);
    }
    List<@Nullable Double> factors = new ArrayList<>();
    for (String name : List.of("scales", "scales_d", "scales_h", "scales_w")) {
      if (a.has(name)) {
        factors.add(a.isGiven(name) ? a.number(name) : null);
      }
    }
    return new Resize(x, a.dims("output_size"), factors, align);
  }

  /** floor(size * factor), as float64 has the product. */
  private static Dim scaled(TfGraph tf, Dim size, double factor) {
    if (size.isKnown()) {
      return Dim.of((long) (size.known() * factor));
    }
    // A factor of few binary digits is a fraction that the size can be multiplied by exactly.
    for (long by = 1; by <= 1 << 16; by *= 2) {
      double numerator = factor * by;
      if (numerator == Math.rint(numerator)) {
        return size.times((long) numerator).floorDiv(by);
      }
    }
    TfValue product =
        tf.mul(tf.cast(tf.dim(size), DType.FLOAT64), tf.scalar(DType.FLOAT64, factor));
    OptionalLong example =
        size.example().isPresent()
            ? OptionalLong.of((long) (size.example().getAsLong() * factor))
            : OptionalLong.empty();
    return Dim.of(tf.symbol(tf.cast(product, DType.INT32), example, 0));
  }

  /** True where the ratio of the sizes is the scale. */
  boolean isBySizes() {
    for (int i = 0; i < sizes.size(); i++) {
      if (factor(i) != null) {
        return false;
      }
    }
    return true;
  }

  /** The factor where it counts: not with aligned corners, not where it is the ratio of sizes. */
  private @Nullable Double factor(int i) {
    @Nullable Double factor = factors.get(i);
    if (factor == null || factor <= 0 || alignCorners) {
      return null;
    }
    Dim from = input.dim(i + 2);
    Dim to = sizes.get(i);
    boolean isRatio =
        (from.isKnown() && to.isKnown())
            ? from.known() * factor == to.known()
            : factor == Math.rint(factor) && to.equals(from.times(factor.longValue()));
    return isRatio ? null : factor;
  }

  /** The spatial axes, ready to resample along; coordinates in the given type. */
  List<Axis> axes(TfGraph tf, DType dtype) {
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < sizes.size(); i++) {
      axes.add(new Axis(i + 2, input.dim(i + 2), sizes.get(i), scale(tf, i, dtype), alignCorners));
    }
    return axes;
  }

  /** Input elements for each output element. */
  private TfValue scale(TfGraph tf, int i, DType dtype) {
    @Nullable Double factor = factor(i);
    if (factor != null) {
      return tf.scalar(dtype, dtype == DType.FLOAT64 ? 1 / factor : (float) (1 / factor));
    }
    Dim from = input.dim(i + 2).minus(alignCorners ? 1 : 0);
    Dim to = sizes.get(i).minus(alignCorners ? 1 : 0);
    if (to.is(0)) {
      return tf.scalar(dtype, 0);
    }
    return tf.div(tf.cast(tf.dim(from), dtype), tf.cast(tf.dim(to), dtype));
  }

  /**
   * One axis to resample along.
   *
   * @param from size of the input
   * @param to size of the output
   * @param scale input elements for each output element
   */
  record Axis(int axis, Dim from, Dim to, TfValue scale, boolean alignCorners) {

    TfValue nearest(TfGraph tf, TfValue x, boolean exact) {
      TfValue index = tf.range(to, scale.dtype());
      TfValue position = tf.mul(exact ? tf.add(index, 0.5) : index, scale);
      return element(tf, x, tf.unary("Floor", position), 0);
    }

    /** Torch leaves an axis of the right size alone, whatever scale it is given. */
    TfValue linear(TfGraph tf, TfValue x) {
      if (from.equals(to)) {
        return x;
      }
      TfValue position = tf.maximum(unlessSame(tf).position(tf), tf.scalar(scale.dtype(), 0));
      TfValue floor = tf.unary("Floor", position);
      TfValue weight = along(tf, x, tf.sub(position, floor));
      TfValue rest = tf.sub(tf.scalar(x.dtype(), 1), weight);
      return tf.add(
          tf.mul(element(tf, x, floor, 0), rest), tf.mul(element(tf, x, floor, 1), weight));
    }

    /** With a scale of 1 where the sizes turn out to be the same. */
    private Axis unlessSame(TfGraph tf) {
      if (from.isKnown() && to.isKnown()) {
        return this;
      }
      TfValue same = tf.op("Equal", tf.dim(from), tf.dim(to)).get();
      TfValue one = tf.scalar(scale.dtype(), 1);
      return new Axis(axis, from, to, tf.op("SelectV2", same, one, scale).get(), alignCorners);
    }

    /** Four elements weighted by the cubic convolution kernel of a = -0.75. */
    TfValue cubic(TfGraph tf, TfValue x) {
      TfValue position = position(tf);
      TfValue floor = tf.unary("Floor", position);
      TfValue t = tf.sub(position, floor);
      @Nullable TfValue sum = null;
      List<TfValue> weights = cubicWeights(tf, t);
      for (int i = 0; i < 4; i++) {
        TfValue term = tf.mul(element(tf, x, floor, i - 1), along(tf, x, weights.get(i)));
        sum = sum == null ? term : tf.add(sum, term);
      }
      return Objects.requireNonNull(sum);
    }

    private TfValue position(TfGraph tf) {
      TfValue index = tf.range(to, scale.dtype());
      return alignCorners ? tf.mul(index, scale) : tf.add(tf.mul(tf.add(index, 0.5), scale), -0.5);
    }

    /** The elements beside each position, the outermost ones for positions beyond them. */
    private TfValue element(TfGraph tf, TfValue x, TfValue floor, int offset) {
      TfValue index = tf.cast(floor, DType.INT32);
      TfValue moved = offset == 0 ? index : tf.add(index, offset);
      TfValue zero = tf.dim(Dim.ZERO);
      return tf.gather(x, tf.minimum(tf.maximum(moved, zero), tf.dim(from.minus(1))), axis);
    }

    private TfValue along(TfGraph tf, TfValue x, TfValue vector) {
      Shape shape = Shape.of(to);
      for (int i = axis + 1; i < x.rank(); i++) {
        shape = shape.insert(1, Dim.ONE);
      }
      return tf.reshape(tf.cast(vector, x.dtype()), shape);
    }
  }

  /** Weights of the elements at -1, 0, 1 and 2 for a position t in [0, 1). */
  static List<TfValue> cubicWeights(TfGraph tf, TfValue t) {
    double a = -0.75;
    TfValue one = tf.scalar(t.dtype(), 1);
    TfValue u = tf.sub(one, t);
    return List.of(
        cubicFar(tf, tf.add(t, 1), a),
        cubicNear(tf, t, a),
        cubicNear(tf, u, a),
        cubicFar(tf, tf.add(u, 1), a));
  }

  /** ((a + 2) x - (a + 3)) x^2 + 1. */
  private static TfValue cubicNear(TfGraph tf, TfValue x, double a) {
    TfValue slope = tf.add(tf.mul(x, a + 2), -(a + 3));
    return tf.add(tf.mul(tf.mul(slope, x), x), 1);
  }

  /** ((a x - 5 a) x + 8 a) x - 4 a. */
  private static TfValue cubicFar(TfGraph tf, TfValue x, double a) {
    TfValue slope = tf.add(tf.mul(x, a), -5 * a);
    return tf.add(tf.mul(tf.add(tf.mul(slope, x), 8 * a), x), -4 * a);
  }
}
