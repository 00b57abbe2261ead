package org.tensorferry.converters.aten;

import java.util.List;
import org.tensorferry.dim.Dim;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Logic of bools, and of the bits of integers. */
final class LogicOps {

  /** Euclid's algorithm ends after this many divisions on any two 64-bit numbers. */
  private static final int LONGEST_EUCLID = 93;

  private LogicOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // bits
        AtenRule.of(
            "__and__.Scalar(Tensor self, Scalar other) -> Tensor",
            Elementwise.numberOrBool("BitwiseAnd", "LogicalAnd")),
        AtenRule.of(
            "__and__.Tensor(Tensor self, Tensor other) -> Tensor",
            Elementwise.numberOrBool("BitwiseAnd", "LogicalAnd")),
        AtenRule.of(
            "__or__.Scalar(Tensor self, Scalar other) -> Tensor",
            Elementwise.numberOrBool("BitwiseOr", "LogicalOr")),
        AtenRule.of(
            "__or__.Tensor(Tensor self, Tensor other) -> Tensor",
            Elementwise.numberOrBool("BitwiseOr", "LogicalOr")),
        AtenRule.of(
            "__xor__.Scalar(Tensor self, Scalar other) -> Tensor",
            Elementwise.numberOrBool("BitwiseXor", "NotEqual")),
        AtenRule.of(
            "__xor__.Tensor(Tensor self, Tensor other) -> Tensor",
            Elementwise.numberOrBool("BitwiseXor", "NotEqual")),
        AtenRule.of(
            "__lshift__.Scalar(Tensor self, Scalar other) -> Tensor",
            Elementwise.promoted((tf, x, y) -> tf.binary("LeftShift", x, y))),
        AtenRule.of(
            "__lshift__.Tensor(Tensor self, Tensor other) -> Tensor",
            Elementwise.promoted((tf, x, y) -> tf.binary("LeftShift", x, y))),
        AtenRule.of(
            "__rshift__.Scalar(Tensor self, Scalar other) -> Tensor",
            Elementwise.promoted((tf, x, y) -> tf.binary("RightShift", x, y))),
        AtenRule.of(
            "__rshift__.Tensor(Tensor self, Tensor other) -> Tensor",
            Elementwise.promoted((tf, x, y) -> tf.binary("RightShift", x, y))),
        AtenRule.of(
            "bitwise_and.Scalar(Tensor self, Scalar other) -> Tensor",
            Elementwise.numberOrBool("BitwiseAnd", "LogicalAnd")),
        AtenRule.of(
            "bitwise_and.Scalar_Tensor(Scalar self, Tensor other) -> Tensor",
            Elementwise.numberOrBool("BitwiseAnd", "LogicalAnd")),
        AtenRule.of(
            "bitwise_and.Tensor(Tensor self, Tensor other) -> Tensor",
            Elementwise.numberOrBool("BitwiseAnd", "LogicalAnd")),
        AtenRule.of(
            "bitwise_or.Scalar(Tensor self, Scalar other) -> Tensor",
            Elementwise.numberOrBool("BitwiseOr", "LogicalOr")),
        AtenRule.of(
            "bitwise_or.Scalar_Tensor(Scalar self, Tensor other) -> Tensor",
            Elementwise.numberOrBool("BitwiseOr", "LogicalOr")),
        AtenRule.of(
            "bitwise_or.Tensor(Tensor self, Tensor other) -> Tensor",
            Elementwise.numberOrBool("BitwiseOr", "LogicalOr")),
        AtenRule.of(
            "bitwise_xor.Scalar(Tensor self, Scalar other) -> Tensor",
            Elementwise.numberOrBool("BitwiseXor", "NotEqual")),
        AtenRule.of(
            "bitwise_xor.Scalar_Tensor(Scalar self, Tensor other) -> Tensor",
            Elementwise.numberOrBool("BitwiseXor", "NotEqual")),
        AtenRule.of(
            "bitwise_xor.Tensor(Tensor self, Tensor other) -> Tensor",
            Elementwise.numberOrBool("BitwiseXor", "NotEqual")),
        AtenRule.of(
            "bitwise_left_shift.Scalar_Tensor(Scalar self, Tensor other) -> Tensor",
            Elementwise.promoted((tf, x, y) -> tf.binary("LeftShift", x, y))),
        AtenRule.of(
            "bitwise_left_shift.Tensor(Tensor self, Tensor other) -> Tensor",
            Elementwise.promoted((tf, x, y) -> tf.binary("LeftShift", x, y))),
        AtenRule.of(
            "bitwise_left_shift.Tensor_Scalar(Tensor self, Scalar other) -> Tensor",
            Elementwise.promoted((tf, x, y) -> tf.binary("LeftShift", x, y))),
        AtenRule.of(
            "bitwise_right_shift.Scalar_Tensor(Scalar self, Tensor other) -> Tensor",
            Elementwise.promoted((tf, x, y) -> tf.binary("RightShift", x, y))),
        AtenRule.of(
            "bitwise_right_shift.Tensor(Tensor self, Tensor other) -> Tensor",
            Elementwise.promoted((tf, x, y) -> tf.binary("RightShift", x, y))),
        AtenRule.of(
            "bitwise_right_shift.Tensor_Scalar(Tensor self, Scalar other) -> Tensor",
            Elementwise.promoted((tf, x, y) -> tf.binary("RightShift", x, y))),
        AtenRule.of("bitwise_not(Tensor self) -> Tensor", LogicOps::bitwiseNot),

        // bools
        AtenRule.of("logical_and(Tensor self, Tensor other) -> Tensor", logical("LogicalAnd")),
        AtenRule.of("logical_or(Tensor self, Tensor other) -> Tensor", logical("LogicalOr")),
        AtenRule.of("logical_xor(Tensor self, Tensor other) -> Tensor", logical("NotEqual")),
        AtenRule.of("logical_not(Tensor self) -> Tensor", LogicOps::logicalNot),

        // divisors
        AtenRule.of(
            "gcd(Tensor self, Tensor other) -> Tensor", Elementwise.promoted(LogicOps::gcd)),
        AtenRule.of(
            "lcm(Tensor self, Tensor other) -> Tensor", Elementwise.promoted(LogicOps::lcm)));
  }

  static TfValue bitwiseNot(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    return tf.unary(x.dtype() == DType.BOOL ? "LogicalNot" : "Invert", x);
  }

  private static AtenRule.One logical(String op) {
    return (a, tf) ->
        tf.binary(op, Numbers.isTrue(tf, a.tensor("self")), Numbers.isTrue(tf, a.tensor("other")));
  }

  static TfValue logicalNot(OpArgs a, TfGraph tf) {
    return tf.unary("LogicalNot", Numbers.isTrue(tf, a.tensor("self")));
  }

  private static TfValue gcd(TfGraph tf, TfValue x, TfValue y) {
    TfValue zero = tf.scalar(x.dtype(), 0);
    TfValue both = tf.add(x, tf.mul(y, zero));
    TfValue other = tf.add(y, tf.mul(x, zero));
    return tf.loop(
            Dim.of(LONGEST_EUCLID),
            List.of(Numbers.abs(tf, both), Numbers.abs(tf, other)),
            (body, step, state) -> euclid(body, state.get(0), state.get(1)))
        .get(0);
  }

  /** (x, y) to (y, x mod y), until y is 0. */
  private static List<TfValue> euclid(TfGraph tf, TfValue x, TfValue y) {
    TfValue zero = tf.scalar(y.dtype(), 0);
    TfValue ended = tf.binary("Equal", y, zero);
    TfValue divisor = tf.select(ended, tf.scalar(y.dtype(), 1), y);
    TfValue rest = tf.select(ended, zero, tf.binary("FloorMod", x, divisor));
    return List.of(tf.select(ended, x, y), rest);
  }

  /** |x / gcd(x, y) * y|; 0 where both are 0. */
  private static TfValue lcm(TfGraph tf, TfValue x, TfValue y) {
    TfValue divisor = tf.maximum(gcd(tf, x, y), tf.scalar(x.dtype(), 1));
    return Numbers.abs(tf, tf.mul(tf.binary("FloorDiv", x, divisor), y));
  }
}
