package org.tensorferry.converters.aten;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * Normalisation by stored or measured statistics. The variance is the biased one, epsilon stands
 * inside the root.
 */
final class NormalizationOps {

  private static final String BATCH_NORM =
      "(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum,"
          + " float eps";
  private static final String TRAINING =
      "call eval() before tracing or scripting; statistics of the batch are not what a served model uses";

  private NormalizationOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.of(
            "batch_norm" + BATCH_NORM + ", bool cudnn_enabled) -> Tensor",
            NormalizationOps::batchNorm),
        AtenRule.of(
            "group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, bool cudnn_enabled=True) -> Tensor",
            NormalizationOps::groupNorm),
        AtenRule.of(
            "instance_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool use_input_stats, float momentum, float eps, bool cudnn_enabled) -> Tensor",
            NormalizationOps::instanceNorm),
        AtenRule.of(
            "layer_norm(Tensor input, int[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, bool cudnn_enable=True) -> Tensor",
            NormalizationOps::layerNorm),
        AtenRule.several(
            "_fused_rms_norm(Tensor input, int[] normalized_shape, Tensor? weight, float? eps) -> (Tensor, Tensor)",
            NormalizationOps::rms),
        AtenRule.of(
            "rms_norm(Tensor input, int[] normalized_shape, Tensor? weight=None, float? eps=None) -> Tensor",
            NormalizationOps::rmsNorm));
  }

  /** (x - mean) / sqrt(var + eps) * weight + bias along axis 1. */
  static TfValue batchNorm(OpArgs a, TfGraph tf) {
    a.ignore("momentum", "cudnn_enabled");
    boolean stored = a.isGiven("running_mean") && a.isGiven("running_var");
    boolean training = a.flag("training");
    TfValue x = a.tensor("input");
    if (!stored) {
      a.ignore("running_var");
      return byStatistics(a, tf, x);
    }
    if (training) {
      throw a.refuse(
          "`training` is True: it normalises with the statistics of the batch", TRAINING);
    }
    return byStored(a, tf, x);
  }

  static TfValue byStored(OpArgs a, TfGraph tf, TfValue x) {
    TfValue mean = a.tensor("running_mean");
    TfValue variance = a.tensor("running_var");
    boolean fused = x.rank() == 4 && x.dtype() == DType.FLOAT32 && mean.dtype() == DType.FLOAT32;
    return fused ? fused(a, tf, x, mean, variance) : scaled(a, tf, x, mean, variance);
  }

  private static TfValue fused(OpArgs a, TfGraph tf, TfValue x, TfValue mean, TfValue variance) {
    TfValue scale =
        a.optionalTensor("weight").orElseGet(() -> tf.fill(mean.shape(), DType.FLOAT32, 1));
    TfValue offset =
        a.optionalTensor("bias").orElseGet(() -> tf.fill(mean.shape(), DType.FLOAT32, 0));
    return tf.channelsLast(
        x,
        nhwc ->
            tf.op("FusedBatchNormV3", nhwc, scale, offset, mean, variance)
                .attr("epsilon", a.number("eps"))
                .attr("is_training", false)
                .get());
  }

  private static TfValue scaled(OpArgs a, TfGraph tf, TfValue x, TfValue mean, TfValue variance) {
    // As libtorch rounds it: x scale + offset; Rsqrt would be off by a unit for a whole channel.
    TfValue deviation = tf.unary("Sqrt", tf.add(variance, a.number("eps")));
    TfValue factor = tf.unary("Reciprocal", deviation);
    TfValue scale = a.optionalTensor("weight").map(weight -> tf.mul(weight, factor)).orElse(factor);
    TfValue shift = tf.mul(mean, scale);
    TfValue offset =
        a.optionalTensor("bias").map(b -> tf.sub(b, shift)).orElseGet(() -> tf.neg(shift));
    TfValue scaledUp = tf.mul(x, perChannel(tf, scale, x.rank()));
    return tf.add(scaledUp, perChannel(tf, offset, x.rank()));
  }

  private static TfValue byStatistics(OpArgs a, TfGraph tf, TfValue x) {
    int[] axes = IntStream.range(0, x.rank()).filter(axis -> axis != 1).toArray();
    return affine(a, tf, standardize(tf, x, a.number("eps"), axes), x.rank());
  }

  static TfValue instanceNorm(OpArgs a, TfGraph tf) {
    a.ignore("momentum", "cudnn_enabled");
    TfValue x = a.tensor("input");
    if (!a.flag("use_input_stats")) {
      return scaled(a, tf, x, a.tensor("running_mean"), a.tensor("running_var"));
    }
    a.ignore("running_mean", "running_var");
    int[] axes = IntStream.range(2, x.rank()).toArray();
    return affine(a, tf, standardize(tf, x, a.number("eps"), axes), x.rank());
  }

  static TfValue layerNorm(OpArgs a, TfGraph tf) {
    a.ignore("cudnn_enable");
    TfValue x = a.tensor("input");
    TfValue out = standardize(tf, x, a.number("eps"), lastAxes(a, x));
    TfValue scaled = a.optionalTensor("weight").map(weight -> tf.mul(out, weight)).orElse(out);
    return a.optionalTensor("bias").map(b -> tf.add(scaled, b)).orElse(scaled);
  }

  /** x / sqrt(mean(x^2) + eps); without eps the machine epsilon of the type. */
  static TfValue rmsNorm(OpArgs a, TfGraph tf) {
    return rms(a, tf).get(0);
  }

  /** The same, and the factor 1 / sqrt(mean(x^2) + eps). */
  static List<TfValue> rms(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("input");
    double eps =
        a.isGiven("eps")
            ? a.number("eps")
            : x.dtype() == DType.FLOAT64 ? Math.ulp(1.0) : Math.ulp(1f);
    TfValue wide = tf.cast(x, Kernels.accumulator(x.dtype()));
    TfValue square = tf.mean(tf.unary("Square", wide), true, lastAxes(a, x));
    TfValue factor = tf.unary("Rsqrt", tf.add(square, eps));
    TfValue out = tf.cast(tf.mul(wide, factor), x.dtype());
    TfValue scaled = a.optionalTensor("weight").map(weight -> tf.mul(out, weight)).orElse(out);
    return List.of(scaled, factor);
  }

  static int[] lastAxes(OpArgs a, TfValue x) {
    int count = a.dims("normalized_shape").size();
    return IntStream.range(x.rank() - count, x.rank()).toArray();
  }

  /** Groups of consecutive channels, each with statistics over its channels and all positions. */
  static TfValue groupNorm(OpArgs a, TfGraph tf) {
    a.ignore("cudnn_enabled");
    TfValue x = a.tensor("input");
    int groups = a.integer("num_groups");
    Shape split = x.shape().with(1, x.dim(1).floorDiv(groups)).insert(1, Dim.of(groups));
    TfValue parts = tf.reshape(x, split);
    TfValue out =
        standardize(tf, parts, a.number("eps"), IntStream.range(2, split.rank()).toArray());
    return affine(a, tf, tf.reshape(out, x.shape()), x.rank());
  }

  /**
   * (x - mean) / sqrt(variance + eps) over axes; half types are measured in float32, as torch does.
   */
  static TfValue standardize(TfGraph tf, TfValue x, double eps, int... axes) {
    boolean half = x.dtype().bytes() == 2;
    TfValue wide = half ? tf.cast(x, DType.FLOAT32) : x;
    TfValue centred = tf.sub(wide, tf.mean(wide, true, axes));
    TfValue variance = tf.mean(tf.unary("Square", centred), true, axes);
    TfValue out = tf.mul(centred, tf.unary("Rsqrt", tf.add(variance, eps)));
    return tf.cast(out, x.dtype());
  }

  static TfValue affine(OpArgs a, TfGraph tf, TfValue x, int rank) {
    Optional<TfValue> weight = a.optionalTensor("weight");
    TfValue scaled = weight.map(w -> tf.mul(x, perChannel(tf, w, rank))).orElse(x);
    return a.optionalTensor("bias")
        .map(b -> tf.add(scaled, perChannel(tf, b, rank)))
        .orElse(scaled);
  }

  /** [C] to [C, 1, ...], so that it broadcasts along axis 1. */
  private static TfValue perChannel(TfGraph tf, TfValue vector, int rank) {
    Shape shape = vector.shape();
    for (int i = 2; i < rank; i++) {
      shape = shape.insert(shape.rank(), Dim.ONE);
    }
    return tf.reshape(vector, shape);
  }
}
