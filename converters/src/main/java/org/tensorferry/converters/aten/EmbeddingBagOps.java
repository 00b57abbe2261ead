package org.tensorferry.converters.aten;

import java.util.List;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Rows of tables looked up in bags: several indices, one result. */
final class EmbeddingBagOps {

  private static final int SUM = 0;
  private static final int MEAN = 1;

  private static final String RESULTS = " -> (Tensor, Tensor, Tensor, Tensor)";

  private EmbeddingBagOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.several(
            "_embedding_bag(Tensor weight, Tensor indices, Tensor offsets, bool"
                + " scale_grad_by_freq=False, int mode=0, bool sparse=False, Tensor?"
                + " per_sample_weights=None, bool include_last_offset=False, int padding_idx=-1)"
                + RESULTS,
            EmbeddingBagOps::bag),
        AtenRule.several(
            "embedding_bag(Tensor weight, Tensor indices, Tensor offsets, bool"
                + " scale_grad_by_freq=False, int mode=0, bool sparse=False, Tensor?"
                + " per_sample_weights=None, bool include_last_offset=False)"
                + RESULTS,
            EmbeddingBagOps::bag),
        AtenRule.several(
            "embedding_bag.padding_idx(Tensor weight, Tensor indices, Tensor offsets, bool"
                + " scale_grad_by_freq, int mode, bool sparse, Tensor? per_sample_weights, bool"
                + " include_last_offset, int? padding_idx)"
                + RESULTS,
            EmbeddingBagOps::bag),
        AtenRule.refused(
            "embedding_renorm(Tensor self, Tensor indices, float max_norm, float norm_type) ->"
                + " Tensor",
            "it changes the table of the layer while the model runs",
            "set max_norm=None and normalise the table once before exporting"));
  }

  /** The pooled rows, and for each index its bag, the bags' sizes and, unused, maximal places. */
  static List<TfValue> bag(OpArgs a, TfGraph tf) {
    a.ignore("scale_grad_by_freq", "sparse");
    TfValue weight = a.tensor("weight");
    TfValue indices = Indices.integers(tf, a.tensor("indices"));
    TfValue offsets = tf.cast(a.tensor("offsets"), DType.INT64);
    Dim bags = offsets.dim(0).minus(a.flag("include_last_offset") ? 1 : 0);
    TfValue position = tf.range(indices.dim(0), DType.INT64);
    TfValue behind = tf.cast(SearchOps.places(tf, offsets, position, true), DType.INT64);
    TfValue bagOf = withoutPadding(a, tf, weight, indices, tf.add(behind, -1));
    TfValue ones = tf.fill(indices.shape(), DType.INT64, 1);
    TfValue sizes = segments(tf, "UnsortedSegmentSum", ones, bagOf, bags);
    TfValue rows = tf.gather(weight, indices, 0);
    TfValue pooled = pooled(a, tf, rows, bagOf, sizes);
    return List.of(pooled, bagOf, sizes, tf.zeros(Shape.of(bags), DType.INT64));
  }

  /** Rows of the padding index belong to bag -1, which none is. */
  private static TfValue withoutPadding(
      OpArgs a, TfGraph tf, TfValue weight, TfValue indices, TfValue bagOf) {
    boolean given = a.has("padding_idx") && a.isGiven("padding_idx");
    Dim index = given ? a.dim("padding_idx") : Dim.of(-1);
    boolean counted = a.schema().overload().equals("padding_idx");
    if (!given || (index.is(-1) && !counted)) {
      return bagOf;
    }
    TfValue padding = tf.cast(tf.dim(Ranges.index(index, weight.dim(0))), indices.dtype());
    return tf.select(tf.binary("Equal", indices, padding), tf.scalar(DType.INT64, -1), bagOf);
  }

  private static TfValue pooled(OpArgs a, TfGraph tf, TfValue rows, TfValue bagOf, TfValue sizes) {
    int mode = a.integer("mode");
    Dim bags = sizes.dim(0);
    TfValue weighted =
        a.optionalTensor("per_sample_weights")
            .map(w -> tf.mul(rows, tf.expandDims(w, 1)))
            .orElse(rows);
    TfValue perBag = tf.expandDims(sizes, 1);
    if (mode == SUM || mode == MEAN) {
      TfValue sums = segments(tf, "UnsortedSegmentSum", weighted, bagOf, bags);
      TfValue divisor = tf.maximum(tf.cast(perBag, rows.dtype()), tf.scalar(rows.dtype(), 1));
      return mode == SUM ? sums : tf.div(sums, divisor);
    }
    TfValue greatest = segments(tf, "UnsortedSegmentMax", weighted, bagOf, bags);
    TfValue empty = tf.binary("Equal", perBag, tf.scalar(DType.INT64, 0));
    return tf.select(empty, tf.scalar(rows.dtype(), 0), greatest);
  }

  private static TfValue segments(TfGraph tf, String op, TfValue x, TfValue bagOf, Dim bags) {
    return tf.op(op, x, bagOf, tf.dim(bags)).shape(x.shape().with(0, bags)).get();
  }
}
