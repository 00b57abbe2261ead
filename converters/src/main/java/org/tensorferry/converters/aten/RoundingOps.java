package org.tensorferry.converters.aten;

import java.util.List;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Rounding, sign and magnitude. Integers stay as they are where rounding has nothing to do. */
final class RoundingOps {

  private RoundingOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // rounding
        AtenRule.of("ceil(Tensor self) -> Tensor", integral("Ceil")),
        AtenRule.of("fix(Tensor self) -> Tensor", RoundingOps::trunc),
        AtenRule.of("floor(Tensor self) -> Tensor", integral("Floor")),
        AtenRule.of("frac(Tensor self) -> Tensor", Elementwise.floating(RoundingOps::fraction)),
        AtenRule.of("round(Tensor self) -> Tensor", integral("Round")),
        AtenRule.of(
            "round.decimals(Tensor self, *, int decimals) -> Tensor", RoundingOps::roundDecimals),
        AtenRule.of(
            "special_round(Tensor self, *, int decimals=0) -> Tensor", RoundingOps::roundDecimals),
        AtenRule.of("trunc(Tensor self) -> Tensor", RoundingOps::trunc),

        // sign and magnitude
        AtenRule.of("abs(Tensor self) -> Tensor", RoundingOps::abs),
        AtenRule.of("absolute(Tensor self) -> Tensor", RoundingOps::abs),
        AtenRule.of(
            "copysign.Scalar(Tensor self, Scalar other) -> Tensor",
            Elementwise.floating2(RoundingOps::copySign)),
        AtenRule.of(
            "copysign.Tensor(Tensor self, Tensor other) -> Tensor",
            Elementwise.floating2(RoundingOps::copySign)),
        AtenRule.of("neg(Tensor self) -> Tensor", RoundingOps::neg),
        AtenRule.of("negative(Tensor self) -> Tensor", RoundingOps::neg),
        AtenRule.alias("positive(Tensor self) -> Tensor"),
        AtenRule.of("sgn(Tensor self) -> Tensor", RoundingOps::sign),
        AtenRule.of("sign(Tensor self) -> Tensor", RoundingOps::sign),
        AtenRule.of("signbit(Tensor self) -> Tensor", RoundingOps::signBit));
  }

  private static AtenRule.One integral(String op) {
    return (a, tf) -> {
      TfValue x = a.tensor("self");
      return x.dtype().isFloating() ? tf.unary(op, x) : x;
    };
  }

  static TfValue trunc(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    return x.dtype().isFloating() ? Numbers.truncate(tf, x) : x;
  }

  private static TfValue fraction(TfGraph tf, TfValue x) {
    return tf.sub(x, Numbers.truncate(tf, x));
  }

  /** round(x * 10^d) / 10^d; for d &lt; 0, round(x / 10^-d) * 10^-d. */
  static TfValue roundDecimals(OpArgs a, TfGraph tf) {
    int decimals = a.integer("decimals");
    TfValue x = a.tensor("self");
    if (!x.dtype().isFloating()) {
      if (decimals < 0) {
        throw a.refuse("torch does not round integers to tens", "round a floating tensor");
      }
      return x;
    }
    TfValue scale = tf.scalar(Kernels.accumulator(x.dtype()), Math.pow(10, Math.abs(decimals)));
    return Kernels.wide(
        tf,
        x,
        wide ->
            decimals < 0
                ? tf.mul(tf.unary("Round", tf.div(wide, scale)), scale)
                : tf.div(tf.unary("Round", tf.mul(wide, scale)), scale));
  }

  static TfValue abs(OpArgs a, TfGraph tf) {
    return Numbers.abs(tf, a.tensor("self"));
  }

  static TfValue neg(OpArgs a, TfGraph tf) {
    return Kernels.unary(tf, "Neg", a.tensor("self"));
  }

  /** Of NaN: 0, as torch has it. */
  static TfValue sign(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    if (x.dtype() == DType.BOOL) {
      return x;
    }
    if (!x.dtype().isFloating()) {
      return Kernels.unary(tf, "Sign", x);
    }
    TfValue zero = tf.scalar(x.dtype(), 0);
    TfValue positive = tf.cast(tf.binary("Greater", x, zero), x.dtype());
    return tf.sub(positive, tf.cast(tf.binary("Less", x, zero), x.dtype()));
  }

  static TfValue signBit(OpArgs a, TfGraph tf) {
    return Numbers.isSignSet(tf, a.tensor("self"));
  }

  private static TfValue copySign(TfGraph tf, TfValue magnitude, TfValue sign) {
    TfValue positive = tf.unary("Abs", magnitude);
    return tf.select(Numbers.isSignSet(tf, sign), tf.neg(positive), positive);
  }
}
