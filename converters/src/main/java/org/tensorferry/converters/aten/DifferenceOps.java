package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.List;
import org.tensorferry.dim.Dim;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Differences of neighbours along an axis, and integrals by trapezoids. */
final class DifferenceOps {

  private DifferenceOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.of(
            "cumulative_trapezoid.dx(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor",
            DifferenceOps::cumulativeTrapezoid),
        AtenRule.of(
            "cumulative_trapezoid.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor",
            DifferenceOps::cumulativeTrapezoid),
        AtenRule.of(
            "diff(Tensor self, int n=1, int dim=-1, Tensor? prepend=None, Tensor? append=None) ->"
                + " Tensor",
            DifferenceOps::difference),
        AtenRule.of(
            "trapezoid.dx(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor",
            DifferenceOps::trapezoid),
        AtenRule.of(
            "trapezoid.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor", DifferenceOps::trapezoid),
        AtenRule.of(
            "trapz.dx(Tensor y, *, float dx=1., int dim=-1) -> Tensor", DifferenceOps::trapezoid),
        AtenRule.of(
            "trapz.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor", DifferenceOps::trapezoid));
  }

  static TfValue difference(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    int axis = a.axis("dim", x.rank());
    if (a.integer("n") == 0) {
      a.ignore("prepend", "append");
      return x;
    }
    DType dtype = a.promote("self", "prepend", "append");
    List<TfValue> parts = new ArrayList<>();
    a.optionalTensor("prepend").ifPresent(parts::add);
    parts.add(x);
    a.optionalTensor("append").ifPresent(parts::add);
    TfValue result = tf.concat(parts.stream().map(part -> tf.cast(part, dtype)).toList(), axis);
    for (int i = 0; i < Limits.parts(a, a.integer("n")) && !result.dim(axis).is(0); i++) {
      result = difference(tf, result, axis);
    }
    return result;
  }

  private static TfValue difference(TfGraph tf, TfValue x, int axis) {
    TfValue later = later(tf, x, axis);
    TfValue earlier = earlier(tf, x, axis);
    return x.dtype() == DType.BOOL ? tf.binary("NotEqual", later, earlier) : tf.sub(later, earlier);
  }

  private static TfValue later(TfGraph tf, TfValue x, int axis) {
    return tf.slice(x, axis, Dim.ONE.min(x.dim(axis)), oneLess(x.dim(axis)));
  }

  private static Dim oneLess(Dim size) {
    return size.minus(1).max(Dim.ZERO);
  }

  private static TfValue earlier(TfGraph tf, TfValue x, int axis) {
    return tf.slice(x, axis, Dim.ZERO, oneLess(x.dim(axis)));
  }

  static TfValue trapezoid(OpArgs a, TfGraph tf) {
    TfValue areas = areas(a, tf);
    return tf.sum(areas, false, heightAxis(a));
  }

  static TfValue cumulativeTrapezoid(OpArgs a, TfGraph tf) {
    TfValue areas = areas(a, tf);
    return tf.op("Cumsum", areas, tf.scalar(DType.INT32, heightAxis(a))).get();
  }

  /** The axis as y counts it from its front, for positions of more axes as well. */
  private static int heightAxis(OpArgs a) {
    return a.axis("dim", a.shape("y").rank());
  }

  /** Width times mean height of each pair of neighbours. */
  private static TfValue areas(OpArgs a, TfGraph tf) {
    DType dtype = a.has("x") ? a.promoteToFloating("y", "x") : a.promoteToFloating("y");
    // Floating heights are added in their own type, of which the sum is rounded to it.
    TfValue y = a.operand("y", a.tensor("y").dtype().isFloating() ? a.promote("y") : dtype);
    int axis = heightAxis(a);
    TfValue heights =
        tf.cast(Kernels.binary(tf, "AddV2", later(tf, y, axis), earlier(tf, y, axis)), dtype);
    if (!a.has("x")) {
      return tf.mul(heights, a.number("dx") / 2);
    }
    TfValue x = likeRank(tf, a.tensor("x"), y.rank());
    TfValue widths =
        x.rank() == 1
            ? alongAxis(tf, difference(tf, x, 0), y.rank() - 1 - axis)
            : difference(tf, x, axis);
    return tf.mul(tf.mul(heights, tf.cast(widths, dtype)), 0.5);
  }

  /** A tensor of two axes or more gets axes of size 1 in front. */
  private static TfValue likeRank(TfGraph tf, TfValue x, int rank) {
    TfValue result = x;
    while (x.rank() > 1 && result.rank() < rank) {
      result = tf.expandDims(result, 0);
    }
    return result;
  }

  /** A vector with axes of size 1 behind it. */
  private static TfValue alongAxis(TfGraph tf, TfValue vector, int behind) {
    TfValue result = vector;
    for (int i = 0; i < behind; i++) {
      result = tf.expandDims(result, result.rank());
    }
    return result;
  }
}
