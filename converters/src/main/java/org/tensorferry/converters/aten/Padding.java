package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.Literal;
import org.tensorferry.tf.OpBuilder;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * How many elements stand before and after each axis, known or dynamic; negative numbers crop.
 *
 * @param before one number for each axis
 * @param after one number for each axis
 */
record Padding(List<Dim> before, List<Dim> after) {

  /** Reads pairs that begin with the last axis, as torch gives them. */
  static Padding read(OpArgs a, TfValue x) {
    List<Dim> pairs = a.dims(a.has("pad") ? "pad" : "padding");
    if (pairs.size() % 2 != 0 || pairs.size() > 2 * x.rank()) {
      throw a.refuse(pairs.size() + " amounts do not fit a tensor of rank " + x.rank(), "");
    }
    List<Dim> before = new ArrayList<>(Collections.nCopies(x.rank(), Dim.ZERO));
    List<Dim> after = new ArrayList<>(before);
    for (int i = 0; i < pairs.size() / 2; i++) {
      before.set(x.rank() - 1 - i, pairs.get(2 * i));
      after.set(x.rank() - 1 - i, pairs.get(2 * i + 1));
    }
    return new Padding(before, after);
  }

  boolean isNone() {
    return Stream.concat(before.stream(), after.stream()).allMatch(amount -> amount.is(0));
  }

  TfValue constant(TfGraph tf, TfValue x, TfValue value) {
    return crop(tf, grow(tf, x, pairs -> tf.op("PadV2", x, pairs, value)));
  }

  /** Mirrors at the first and last element, which are not repeated. */
  TfValue reflect(TfGraph tf, TfValue x) {
    return crop(tf, grow(tf, x, pairs -> mirror(tf, x, pairs, "REFLECT")));
  }

  /** Repeats the first and last element: with at most one copy, a mirror that repeats it once. */
  TfValue replicate(TfGraph tf, TfValue x) {
    boolean once =
        before.stream().allMatch(Padding::isOneAtMost)
            && after.stream().allMatch(Padding::isOneAtMost);
    if (once) {
      return crop(tf, grow(tf, x, pairs -> mirror(tf, x, pairs, "SYMMETRIC")));
    }
    TfValue result = x;
    for (int axis = 0; axis < x.rank(); axis++) {
      if (!before.get(axis).is(0) || !after.get(axis).is(0)) {
        result = replicate(tf, result, axis);
      }
    }
    return result;
  }

  private static boolean isOneAtMost(Dim amount) {
    return amount.isKnown() && amount.known() <= 1;
  }

  private TfValue replicate(TfGraph tf, TfValue x, int axis) {
    Dim size = x.dim(axis).plus(before.get(axis)).plus(after.get(axis));
    TfValue position = tf.sub(tf.range(size, DType.INT32), tf.dim(before.get(axis)));
    TfValue last = tf.dim(x.dim(axis).minus(1));
    TfValue nearest = tf.minimum(tf.maximum(position, tf.dim(Dim.ZERO)), last);
    return tf.gather(x, nearest, axis);
  }

  /** Goes on with the other end; torch crops first. */
  TfValue circular(TfGraph tf, TfValue x) {
    TfValue result = crop(tf, x);
    for (int axis = 0; axis < x.rank(); axis++) {
      Dim front = before.get(axis).max(Dim.ZERO);
      Dim back = after.get(axis).max(Dim.ZERO);
      List<TfValue> parts = new ArrayList<>();
      if (!front.is(0)) {
        parts.add(tf.slice(result, axis, result.dim(axis).minus(front), front));
      }
      parts.add(result);
      if (!back.is(0)) {
        parts.add(tf.slice(result, axis, Dim.ZERO, back));
      }
      result = tf.concat(parts, axis);
    }
    return result;
  }

  private static OpBuilder mirror(TfGraph tf, TfValue x, TfValue pairs, String mode) {
    return tf.op("MirrorPad", x, pairs).attr("mode", mode);
  }

  /** Pads by the positive amounts, which the operator takes as pairs [rank, 2]. */
  private TfValue grow(TfGraph tf, TfValue x, Function<TfValue, OpBuilder> operator) {
    Shape shape = x.shape();
    List<Dim> pairs = new ArrayList<>();
    for (int axis = 0; axis < x.rank(); axis++) {
      Dim front = before.get(axis).max(Dim.ZERO);
      Dim back = after.get(axis).max(Dim.ZERO);
      pairs.add(front);
      pairs.add(back);
      shape = shape.with(axis, shape.dim(axis).plus(front).plus(back));
    }
    if (pairs.stream().allMatch(amount -> amount.is(0))) {
      return x;
    }
    if (shape.numel().is(0)) {
      return tf.zeros(shape, x.dtype()); // mirrors take no axis of size 0, padded or not
    }
    return operator.apply(pairs(tf, new Shape(pairs))).shape(shape).get();
  }

  private static TfValue pairs(TfGraph tf, Shape amounts) {
    long[] shape = {amounts.rank() / 2, 2};
    return amounts.isKnown()
        ? tf.constant(Literal.ofLongs(DType.INT32, shape, amounts.known()))
        : tf.reshape(tf.sizes(amounts), Shape.of(shape));
  }

  /** Takes the negative amounts away. */
  private TfValue crop(TfGraph tf, TfValue x) {
    TfValue result = x;
    for (int axis = 0; axis < x.rank(); axis++) {
      Dim front = before.get(axis).times(-1).max(Dim.ZERO);
      Dim back = after.get(axis).times(-1).max(Dim.ZERO);
      result = tf.slice(result, axis, front, result.dim(axis).minus(front).minus(back));
    }
    return result;
  }
}
