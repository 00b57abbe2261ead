package org.tensorferry.converters.keras;

import java.util.List;
import java.util.Optional;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.KerasCall;
import org.tensorferry.rule.KerasRule;
import org.tensorferry.rule.KerasValue;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Attention: {@code MultiHeadAttention}, {@code GroupQueryAttention} and the plain ones. */
final class AttentionLayers {

  /** What is added to the scores that a mask forbids. */
  private static final double FORBIDDEN = -1e9;

  private AttentionLayers() {}

  static List<KerasRule> rows() {
    return List.of(
        KerasRule.layer("MultiHeadAttention", call -> heads(call, "")),
        KerasRule.layer("GroupQueryAttention", call -> heads(call, "_")),
        KerasRule.layer("GroupedQueryAttention", call -> heads(call, "_")),
        KerasRule.layer("Attention", AttentionLayers::attention),
        KerasRule.layer("AdditiveAttention", AttentionLayers::additive));
  }

  private static KerasValue heads(KerasCall call, String attribute) {
    String prefix = call.variables(attribute + "query_dense").isEmpty() ? "" : attribute;
    call.ignore(
        "num_heads",
        "key_dim",
        "value_dim",
        "head_dim",
        "num_query_heads",
        "num_key_value_heads",
        "use_bias",
        "output_shape",
        "query_shape",
        "key_shape",
        "value_shape");
    TfGraph tf = call.tf();
    if (call.has("attention_axes") && !isLastButOne(call.list("attention_axes"))) {
      throw call.refuse("it attends over other axes than the one behind the batch");
    }
    for (String mask : List.of("query_mask", "key_mask", "value_mask", "mask")) {
      if (!call.named().getOrDefault(mask, KerasValue.none()).isNone()) {
        throw call.refuse("it is called with `" + mask + "`, and masks are not followed");
      }
    }
    TfValue query = call.tensor(0, "query");
    TfValue value = call.tensor(1, "value");
    KerasValue given = call.argument(2, "key");
    TfValue key = given.isNone() ? value : call.tensor(2, "key");
    TfValue q = projected(call, query, prefix + "query_dense");
    TfValue k = projected(call, key, prefix + "key_dense");
    TfValue v = projected(call, value, prefix + "value_dense");
    Dim queries = q.dim(1);
    k = repeated(tf, k, queries);
    v = repeated(tf, v, queries);
    double scale = 1 / Math.sqrt((double) q.dim(-1).known());
    TfValue scores = tf.matmul(tf.mul(q, scale), k, false, true);
    scores = allowed(call, tf, scores);
    TfValue weights = tf.unary("Softmax", scores);
    TfValue mixed = tf.transpose(tf.matmul(weights, v), 0, 2, 1, 3);
    TfValue out = output(call, mixed, prefix + "output_dense");
    boolean asksScores = isTrue(call.named().get("return_attention_scores"));
    return asksScores ? KerasValue.of(List.of(out, weights)) : KerasValue.of(out);
  }

  private static boolean isLastButOne(int[] axes) {
    return axes.length == 1 && (axes[0] == 1 || axes[0] == -2);
  }

  private static boolean isTrue(@org.jspecify.annotations.Nullable KerasValue value) {
    return value instanceof KerasValue.Plain plain && plain.json().asBoolean(false);
  }

  /** [B, T, in] to [B, heads, T, size]. */
  private static TfValue projected(KerasCall call, TfValue x, String part) {
    TfGraph tf = call.tf();
    List<TfValue> variables = call.variables(part);
    if (variables.isEmpty() || variables.get(0).rank() != 3 || x.rank() != 3) {
      throw call.refuse("its part `" + part + "` is not one of three axes");
    }
    TfValue kernel = variables.get(0);
    Dim all = kernel.dim(1).times(kernel.dim(2));
    TfValue product = DenseLayers.product(tf, x, tf.reshape(kernel, kernel.dim(0), all));
    if (variables.size() > 1) {
      product = tf.add(product, tf.reshape(variables.get(1), all));
    }
    TfValue split = tf.reshape(product, x.dim(0), x.dim(1), kernel.dim(1), kernel.dim(2));
    return tf.transpose(split, 0, 2, 1, 3);
  }

  /** Each head of keys serves as many consecutive heads of queries. */
  private static TfValue repeated(TfGraph tf, TfValue x, Dim heads) {
    if (x.dim(1).equals(heads)) {
      return x;
    }
    Dim each = heads.floorDiv(x.dim(1));
    Shape wide = Shape.of(x.dim(0), x.dim(1), each, x.dim(2), x.dim(3));
    TfValue copies = tf.broadcastTo(tf.expandDims(x, 2), wide);
    return tf.reshape(copies, x.dim(0), heads, x.dim(2), x.dim(3));
  }

  private static TfValue output(KerasCall call, TfValue x, String part) {
    TfGraph tf = call.tf();
    List<TfValue> variables = call.variables(part);
    if (variables.isEmpty()) {
      throw call.refuse("its part `" + part + "` has no variables in the file");
    }
    TfValue kernel = variables.get(0);
    Dim in = kernel.dim(0).times(kernel.dim(1));
    TfValue joined = tf.reshape(x, x.dim(0), x.dim(1), in);
    TfValue product = DenseLayers.product(tf, joined, tf.reshape(kernel, in, kernel.dim(2)));
    return variables.size() > 1 ? tf.add(product, variables.get(1)) : product;
  }

  /** Scores that the mask of the call or the order of time forbids, made very small. */
  private static TfValue allowed(KerasCall call, TfGraph tf, TfValue scores) {
    TfValue result = scores;
    KerasValue mask = call.named().getOrDefault("attention_mask", KerasValue.none());
    if (!mask.isNone()) {
      TfValue allowed = mask.tensors().get(0);
      TfValue bool = allowed.dtype() == DType.BOOL ? allowed : tf.cast(allowed, DType.BOOL);
      TfValue over = bool.rank() == 3 ? tf.expandDims(bool, 1) : bool;
      result = forbid(tf, result, over);
    }
    if (isTrue(call.named().get("use_causal_mask"))) {
      result = forbid(tf, result, causal(tf, scores.dim(-2), scores.dim(-1)));
    }
    return result;
  }

  static TfValue causal(TfGraph tf, Dim queries, Dim keys) {
    TfValue row = tf.expandDims(tf.range(queries, DType.INT32), 1);
    TfValue column = tf.expandDims(tf.range(keys, DType.INT32), 0);
    return tf.binary("GreaterEqual", row, column);
  }

  private static TfValue forbid(TfGraph tf, TfValue scores, TfValue allowed) {
    TfValue low = tf.add(scores, FORBIDDEN);
    return tf.select(allowed, scores, low);
  }

  // --- without projections

  private record Triple(TfValue query, TfValue value, TfValue key) {
    static Triple of(KerasCall call) {
      List<TfValue> all = call.inputs();
      if (all.size() < 2) {
        throw call.refuse("it is called with " + all.size() + " tensors");
      }
      call.mustBeNone(1, "mask");
      return new Triple(all.get(0), all.get(1), all.size() > 2 ? all.get(2) : all.get(1));
    }
  }

  private static KerasValue attention(KerasCall call) {
    TfGraph tf = call.tf();
    call.ignore("use_scale");
    Triple given = Triple.of(call);
    if (!call.text("score_mode", "dot").equals("dot")) {
      throw call.refuse("its score mode is not `dot`");
    }
    TfValue scores = tf.matmul(given.query(), given.key(), false, true);
    Optional<TfValue> scale = call.variables().stream().findFirst();
    if (scale.isPresent()) {
      scores = tf.mul(scores, scale.get());
    }
    return mixed(call, scores, given.value());
  }

  private static KerasValue additive(KerasCall call) {
    TfGraph tf = call.tf();
    call.ignore("use_scale");
    Triple given = Triple.of(call);
    TfValue sum =
        tf.unary("Tanh", tf.add(tf.expandDims(given.query(), 2), tf.expandDims(given.key(), 1)));
    Optional<TfValue> scale = call.variables().stream().findFirst();
    TfValue weighted = scale.isPresent() ? tf.mul(sum, scale.get()) : sum;
    return mixed(call, tf.sum(weighted, false, 3), given.value());
  }

  private static KerasValue mixed(KerasCall call, TfValue scores, TfValue value) {
    TfGraph tf = call.tf();
    boolean isCausal = isTrue(call.named().get("use_causal_mask"));
    TfValue allowed =
        isCausal ? forbid(tf, scores, causal(tf, scores.dim(-2), scores.dim(-1))) : scores;
    TfValue weights = tf.unary("Softmax", allowed);
    TfValue out = tf.matmul(weights, value);
    boolean asksScores = isTrue(call.named().get("return_attention_scores"));
    return asksScores ? KerasValue.of(List.of(out, weights)) : KerasValue.of(out);
  }
}
