package org.tensorferry.converters.aten;

import java.util.List;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Losses between a result and a target of the same shape. */
final class LossOps {

  private static final String TRAINING_ONLY = "it serves training and TensorFlow has no operator";
  private static final String LEAVE_OUT = "leave the loss out of the exported forward";

  private LossOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.of(
            "binary_cross_entropy(Tensor self, Tensor target, Tensor? weight=None, int"
                + " reduction=1) -> Tensor",
            LossOps::binaryCrossEntropy),
        AtenRule.of(
            "binary_cross_entropy_with_logits(Tensor self, Tensor target, Tensor? weight=None,"
                + " Tensor? pos_weight=None, int reduction=1) -> Tensor",
            LossOps::binaryCrossEntropyWithLogits),
        AtenRule.of(
            "cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, float margin=0.,"
                + " int reduction=1) -> Tensor",
            LossOps::cosineEmbedding),
        AtenRule.refused(
            "ctc_loss.IntList(Tensor log_probs, Tensor targets, int[] input_lengths, int[]"
                + " target_lengths, int blank=0, int reduction=1, bool zero_infinity=False) ->"
                + " Tensor",
            TRAINING_ONLY,
            LEAVE_OUT),
        AtenRule.refused(
            "ctc_loss.Tensor(Tensor log_probs, Tensor targets, Tensor input_lengths, Tensor"
                + " target_lengths, int blank=0, int reduction=1, bool zero_infinity=False) ->"
                + " Tensor",
            TRAINING_ONLY,
            LEAVE_OUT),
        AtenRule.of(
            "hinge_embedding_loss(Tensor self, Tensor target, float margin=1., int reduction=1) ->"
                + " Tensor",
            LossOps::hingeEmbedding),
        AtenRule.of(
            "huber_loss(Tensor self, Tensor target, int reduction=1, float delta=1.) -> Tensor",
            LossOps::huber),
        AtenRule.of(
            "kl_div(Tensor self, Tensor target, int reduction=1, *, bool log_target=False) ->"
                + " Tensor",
            LossOps::divergence),
        AtenRule.of(
            "l1_loss(Tensor self, Tensor target, int reduction=1) -> Tensor", LossOps::absolute),
        AtenRule.of(
            "margin_ranking_loss(Tensor input1, Tensor input2, Tensor target, float margin=0., int"
                + " reduction=1) -> Tensor",
            LossOps::marginRanking),
        AtenRule.of(
            "mse_loss(Tensor self, Tensor target, int reduction=1) -> Tensor", LossOps::squared),
        AtenRule.refused(
            "multilabel_margin_loss(Tensor self, Tensor target, int reduction=1) -> Tensor",
            TRAINING_ONLY,
            LEAVE_OUT),
        AtenRule.refused(
            "multilabel_margin_loss_forward(Tensor self, Tensor target, int reduction) -> (Tensor"
                + " output, Tensor is_target)",
            TRAINING_ONLY,
            LEAVE_OUT),
        AtenRule.of(
            "poisson_nll_loss(Tensor input, Tensor target, bool log_input, bool full, float eps,"
                + " int reduction) -> Tensor",
            LossOps::poisson),
        AtenRule.of(
            "smooth_l1_loss(Tensor self, Tensor target, int reduction=1, float beta=1.) -> Tensor",
            LossOps::smoothAbsolute),
        AtenRule.of(
            "soft_margin_loss(Tensor self, Tensor target, int reduction=1) -> Tensor",
            LossOps::softMargin),
        AtenRule.of(
            "triplet_margin_loss(Tensor anchor, Tensor positive, Tensor negative, float margin=1.,"
                + " float p=2., float eps=1e-06, bool swap=False, int reduction=1) -> Tensor",
            LossOps::tripletMargin));
  }

  /** Reduction 0 is none, 1 the mean, 2 the sum (aten/src/ATen/core/Reduction.h). */
  static TfValue reduced(OpArgs a, TfGraph tf, TfValue loss) {
    return switch (a.integer("reduction")) {
      case 0 -> loss;
      case 1 -> tf.mean(loss, false, Axes.all(loss));
      default -> tf.sum(loss, false, Axes.all(loss));
    };
  }

  /** A loss that is computed element by element from {@code self} and {@code target}. */
  private static TfValue elementwise(OpArgs a, TfGraph tf, Elementwise.Formula2 formula) {
    DType dtype = a.promote("self", "target");
    DType wide = Kernels.accumulator(dtype);
    TfValue loss = formula.emit(tf, a.operand("self", wide), a.operand("target", wide));
    return tf.cast(reduced(a, tf, loss), dtype);
  }

  // --- by difference

  static TfValue squared(OpArgs a, TfGraph tf) {
    return elementwise(a, tf, (g, x, y) -> g.binary("SquaredDifference", x, y));
  }

  static TfValue absolute(OpArgs a, TfGraph tf) {
    return elementwise(a, tf, (g, x, y) -> g.unary("Abs", g.sub(x, y)));
  }

  /** z^2 / (2 beta) below beta, z - beta / 2 above, of z = |x - y|. */
  static TfValue smoothAbsolute(OpArgs a, TfGraph tf) {
    double beta = a.number("beta");
    return beta == 0
        ? absolute(a, tf)
        : elementwise(a, tf, (g, x, y) -> g.mul(huber(g, g.sub(x, y), beta), 1 / beta));
  }

  static TfValue huber(OpArgs a, TfGraph tf) {
    double delta = a.number("delta");
    return elementwise(a, tf, (g, x, y) -> huber(g, g.sub(x, y), delta));
  }

  /** z^2 / 2 up to delta, delta (z - delta / 2) above. */
  private static TfValue huber(TfGraph tf, TfValue difference, double delta) {
    TfValue z = tf.unary("Abs", difference);
    TfValue near = tf.binary("Less", z, tf.scalar(z.dtype(), delta));
    TfValue square = tf.mul(tf.unary("Square", z), 0.5);
    return tf.select(near, square, tf.mul(tf.add(z, -delta / 2), delta));
  }

  // --- by likelihood

  /** -w (y log x + (1 - y) log(1 - x)), no logarithm below -100. */
  static TfValue binaryCrossEntropy(OpArgs a, TfGraph tf) {
    return elementwise(
        a,
        tf,
        (g, x, y) -> {
          TfValue floor = g.scalar(x.dtype(), -100);
          TfValue one = g.scalar(x.dtype(), 1);
          TfValue yes = g.mul(y, g.maximum(g.unary("Log", x), floor));
          TfValue no = g.maximum(g.unary("Log1p", g.neg(x)), floor);
          return weighted(a, g, g.neg(g.add(yes, g.mul(g.sub(one, y), no))));
        });
  }

  /** w ((1 - y) x + (1 + (p - 1) y) log(1 + exp(-x))), where p weighs the positive targets. */
  static TfValue binaryCrossEntropyWithLogits(OpArgs a, TfGraph tf) {
    return elementwise(
        a,
        tf,
        (g, x, y) -> {
          TfValue soft = g.unary("Softplus", g.neg(x));
          if (a.isGiven("pos_weight")) {
            TfValue extra = g.add(a.operand("pos_weight", x.dtype()), -1);
            soft = g.mul(g.add(g.mul(extra, y), 1), soft);
          }
          TfValue linear = g.mul(g.sub(g.scalar(x.dtype(), 1), y), x);
          return weighted(a, g, g.add(linear, soft));
        });
  }

  private static TfValue weighted(OpArgs a, TfGraph tf, TfValue loss) {
    return a.isGiven("weight") ? tf.mul(loss, a.operand("weight", loss.dtype())) : loss;
  }

  /** y (log y - x), or exp(y) (y - x) where the target is a logarithm too. */
  static TfValue divergence(OpArgs a, TfGraph tf) {
    boolean logTarget = a.flag("log_target");
    return elementwise(
        a,
        tf,
        (g, x, y) ->
            logTarget
                ? g.mul(g.unary("Exp", y), g.sub(y, x))
                : g.sub(g.binary("Xlogy", y, y), g.mul(y, x)));
  }

  /** exp(x) - y x, or x - y log(x + eps); with Stirling's term for targets above 1 if full. */
  static TfValue poisson(OpArgs a, TfGraph tf) {
    DType dtype = a.promoteToFloating("input", "target");
    TfValue x = a.operand("input", dtype);
    TfValue y = a.operand("target", dtype);
    double eps = a.number("eps");
    TfValue logX = a.flag("log_input") ? x : tf.unary("Log", tf.add(x, eps));
    TfValue rate = a.flag("log_input") ? tf.unary("Exp", x) : x;
    TfValue loss = tf.sub(rate, tf.mul(y, logX));
    return reduced(a, tf, a.flag("full") ? tf.add(loss, stirling(tf, y)) : loss);
  }

  /** y log y - y + log(2 pi y) / 2; 0 where y is at most 1. */
  private static TfValue stirling(TfGraph tf, TfValue y) {
    TfValue entropy = tf.sub(tf.binary("Xlogy", y, y), y);
    TfValue small = tf.binary("LessEqual", y, tf.scalar(y.dtype(), 1));
    TfValue safe = tf.select(small, tf.scalar(y.dtype(), 1), y);
    TfValue half = tf.mul(tf.unary("Log", tf.mul(safe, 2 * Math.PI)), 0.5);
    return tf.select(small, tf.scalar(y.dtype(), 0), tf.add(entropy, half));
  }

  // --- by margin

  static TfValue softMargin(OpArgs a, TfGraph tf) {
    return elementwise(a, tf, (g, x, y) -> g.unary("Softplus", g.neg(g.mul(x, y))));
  }

  /** x where the target is 1, max(0, margin - x) where it is -1. */
  static TfValue hingeEmbedding(OpArgs a, TfGraph tf) {
    double margin = a.number("margin");
    return elementwise(
        a,
        tf,
        (g, x, y) -> {
          TfValue zero = g.scalar(x.dtype(), 0);
          TfValue hinge = g.unary("Relu", g.sub(g.scalar(x.dtype(), margin), x));
          TfValue apart = g.select(g.binary("NotEqual", y, g.scalar(y.dtype(), 1)), hinge, zero);
          TfValue near = g.select(g.binary("NotEqual", y, g.scalar(y.dtype(), -1)), x, zero);
          return g.add(apart, near);
        });
  }

  /** max(0, -y (x1 - x2) + margin); integers are multiplied in their own type, and wrap in it. */
  static TfValue marginRanking(OpArgs a, TfGraph tf) {
    DType own = a.promote("input1", "input2", "target");
    DType dtype = a.promoteToFloating("input1", "input2", "target");
    DType wide = own.isInteger() ? DType.INT64 : own;
    TfValue difference = tf.sub(a.operand("input1", wide), a.operand("input2", wide));
    TfValue ranked = tf.mul(tf.neg(a.operand("target", wide)), difference);
    TfValue margin = tf.scalar(dtype, a.number("margin"));
    TfValue loss = tf.add(tf.cast(tf.cast(ranked, own), dtype), margin);
    return reduced(a, tf, tf.unary("Relu", loss));
  }

  /** 1 - cos where the target is 1, max(0, cos - margin) where it is -1. */
  static TfValue cosineEmbedding(OpArgs a, TfGraph tf) {
    DType dtype = a.promoteToFloating("input1", "input2");
    TfValue x = a.operand("input1", dtype);
    TfValue y = a.operand("input2", dtype);
    TfValue target = a.operand("target", dtype);
    int axis = target.rank();
    TfValue lengths = tf.mul(squareLength(tf, x, axis), squareLength(tf, y, axis));
    TfValue cosine = tf.div(tf.sum(tf.mul(x, y), false, axis), tf.unary("Sqrt", lengths));
    TfValue one = tf.scalar(dtype, 1);
    TfValue zero = tf.scalar(dtype, 0);
    TfValue apart = tf.unary("Relu", tf.add(cosine, -a.number("margin")));
    TfValue same = tf.binary("Equal", target, one);
    TfValue other = tf.binary("Equal", target, tf.neg(one));
    TfValue loss = tf.select(same, tf.sub(one, cosine), tf.select(other, apart, zero));
    return reduced(a, tf, loss);
  }

  private static TfValue squareLength(TfGraph tf, TfValue x, int axis) {
    return tf.add(tf.sum(tf.unary("Square", x), false, axis), 1e-12);
  }

  /** max(0, margin + |anchor - positive| - |anchor - negative|). */
  static TfValue tripletMargin(OpArgs a, TfGraph tf) {
    TfValue near = NormOps.pairwiseDistance(a, tf, "anchor", "positive", false);
    TfValue far = NormOps.pairwiseDistance(a, tf, "anchor", "negative", false);
    if (a.flag("swap")) {
      far = tf.minimum(far, NormOps.pairwiseDistance(a, tf, "positive", "negative", false));
    }
    TfValue excess = tf.add(tf.sub(near, far), a.number("margin"));
    return reduced(a, tf, tf.unary("Relu", excess));
  }
}
