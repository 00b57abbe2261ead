package org.tensorferry.converters.aten;

import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.Value;

/** Kinds of element-wise rules, by how torch finds the type of the result. */
final class Elementwise {

  private Elementwise() {}

  /** A formula on one tensor. */
  @FunctionalInterface
  interface Formula {
    TfValue emit(TfGraph tf, TfValue x);
  }

  /** A formula on two tensors of one type, which may broadcast. */
  @FunctionalInterface
  interface Formula2 {
    TfValue emit(TfGraph tf, TfValue x, TfValue y);
  }

  /** One TensorFlow operator in a floating type; integers become float32. */
  static AtenRule.One floating(String op) {
    return floating((tf, x) -> Kernels.unary(tf, op, x));
  }

  /** A formula in a floating type; integers become float32, half types compute in float32. */
  static AtenRule.One floating(Formula formula) {
    return (a, tf) -> {
      TfValue x = a.operand("self", a.promoteToFloating("self"));
      return Kernels.wide(tf, x, wide -> formula.emit(tf, wide));
    };
  }

  /** One operator on {@code self} and {@code other} in their common floating type. */
  static AtenRule.One floating2(String op) {
    return floating2((tf, x, y) -> Kernels.binary(tf, op, x, y));
  }

  /** A formula on {@code self} and {@code other} in their common floating type. */
  static AtenRule.One floating2(Formula2 formula) {
    return (a, tf) -> promoted(a, tf, a.promoteToFloating("self", "other"), formula);
  }

  /** A formula on {@code self} and {@code other} in their common type. */
  static AtenRule.One promoted(Formula2 formula) {
    return (a, tf) -> promoted(a, tf, a.promote("self", "other"), formula);
  }

  /**
   * As {@link #promoted}, but a plain number is rounded to the common type before the formula, not
   * only the result.
   */
  static AtenRule.One rounded(Formula2 formula) {
    return (a, tf) -> {
      DType dtype = a.promote("self", "other");
      DType computed = Kernels.accumulator(dtype);
      TfValue x = tf.cast(a.operand("self", dtype), computed);
      TfValue y = tf.cast(a.operand("other", dtype), computed);
      return tf.cast(formula.emit(tf, x, y), dtype);
    };
  }

  private static TfValue promoted(OpArgs a, TfGraph tf, DType dtype, Formula2 formula) {
    DType computed = Kernels.accumulator(dtype);
    TfValue x = a.operand("self", computed);
    return tf.cast(formula.emit(tf, x, a.operand("other", computed)), dtype);
  }

  /** One TensorFlow operator for numbers, another for bools. */
  static AtenRule.One numberOrBool(String numbers, String bools) {
    return (a, tf) -> {
      DType dtype = a.promote("self", "other");
      TfValue x = a.operand("self", dtype);
      TfValue y = a.operand("other", dtype);
      return dtype == DType.BOOL ? tf.binary(bools, x, y) : Kernels.binary(tf, numbers, x, y);
    };
  }

  /** True where an argument is the number 1, which most calls leave it at. */
  static boolean isOne(Value value) {
    return (value instanceof Value.Int number && number.value().is(1))
        || (value instanceof Value.Floating floating && floating.value() == 1)
        || (value instanceof Value.Bool bool && bool.value());
  }
}
