package org.tensorferry.converters.aten;

import java.util.List;
import org.tensorferry.dim.Dim;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Running sums, products and extremes along an axis. */
final class ScanOps {

  private ScanOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.of("_logcumsumexp(Tensor self, int dim) -> Tensor", ScanOps::logCumulativeSumExp),
        AtenRule.several(
            "cummax(Tensor self, int dim) -> (Tensor values, Tensor indices)",
            (a, tf) -> running(a, tf, "Max")),
        AtenRule.several(
            "cummin(Tensor self, int dim) -> (Tensor values, Tensor indices)",
            (a, tf) -> running(a, tf, "Min")),
        AtenRule.of(
            "cumprod(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor",
            (a, tf) -> cumulative(a, tf, "Cumprod", ReductionOps.summand(a, tf))),
        AtenRule.of(
            "cumsum(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor",
            (a, tf) -> cumulative(a, tf, "Cumsum", ReductionOps.summand(a, tf))),
        AtenRule.of("logcumsumexp(Tensor self, int dim) -> Tensor", ScanOps::logCumulativeSumExp));
  }

  private static TfValue cumulative(OpArgs a, TfGraph tf, String op, TfValue x) {
    int axis = a.axis("dim", x.rank());
    if (x.rank() == 0) {
      return x;
    }
    TfValue along = tf.scalar(DType.INT32, axis);
    return Kernels.wide(tf, x, wide -> tf.op(op, wide, along).get());
  }

  static TfValue logCumulativeSumExp(OpArgs a, TfGraph tf) {
    return cumulative(a, tf, "CumulativeLogsumexp", a.tensor("self"));
  }

  private static List<TfValue> running(OpArgs a, TfGraph tf, String op) {
    TfValue x = a.tensor("self");
    int axis = a.axis("dim", x.rank());
    return Axes.alongAll(tf, x, axis, last -> running(tf, op, last));
  }

  /**
   * The extreme of every element and those before it: a reduction over a triangle of n by n. The
   * index is that of the last element that reached it; a NaN stays once it appeared.
   */
  private static List<TfValue> running(TfGraph tf, String op, TfValue x) {
    DType computed = x.dtype() == DType.BOOL ? DType.INT32 : x.dtype();
    Dim size = x.dim(-1);
    TfValue steps = tf.range(size, DType.INT64);
    TfValue past = tf.binary("LessEqual", steps, tf.expandDims(steps, 1));
    TfValue candidates = tf.expandDims(tf.cast(x, computed), x.rank() - 1);
    TfValue neutral = Numbers.extreme(tf, computed, op.equals("Min"));
    TfValue seen = tf.select(past, candidates, neutral);
    TfValue values = tf.reduce(op, seen, false, x.rank());
    TfValue reached = tf.binary("Equal", tf.expandDims(values, x.rank()), candidates);
    TfValue wins = tf.binary("LogicalOr", reached, Numbers.isNan(tf, candidates));
    TfValue counted = tf.binary("LogicalAnd", wins, past);
    TfValue none = tf.scalar(DType.INT64, -1);
    TfValue indices = tf.reduce("Max", tf.select(counted, steps, none), false, x.rank());
    return List.of(tf.cast(values, x.dtype()), indices);
  }
}
