package org.tensorferry.converters.aten;

import java.util.List;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.Dim;
import org.tensorferry.tensor.Shape;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Sums, means or maxima of the embeddings of each bag of indices. */
public final class EmbeddingBagOps {

  private static final int SUM = 0;
  private static final int MEAN = 1;

  private EmbeddingBagOps() {}

  public static List<AtenRule> rows() {
    return List.of(
        AtenRule.several(
            "embedding_bag(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq=False, int mode=0, bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False) -> (Tensor, Tensor, Tensor, Tensor)",
            EmbeddingBagOps::bags),
        AtenRule.several(
            "embedding_bag.padding_idx(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq, int mode, bool sparse, Tensor? per_sample_weights, bool include_last_offset, int? padding_idx) -> (Tensor, Tensor, Tensor, Tensor)",
            EmbeddingBagOps::bags));
  }

  /**
   * The bags; then the bag of each index, the size of each bag, and what torch's gradient of the
   * maximum needs, which is not filled.
   */
  static List<TfValue> bags(OpArgs a, TfGraph tf) {
    a.ignore("scale_grad_by_freq", "sparse");
    if (a.has("padding_idx") && a.isGiven("padding_idx") && a.integer("padding_idx") >= 0) {
      throw a.refuse(
          "`padding_idx` leaves some indices out of their bags",
          "pass per_sample_weights that are 0 for the padding");
    }
    TfValue table = a.tensor("weight");
    TfValue indices = tf.cast(a.tensor("indices"), DType.INT64);
    TfValue offsets = tf.cast(a.tensor("offsets"), DType.INT64);
    Dim bags = offsets.dim(0).minus(a.flag("include_last_offset") ? 1 : 0);
    TfValue starts = tf.slice(offsets, 0, Dim.ZERO, bags);
    TfValue bagOf = bagOf(tf, starts, indices.dim(0));
    TfValue gathered = tf.gather(table, indices, 0);
    TfValue rows =
        a.optionalTensor("per_sample_weights")
            .map(weights -> tf.mul(gathered, tf.expandDims(weights, 1)))
            .orElse(gathered);
    Shape result = Shape.of(bags, table.dim(1));
    TfValue ones = tf.fill(Shape.of(indices.dim(0)), table.dtype(), 1);
    TfValue counts = segments(tf, "UnsortedSegmentSum", ones, bagOf, Shape.of(bags));
    TfValue values = combine(a.integer("mode"), tf, rows, bagOf, counts, result);
    return List.of(
        values,
        tf.cast(bagOf, DType.INT64),
        tf.cast(counts, DType.INT64),
        tf.zeros(Shape.of(bags), DType.INT64));
  }

  private static TfValue combine(
      int mode, TfGraph tf, TfValue rows, TfValue bagOf, TfValue counts, Shape result) {
    TfValue column = tf.expandDims(counts, 1);
    if (mode == SUM || mode == MEAN) {
      TfValue sum = segments(tf, "UnsortedSegmentSum", rows, bagOf, result);
      TfValue one = tf.scalar(counts.dtype(), 1);
      return mode == SUM ? sum : tf.div(sum, tf.maximum(column, one));
    }
    TfValue maximum = segments(tf, "UnsortedSegmentMax", rows, bagOf, result);
    TfValue zero = tf.scalar(counts.dtype(), 0);
    return tf.select(tf.binary("Greater", column, zero), maximum, zero);
  }

  private static TfValue segments(
      TfGraph tf, String op, TfValue rows, TfValue bagOf, Shape result) {
    return tf.op(op, rows, bagOf, tf.dim(result.dim(0))).shape(result).get();
  }

  /** The last bag that begins at or before each index. */
  private static TfValue bagOf(TfGraph tf, TfValue starts, Dim count) {
    TfValue positions = tf.expandDims(tf.range(count, DType.INT64), 0);
    TfValue begun =
        tf.op("UpperBound", tf.expandDims(starts, 0), positions)
            .shape(Shape.of(Dim.ONE, count))
            .get();
    return tf.add(tf.squeeze(begun, 0), -1);
  }
}
