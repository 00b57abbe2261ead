package org.tensorferry.converters.aten;

import java.util.List;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Pooling with windows of a given size. */
final class PoolingOps {

  private PoolingOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.of(
            "avg_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=0, bool ceil_mode=False, bool count_include_pad=True) -> Tensor",
            PoolingOps::average),
        AtenRule.of(
            "avg_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor",
            PoolingOps::average),
        AtenRule.of(
            "avg_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor",
            PoolingOps::average),
        AtenRule.of(
            "max_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=0, int[1] dilation=1, bool ceil_mode=False) -> Tensor",
            PoolingOps::maximum),
        AtenRule.of(
            "max_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, bool ceil_mode=False) -> Tensor",
            PoolingOps::maximum),
        AtenRule.of(
            "max_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, int[3] dilation=1, bool ceil_mode=False) -> Tensor",
            PoolingOps::maximum));
  }

  static TfValue maximum(OpArgs a, TfGraph tf) {
    Window window = Window.read(a);
    return window.over(tf, a.tensor("self"), x -> maximum(tf, window, x));
  }

  /** Padding counts as minus infinity, the extra window of ceil_mode too. */
  static TfValue maximum(TfGraph tf, Window window, TfValue x) {
    TfValue lowest = Numbers.extreme(tf, x.dtype(), false);
    TfValue padded = window.paddings(x).constant(tf, x, lowest);
    return window.isSliced(padded)
        ? window.maximumOfSlices(tf, padded, window.outputs(x))
        : window.pool(tf, "MaxPool", padded, window.outputs(x));
  }

  static TfValue average(OpArgs a, TfGraph tf) {
    Window window = Window.read(a);
    boolean countPadding = a.flag("count_include_pad");
    boolean divisorGiven = a.has("divisor_override") && a.isGiven("divisor_override");
    double scale = divisorGiven ? (double) window.size() / a.integer("divisor_override") : 1;
    return window.over(
        tf, a.tensor("self"), x -> average(tf, window, x, countPadding, divisorGiven, scale));
  }

  /**
   * The mean over a window of zeros and elements, divided by the mean of a mask that is 1 where an
   * element, or padding that counts, stands. The extra window of ceil_mode never counts.
   */
  private static TfValue average(
      TfGraph tf,
      Window window,
      TfValue x,
      boolean countPadding,
      boolean divisorGiven,
      double scale) {
    List<Dim> outputs = window.outputs(x);
    Padding own = window.ownPadding(x);
    Padding extra = window.extraPadding(x);
    TfValue zero = tf.scalar(x.dtype(), 0);
    TfValue inner = own.constant(tf, x, zero);
    TfValue mean = window.pool(tf, "AvgPool", extra.constant(tf, inner, zero), outputs);
    if (divisorGiven) {
      return scale == 1 ? mean : tf.mul(mean, scale);
    }
    if (extra.isNone() && (countPadding || own.isNone())) {
      return mean;
    }
    TfValue real = countPadding ? inner : x;
    Shape one = real.shape().with(0, 1).with(-1, 1);
    TfValue ones = tf.fill(one, x.dtype(), 1);
    TfValue counted = countPadding ? ones : own.constant(tf, ones, zero);
    TfValue mask = extra.constant(tf, counted, zero);
    return tf.div(mean, window.pool(tf, "AvgPool", mask, outputs));
  }
}
