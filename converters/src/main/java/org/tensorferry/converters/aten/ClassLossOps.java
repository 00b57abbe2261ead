package org.tensorferry.converters.aten;

import java.util.List;
import java.util.Optional;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Losses between scores of classes and the class that is right. */
final class ClassLossOps {

  private ClassLossOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.of(
            "cross_entropy_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=1,"
                + " int ignore_index=-100, float label_smoothing=0.) -> Tensor",
            ClassLossOps::crossEntropy),
        AtenRule.of(
            "multi_margin_loss(Tensor self, Tensor target, Scalar p=1, Scalar margin=1, Tensor?"
                + " weight=None, int reduction=1) -> Tensor",
            ClassLossOps::multiMargin),
        AtenRule.of(
            "nll_loss(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, int"
                + " ignore_index=-100) -> Tensor",
            ClassLossOps::negativeLogLikelihood),
        AtenRule.of(
            "nll_loss2d(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, int"
                + " ignore_index=-100) -> Tensor",
            ClassLossOps::negativeLogLikelihood),
        AtenRule.several(
            "nll_loss2d_forward(Tensor self, Tensor target, Tensor? weight, int reduction, int"
                + " ignore_index) -> (Tensor output, Tensor total_weight)",
            ClassLossOps::likelihoodAndWeight),
        AtenRule.several(
            "nll_loss_forward(Tensor self, Tensor target, Tensor? weight, int reduction, int"
                + " ignore_index) -> (Tensor output, Tensor total_weight)",
            ClassLossOps::likelihoodAndWeight),
        AtenRule.of(
            "nll_loss_nd(Tensor self, Tensor target, Tensor? weight=None, int reduction=1, int"
                + " ignore_index=-100) -> Tensor",
            ClassLossOps::negativeLogLikelihood));
  }

  /**
   * What a loss by classes is made of.
   *
   * @param scores the classes on the last axis
   * @param target class ids, 0 where ignored
   * @param counts 1, or the weight of the class; 0 where ignored
   */
  private record Classes(TfValue scores, TfValue target, TfValue counts) {
    TfValue scoreOfTarget(TfGraph tf) {
      return gather(tf, scores, target);
    }
  }

  /** Classes stand on axis 1, or on axis 0 of a vector. */
  private static TfValue classesLast(TfGraph tf, TfValue x) {
    return x.rank() < 2 ? x : tf.toChannelsLast(x);
  }

  private static TfValue gather(TfGraph tf, TfValue scores, TfValue target) {
    return tf.op("GatherV2", scores, target, tf.scalar(DType.INT32, scores.rank() - 1))
        .attr("batch_dims", target.rank())
        .get();
  }

  private static Classes classes(OpArgs a, TfGraph tf, TfValue scores) {
    TfValue target = tf.cast(a.tensor("target"), DType.INT64);
    TfValue ignored = tf.binary("Equal", target, tf.scalar(DType.INT64, ignoredIndex(a)));
    TfValue safe = tf.select(ignored, tf.scalar(DType.INT64, 0), target);
    DType dtype = scores.dtype();
    Optional<TfValue> weight = a.optionalTensor("weight");
    TfValue count = weight.isPresent() ? tf.gather(weight.get(), safe, 0) : tf.scalar(dtype, 1);
    return new Classes(scores, safe, tf.select(ignored, tf.scalar(dtype, 0), count));
  }

  private static int ignoredIndex(OpArgs a) {
    return a.has("ignore_index") ? a.integer("ignore_index") : Integer.MIN_VALUE;
  }

  static TfValue negativeLogLikelihood(OpArgs a, TfGraph tf) {
    Classes classes = classes(a, tf, classesLast(tf, a.tensor("self")));
    return likelihood(a, tf, classes);
  }

  static List<TfValue> likelihoodAndWeight(OpArgs a, TfGraph tf) {
    Classes classes = classes(a, tf, classesLast(tf, a.tensor("self")));
    TfValue counts = classes.counts();
    boolean none = a.integer("reduction") == 0;
    TfValue zero = tf.scalar(counts.dtype(), 0);
    TfValue total = none ? zero : tf.sum(counts, false, Axes.all(counts));
    return List.of(likelihood(a, tf, classes), total);
  }

  private static TfValue likelihood(OpArgs a, TfGraph tf, Classes classes) {
    TfValue loss = tf.neg(tf.mul(classes.scoreOfTarget(tf), classes.counts()));
    return averaged(a, tf, loss, classes.counts());
  }

  /** The mean is by the sum of the weights. */
  private static TfValue averaged(OpArgs a, TfGraph tf, TfValue loss, TfValue counts) {
    if (a.integer("reduction") != 1) {
      return LossOps.reduced(a, tf, loss);
    }
    TfValue total = tf.sum(counts, false, Axes.all(counts));
    return tf.div(tf.sum(loss, false, Axes.all(loss)), total);
  }

  static TfValue crossEntropy(OpArgs a, TfGraph tf) {
    TfValue scores = classesLast(tf, a.tensor("self"));
    TfValue logs = Kernels.unary(tf, "LogSoftmax", scores);
    double smoothing = a.number("label_smoothing");
    if (a.tensor("target").dtype().isFloating()) {
      a.ignore("ignore_index");
      return withProbabilities(a, tf, logs, smoothing);
    }
    Classes classes = classes(a, tf, logs);
    TfValue loss = likelihood(a, tf, classes);
    if (smoothing == 0) {
      return loss;
    }
    TfValue smooth = averaged(a, tf, smoothLoss(a, tf, classes), classes.counts());
    TfValue share = share(tf, logs, smoothing);
    return tf.add(tf.mul(loss, 1 - smoothing), tf.mul(smooth, share));
  }

  /** The sum over all classes, 0 where ignored. */
  private static TfValue smoothLoss(OpArgs a, TfGraph tf, Classes classes) {
    TfValue logs = weighted(a, tf, classes.scores());
    TfValue sum = tf.neg(tf.sum(logs, false, logs.rank() - 1));
    TfValue target = tf.cast(a.tensor("target"), DType.INT64);
    TfValue ignored = tf.binary("Equal", target, tf.scalar(DType.INT64, ignoredIndex(a)));
    return tf.select(ignored, tf.scalar(logs.dtype(), 0), sum);
  }

  private static TfValue weighted(OpArgs a, TfGraph tf, TfValue scores) {
    return a.isGiven("weight") ? tf.mul(scores, a.tensor("weight")) : scores;
  }

  /** What label smoothing gives each class. */
  private static TfValue share(TfGraph tf, TfValue scores, double smoothing) {
    TfValue classes = tf.cast(tf.dim(scores.dim(-1)), scores.dtype());
    return tf.div(tf.scalar(scores.dtype(), smoothing), classes);
  }

  /** -sum of target times logarithm; the mean is by the number of targets. */
  private static TfValue withProbabilities(OpArgs a, TfGraph tf, TfValue logs, double smoothing) {
    TfValue target = classesLast(tf, a.operand("target", logs.dtype()));
    if (smoothing > 0) {
      target = tf.add(tf.mul(target, 1 - smoothing), share(tf, logs, smoothing));
    }
    TfValue products = tf.mul(weighted(a, tf, logs), target);
    TfValue loss = tf.neg(tf.sum(products, false, logs.rank() - 1));
    return LossOps.reduced(a, tf, loss);
  }

  /** The mean over classes of max(0, margin - x[y] + x[i])^p, without i = y. */
  static TfValue multiMargin(OpArgs a, TfGraph tf) {
    TfValue scores = a.tensor("self");
    Classes classes = classes(a, tf, scores);
    int axis = scores.rank() - 1;
    TfValue right = tf.expandDims(classes.scoreOfTarget(tf), axis);
    TfValue zero = tf.scalar(scores.dtype(), 0);
    TfValue over = tf.add(tf.sub(scores, right), a.number("margin"));
    TfValue excess = tf.select(tf.binary("Greater", over, zero), over, zero);
    TfValue powers = a.number("p") == 1 ? excess : tf.unary("Square", excess);
    TfValue ids = tf.range(scores.dim(-1), DType.INT64);
    TfValue others = tf.binary("NotEqual", ids, tf.expandDims(classes.target(), axis));
    TfValue counted = tf.select(others, powers, zero);
    TfValue loss = tf.mul(tf.mean(counted, false, axis), classes.counts());
    return LossOps.reduced(a, tf, loss);
  }
}
