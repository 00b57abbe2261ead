package org.tensorferry.converters.aten;

import java.util.List;
import java.util.Optional;
import org.tensorferry.converters.layer.Layouts;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.NestedTensors;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * Multi-head attention and the encoder layer as torch's fast paths compute them in evaluation; all
 * batch first (ATen/native/transformers).
 */
final class TransformerLayer {

  private TransformerLayer() {}

  /** The projected attention, and its weights: averaged over heads, or [N, heads, L, S]. */
  static List<TfValue> attention(OpArgs a, TfGraph tf) {
    a.ignore("need_weights");
    int heads = a.integer("num_head");
    Optional<NestedTensors.Rows> rows = a.rows("query");
    if (rows.isPresent() && !(rows.equals(a.rows("key")) && rows.equals(a.rows("value")))) {
      throw a.refuse(
          "queries, keys and values are nested in ways of their own", "pass padded tensors");
    }
    List<TfValue> projected = projections(a, tf);
    List<TfValue> result = attend(a, tf, projected, heads, rows);
    TfValue weights = result.get(1);
    return List.of(
        rows.map(r -> NestedOps.zeroed(a, tf, result.get(0), r)).orElse(result.get(0)),
        a.flag("average_attn_weights") ? tf.mean(weights, false, 1) : weights);
  }

  /** Rows of query, key and value through their thirds of the packed kernel. */
  private static List<TfValue> projections(OpArgs a, TfGraph tf) {
    a.ignore("embed_dim");
    TfValue query = a.tensor("query");
    TfValue key = a.tensor("key");
    TfValue value = a.tensor("value");
    if (query.equals(key) && key.equals(value)) {
      return packed(a, tf, query);
    }
    List<TfValue> kernels = tf.split(a.weight("qkv_weight").as(Layouts.DENSE), 1, 3);
    List<TfValue> biases = tf.split(a.tensor("qkv_bias"), 0, 3);
    return List.of(
        affine(tf, query, kernels.get(0), biases.get(0)),
        affine(tf, key, kernels.get(1), biases.get(1)),
        affine(tf, value, kernels.get(2), biases.get(2)));
  }

  private static List<TfValue> packed(OpArgs a, TfGraph tf, TfValue x) {
    TfValue all = affine(tf, x, a.weight("qkv_weight").as(Layouts.DENSE), a.tensor("qkv_bias"));
    return tf.split(all, 2, 3);
  }

  private static TfValue affine(TfGraph tf, TfValue x, TfValue kernel, TfValue bias) {
    return tf.add(LinearOps.Products.ofRows(tf, x, kernel), bias);
  }

  private static List<TfValue> attend(
      OpArgs a, TfGraph tf, List<TfValue> projected, int heads, Optional<NestedTensors.Rows> rows) {
    TfValue query = heads(tf, projected.get(0), heads);
    TfValue key = heads(tf, projected.get(1), heads);
    TfValue value = heads(tf, projected.get(2), heads);
    double scale = 1 / Math.sqrt((double) query.dim(-1).known());
    TfValue scores = tf.matmul(tf.mul(query, scale), key, false, true);
    TfValue weights =
        rows.map(r -> AttentionOps.softmax(tf, NestedOps.present(a, tf, scores, r)))
            .orElseGet(() -> tf.unary("Softmax", masked(a, tf, scores)));
    TfValue joined = tf.transpose(tf.matmul(weights, value), 0, 2, 1, 3);
    TfValue all = tf.reshape(joined, projected.get(0).shape());
    TfValue kernel = a.weight("proj_weight").as(Layouts.DENSE);
    return List.of(affine(tf, all, kernel, a.tensor("proj_bias")), weights);
  }

  private static TfValue masked(OpArgs a, TfGraph tf, TfValue scores) {
    return a.optionalTensor("mask")
        .map(m -> AttentionOps.withoutMasked(tf, scores, AttentionOps.fitted(a, tf, m, scores)))
        .orElse(scores);
  }

  /** [N, L, E] to [N, heads, L, E / heads]. */
  private static TfValue heads(TfGraph tf, TfValue x, int heads) {
    Shape split = x.shape().with(2, Dim.of(heads)).insert(3, x.dim(2).floorDiv(heads));
    return tf.transpose(tf.reshape(x, split), 0, 2, 1, 3);
  }

  /** Self-attention, then two linear layers, each added to what it is computed from. */
  static TfValue encoder(OpArgs a, TfGraph tf) {
    a.ignore("embed_dim");
    int heads = a.integer("num_heads");
    boolean first = a.flag("norm_first");
    Optional<NestedTensors.Rows> rows = a.rows("src");
    TfValue source = a.tensor("src");
    TfValue input = first ? norm(a, tf, source, "_1") : source;
    TfValue attended = tf.add(source, attend(a, tf, packed(a, tf, input), heads, rows).get(0));
    TfValue middle = first ? attended : norm(a, tf, attended, "_1");
    TfValue hidden = dense(a, tf, first ? norm(a, tf, middle, "_2") : middle, "_1");
    TfValue active =
        a.flag("use_gelu") ? ActivationOps.geluErf(tf, hidden) : tf.unary("Relu", hidden);
    TfValue sum = tf.add(middle, dense(a, tf, active, "_2"));
    TfValue result = first ? sum : norm(a, tf, sum, "_2");
    return rows.map(r -> NestedOps.zeroed(a, tf, result, r)).orElse(result);
  }

  private static TfValue dense(OpArgs a, TfGraph tf, TfValue x, String which) {
    TfValue kernel = a.weight("ffn_weight" + which).as(Layouts.DENSE);
    return affine(tf, x, kernel, a.tensor("ffn_bias" + which));
  }

  private static TfValue norm(OpArgs a, TfGraph tf, TfValue x, String which) {
    TfValue standard = NormalizationOps.standardize(tf, x, a.number("eps"), x.rank() - 1);
    TfValue scaled = tf.mul(standard, a.tensor("norm_weight" + which));
    return tf.add(scaled, a.tensor("norm_bias" + which));
  }
}
