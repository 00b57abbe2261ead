package org.tensorferry.converters.aten;

import java.util.List;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Activation functions. */
final class ActivationOps {

  /** Above this, log(1 + exp(x)) is x in float32. */
  private static final double SOFTPLUS_IS_LINEAR = 20;

  private ActivationOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.of(
            "_prelu_kernel(Tensor self, Tensor weight) -> Tensor", ActivationOps::preluKernel),
        AtenRule.of("celu(Tensor self, Scalar alpha=1.0) -> Tensor", ActivationOps::celu),
        AtenRule.of(
            "elu(Tensor self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1) -> Tensor",
            ActivationOps::elu),
        AtenRule.of("gelu(Tensor self, *, str approximate='none') -> Tensor", ActivationOps::gelu),
        AtenRule.of("glu(Tensor self, int dim=-1) -> Tensor", ActivationOps::glu),
        AtenRule.of(
            "hardshrink(Tensor self, Scalar lambd=0.5) -> Tensor", ActivationOps::hardshrink),
        AtenRule.of(
            "hardsigmoid(Tensor self) -> Tensor", Elementwise.floating(ActivationOps::hardsigmoid)),
        AtenRule.of(
            "hardswish(Tensor self) -> Tensor", Elementwise.floating(ActivationOps::hardswish)),
        AtenRule.of(
            "hardtanh(Tensor self, Scalar min_val=-1, Scalar max_val=1) -> Tensor",
            ActivationOps::hardtanh),
        AtenRule.of(
            "leaky_relu(Tensor self, Scalar negative_slope=0.01) -> Tensor",
            (a, tf) -> leaky(tf, a.tensor("self"), a.number("negative_slope"))),
        AtenRule.of(
            "log_sigmoid(Tensor self) -> Tensor", Elementwise.floating(ActivationOps::logSigmoid)),
        AtenRule.several(
            "log_sigmoid_forward(Tensor self) -> (Tensor output, Tensor buffer)",
            ActivationOps::logSigmoidForward),
        AtenRule.of("mish(Tensor self) -> Tensor", Elementwise.floating(ActivationOps::mish)),
        AtenRule.of("prelu(Tensor self, Tensor weight) -> Tensor", ActivationOps::prelu),
        AtenRule.unary("relu(Tensor self) -> Tensor", "Relu"),
        AtenRule.unary("relu6(Tensor self) -> Tensor", "Relu6"),
        AtenRule.of(
            "rrelu(Tensor self, Scalar lower=0.125, Scalar upper=0.3333333333333333, bool"
                + " training=False, Generator? generator=None) -> Tensor",
            ActivationOps::rrelu),
        AtenRule.of(
            "rrelu_with_noise(Tensor self, Tensor noise, Scalar lower=0.125, Scalar"
                + " upper=0.3333333333333333, bool training=False, Generator? generator=None) ->"
                + " Tensor",
            ActivationOps::rrelu),
        AtenRule.of("selu(Tensor self) -> Tensor", Elementwise.floating("Selu")),
        AtenRule.of("silu(Tensor self) -> Tensor", Elementwise.floating(ActivationOps::silu)),
        AtenRule.of(
            "softplus(Tensor self, Scalar beta=1, Scalar threshold=20) -> Tensor",
            ActivationOps::softplus),
        AtenRule.of(
            "softshrink(Tensor self, Scalar lambd=0.5) -> Tensor", ActivationOps::softshrink),
        AtenRule.of(
            "threshold(Tensor self, Scalar threshold, Scalar value) -> Tensor",
            ActivationOps::threshold));
  }

  // --- gates

  /** x sigmoid(x). */
  private static TfValue silu(TfGraph tf, TfValue x) {
    return tf.mul(x, tf.unary("Sigmoid", x));
  }

  /** x tanh(log(1 + exp(x))). */
  private static TfValue mish(TfGraph tf, TfValue x) {
    return tf.mul(x, tf.unary("Tanh", tf.unary("Softplus", x)));
  }

  /** The first half times the sigmoid of the second. */
  static TfValue glu(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    int axis = a.axis("dim", x.rank());
    Dim half = x.dim(axis).floorDiv(2);
    TfValue gate = tf.slice(x, axis, half, half);
    TfValue open = Kernels.wide(tf, gate, wide -> tf.unary("Sigmoid", wide));
    return tf.mul(tf.slice(x, axis, Dim.ZERO, half), open);
  }

  /** x (1 + erf(x / sqrt 2)) / 2, in the order of factors that TFLite knows as one operator. */
  static TfValue gelu(OpArgs a, TfGraph tf) {
    String approximate = a.text("approximate");
    return switch (approximate) {
      case "none" -> Kernels.wide(tf, a.tensor("self"), x -> geluErf(tf, x));
      case "tanh" -> Kernels.wide(tf, a.tensor("self"), x -> geluTanh(tf, x));
      default -> throw a.refuse("torch knows no approximation `" + approximate + "`", "");
    };
  }

  static TfValue geluErf(TfGraph tf, TfValue x) {
    TfValue erf = tf.unary("Erf", tf.mul(x, Math.sqrt(0.5)));
    return tf.mul(tf.mul(x, 0.5), tf.add(erf, 1));
  }

  /** x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2. */
  private static TfValue geluTanh(TfGraph tf, TfValue x) {
    TfValue cube = tf.binary("Pow", x, tf.scalar(x.dtype(), 3));
    TfValue inner = tf.add(x, tf.mul(cube, 0.044715));
    TfValue tanh = tf.unary("Tanh", tf.mul(inner, Math.sqrt(2 / Math.PI)));
    return tf.mul(tf.mul(x, 0.5), tf.add(tanh, 1));
  }

  // --- linear above zero

  /** scale max(x, 0) + scale alpha (exp(input_scale min(x, 0)) - 1). */
  static TfValue elu(OpArgs a, TfGraph tf) {
    double alpha = a.number("alpha");
    double scale = a.number("scale");
    double inputScale = a.number("input_scale");
    return Kernels.wide(tf, a.tensor("self"), x -> elu(tf, x, alpha * scale, scale, inputScale));
  }

  static TfValue celu(OpArgs a, TfGraph tf) {
    double alpha = a.number("alpha");
    return Kernels.wide(tf, a.tensor("self"), x -> elu(tf, x, alpha, 1, 1 / alpha));
  }

  private static TfValue elu(
      TfGraph tf, TfValue x, double negative, double positive, double inputScale) {
    if (negative == 1 && positive == 1 && inputScale == 1) {
      return tf.unary("Elu", x);
    }
    TfValue below = tf.minimum(x, tf.scalar(x.dtype(), 0));
    TfValue curve = tf.mul(tf.unary("Expm1", tf.mul(below, inputScale)), negative);
    return tf.add(tf.mul(tf.unary("Relu", x), positive), curve);
  }

  private static TfValue leaky(TfGraph tf, TfValue x, double slope) {
    if (x.dtype() == DType.FLOAT64) {
      // The attribute is a float32.
      TfValue below = tf.minimum(x, tf.scalar(x.dtype(), 0));
      return tf.add(tf.unary("Relu", x), tf.mul(below, slope));
    }
    return tf.op("LeakyRelu", x).attr("alpha", slope).get();
  }

  static TfValue prelu(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    TfValue weight = a.tensor("weight");
    Dim count = weight.shape().numel();
    boolean perChannel = x.rank() >= 2 && !count.is(1);
    Shape shape = perChannel ? Shape.of(count) : Shape.SCALAR;
    for (int axis = 2; perChannel && axis < x.rank(); axis++) {
      shape = shape.insert(axis - 1, Dim.ONE);
    }
    return prelu(tf, x, tf.reshape(weight, shape));
  }

  static TfValue preluKernel(OpArgs a, TfGraph tf) {
    return prelu(tf, a.tensor("self"), a.tensor("weight"));
  }

  /** x above 0, else weight x; the weight may be infinite. */
  private static TfValue prelu(TfGraph tf, TfValue x, TfValue weight) {
    TfValue above = tf.binary("Greater", x, tf.scalar(x.dtype(), 0));
    return tf.select(above, x, tf.mul(weight, x));
  }

  static TfValue rrelu(OpArgs a, TfGraph tf) {
    a.mustBe("training", false, "call model.eval() before the export: the slope is random");
    if (a.has("noise")) {
      a.ignore("noise");
    }
    return leaky(tf, a.tensor("self"), (a.number("lower") + a.number("upper")) / 2);
  }

  // --- soft

  /** log(1 + exp(beta x)) / beta; x itself where beta x is above the threshold. */
  static TfValue softplus(OpArgs a, TfGraph tf) {
    double beta = a.number("beta");
    double threshold = a.number("threshold");
    return Kernels.wide(tf, a.tensor("self"), x -> softplus(tf, x, beta, threshold));
  }

  private static TfValue softplus(TfGraph tf, TfValue x, double beta, double threshold) {
    TfValue scaled = beta == 1 ? x : tf.mul(x, beta);
    TfValue soft = tf.unary("Softplus", scaled);
    TfValue result = beta == 1 ? soft : tf.div(soft, tf.scalar(x.dtype(), beta));
    if (threshold >= SOFTPLUS_IS_LINEAR && x.dtype() == DType.FLOAT32) {
      return result;
    }
    TfValue above = tf.binary("Greater", scaled, tf.scalar(x.dtype(), threshold));
    return tf.select(above, x, result);
  }

  /** -log(1 + exp(-x)). */
  private static TfValue logSigmoid(TfGraph tf, TfValue x) {
    return tf.neg(tf.unary("Softplus", tf.neg(x)));
  }

  /** The buffer, exp(-|x|), serves torch's backward. */
  static List<TfValue> logSigmoidForward(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    TfValue buffer = tf.unary("Exp", tf.neg(tf.unary("Abs", x)));
    return List.of(Kernels.wide(tf, x, wide -> logSigmoid(tf, wide)), buffer);
  }

  /** x - lambda above it, x + lambda below -lambda, else 0. */
  static TfValue softshrink(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    double lambda = a.number("lambd");
    TfValue above = tf.unary("Relu", tf.add(x, -lambda));
    return tf.sub(above, tf.unary("Relu", tf.add(tf.neg(x), -lambda)));
  }

  // --- hard

  /** relu6(x + 3) / 6. */
  private static TfValue hardsigmoid(TfGraph tf, TfValue x) {
    return tf.mul(tf.unary("Relu6", tf.add(x, 3)), 1.0 / 6);
  }

  private static TfValue hardswish(TfGraph tf, TfValue x) {
    return tf.mul(x, hardsigmoid(tf, x));
  }

  static TfValue hardtanh(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    double min = a.number("min_val");
    double max = a.number("max_val");
    if (min == 0 && max == 6) {
      return tf.unary("Relu6", x);
    }
    TfValue above = tf.maximum(x, tf.scalar(x.dtype(), min));
    return tf.minimum(above, tf.scalar(x.dtype(), max));
  }

  /** 0 within [-lambda, lambda]. */
  static TfValue hardshrink(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    TfValue lambda = tf.scalar(x.dtype(), a.number("lambd"));
    TfValue within =
        tf.binary(
            "LogicalAnd",
            tf.binary("LessEqual", x, lambda),
            tf.binary("GreaterEqual", x, tf.neg(lambda)));
    return tf.select(within, tf.scalar(x.dtype(), 0), x);
  }

  static TfValue threshold(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    TfValue below = tf.binary("LessEqual", x, a.operand("threshold", x.dtype()));
    return tf.select(below, a.operand("value", x.dtype()), x);
  }
}
