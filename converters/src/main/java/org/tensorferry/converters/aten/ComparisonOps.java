package org.tensorferry.converters.aten;

import java.util.List;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Comparisons; the results are bools. */
final class ComparisonOps {

  private ComparisonOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.of("eq.Scalar(Tensor self, Scalar other) -> Tensor", comparison("Equal")),
        AtenRule.of("eq.Tensor(Tensor self, Tensor other) -> Tensor", comparison("Equal")),
        AtenRule.of("ge.Scalar(Tensor self, Scalar other) -> Tensor", comparison("GreaterEqual")),
        AtenRule.of("ge.Tensor(Tensor self, Tensor other) -> Tensor", comparison("GreaterEqual")),
        AtenRule.of("greater.Scalar(Tensor self, Scalar other) -> Tensor", comparison("Greater")),
        AtenRule.of("greater.Tensor(Tensor self, Tensor other) -> Tensor", comparison("Greater")),
        AtenRule.of(
            "greater_equal.Scalar(Tensor self, Scalar other) -> Tensor",
            comparison("GreaterEqual")),
        AtenRule.of(
            "greater_equal.Tensor(Tensor self, Tensor other) -> Tensor",
            comparison("GreaterEqual")),
        AtenRule.of("gt.Scalar(Tensor self, Scalar other) -> Tensor", comparison("Greater")),
        AtenRule.of("gt.Tensor(Tensor self, Tensor other) -> Tensor", comparison("Greater")),
        AtenRule.of("le.Scalar(Tensor self, Scalar other) -> Tensor", comparison("LessEqual")),
        AtenRule.of("le.Tensor(Tensor self, Tensor other) -> Tensor", comparison("LessEqual")),
        AtenRule.of("less.Scalar(Tensor self, Scalar other) -> Tensor", comparison("Less")),
        AtenRule.of("less.Tensor(Tensor self, Tensor other) -> Tensor", comparison("Less")),
        AtenRule.of(
            "less_equal.Scalar(Tensor self, Scalar other) -> Tensor", comparison("LessEqual")),
        AtenRule.of(
            "less_equal.Tensor(Tensor self, Tensor other) -> Tensor", comparison("LessEqual")),
        AtenRule.of("lt.Scalar(Tensor self, Scalar other) -> Tensor", comparison("Less")),
        AtenRule.of("lt.Tensor(Tensor self, Tensor other) -> Tensor", comparison("Less")),
        AtenRule.of("ne.Scalar(Tensor self, Scalar other) -> Tensor", comparison("NotEqual")),
        AtenRule.of("ne.Tensor(Tensor self, Tensor other) -> Tensor", comparison("NotEqual")),
        AtenRule.of(
            "not_equal.Scalar(Tensor self, Scalar other) -> Tensor", comparison("NotEqual")),
        AtenRule.of(
            "not_equal.Tensor(Tensor self, Tensor other) -> Tensor", comparison("NotEqual")),

        // nearness
        AtenRule.of(
            "allclose(Tensor self, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False) -> bool",
            ComparisonOps::allClose),
        AtenRule.of("equal(Tensor self, Tensor other) -> bool", ComparisonOps::equal),
        AtenRule.of(
            "isclose(Tensor self, Tensor other, float rtol=1e-05, float atol=1e-08, bool equal_nan=False) -> Tensor",
            ComparisonOps::isClose),

        // kinds of numbers
        AtenRule.of(
            "isfinite(Tensor self) -> Tensor", (a, tf) -> floatTest(a, tf, "IsFinite", "Equal")),
        AtenRule.of(
            "isinf(Tensor self) -> Tensor", (a, tf) -> floatTest(a, tf, "IsInf", "NotEqual")),
        AtenRule.of(
            "isnan(Tensor self) -> Tensor", (a, tf) -> floatTest(a, tf, "IsNan", "NotEqual")),
        AtenRule.of(
            "isneginf(Tensor self) -> Tensor",
            (a, tf) -> isInfinity(a, tf, Double.NEGATIVE_INFINITY)),
        AtenRule.of(
            "isposinf(Tensor self) -> Tensor",
            (a, tf) -> isInfinity(a, tf, Double.POSITIVE_INFINITY)));
  }

  private static AtenRule.One comparison(String op) {
    boolean ordering = !op.equals("Equal") && !op.equals("NotEqual");
    return (a, tf) -> {
      DType common = a.promote("self", "other");
      DType dtype = ordering && common == DType.BOOL ? DType.UINT8 : common;
      return tf.binary(op, a.operand("self", dtype), a.operand("other", dtype));
    };
  }

  /** Equal, or |self - other| &lt;= atol + rtol |other| where that is finite. */
  static TfValue isClose(OpArgs a, TfGraph tf) {
    DType common = a.promote("self", "other");
    DType dtype =
        common.isFloating() || common.isComplex() ? Kernels.accumulator(common) : DType.FLOAT64;
    TfValue x = a.operand("self", dtype);
    TfValue y = a.operand("other", dtype);
    TfValue allowed = tf.add(tf.mul(Numbers.abs(tf, y), a.number("rtol")), a.number("atol"));
    TfValue error = Numbers.abs(tf, tf.sub(x, y));
    TfValue near =
        tf.binary(
            "LogicalAnd", tf.unary("IsFinite", error), tf.binary("LessEqual", error, allowed));
    TfValue close = tf.binary("LogicalOr", tf.binary("Equal", x, y), near);
    if (!a.flag("equal_nan")) {
      return close;
    }
    TfValue bothNan = tf.binary("LogicalAnd", isNan(tf, x), isNan(tf, y));
    return tf.binary("LogicalOr", close, bothNan);
  }

  private static TfValue isNan(TfGraph tf, TfValue x) {
    return x.dtype().isComplex() ? ofParts(tf, "IsNan", x) : tf.unary("IsNan", x);
  }

  static TfValue allClose(OpArgs a, TfGraph tf) {
    return all(tf, isClose(a, tf));
  }

  static TfValue equal(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    TfValue y = a.tensor("other");
    if (!x.shape().equals(y.shape())) {
      if (x.rank() == y.rank() && !(x.shape().isKnown() && y.shape().isKnown())) {
        throw a.refuse(
            "shapes " + x.shape() + " and " + y.shape() + " are not known to be equal",
            "fix the dims in --input");
      }
      return tf.scalar(DType.BOOL, 0);
    }
    DType dtype = a.promote("self", "other");
    return all(tf, tf.binary("Equal", tf.cast(x, dtype), tf.cast(y, dtype)));
  }

  private static TfValue all(TfGraph tf, TfValue x) {
    return tf.reduce("All", x, false, Axes.all(x));
  }

  private static TfValue floatTest(OpArgs a, TfGraph tf, String floating, String integers) {
    TfValue x = a.tensor("self");
    return x.dtype().isComplex()
        ? ofParts(tf, floating, x)
        : x.dtype().isFloating() ? tf.unary(floating, x) : tf.binary(integers, x, x);
  }

  /** A complex number is finite if both parts are, infinite or NaN if one is. */
  private static TfValue ofParts(TfGraph tf, String test, TfValue x) {
    String both = test.equals("IsFinite") ? "LogicalAnd" : "LogicalOr";
    TfValue real = tf.unary(test, ComplexOps.part(tf, "Real", x));
    return tf.binary(both, real, tf.unary(test, ComplexOps.part(tf, "Imag", x)));
  }

  private static TfValue isInfinity(OpArgs a, TfGraph tf, double infinity) {
    TfValue x = a.tensor("self");
    return x.dtype().isFloating()
        ? tf.binary("Equal", x, tf.scalar(x.dtype(), infinity))
        : tf.binary("NotEqual", x, x);
  }
}
