package org.tensorferry.converters.aten;

import java.util.Arrays;
import java.util.List;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * Quantisation that was simulated while training: floats rounded to the grid that integers would
 * have. The order of the arithmetic is PyTorch's, in float32: the reciprocal of the scale, rounding
 * to even, the zero point, the limits.
 *
 * @see <a
 *     href="https://github.com/pytorch/pytorch/blob/main/aten/src/ATen/native/quantized/cpu/kernels/QuantizedOpKernels.cpp">QuantizedOpKernels.cpp</a>
 */
final class FakeQuantizeOps {

  private FakeQuantizeOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.of(
            "fake_quantize_per_channel_affine(Tensor self, Tensor scale, Tensor zero_point, int axis, int quant_min, int quant_max) -> Tensor",
            FakeQuantizeOps::perChannel),
        AtenRule.of(
            "fake_quantize_per_tensor_affine(Tensor self, float scale, int zero_point, int quant_min, int quant_max) -> Tensor",
            FakeQuantizeOps::perTensor),
        AtenRule.of(
            "fake_quantize_per_tensor_affine.tensor_qparams(Tensor self, Tensor scale, Tensor zero_point, int quant_min, int quant_max) -> Tensor",
            FakeQuantizeOps::byTensors));
  }

  private static TfValue perTensor(OpArgs a, TfGraph tf) {
    TfValue scale = tf.scalar(DType.FLOAT32, a.number("scale"));
    TfValue inverse = tf.scalar(DType.FLOAT32, 1.0f / (float) a.number("scale"));
    return rounded(a, tf, scale, inverse, tf.scalar(DType.FLOAT32, a.integer("zero_point")));
  }

  private static TfValue byTensors(OpArgs a, TfGraph tf) {
    TfValue scale = tf.cast(tf.reshape(a.tensor("scale"), Shape.SCALAR), DType.FLOAT32);
    // libtorch reads it as an integer, whatever it is.
    TfValue whole = tf.cast(tf.reshape(a.tensor("zero_point"), Shape.SCALAR), DType.INT32);
    TfValue zero = tf.cast(whole, DType.FLOAT32);
    return rounded(a, tf, scale, inverse(tf, scale), zero);
  }

  /** Scale and zero point have one element for each index of the axis. */
  private static TfValue perChannel(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    int axis = a.axis("axis", x.rank());
    long[] ones = new long[x.rank()];
    Arrays.fill(ones, 1);
    Shape along = Shape.of(ones).with(axis, x.dim(axis));
    TfValue scale = tf.cast(tf.reshape(a.tensor("scale"), along), DType.FLOAT32);
    TfValue zero = tf.cast(tf.reshape(a.tensor("zero_point"), along), DType.FLOAT32);
    return rounded(a, tf, scale, inverse(tf, scale), zero);
  }

  private static TfValue inverse(TfGraph tf, TfValue scale) {
    return tf.div(tf.scalar(DType.FLOAT32, 1), scale);
  }

  private static TfValue rounded(
      OpArgs a, TfGraph tf, TfValue scale, TfValue inverse, TfValue zero) {
    TfValue x = a.tensor("self");
    TfValue steps = tf.unary("Round", tf.mul(tf.cast(x, DType.FLOAT32), inverse));
    TfValue least = tf.scalar(DType.FLOAT32, a.integer("quant_min"));
    TfValue most = tf.scalar(DType.FLOAT32, a.integer("quant_max"));
    TfValue kept = tf.minimum(tf.maximum(tf.add(steps, zero), least), most);
    return tf.cast(tf.mul(tf.sub(kept, zero), scale), x.dtype());
  }
}
