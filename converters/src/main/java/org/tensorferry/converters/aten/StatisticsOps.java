package org.tensorferry.converters.aten;

import java.util.List;
import org.tensorferry.dim.Dim;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Variance and standard deviation, logarithms of sums, covariance. */
final class StatisticsOps {

  private StatisticsOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // logarithms of sums
        AtenRule.of(
            "logsumexp(Tensor self, int[1] dim, bool keepdim=False) -> Tensor",
            StatisticsOps::logSumExp),
        AtenRule.of(
            "special_logsumexp(Tensor self, int[1] dim, bool keepdim=False) -> Tensor",
            StatisticsOps::logSumExp),

        // deviation from the mean
        AtenRule.of("std(Tensor self, bool unbiased=True) -> Tensor", StatisticsOps::std),
        AtenRule.of(
            "std.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> Tensor",
            StatisticsOps::std),
        AtenRule.of(
            "std.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool"
                + " keepdim=False) -> Tensor",
            StatisticsOps::std),
        AtenRule.several(
            "std_mean(Tensor self, bool unbiased=True) -> (Tensor, Tensor)",
            StatisticsOps::stdMean),
        AtenRule.several(
            "std_mean.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) ->"
                + " (Tensor, Tensor)",
            StatisticsOps::stdMean),
        AtenRule.several(
            "std_mean.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool"
                + " keepdim=False) -> (Tensor, Tensor)",
            StatisticsOps::stdMean),
        AtenRule.of("var(Tensor self, bool unbiased=True) -> Tensor", StatisticsOps::var),
        AtenRule.of(
            "var.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> Tensor",
            StatisticsOps::var),
        AtenRule.of(
            "var.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool"
                + " keepdim=False) -> Tensor",
            StatisticsOps::var),
        AtenRule.several(
            "var_mean(Tensor self, bool unbiased=True) -> (Tensor, Tensor)",
            StatisticsOps::varMean),
        AtenRule.several(
            "var_mean.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) ->"
                + " (Tensor, Tensor)",
            StatisticsOps::varMean),
        AtenRule.several(
            "var_mean.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool"
                + " keepdim=False) -> (Tensor, Tensor)",
            StatisticsOps::varMean),

        // between variables
        AtenRule.of("corrcoef(Tensor self) -> Tensor", StatisticsOps::correlation),
        AtenRule.of(
            "cov(Tensor self, *, int correction=1, Tensor? fweights=None, Tensor? aweights=None)"
                + " -> Tensor",
            StatisticsOps::covariance));
  }

  // --- logarithms of sums

  /** log sum exp(x - m) + m, where m is the maximum, or 0 where that is infinite. */
  static TfValue logSumExp(OpArgs a, TfGraph tf) {
    TfValue x = a.operand("self", a.promoteToFloating("self"));
    int[] axes = ReductionOps.axes(a, x);
    boolean keep = ReductionOps.keepsDims(a);
    return Kernels.wide(tf, x, wide -> logSumExp(tf, wide, keep, axes));
  }

  private static TfValue logSumExp(TfGraph tf, TfValue x, boolean keep, int... axes) {
    TfValue max = tf.unary("StopGradient", tf.reduce("Max", x, true, axes));
    TfValue zero = tf.scalar(x.dtype(), 0);
    TfValue shift = tf.select(tf.unary("IsFinite", max), max, zero);
    TfValue sum = tf.sum(tf.unary("Exp", tf.sub(x, shift)), true, axes);
    TfValue result = tf.add(tf.unary("Log", sum), shift);
    return keep ? result : tf.squeeze(result, axes);
  }

  // --- deviation from the mean

  /** A mean and the sum of squares around it by the degrees of freedom. */
  private record Moments(TfValue mean, TfValue variance, DType dtype) {

    /** A real measure of deviation and the mean, in the type of the tensor. */
    List<TfValue> with(TfGraph tf, TfValue deviation) {
      return List.of(tf.cast(deviation, ComplexOps.realOf(dtype)), tf.cast(mean, dtype));
    }
  }

  private static Moments moments(OpArgs a, TfGraph tf) {
    DType dtype = a.tensor("self").dtype();
    TfValue x = tf.cast(a.tensor("self"), Kernels.accumulator(dtype));
    int[] axes = ReductionOps.axes(a, x);
    boolean keep = ReductionOps.keepsDims(a);
    TfValue mean = tf.mean(x, true, axes);
    TfValue around = x.dtype().isComplex() ? Numbers.abs(tf, tf.sub(x, mean)) : tf.sub(x, mean);
    TfValue squares = tf.sum(tf.unary("Square", around), keep, axes);
    TfValue freedom = freedom(tf, around.dtype(), Axes.count(x, axes), correction(a));
    TfValue shaped = keep || axes.length == 0 ? mean : tf.squeeze(mean, axes);
    return new Moments(shaped, tf.div(squares, freedom), dtype);
  }

  private static double correction(OpArgs a) {
    if (a.has("unbiased")) {
      return a.flag("unbiased") ? 1 : 0;
    }
    return a.isGiven("correction") ? a.number("correction") : 1;
  }

  /** Count less correction, not below 0. */
  private static TfValue freedom(TfGraph tf, DType dtype, Dim count, double correction) {
    if (count.isKnown()) {
      return tf.scalar(dtype, Math.max(0, count.known() - correction));
    }
    TfValue less = tf.add(tf.cast(tf.dim(count), dtype), -correction);
    return tf.maximum(less, tf.scalar(dtype, 0));
  }

  static TfValue var(OpArgs a, TfGraph tf) {
    return varMean(a, tf).get(0);
  }

  static TfValue std(OpArgs a, TfGraph tf) {
    return stdMean(a, tf).get(0);
  }

  static List<TfValue> varMean(OpArgs a, TfGraph tf) {
    Moments moments = moments(a, tf);
    return moments.with(tf, moments.variance());
  }

  static List<TfValue> stdMean(OpArgs a, TfGraph tf) {
    Moments moments = moments(a, tf);
    return moments.with(tf, tf.unary("Sqrt", moments.variance()));
  }

  // --- between variables

  /** Rows are variables, columns observations. */
  static TfValue covariance(OpArgs a, TfGraph tf) {
    return covariance(tf, a.operand("self", a.promoteToFloating("self")), a.integer("correction"));
  }

  private static TfValue covariance(TfGraph tf, TfValue x, double correction) {
    TfValue rows = x.rank() == 2 ? x : tf.reshape(x, Dim.ONE, x.shape().numel());
    TfValue around = tf.sub(rows, tf.mean(rows, true, 1));
    TfValue products = tf.matmul(around, around, false, true);
    TfValue covariance = tf.div(products, freedom(tf, x.dtype(), rows.dim(1), correction));
    // Torch drops both axes of a matrix of one element.
    return rows.dim(0).is(1) ? tf.squeeze(covariance, 0, 1) : covariance;
  }

  /** Covariance by both standard deviations, within [-1, 1]. */
  static TfValue correlation(OpArgs a, TfGraph tf) {
    TfValue x = a.operand("self", a.promoteToFloating("self"));
    TfValue c = covariance(tf, x, 1);
    if (c.rank() == 0) {
      return tf.div(c, c);
    }
    TfValue variance =
        tf.op("MatrixDiagPartV3", c, tf.scalar(DType.INT32, 0), tf.scalar(c.dtype(), 0)).get();
    TfValue deviation = tf.unary("Sqrt", variance);
    TfValue byRow = tf.div(c, tf.expandDims(deviation, 1));
    TfValue byBoth = tf.div(byRow, tf.expandDims(deviation, 0));
    TfValue low = tf.maximum(byBoth, tf.scalar(c.dtype(), -1));
    return tf.minimum(low, tf.scalar(c.dtype(), 1));
  }
}
