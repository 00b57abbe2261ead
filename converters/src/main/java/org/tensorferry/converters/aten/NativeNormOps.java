package org.tensorferry.converters.aten;

import java.util.List;
import java.util.stream.IntStream;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Normalisations of core ATen, which give their statistics too. */
final class NativeNormOps {

  private static final String PARTS = "(Tensor input, Tensor? weight, Tensor? bias, ";
  private static final String THREE = ") -> (Tensor, Tensor, Tensor)";

  private NativeNormOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.several(
            "_native_batch_norm_legit"
                + PARTS
                + "Tensor running_mean, Tensor running_var, bool training, float momentum, float eps"
                + THREE,
            NativeNormOps::batchNorm),
        AtenRule.several(
            "_native_batch_norm_legit.no_stats"
                + PARTS
                + "bool training, float momentum, float eps"
                + THREE,
            NativeNormOps::ofBatch),
        AtenRule.several(
            "_native_batch_norm_legit_no_training"
                + PARTS
                + "Tensor running_mean, Tensor running_var, float momentum, float eps"
                + THREE,
            NativeNormOps::batchNorm),
        AtenRule.several(
            "native_batch_norm"
                + PARTS
                + "Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps"
                + THREE,
            NativeNormOps::batchNorm),
        AtenRule.several(
            "native_group_norm" + PARTS + "int N, int C, int HxW, int group, float eps" + THREE,
            NativeNormOps::groupNorm),
        AtenRule.several(
            "native_layer_norm(Tensor input, int[] normalized_shape, Tensor? weight, Tensor? bias,"
                + " float eps"
                + THREE,
            NativeNormOps::layerNorm));
  }

  /** By stored statistics; those of the batch, which only training asks for, are empty. */
  static List<TfValue> batchNorm(OpArgs a, TfGraph tf) {
    a.ignore("momentum");
    if (!a.has("training")) {
      return withoutStatistics(tf, NormalizationOps.byStored(a, tf, a.tensor("input")));
    }
    return withoutStatistics(tf, NormalizationOps.batchNorm(a, tf));
  }

  /** By the statistics of the batch, which are given too: mean and 1 / sqrt(variance + eps). */
  static List<TfValue> ofBatch(OpArgs a, TfGraph tf) {
    a.ignore("momentum");
    a.mustBe("training", true, "without stored statistics there is nothing else to normalise by");
    TfValue x = a.tensor("input");
    int[] axes = IntStream.range(0, x.rank()).filter(axis -> axis != 1).toArray();
    Standard standard = Standard.of(a, tf, x, axes);
    return List.of(
        NormalizationOps.affine(a, tf, standard.values(), x.rank()),
        tf.squeeze(standard.mean(), axes),
        tf.squeeze(standard.scale(), axes));
  }

  private static List<TfValue> withoutStatistics(TfGraph tf, TfValue normalized) {
    TfValue none = tf.zeros(Shape.of(0), normalized.dtype());
    return List.of(normalized, none, none);
  }

  static List<TfValue> layerNorm(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("input");
    Standard standard = Standard.of(a, tf, x, NormalizationOps.lastAxes(a, x));
    TfValue out = standard.values();
    TfValue scaled = a.optionalTensor("weight").map(w -> tf.mul(out, w)).orElse(out);
    TfValue moved = a.optionalTensor("bias").map(b -> tf.add(scaled, b)).orElse(scaled);
    return List.of(moved, standard.mean(), standard.scale());
  }

  /** Statistics as [N, groups]. */
  static List<TfValue> groupNorm(OpArgs a, TfGraph tf) {
    a.ignore("N", "C", "HxW");
    TfValue x = a.tensor("input");
    int groups = a.integer("group");
    Shape split = x.shape().with(1, x.dim(1).floorDiv(groups)).insert(1, Dim.of(groups));
    int[] axes = IntStream.range(2, split.rank()).toArray();
    Standard standard = Standard.of(a, tf, tf.reshape(x, split), axes);
    TfValue out = tf.reshape(standard.values(), x.shape());
    return List.of(
        NormalizationOps.affine(a, tf, out, x.rank()),
        tf.squeeze(standard.mean(), axes),
        tf.squeeze(standard.scale(), axes));
  }

  /**
   * Values with mean 0 and variance 1, the mean that was taken away and the factor.
   *
   * @param scale 1 / sqrt(variance + eps)
   */
  private record Standard(TfValue values, TfValue mean, TfValue scale) {

    static Standard of(OpArgs a, TfGraph tf, TfValue x, int... axes) {
      DType dtype = x.dtype();
      TfValue wide = tf.cast(x, Kernels.accumulator(dtype));
      TfValue mean = tf.mean(wide, true, axes);
      TfValue around = tf.sub(wide, mean);
      TfValue variance = tf.mean(tf.unary("Square", around), true, axes);
      TfValue scale = tf.unary("Rsqrt", tf.add(variance, a.number("eps")));
      return new Standard(
          tf.cast(tf.mul(around, scale), dtype), tf.cast(mean, dtype), tf.cast(scale, dtype));
    }
  }
}
