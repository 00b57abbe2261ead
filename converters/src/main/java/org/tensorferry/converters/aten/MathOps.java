package org.tensorferry.converters.aten;

import java.util.List;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Roots, exponentials, logarithms, trigonometry. Integers become float32. */
final class MathOps {

  private MathOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // roots, exponentials and logarithms
        AtenRule.of("exp(Tensor self) -> Tensor", Elementwise.floating("Exp")),
        AtenRule.of("exp2(Tensor self) -> Tensor", Elementwise.floating(MathOps::exp2)),
        AtenRule.of("expm1(Tensor self) -> Tensor", Elementwise.floating("Expm1")),
        AtenRule.refused(
            "frexp.Tensor(Tensor self) -> (Tensor mantissa, Tensor exponent)",
            "TensorFlow has no operator that takes a float apart",
            "use torch.floor(torch.log2(torch.abs(x))) as the exponent"),
        AtenRule.of("log(Tensor self) -> Tensor", Elementwise.floating("Log")),
        AtenRule.of("log10(Tensor self) -> Tensor", Elementwise.floating(MathOps::log10)),
        AtenRule.of("log1p(Tensor self) -> Tensor", Elementwise.floating("Log1p")),
        AtenRule.of("log2(Tensor self) -> Tensor", Elementwise.floating(MathOps::log2)),
        AtenRule.of(
            "logaddexp(Tensor self, Tensor other) -> Tensor",
            Elementwise.floating2(MathOps::logAddExp)),
        AtenRule.of(
            "logaddexp2(Tensor self, Tensor other) -> Tensor",
            Elementwise.floating2(MathOps::logAddExp2)),
        AtenRule.of("logit(Tensor self, float? eps=None) -> Tensor", MathOps::logit),
        AtenRule.of("rsqrt(Tensor self) -> Tensor", Elementwise.floating("Rsqrt")),
        AtenRule.of("sigmoid(Tensor self) -> Tensor", Elementwise.floating("Sigmoid")),
        AtenRule.of("special_exp2(Tensor self) -> Tensor", Elementwise.floating(MathOps::exp2)),
        AtenRule.of("special_expit(Tensor self) -> Tensor", Elementwise.floating("Sigmoid")),
        AtenRule.of("special_expm1(Tensor self) -> Tensor", Elementwise.floating("Expm1")),
        AtenRule.of("special_log1p(Tensor self) -> Tensor", Elementwise.floating("Log1p")),
        AtenRule.of("special_logit(Tensor self, float? eps=None) -> Tensor", MathOps::logit),
        AtenRule.of("sqrt(Tensor self) -> Tensor", Elementwise.floating("Sqrt")),

        // trigonometry
        AtenRule.of("acos(Tensor self) -> Tensor", Elementwise.floating("Acos")),
        AtenRule.of("acosh(Tensor self) -> Tensor", Elementwise.floating("Acosh")),
        AtenRule.of("arccos(Tensor self) -> Tensor", Elementwise.floating("Acos")),
        AtenRule.of("arccosh(Tensor self) -> Tensor", Elementwise.floating("Acosh")),
        AtenRule.of("arcsin(Tensor self) -> Tensor", Elementwise.floating("Asin")),
        AtenRule.of("arcsinh(Tensor self) -> Tensor", Elementwise.floating("Asinh")),
        AtenRule.of("arctan(Tensor self) -> Tensor", Elementwise.floating("Atan")),
        AtenRule.of("arctan2(Tensor self, Tensor other) -> Tensor", Elementwise.floating2("Atan2")),
        AtenRule.of("arctanh(Tensor self) -> Tensor", Elementwise.floating("Atanh")),
        AtenRule.of("asin(Tensor self) -> Tensor", Elementwise.floating("Asin")),
        AtenRule.of("asinh(Tensor self) -> Tensor", Elementwise.floating("Asinh")),
        AtenRule.of("atan(Tensor self) -> Tensor", Elementwise.floating("Atan")),
        AtenRule.of("atan2(Tensor self, Tensor other) -> Tensor", Elementwise.floating2("Atan2")),
        AtenRule.of("atanh(Tensor self) -> Tensor", Elementwise.floating("Atanh")),
        AtenRule.of("cos(Tensor self) -> Tensor", Elementwise.floating("Cos")),
        AtenRule.of("cosh(Tensor self) -> Tensor", Elementwise.floating("Cosh")),
        AtenRule.of("deg2rad(Tensor self) -> Tensor", Elementwise.floating(MathOps::radians)),
        AtenRule.of(
            "hypot(Tensor self, Tensor other) -> Tensor", Elementwise.floating2(MathOps::hypot)),
        AtenRule.of("rad2deg(Tensor self) -> Tensor", Elementwise.floating(MathOps::degrees)),
        AtenRule.of("sin(Tensor self) -> Tensor", Elementwise.floating("Sin")),
        AtenRule.of("sinc(Tensor self) -> Tensor", Elementwise.floating(MathOps::sinc)),
        AtenRule.of("sinh(Tensor self) -> Tensor", Elementwise.floating("Sinh")),
        AtenRule.of("special_sinc(Tensor self) -> Tensor", Elementwise.floating(MathOps::sinc)),
        AtenRule.of("tan(Tensor self) -> Tensor", Elementwise.floating("Tan")),
        AtenRule.of("tanh(Tensor self) -> Tensor", Elementwise.floating("Tanh")));
  }

  // --- exponentials and logarithms

  private static TfValue exp2(TfGraph tf, TfValue x) {
    return tf.binary("Pow", tf.scalar(x.dtype(), 2), x);
  }

  private static TfValue log2(TfGraph tf, TfValue x) {
    return tf.div(tf.unary("Log", x), tf.scalar(x.dtype(), Math.log(2)));
  }

  private static TfValue log10(TfGraph tf, TfValue x) {
    return tf.div(tf.unary("Log", x), tf.scalar(x.dtype(), Math.log(10)));
  }

  /** max(x, y) + log1p(exp(-|x - y|)); of equal infinities the difference is 0, not NaN. */
  private static TfValue logAddExp(TfGraph tf, TfValue x, TfValue y) {
    TfValue zero = tf.scalar(x.dtype(), 0);
    TfValue difference = tf.select(tf.binary("Equal", x, y), zero, tf.sub(x, y));
    TfValue less = tf.unary("Exp", tf.neg(tf.unary("Abs", difference)));
    return tf.add(tf.maximum(x, y), tf.unary("Log1p", less));
  }

  private static TfValue logAddExp2(TfGraph tf, TfValue x, TfValue y) {
    TfValue ln2 = tf.scalar(x.dtype(), Math.log(2));
    return tf.div(logAddExp(tf, tf.mul(x, ln2), tf.mul(y, ln2)), ln2);
  }

  /** log(x / (1 - x)), with x within [eps, 1 - eps]. */
  static TfValue logit(OpArgs a, TfGraph tf) {
    TfValue x = a.operand("self", a.promoteToFloating("self"));
    boolean bounded = a.isGiven("eps") && a.number("eps") >= 0;
    double eps = bounded ? a.number("eps") : 0;
    return Kernels.wide(
        tf,
        x,
        wide -> {
          DType dtype = wide.dtype();
          TfValue p =
              bounded
                  ? tf.minimum(tf.maximum(wide, tf.scalar(dtype, eps)), tf.scalar(dtype, 1 - eps))
                  : wide;
          return tf.unary("Log", tf.div(p, tf.sub(tf.scalar(dtype, 1), p)));
        });
  }

  // --- trigonometry

  private static TfValue radians(TfGraph tf, TfValue x) {
    return tf.mul(x, Math.PI / 180);
  }

  private static TfValue degrees(TfGraph tf, TfValue x) {
    return tf.mul(x, 180 / Math.PI);
  }

  /** The square root of the sum of squares, in float64 so that no square overflows. */
  private static TfValue hypot(TfGraph tf, TfValue x, TfValue y) {
    TfValue squareX = tf.unary("Square", tf.cast(x, DType.FLOAT64));
    TfValue squareY = tf.unary("Square", tf.cast(y, DType.FLOAT64));
    return tf.cast(tf.unary("Sqrt", tf.add(squareX, squareY)), x.dtype());
  }

  /** sin(pi x) / (pi x); 1 at zero, where the quotient is kept from being NaN for the gradient. */
  private static TfValue sinc(TfGraph tf, TfValue x) {
    TfValue one = tf.scalar(x.dtype(), 1);
    TfValue angle = tf.mul(x, Math.PI);
    TfValue isZero = tf.binary("Equal", x, tf.scalar(x.dtype(), 0));
    TfValue divisor = tf.select(isZero, one, angle);
    return tf.select(isZero, one, tf.div(tf.unary("Sin", angle), divisor));
  }
}
