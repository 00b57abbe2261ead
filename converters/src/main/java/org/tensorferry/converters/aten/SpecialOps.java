package org.tensorferry.converters.aten;

import java.util.List;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Special functions: error, gamma, Bessel and zeta functions and their relatives. */
final class SpecialOps {

  private static final String NO_KERNEL = "TensorFlow has no operator for this function";
  private static final String ELSEWHERE = "compute it outside of the model";

  private SpecialOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // error function
        AtenRule.of("erf(Tensor self) -> Tensor", Elementwise.floating("Erf")),
        AtenRule.of("erfc(Tensor self) -> Tensor", Elementwise.floating("Erfc")),
        AtenRule.of("erfinv(Tensor self) -> Tensor", Elementwise.floating("Erfinv")),
        AtenRule.of("special_erf(Tensor self) -> Tensor", Elementwise.floating("Erf")),
        AtenRule.of("special_erfc(Tensor self) -> Tensor", Elementwise.floating("Erfc")),
        AtenRule.refused("special_erfcx(Tensor self) -> Tensor", NO_KERNEL, ELSEWHERE),
        AtenRule.of("special_erfinv(Tensor self) -> Tensor", Elementwise.floating("Erfinv")),
        AtenRule.refused(
            "special_log_ndtr(Tensor self) -> Tensor",
            NO_KERNEL,
            "write torch.log(torch.special.ndtr(x)) where x is not far below zero"),
        AtenRule.of("special_ndtr(Tensor self) -> Tensor", Elementwise.floating(SpecialOps::ndtr)),
        AtenRule.of("special_ndtri(Tensor self) -> Tensor", Elementwise.floating("Ndtri")),

        // gamma function
        AtenRule.of("digamma(Tensor self) -> Tensor", Elementwise.floating("Digamma")),
        AtenRule.of(
            "igamma(Tensor self, Tensor other) -> Tensor",
            Elementwise.floating2(SpecialOps::lowerGamma)),
        AtenRule.of(
            "igammac(Tensor self, Tensor other) -> Tensor",
            Elementwise.floating2(SpecialOps::upperGamma)),
        AtenRule.of("lgamma(Tensor self) -> Tensor", Elementwise.floating("Lgamma")),
        AtenRule.of("mvlgamma(Tensor self, int p) -> Tensor", SpecialOps::multivariateLgamma),
        AtenRule.of("polygamma(int n, Tensor self) -> Tensor", SpecialOps::polygamma),
        AtenRule.of("special_digamma(Tensor self) -> Tensor", Elementwise.floating("Digamma")),
        AtenRule.of(
            "special_gammainc(Tensor self, Tensor other) -> Tensor",
            Elementwise.floating2(SpecialOps::lowerGamma)),
        AtenRule.of(
            "special_gammaincc(Tensor self, Tensor other) -> Tensor",
            Elementwise.floating2(SpecialOps::upperGamma)),
        AtenRule.of("special_gammaln(Tensor self) -> Tensor", Elementwise.floating("Lgamma")),
        AtenRule.of(
            "special_multigammaln(Tensor self, int p) -> Tensor", SpecialOps::multivariateLgamma),
        AtenRule.of("special_polygamma(int n, Tensor self) -> Tensor", SpecialOps::polygamma),
        AtenRule.of("special_psi(Tensor self) -> Tensor", Elementwise.floating("Digamma")),

        // Bessel functions
        AtenRule.of("i0(Tensor self) -> Tensor", Elementwise.floating("BesselI0")),
        AtenRule.refused("special_airy_ai(Tensor x) -> Tensor", NO_KERNEL, ELSEWHERE),
        AtenRule.refused("special_bessel_j0(Tensor self) -> Tensor", NO_KERNEL, ELSEWHERE),
        AtenRule.refused("special_bessel_j1(Tensor self) -> Tensor", NO_KERNEL, ELSEWHERE),
        AtenRule.refused("special_bessel_y0(Tensor self) -> Tensor", NO_KERNEL, ELSEWHERE),
        AtenRule.refused("special_bessel_y1(Tensor self) -> Tensor", NO_KERNEL, ELSEWHERE),
        AtenRule.of("special_i0(Tensor self) -> Tensor", Elementwise.floating("BesselI0")),
        AtenRule.of("special_i0e(Tensor self) -> Tensor", Elementwise.floating("BesselI0e")),
        AtenRule.of("special_i1(Tensor self) -> Tensor", Elementwise.floating("BesselI1")),
        AtenRule.of("special_i1e(Tensor self) -> Tensor", Elementwise.floating("BesselI1e")),
        AtenRule.refused("special_modified_bessel_k0(Tensor self) -> Tensor", NO_KERNEL, ELSEWHERE),
        AtenRule.refused("special_modified_bessel_k1(Tensor self) -> Tensor", NO_KERNEL, ELSEWHERE),
        AtenRule.refused(
            "special_scaled_modified_bessel_k0(Tensor x) -> Tensor", NO_KERNEL, ELSEWHERE),
        AtenRule.refused(
            "special_scaled_modified_bessel_k1(Tensor x) -> Tensor", NO_KERNEL, ELSEWHERE),
        AtenRule.refused("special_spherical_bessel_j0(Tensor x) -> Tensor", NO_KERNEL, ELSEWHERE),
        AtenRule.of(
            "special_modified_bessel_i0(Tensor self) -> Tensor", Elementwise.floating("BesselI0")),
        AtenRule.of(
            "special_modified_bessel_i1(Tensor self) -> Tensor", Elementwise.floating("BesselI1")),

        // entropy and zeta
        AtenRule.of(
            "special_entr(Tensor self) -> Tensor", Elementwise.floating(SpecialOps::entropy)),
        AtenRule.of(
            "special_xlog1py(Tensor self, Tensor other) -> Tensor",
            Elementwise.floating2(SpecialOps::xlog1py)),
        AtenRule.of(
            "special_xlog1py.other_scalar(Tensor self, Scalar other) -> Tensor",
            Elementwise.floating2(SpecialOps::xlog1py)),
        AtenRule.of(
            "special_xlog1py.self_scalar(Scalar self, Tensor other) -> Tensor",
            Elementwise.floating2(SpecialOps::xlog1py)),
        AtenRule.of(
            "special_xlogy(Tensor self, Tensor other) -> Tensor",
            Elementwise.floating2(SpecialOps::xlogy)),
        AtenRule.of(
            "special_xlogy.other_scalar(Tensor self, Scalar other) -> Tensor",
            Elementwise.floating2(SpecialOps::xlogy)),
        AtenRule.of(
            "special_xlogy.self_scalar(Scalar self, Tensor other) -> Tensor",
            Elementwise.floating2(SpecialOps::xlogy)),
        AtenRule.of(
            "special_zeta(Tensor self, Tensor other) -> Tensor", Elementwise.floating2("Zeta")),
        AtenRule.of(
            "special_zeta.other_scalar(Tensor self, Scalar other) -> Tensor",
            Elementwise.floating2("Zeta")),
        AtenRule.of(
            "special_zeta.self_scalar(Scalar self, Tensor other) -> Tensor",
            Elementwise.floating2("Zeta")),
        AtenRule.of(
            "xlogy.Scalar_Other(Tensor self, Scalar other) -> Tensor",
            Elementwise.floating2(SpecialOps::xlogy)),
        AtenRule.of(
            "xlogy.Scalar_Self(Scalar self, Tensor other) -> Tensor",
            Elementwise.floating2(SpecialOps::xlogy)),
        AtenRule.of(
            "xlogy.Tensor(Tensor self, Tensor other) -> Tensor",
            Elementwise.floating2(SpecialOps::xlogy)));
  }

  /** x log(1 + y), 0 where x is 0, NaN where y is. */
  static TfValue xlog1py(TfGraph tf, TfValue x, TfValue y) {
    return product(tf, x, y, Kernels.binary(tf, "Xlog1py", x, y));
  }

  /** x log y, 0 where x is 0, NaN where y is. */
  static TfValue xlogy(TfGraph tf, TfValue x, TfValue y) {
    return product(tf, x, y, Kernels.binary(tf, "Xlogy", x, y));
  }

  /** TensorFlow's kernels have 0 for 0 and NaN, and -0 for -0. */
  private static TfValue product(TfGraph tf, TfValue x, TfValue y, TfValue product) {
    TfValue zero = tf.scalar(x.dtype(), 0);
    TfValue finite = tf.select(tf.binary("Equal", x, zero), zero, product);
    return tf.select(tf.unary("IsNan", y), y, finite);
  }

  /** (1 + erf(x / sqrt 2)) / 2. */
  private static TfValue ndtr(TfGraph tf, TfValue x) {
    TfValue erf = tf.unary("Erf", tf.mul(x, Math.sqrt(0.5)));
    return tf.mul(tf.add(erf, 1), 0.5);
  }

  /** -x log x; 0 at 0 and minus infinity below. */
  private static TfValue entropy(TfGraph tf, TfValue x) {
    TfValue negative = tf.binary("Less", x, tf.scalar(x.dtype(), 0));
    TfValue lowest = tf.scalar(x.dtype(), Double.NEGATIVE_INFINITY);
    return tf.select(negative, lowest, tf.neg(tf.binary("Xlogy", x, x)));
  }

  /** Torch's limits for a = 0, where TensorFlow has NaN: 1 above x = 0. */
  private static TfValue lowerGamma(TfGraph tf, TfValue a, TfValue x) {
    return tf.select(isPoint(tf, a, x), tf.scalar(x.dtype(), 1), tf.binary("Igamma", a, x));
  }

  private static TfValue upperGamma(TfGraph tf, TfValue a, TfValue x) {
    return tf.select(isPoint(tf, a, x), tf.scalar(x.dtype(), 0), tf.binary("Igammac", a, x));
  }

  private static TfValue isPoint(TfGraph tf, TfValue a, TfValue x) {
    TfValue zero = tf.scalar(x.dtype(), 0);
    return tf.binary("LogicalAnd", tf.binary("Equal", a, zero), tf.binary("Greater", x, zero));
  }

  static TfValue polygamma(OpArgs a, TfGraph tf) {
    int order = a.integer("n");
    TfValue x = a.operand("self", a.promoteToFloating("self"));
    if (order == 0) {
      return Kernels.unary(tf, "Digamma", x);
    }
    return Kernels.binary(tf, "Polygamma", tf.scalar(x.dtype(), order), x);
  }

  /** p (p - 1) / 4 log pi + the sum of lgamma(x - j / 2) over j below p. */
  static TfValue multivariateLgamma(OpArgs a, TfGraph tf) {
    int p = a.integer("p");
    if (p < 1 || p > 1000) {
      throw a.refuse("`p` is " + p + ", but must be positive and small", "");
    }
    TfValue x = a.operand("self", a.promoteToFloating("self"));
    DType wide = Kernels.accumulator(x.dtype());
    TfValue sum = tf.scalar(wide, p * (p - 1) / 4.0 * Math.log(Math.PI));
    for (int j = 0; j < p; j++) {
      sum = tf.add(sum, tf.unary("Lgamma", tf.add(tf.cast(x, wide), -j / 2.0)));
    }
    return tf.cast(sum, x.dtype());
  }
}
