package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.List;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.Promotion;
import org.tensorferry.value.Value;

/** Choices between elements: by a condition, by size, by what a number is. */
final class SelectionOps {

  private SelectionOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // by a condition
        AtenRule.of("heaviside(Tensor self, Tensor values) -> Tensor", SelectionOps::heaviside),
        AtenRule.of(
            "masked_fill.Scalar(Tensor self, Tensor mask, Scalar value) -> Tensor",
            SelectionOps::maskedFill),
        AtenRule.of(
            "masked_fill.Tensor(Tensor self, Tensor mask, Tensor value) -> Tensor",
            SelectionOps::maskedFill),
        AtenRule.of(
            "where.Scalar(Tensor condition, Scalar self, Scalar other) -> Tensor",
            SelectionOps::where),
        AtenRule.of(
            "where.ScalarOther(Tensor condition, Tensor self, Scalar other) -> Tensor",
            SelectionOps::where),
        AtenRule.of(
            "where.ScalarSelf(Tensor condition, Scalar self, Tensor other) -> Tensor",
            SelectionOps::where),
        AtenRule.of(
            "where.self(Tensor condition, Tensor self, Tensor other) -> Tensor",
            SelectionOps::where),

        // by size
        AtenRule.of(
            "clamp(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor",
            SelectionOps::clamp),
        AtenRule.of(
            "clamp.Tensor(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor",
            SelectionOps::clamp),
        AtenRule.of("clamp_max(Tensor self, Scalar max) -> Tensor", SelectionOps::clamp),
        AtenRule.of("clamp_max.Tensor(Tensor self, Tensor max) -> Tensor", SelectionOps::clamp),
        AtenRule.of("clamp_min(Tensor self, Scalar min) -> Tensor", SelectionOps::clamp),
        AtenRule.of("clamp_min.Tensor(Tensor self, Tensor min) -> Tensor", SelectionOps::clamp),
        AtenRule.of(
            "clip(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor", SelectionOps::clamp),
        AtenRule.of(
            "clip.Tensor(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor",
            SelectionOps::clamp),
        AtenRule.of(
            "fmax(Tensor self, Tensor other) -> Tensor",
            Elementwise.promoted((tf, x, y) -> ignoringNan(tf, "Maximum", x, y))),
        AtenRule.of(
            "fmin(Tensor self, Tensor other) -> Tensor",
            Elementwise.promoted((tf, x, y) -> ignoringNan(tf, "Minimum", x, y))),
        AtenRule.of(
            "max.other(Tensor self, Tensor other) -> Tensor",
            Elementwise.numberOrBool("Maximum", "LogicalOr")),
        AtenRule.of(
            "maximum(Tensor self, Tensor other) -> Tensor",
            Elementwise.numberOrBool("Maximum", "LogicalOr")),
        AtenRule.of(
            "min.other(Tensor self, Tensor other) -> Tensor",
            Elementwise.numberOrBool("Minimum", "LogicalAnd")),
        AtenRule.of(
            "minimum(Tensor self, Tensor other) -> Tensor",
            Elementwise.numberOrBool("Minimum", "LogicalAnd")),

        // by what a number is
        AtenRule.of(
            "nan_to_num(Tensor self, float? nan=None, float? posinf=None, float? neginf=None)"
                + " -> Tensor",
            SelectionOps::nanToNum),
        AtenRule.of(
            "nextafter(Tensor self, Tensor other) -> Tensor", Elementwise.floating2("NextAfter")));
  }

  // --- by a condition

  static TfValue where(OpArgs a, TfGraph tf) {
    DType dtype = a.promote("self", "other");
    TfValue condition = Numbers.isTrue(tf, a.tensor("condition"));
    return tf.select(condition, a.operand("self", dtype), a.operand("other", dtype));
  }

  static TfValue maskedFill(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    TfValue mask = Numbers.isTrue(tf, a.tensor("mask"));
    return tf.select(mask, a.operand("value", x.dtype()), x);
  }

  static TfValue heaviside(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    DType computed = x.dtype() == DType.BOOL ? DType.UINT8 : x.dtype();
    TfValue zero = tf.scalar(computed, 0);
    TfValue number = tf.cast(x, computed);
    TfValue step = tf.cast(tf.binary("Greater", number, zero), x.dtype());
    return tf.select(tf.binary("Equal", number, zero), a.tensor("values"), step);
  }

  // --- by size

  /** min(max(self, min), max): the upper bound wins where the bounds cross. */
  static TfValue clamp(OpArgs a, TfGraph tf) {
    List<Value> operands = new ArrayList<>(List.of(a.value("self")));
    boolean lower = a.has("min") && a.isGiven("min");
    boolean upper = a.has("max") && a.isGiven("max");
    if (lower) {
      operands.add(a.value("min"));
    }
    if (upper) {
      operands.add(a.value("max"));
    }
    DType dtype = Promotion.of(operands);
    TfValue x = a.operand("self", dtype);
    if (lower) {
      x = tf.maximum(x, a.operand("min", dtype));
    }
    return upper ? tf.minimum(x, a.operand("max", dtype)) : x;
  }

  /** The other one where one is NaN. */
  private static TfValue ignoringNan(TfGraph tf, String op, TfValue x, TfValue y) {
    if (x.dtype() == DType.BOOL) {
      return tf.binary(op.equals("Maximum") ? "LogicalOr" : "LogicalAnd", x, y);
    }
    TfValue both = tf.binary(op, x, y);
    if (!x.dtype().isFloating()) {
      return both;
    }
    return tf.select(tf.unary("IsNan", x), y, tf.select(tf.unary("IsNan", y), x, both));
  }

  // --- by what a number is

  static TfValue nanToNum(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    DType dtype = x.dtype();
    if (dtype.isComplex()) {
      return ComplexOps.byParts(tf, x, part -> nanToNum(a, tf, part));
    }
    if (!dtype.isFloating()) {
      a.ignore("nan", "posinf", "neginf");
      return x;
    }
    return nanToNum(a, tf, x);
  }

  private static TfValue nanToNum(OpArgs a, TfGraph tf, TfValue x) {
    DType dtype = x.dtype();
    double largest = Numbers.largest(dtype);
    TfValue nan = tf.scalar(dtype, a.isGiven("nan") ? a.number("nan") : 0);
    TfValue high = tf.scalar(dtype, a.isGiven("posinf") ? a.number("posinf") : largest);
    TfValue low = tf.scalar(dtype, a.isGiven("neginf") ? a.number("neginf") : -largest);
    TfValue infinity = tf.scalar(dtype, Double.POSITIVE_INFINITY);
    TfValue minusInfinity = tf.scalar(dtype, Double.NEGATIVE_INFINITY);
    TfValue bounded = tf.select(tf.binary("Equal", x, infinity), high, x);
    bounded = tf.select(tf.binary("Equal", x, minusInfinity), low, bounded);
    return tf.select(tf.unary("IsNan", x), nan, bounded);
  }
}
