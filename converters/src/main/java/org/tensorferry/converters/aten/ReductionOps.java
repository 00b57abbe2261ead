package org.tensorferry.converters.aten;

import java.util.List;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Sums, products, extremes and tests over axes. */
final class ReductionOps {

  private ReductionOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // sums and products
        AtenRule.of("count_nonzero(Tensor self, int? dim=None) -> Tensor", ReductionOps::count),
        AtenRule.of(
            "count_nonzero.dim_IntList(Tensor self, int[] dim) -> Tensor", ReductionOps::count),
        AtenRule.of("mean(Tensor self, *, ScalarType? dtype=None) -> Tensor", ReductionOps::mean),
        AtenRule.of(
            "mean.dim(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) ->"
                + " Tensor",
            ReductionOps::mean),
        AtenRule.of(
            "nanmean(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType?"
                + " dtype=None) -> Tensor",
            ReductionOps::nanMean),
        AtenRule.of(
            "nansum(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType?"
                + " dtype=None) -> Tensor",
            ReductionOps::nanSum),
        AtenRule.of("prod(Tensor self, *, ScalarType? dtype=None) -> Tensor", ReductionOps::prod),
        AtenRule.of(
            "prod.dim_int(Tensor self, int dim, bool keepdim=False, *, ScalarType? dtype=None) ->"
                + " Tensor",
            ReductionOps::prod),
        AtenRule.of("sum(Tensor self, *, ScalarType? dtype=None) -> Tensor", ReductionOps::sum),
        AtenRule.of(
            "sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType?"
                + " dtype=None) -> Tensor",
            ReductionOps::sum),

        // extremes
        AtenRule.several("_aminmax(Tensor self) -> (Tensor, Tensor)", ReductionOps::minAndMax),
        AtenRule.several(
            "_aminmax.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor, Tensor)",
            ReductionOps::minAndMax),
        AtenRule.of(
            "amax(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor", ReductionOps::max),
        AtenRule.of(
            "amin(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor", ReductionOps::min),
        AtenRule.several(
            "aminmax(Tensor self, *, int? dim=None, bool keepdim=False) -> (Tensor min, Tensor"
                + " max)",
            ReductionOps::minAndMax),
        AtenRule.of(
            "argmax(Tensor self, int? dim=None, bool keepdim=False) -> Tensor",
            (a, tf) -> argExtreme(a, tf, "ArgMax")),
        AtenRule.of(
            "argmin(Tensor self, int? dim=None, bool keepdim=False) -> Tensor",
            (a, tf) -> argExtreme(a, tf, "ArgMin")),
        AtenRule.of("max(Tensor self) -> Tensor", ReductionOps::max),
        AtenRule.several(
            "max.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)",
            (a, tf) -> List.of(max(a, tf), argExtreme(a, tf, "ArgMax"))),
        AtenRule.of("min(Tensor self) -> Tensor", ReductionOps::min),
        AtenRule.several(
            "min.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)",
            (a, tf) -> List.of(min(a, tf), argExtreme(a, tf, "ArgMin"))),

        // tests
        AtenRule.of("all(Tensor self) -> Tensor", (a, tf) -> test(a, tf, "All")),
        AtenRule.of(
            "all.dim(Tensor self, int dim, bool keepdim=False) -> Tensor",
            (a, tf) -> test(a, tf, "All")),
        AtenRule.of(
            "all.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor",
            (a, tf) -> test(a, tf, "All")),
        AtenRule.of("any(Tensor self) -> Tensor", (a, tf) -> test(a, tf, "Any")),
        AtenRule.of(
            "any.dim(Tensor self, int dim, bool keepdim=False) -> Tensor",
            (a, tf) -> test(a, tf, "Any")),
        AtenRule.of(
            "any.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor",
            (a, tf) -> test(a, tf, "Any")));
  }

  // --- arguments that these operators share

  static int[] axes(OpArgs a, TfValue x) {
    return a.has("dim") ? Axes.of(a, "dim", x) : Axes.all(x);
  }

  static boolean keepsDims(OpArgs a) {
    return a.has("keepdim") && a.flag("keepdim");
  }

  /** The operand in the type that is asked for; else sums of integers and bools are int64. */
  static TfValue summand(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    boolean counts = x.dtype().isInteger() || x.dtype() == DType.BOOL;
    return tf.cast(x, a.dtype("dtype").orElse(counts ? DType.INT64 : x.dtype()));
  }

  // --- sums and products

  static TfValue sum(OpArgs a, TfGraph tf) {
    TfValue x = summand(a, tf);
    return Kernels.reduce(tf, "Sum", x, keepsDims(a), axes(a, x));
  }

  static TfValue prod(OpArgs a, TfGraph tf) {
    TfValue x = summand(a, tf);
    return Kernels.reduce(tf, "Prod", x, keepsDims(a), axes(a, x));
  }

  static TfValue mean(OpArgs a, TfGraph tf) {
    TfValue x = tf.cast(a.tensor("self"), a.dtype("dtype").orElse(a.tensor("self").dtype()));
    return Kernels.reduce(tf, "Mean", x, keepsDims(a), axes(a, x));
  }

  static TfValue nanSum(OpArgs a, TfGraph tf) {
    TfValue x = withoutNan(tf, summand(a, tf));
    return Kernels.reduce(tf, "Sum", x, keepsDims(a), axes(a, x));
  }

  /** The sum of the numbers by their count. */
  static TfValue nanMean(OpArgs a, TfGraph tf) {
    TfValue x = tf.cast(a.tensor("self"), a.dtype("dtype").orElse(a.tensor("self").dtype()));
    int[] axes = axes(a, x);
    boolean keep = keepsDims(a);
    DType wide = Kernels.accumulator(x.dtype());
    TfValue sum = tf.sum(tf.cast(withoutNan(tf, x), wide), keep, axes);
    TfValue isNumber = tf.unary("LogicalNot", tf.unary("IsNan", x));
    return tf.cast(tf.div(sum, tf.sum(tf.cast(isNumber, wide), keep, axes)), x.dtype());
  }

  private static TfValue withoutNan(TfGraph tf, TfValue x) {
    return x.dtype().isFloating() ? tf.select(tf.unary("IsNan", x), tf.scalar(x.dtype(), 0), x) : x;
  }

  static TfValue count(OpArgs a, TfGraph tf) {
    TfValue x = Numbers.isTrue(tf, a.tensor("self"));
    int[] axes = a.isGiven("dim") ? axes(a, x) : Axes.all(x);
    return tf.sum(tf.cast(x, DType.INT64), false, axes);
  }

  // --- extremes

  static TfValue max(OpArgs a, TfGraph tf) {
    return extreme(tf, "Max", a.tensor("self"), keepsDims(a), axes(a, a.tensor("self")));
  }

  static TfValue min(OpArgs a, TfGraph tf) {
    return extreme(tf, "Min", a.tensor("self"), keepsDims(a), axes(a, a.tensor("self")));
  }

  static List<TfValue> minAndMax(OpArgs a, TfGraph tf) {
    return List.of(min(a, tf), max(a, tf));
  }

  private static TfValue extreme(TfGraph tf, String op, TfValue x, boolean keep, int... axes) {
    if (x.dtype() == DType.BOOL) {
      return tf.reduce(op.equals("Max") ? "Any" : "All", x, keep, axes);
    }
    return tf.reduce(op, x, keep, axes);
  }

  private static TfValue argExtreme(OpArgs a, TfGraph tf, String op) {
    TfValue x = a.tensor("self");
    boolean keep = keepsDims(a);
    if (a.isGiven("dim") && x.rank() > 0) {
      int axis = a.axis("dim", x.rank());
      TfValue index = argExtreme(tf, op, x, axis);
      return keep ? tf.expandDims(index, axis) : index;
    }
    TfValue index = argExtreme(tf, op, Axes.flat(tf, x), 0);
    Shape ones = new Shape(x.shape().dims().stream().map(dim -> Dim.ONE).toList());
    return keep ? tf.reshape(index, ones) : index;
  }

  /** The first index of the extreme, or of the first NaN, which TensorFlow would pass over. */
  private static TfValue argExtreme(TfGraph tf, String op, TfValue x, int axis) {
    TfValue along = tf.scalar(DType.INT32, axis);
    TfValue number = x.dtype() == DType.BOOL ? tf.cast(x, DType.INT32) : x;
    TfValue index = tf.op(op, number, along).get();
    if (!x.dtype().isFloating()) {
      return index;
    }
    TfValue nan = tf.unary("IsNan", x);
    TfValue firstNan = tf.op("ArgMax", tf.cast(nan, DType.INT32), along).get();
    return tf.select(tf.reduce("Any", nan, false, axis), firstNan, index);
  }

  // --- tests

  private static TfValue test(OpArgs a, TfGraph tf, String op) {
    TfValue x = a.tensor("self");
    TfValue truth = Numbers.isTrue(tf, x);
    // Unlike sums, tests of no axes reduce nothing.
    boolean keeps = keepsDims(a);
    TfValue result = Axes.isEmptyList(a, "dim") ? truth : tf.reduce(op, truth, keeps, axes(a, x));
    // Torch keeps uint8, its bool of old.
    return x.dtype() == DType.UINT8 ? tf.cast(result, DType.UINT8) : result;
  }
}
