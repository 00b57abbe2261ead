package org.tensorferry.converters.aten;

import java.util.List;
import java.util.function.DoubleUnaryOperator;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Window functions of signal processing, of fixed length. */
final class WindowOps {

  private static final String OPTIONS =
      ", *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None)"
          + " -> Tensor";

  private WindowOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.of("bartlett_window(int window_length" + OPTIONS, WindowOps::bartlett),
        AtenRule.of(
            "bartlett_window.periodic(int window_length, bool periodic" + OPTIONS,
            WindowOps::bartlett),
        AtenRule.of("blackman_window(int window_length" + OPTIONS, WindowOps::blackman),
        AtenRule.of(
            "blackman_window.periodic(int window_length, bool periodic" + OPTIONS,
            WindowOps::blackman),
        AtenRule.of("hamming_window(int window_length" + OPTIONS, WindowOps::hamming),
        AtenRule.of(
            "hamming_window.periodic(int window_length, bool periodic" + OPTIONS,
            WindowOps::hamming),
        AtenRule.of(
            "hamming_window.periodic_alpha(int window_length, bool periodic, float alpha" + OPTIONS,
            WindowOps::hamming),
        AtenRule.of(
            "hamming_window.periodic_alpha_beta(int window_length, bool periodic, float alpha, float beta"
                + OPTIONS,
            WindowOps::hamming),
        AtenRule.of("hann_window(int window_length" + OPTIONS, WindowOps::hann),
        AtenRule.of(
            "hann_window.periodic(int window_length, bool periodic" + OPTIONS, WindowOps::hann),
        AtenRule.of("kaiser_window(int window_length" + OPTIONS, WindowOps::kaiser),
        AtenRule.of(
            "kaiser_window.periodic(int window_length, bool periodic" + OPTIONS, WindowOps::kaiser),
        AtenRule.of(
            "kaiser_window.beta(int window_length, bool periodic, float beta" + OPTIONS,
            WindowOps::kaiser));
  }

  /**
   * A window from its function of the position, 0 at its begin and 1 at its end. A periodic window
   * leaves the last point out, so that windows can be laid end to end.
   */
  private static TfValue window(OpArgs a, TfGraph tf, DoubleUnaryOperator function) {
    int length = Limits.numbers(a, a.integer("window_length"));
    boolean periodic = !a.has("periodic") || a.flag("periodic");
    DType dtype = a.dtype("dtype").orElse(DType.FLOAT32);
    int gaps = periodic ? length : length - 1;
    return Constants.vector(
        tf, dtype, length, i -> length == 1 ? 1 : function.applyAsDouble((double) i / gaps));
  }

  private static double number(OpArgs a, String name, double otherwise) {
    return a.has(name) ? a.number(name) : otherwise;
  }

  static TfValue bartlett(OpArgs a, TfGraph tf) {
    return window(a, tf, x -> 1 - Math.abs(2 * x - 1));
  }

  static TfValue blackman(OpArgs a, TfGraph tf) {
    return window(
        a, tf, x -> 0.42 - 0.5 * Math.cos(2 * Math.PI * x) + 0.08 * Math.cos(4 * Math.PI * x));
  }

  static TfValue hamming(OpArgs a, TfGraph tf) {
    double alpha = number(a, "alpha", 0.54);
    double beta = number(a, "beta", 0.46);
    return window(a, tf, x -> alpha - beta * Math.cos(2 * Math.PI * x));
  }

  static TfValue hann(OpArgs a, TfGraph tf) {
    return window(a, tf, x -> 0.5 - 0.5 * Math.cos(2 * Math.PI * x));
  }

  static TfValue kaiser(OpArgs a, TfGraph tf) {
    double beta = number(a, "beta", 12);
    double peak = bessel(beta);
    return window(a, tf, x -> bessel(beta * Math.sqrt(1 - (2 * x - 1) * (2 * x - 1))) / peak);
  }

  /** The modified Bessel function I0: the sum of ((x/2)^k / k!)^2. */
  private static double bessel(double x) {
    double term = 1;
    double sum = 1;
    for (int k = 1; term > sum * 1e-17; k++) {
      term *= x / 2 / k * (x / 2 / k);
      sum += term;
    }
    return sum;
  }
}
