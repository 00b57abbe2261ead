package org.tensorferry.converters.aten;

import java.util.List;
import java.util.function.UnaryOperator;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.AtenRule.Contiguity;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Complex numbers: their parts, and how they are made. */
final class ComplexOps {

  private ComplexOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.of("_conj(Tensor self) -> Tensor", ComplexOps::conj),
        AtenRule.of("_conj_physical(Tensor self) -> Tensor", ComplexOps::conj),
        AtenRule.of("angle(Tensor self) -> Tensor", ComplexOps::angle),
        AtenRule.of("complex(Tensor real, Tensor imag) -> Tensor", ComplexOps::complex),
        AtenRule.aliasWhereSame("conj(Tensor self) -> Tensor", ComplexOps::conj),
        AtenRule.of("conj_physical(Tensor self) -> Tensor", ComplexOps::conj),
        AtenRule.view(
            "imag(Tensor self) -> Tensor",
            (a, tf) -> part(tf, "Imag", a.tensor("self")),
            (a, tf, changed) -> join(tf, part(tf, "Real", a.tensor("self")), changed),
            Contiguity.LOST),
        AtenRule.of("isreal(Tensor self) -> Tensor", ComplexOps::isReal),
        AtenRule.of("polar(Tensor abs, Tensor angle) -> Tensor", ComplexOps::polar),
        AtenRule.view(
            "real(Tensor self) -> Tensor",
            ComplexOps::real,
            (a, tf, changed) ->
                changed.dtype() == a.tensor("self").dtype()
                    ? changed
                    : join(tf, changed, part(tf, "Imag", a.tensor("self"))),
            Contiguity.LOST),
        AtenRule.alias("resolve_conj(Tensor self) -> Tensor"),
        AtenRule.alias("resolve_neg(Tensor self) -> Tensor"),
        AtenRule.view(
            "view_as_complex(Tensor self) -> Tensor",
            (a, tf) -> asComplex(tf, a.tensor("self")),
            (a, tf, changed) -> asReal(tf, changed),
            Contiguity.KEPT),
        AtenRule.view(
            "view_as_real(Tensor self) -> Tensor",
            (a, tf) -> asReal(tf, a.tensor("self")),
            (a, tf, changed) -> asComplex(tf, changed),
            Contiguity.KEPT));
  }

  static TfValue complex(OpArgs a, TfGraph tf) {
    DType dtype = a.promote("real", "imag");
    return join(tf, a.operand("real", dtype), a.operand("imag", dtype));
  }

  static TfValue polar(OpArgs a, TfGraph tf) {
    DType dtype = a.promote("abs", "angle");
    TfValue radius = a.operand("abs", dtype);
    TfValue angle = a.operand("angle", dtype);
    TfValue real = tf.mul(radius, tf.unary("Cos", angle));
    return join(tf, real, tf.mul(radius, tf.unary("Sin", angle)));
  }

  static TfValue conj(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    return x.dtype().isComplex() ? tf.unary("Conj", x) : x;
  }

  static TfValue real(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    return x.dtype().isComplex() ? part(tf, "Real", x) : x;
  }

  /** Of a real number: 0, pi below zero, NaN of NaN. */
  static TfValue angle(OpArgs a, TfGraph tf) {
    TfValue x = a.operand("self", a.promoteToFloating("self"));
    if (x.dtype().isComplex()) {
      return part(tf, "Angle", x);
    }
    TfValue zero = tf.scalar(x.dtype(), 0);
    TfValue negative = tf.binary("Less", x, zero);
    TfValue angle = tf.select(negative, tf.scalar(x.dtype(), Math.PI), zero);
    return tf.select(tf.unary("IsNan", x), x, angle);
  }

  static TfValue isReal(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    if (!x.dtype().isComplex()) {
      return tf.fill(x.shape(), DType.BOOL, 1);
    }
    TfValue imaginary = part(tf, "Imag", x);
    return tf.binary("Equal", imaginary, tf.scalar(imaginary.dtype(), 0));
  }

  static TfValue asReal(TfGraph tf, TfValue x) {
    return tf.stack(List.of(part(tf, "Real", x), part(tf, "Imag", x)), x.rank());
  }

  static TfValue asComplex(TfGraph tf, TfValue x) {
    List<TfValue> parts = tf.unstack(x, x.rank() - 1);
    return join(tf, parts.get(0), parts.get(1));
  }

  /** The type of a complex type's parts; other types as they are. */
  static DType realOf(DType dtype) {
    return switch (dtype) {
      case COMPLEX64 -> DType.FLOAT32;
      case COMPLEX128 -> DType.FLOAT64;
      default -> dtype;
    };
  }

  /** A formula on the real and on the imaginary part. */
  static TfValue byParts(TfGraph tf, TfValue x, UnaryOperator<TfValue> formula) {
    return join(tf, formula.apply(part(tf, "Real", x)), formula.apply(part(tf, "Imag", x)));
  }

  static TfValue part(TfGraph tf, String op, TfValue x) {
    return tf.op(op, x).attr("Tout", realOf(x.dtype())).get();
  }

  private static TfValue join(TfGraph tf, TfValue real, TfValue imaginary) {
    DType dtype = real.dtype() == DType.FLOAT64 ? DType.COMPLEX128 : DType.COMPLEX64;
    return tf.op("Complex", real, imaginary).attr("Tout", dtype).get();
  }
}
