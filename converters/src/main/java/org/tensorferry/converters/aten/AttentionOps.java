package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.Value;

/** Attention as one operator. */
final class AttentionOps {

  private AttentionOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.of(
            "_masked_softmax(Tensor self, Tensor mask, int? dim=None, int? mask_type=None) -> Tensor",
            AttentionOps::maskedSoftmax),
        AtenRule.several(
            "_native_multi_head_attention(Tensor query, Tensor key, Tensor value, int embed_dim, int num_head,"
                + " Tensor qkv_weight, Tensor qkv_bias, Tensor proj_weight, Tensor proj_bias, Tensor? mask=None,"
                + " bool need_weights=True, bool average_attn_weights=True, int? mask_type=None) -> (Tensor, Tensor)",
            TransformerLayer::attention),
        AtenRule.several(
            "_scaled_dot_product_attention_math(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None,"
                + " float dropout_p=0., bool is_causal=False, Tensor? dropout_mask=None, *, float? scale=None,"
                + " bool enable_gqa=False) -> (Tensor, Tensor)",
            AttentionOps::scaledDotProduct),
        AtenRule.several(
            "_scaled_dot_product_flash_attention_for_cpu(Tensor query, Tensor key, Tensor value, float dropout_p=0.,"
                + " bool is_causal=False, *, Tensor? attn_mask=None, float? scale=None) -> (Tensor, Tensor)",
            AttentionOps::flash),
        AtenRule.of(
            "_transformer_encoder_layer_fwd(Tensor src, int embed_dim, int num_heads, Tensor qkv_weight,"
                + " Tensor qkv_bias, Tensor proj_weight, Tensor proj_bias, bool use_gelu, bool norm_first, float eps,"
                + " Tensor norm_weight_1, Tensor norm_bias_1, Tensor norm_weight_2, Tensor norm_bias_2,"
                + " Tensor ffn_weight_1, Tensor ffn_bias_1, Tensor ffn_weight_2, Tensor ffn_bias_2, Tensor? mask=None,"
                + " int? mask_type=None) -> Tensor",
            TransformerLayer::encoder),
        AtenRule.of(
            "scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None,"
                + " float dropout_p=0., bool is_causal=False, *, float? scale=None, bool enable_gqa=False) -> Tensor",
            (a, tf) -> scaledDotProduct(a, tf).get(0)));
  }

  /** softmax(scale Q K^T + mask) V, and the softmax. */
  static List<TfValue> scaledDotProduct(OpArgs a, TfGraph tf) {
    TfValue value = a.tensor("value");
    boolean shares = a.has("enable_gqa") && a.flag("enable_gqa");
    if (shares) {
      value = repeatHeads(tf, value, a.tensor("query").dim(-3));
    }
    TfValue scores = scores(a, tf, shares);
    boolean hasMask = a.isGiven("attn_mask");
    TfValue weights = hasMask ? softmax(tf, scores) : Kernels.unary(tf, "Softmax", scores);
    return List.of(tf.matmul(weights, value), weights);
  }

  /** The same, and the logarithm of the sum that the softmax divides by, in float32 at least. */
  static List<TfValue> flash(OpArgs a, TfGraph tf) {
    TfValue scores = scores(a, tf, false);
    TfValue wide = tf.cast(scores, Kernels.accumulator(scores.dtype()));
    return List.of(scaledDotProduct(a, tf).get(0), logSumExp(tf, wide));
  }

  private static TfValue logSumExp(TfGraph tf, TfValue x) {
    int last = x.rank() - 1;
    TfValue greatest = tf.reduce("Max", x, true, last);
    TfValue sum = tf.sum(tf.unary("Exp", tf.sub(x, greatest)), false, last);
    return tf.add(tf.unary("Log", sum), tf.squeeze(greatest, last));
  }

  /** scale Q K^T + mask. */
  private static TfValue scores(OpArgs a, TfGraph tf, boolean shares) {
    if (a.number("dropout_p") > 0) {
      throw a.refuse(
          "`dropout_p` is above 0: attention would be dropped at random",
          "pass dropout_p=0.0 when the model is evaluated: `self.p if self.training else 0.0`");
    }
    TfValue query = a.tensor("query");
    TfValue key = a.tensor("key");
    if (shares) {
      key = repeatHeads(tf, key, query.dim(-3));
    }
    TfValue scores = tf.matmul(tf.mul(query, scale(a, tf, query)), key, false, true);
    Optional<TfValue> mask = a.optionalTensor("attn_mask");
    if (a.value("is_causal") instanceof Value.RuntimeNumber isCausal) {
      TfValue all = tf.unary("LogicalNot", a.scalar(isCausal, DType.BOOL));
      TfValue seen = causal(tf, query.dim(-2), key.dim(-2));
      scores = masked(tf, scores, tf.binary("LogicalOr", seen, all));
    } else if (a.flag("is_causal")) {
      scores = masked(tf, scores, causal(tf, query.dim(-2), key.dim(-2)));
    }
    if (mask.isEmpty()) {
      return scores;
    }
    boolean isBool = mask.get().dtype() == DType.BOOL;
    return isBool ? masked(tf, scores, mask.get()) : tf.add(scores, mask.get());
  }

  /** 1 / sqrt(size of a head) where none is given. */
  private static TfValue scale(OpArgs a, TfGraph tf, TfValue query) {
    if (a.isGiven("scale")) {
      return tf.scalar(query.dtype(), a.number("scale"));
    }
    Dim size = query.dim(-1);
    return size.isKnown()
        ? tf.scalar(query.dtype(), 1 / Math.sqrt((double) size.known()))
        : tf.unary("Rsqrt", tf.cast(tf.dim(size), query.dtype()));
  }

  /** Each head of keys or values stands for several of the queries, one after another. */
  private static TfValue repeatHeads(TfGraph tf, TfValue x, Dim heads) {
    int axis = x.rank() - 3;
    Dim times = heads.floorDiv(x.dim(axis));
    Shape wide = x.shape().insert(axis + 1, times);
    TfValue repeated = tf.broadcastTo(tf.expandDims(x, axis + 1), wide);
    return tf.reshape(repeated, x.shape().with(axis, heads));
  }

  /** True where a key does not stand after its query. */
  private static TfValue causal(TfGraph tf, Dim queries, Dim keys) {
    TfValue rows = tf.expandDims(tf.range(queries, DType.INT32), 1);
    return tf.binary("GreaterEqual", rows, tf.range(keys, DType.INT32));
  }

  /** Minus infinity where {@code masked} is true. */
  static TfValue withoutMasked(TfGraph tf, TfValue scores, TfValue masked) {
    return tf.select(masked, tf.scalar(scores.dtype(), Double.NEGATIVE_INFINITY), scores);
  }

  /** Minus infinity where {@code kept} is false. */
  private static TfValue masked(TfGraph tf, TfValue scores, TfValue kept) {
    return tf.select(kept, scores, tf.scalar(scores.dtype(), Double.NEGATIVE_INFINITY));
  }

  /** Softmax along the last axis; zeros where all of a row is masked. */
  static TfValue softmax(TfGraph tf, TfValue scores) {
    TfValue lowest = tf.scalar(scores.dtype(), Double.NEGATIVE_INFINITY);
    TfValue nothing = tf.reduce("All", tf.binary("Equal", scores, lowest), true, scores.rank() - 1);
    TfValue zero = tf.scalar(scores.dtype(), 0);
    TfValue safe = tf.select(nothing, zero, scores);
    return tf.select(nothing, zero, Kernels.unary(tf, "Softmax", safe));
  }

  /** A mask that is true where nothing is read; of type 0 [L, L], 1 [N, L], 2 like the scores. */
  static TfValue maskedSoftmax(OpArgs a, TfGraph tf) {
    TfValue scores = a.tensor("self");
    int axis = a.isGiven("dim") ? a.axis("dim", scores.rank()) : scores.rank() - 1;
    TfValue mask = fitted(a, tf, a.tensor("mask"), scores);
    if (axis != scores.rank() - 1) {
      throw a.refuse("`dim` is not the last axis", "move the axis to the end first");
    }
    return Kernels.unary(tf, "Softmax", withoutMasked(tf, scores, mask));
  }

  /** Gives a mask the axes that are missing to broadcast to scores [N, heads, L, L]. */
  static TfValue fitted(OpArgs a, TfGraph tf, TfValue mask, TfValue scores) {
    TfValue bool = tf.cast(mask, DType.BOOL);
    boolean perRow = a.isGiven("mask_type") && a.integer("mask_type") == 1;
    if (!perRow || mask.rank() != 2) {
      return bool;
    }
    List<Dim> dims = new ArrayList<>(Collections.nCopies(scores.rank(), Dim.ONE));
    dims.set(0, mask.dim(0));
    dims.set(scores.rank() - 1, mask.dim(1));
    return tf.reshape(bool, new Shape(dims));
  }
}
