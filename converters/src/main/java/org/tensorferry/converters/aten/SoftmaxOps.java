package org.tensorferry.converters.aten;

import java.util.List;
import java.util.stream.IntStream;
import org.tensorferry.dim.Dim;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Softmax and its logarithm along any axis. */
final class SoftmaxOps {

  /** TensorFlow's oneDNN kernel takes no more axes. */
  private static final int MAX_RANK = 5;

  private SoftmaxOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.of(
            "_log_softmax(Tensor self, int dim, bool half_to_float) -> Tensor",
            (a, tf) -> halfToFloat(a, tf, "LogSoftmax")),
        AtenRule.of(
            "_safe_softmax(Tensor self, int dim, ScalarType? dtype=None) -> Tensor",
            SoftmaxOps::safeSoftmax),
        AtenRule.of(
            "_softmax(Tensor self, int dim, bool half_to_float) -> Tensor",
            (a, tf) -> halfToFloat(a, tf, "Softmax")),
        AtenRule.of(
            "log_softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor",
            (a, tf) -> softmax(a, tf, "LogSoftmax")),
        AtenRule.of(
            "softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor",
            (a, tf) -> softmax(a, tf, "Softmax")),
        AtenRule.of(
            "special_log_softmax(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor",
            (a, tf) -> softmax(a, tf, "LogSoftmax")),
        AtenRule.of(
            "special_softmax(Tensor self, int dim, ScalarType? dtype=None) -> Tensor",
            (a, tf) -> softmax(a, tf, "Softmax")));
  }

  private static TfValue softmax(OpArgs a, TfGraph tf, String op) {
    TfValue x = a.tensor("self");
    return emit(a, tf, op, tf.cast(x, a.dtype("dtype").orElse(x.dtype())));
  }

  /** Zeros where all are minus infinity. */
  static TfValue safeSoftmax(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    TfValue lowest = tf.scalar(x.dtype(), Double.NEGATIVE_INFINITY);
    TfValue masked =
        Axes.along(
            tf,
            tf.binary("Equal", x, lowest),
            a.axis("dim", x.rank()),
            last -> tf.reduce("All", last, true, last.rank() - 1));
    TfValue result = softmax(a, tf, "Softmax");
    return tf.select(masked, tf.scalar(result.dtype(), 0), result);
  }

  private static TfValue halfToFloat(OpArgs a, TfGraph tf, String op) {
    TfValue x = a.tensor("self");
    return emit(a, tf, op, a.flag("half_to_float") ? tf.cast(x, DType.FLOAT32) : x);
  }

  private static TfValue emit(OpArgs a, TfGraph tf, String op, TfValue x) {
    int axis = a.axis("dim", x.rank());
    return Axes.along(tf, x, axis, last -> alongLast(tf, op, last));
  }

  /** As rows of a matrix where there are many axes. */
  private static TfValue alongLast(TfGraph tf, String op, TfValue x) {
    if (x.rank() <= MAX_RANK) {
      return Kernels.unary(tf, op, x);
    }
    Dim rows = Axes.count(x, IntStream.range(0, x.rank() - 1).toArray());
    TfValue matrix = tf.reshape(x, rows, x.dim(-1));
    return tf.reshape(Kernels.unary(tf, op, matrix), x.shape());
  }
}
