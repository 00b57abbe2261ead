package org.tensorferry.converters.keras;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.KerasCall;
import org.tensorferry.rule.KerasRule;
import org.tensorferry.rule.KerasValue;
import org.tensorferry.tf.Literal;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Normalisation by stored statistics and by the input's own. */
final class NormalizationLayers {

  /** What Keras calls epsilon in {@code backend.epsilon()}. */
  private static final double BACKEND_EPSILON = 1e-7;

  private NormalizationLayers() {}

  static List<KerasRule> rows() {
    return List.of(
        KerasRule.layer("BatchNormalization", NormalizationLayers::batch),
        KerasRule.layer("SyncBatchNormalization", NormalizationLayers::batch),
        KerasRule.layer("LayerNormalization", NormalizationLayers::layer),
        KerasRule.layer("GroupNormalization", NormalizationLayers::group),
        KerasRule.layer("RMSNormalization", NormalizationLayers::rms),
        KerasRule.layer("UnitNormalization", NormalizationLayers::unit),
        KerasRule.layer("Normalization", NormalizationLayers::stored),
        KerasRule.layer("SpectralNormalization", NormalizationLayers::spectral));
  }

  /** gamma and beta where the settings say so, then what else the layer has. */
  private static Map<String, TfValue> roles(KerasCall call, String... others) {
    List<TfValue> variables = call.variables();
    List<String> names = new ArrayList<>();
    if (call.flag("scale", true)) {
      names.add("gamma");
    }
    if (call.flag("center", true)) {
      names.add("beta");
    }
    names.addAll(List.of(others));
    if (variables.size() < names.size()) {
      throw call.refuse("it has " + variables.size() + " variables, and needs " + names);
    }
    Map<String, TfValue> roles = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      roles.put(names.get(i), variables.get(i));
    }
    return roles;
  }

  /** (x - mean) / sqrt(variance + epsilon) gamma + beta, as x scale + offset. */
  private static KerasValue batch(KerasCall call) {
    TfGraph tf = call.tf();
    call.mustBeNone(2, "mask");
    call.ignore("renorm_clipping", "renorm_momentum");
    Map<String, TfValue> roles = roles(call, "moving_mean", "moving_variance");
    TfValue x = call.input();
    JsonAxis axis = JsonAxis.of(call, x.rank());
    TfValue deviation =
        tf.unary("Sqrt", tf.add(need(roles, "moving_variance"), call.number("epsilon", 1e-3)));
    TfValue gamma = roles.get("gamma");
    TfValue scale =
        gamma == null ? tf.div(tf.scalar(x.dtype(), 1), deviation) : tf.div(gamma, deviation);
    TfValue offset = tf.neg(tf.mul(need(roles, "moving_mean"), scale));
    TfValue beta = roles.get("beta");
    if (beta != null) {
      offset = tf.add(offset, beta);
    }
    return KerasValue.of(tf.add(tf.mul(x, axis.spread(tf, scale)), axis.spread(tf, offset)));
  }

  private static TfValue need(Map<String, TfValue> roles, String role) {
    return java.util.Objects.requireNonNull(roles.get(role));
  }

  /** The one axis that a setting names; -1 by default. */
  private record JsonAxis(int axis, int rank) {
    static JsonAxis of(KerasCall call, int rank) {
      int[] axes = call.has("axis") ? call.list("axis") : new int[] {-1};
      if (axes.length != 1) {
        throw call.refuse("it normalises over several axes at once");
      }
      return new JsonAxis(axes[0] < 0 ? axes[0] + rank : axes[0], rank);
    }

    /** A vector along the axis, broadcast over those behind it. */
    TfValue spread(TfGraph tf, TfValue vector) {
      Shape shape = vector.shape();
      for (int i = axis + 1; i < rank; i++) {
        shape = shape.insert(shape.rank(), Dim.ONE);
      }
      return tf.reshape(vector, shape);
    }
  }

  private static KerasValue layer(KerasCall call) {
    if (call.flag("rms_scaling", false)) {
      throw call.refuse("`rms_scaling` divides by another deviation than any layer of torch");
    }
    TfValue x = call.input();
    int[] axes = axes(call, x.rank());
    Map<String, TfValue> roles = roles(call);
    TfValue normal = normalized(call.tf(), x, call.number("epsilon", 1e-3), axes);
    return KerasValue.of(scaled(call.tf(), normal, axes, roles.get("gamma"), roles.get("beta")));
  }

  private static int[] axes(KerasCall call, int rank) {
    int[] given = call.has("axis") ? call.list("axis") : new int[] {-1};
    return Arrays.stream(given).map(axis -> axis < 0 ? axis + rank : axis).toArray();
  }

  private static TfValue normalized(TfGraph tf, TfValue x, double epsilon, int... axes) {
    TfValue mean = tf.mean(x, true, axes);
    TfValue centred = tf.sub(x, mean);
    TfValue variance = tf.mean(tf.mul(centred, centred), true, axes);
    return tf.div(centred, tf.unary("Sqrt", tf.add(variance, epsilon)));
  }

  /** gamma and beta have the sizes of the axes in order. */
  private static TfValue scaled(
      TfGraph tf, TfValue x, int[] axes, @Nullable TfValue gamma, @Nullable TfValue beta) {
    TfValue result = gamma == null ? x : tf.mul(x, spread(tf, gamma, x.rank(), axes));
    return beta == null ? result : tf.add(result, spread(tf, beta, x.rank(), axes));
  }

  private static TfValue spread(TfGraph tf, TfValue value, int rank, int[] axes) {
    Shape shape = Shape.of(LongArrays.ones(rank));
    for (int i = 0; i < axes.length; i++) {
      shape = shape.with(axes[i], value.dim(i));
    }
    return tf.reshape(value, shape);
  }

  /** Over the spatial axes and consecutive channels. */
  private static KerasValue group(KerasCall call) {
    TfGraph tf = call.tf();
    TfValue x = call.input();
    int rank = x.rank();
    int axis = axes(call, rank)[0];
    boolean isLast = axis == rank - 1;
    TfValue last = isLast ? x : tf.toChannelsLast(x);
    if (!isLast && axis != 1) {
      throw call.refuse("its axis is neither the first nor the last behind the batch");
    }
    Dim channels = last.dim(-1);
    int groups = call.integer("groups", 32);
    Dim count = groups == -1 ? channels : Dim.of(groups);
    Shape split = last.shape().with(-1, count).insert(rank, channels.floorDiv(count));
    int[] over = IntStream.concat(IntStream.range(1, rank - 1), IntStream.of(rank)).toArray();
    Map<String, TfValue> roles = roles(call);
    TfValue normal = normalized(tf, tf.reshape(last, split), call.number("epsilon", 1e-3), over);
    TfValue joined = tf.reshape(normal, last.shape());
    TfValue out = scaled(tf, joined, new int[] {rank - 1}, roles.get("gamma"), roles.get("beta"));
    return KerasValue.of(isLast ? out : tf.toChannelsFirst(out));
  }

  private static KerasValue rms(KerasCall call) {
    TfGraph tf = call.tf();
    TfValue x = call.input();
    int[] axes = axes(call, x.rank());
    TfValue square = tf.mean(tf.mul(x, x), true, axes);
    TfValue normal = tf.div(x, tf.unary("Sqrt", tf.add(square, call.number("epsilon", 1e-6))));
    return KerasValue.of(scaled(tf, normal, axes, call.variables(1, 1).get(0), null));
  }

  private static KerasValue unit(KerasCall call) {
    TfGraph tf = call.tf();
    TfValue x = call.input();
    TfValue sum = tf.sum(tf.mul(x, x), true, axes(call, x.rank()));
    TfValue inverse = tf.minimum(tf.unary("Rsqrt", sum), tf.scalar(x.dtype(), 1e12));
    return KerasValue.of(tf.mul(x, inverse));
  }

  /** (x - mean) / max(sqrt(variance), 1e-7), by stored or given statistics. */
  private static KerasValue stored(KerasCall call) {
    TfGraph tf = call.tf();
    TfValue x = call.input();
    int[] axes = call.has("axis") ? axes(call, x.rank()) : new int[0];
    List<TfValue> variables = call.variables();
    TfValue mean = variables.size() > 1 ? variables.get(0) : given(call, "mean");
    TfValue variance = variables.size() > 1 ? variables.get(1) : given(call, "variance");
    call.ignore("mean", "variance");
    TfValue deviation =
        tf.maximum(tf.unary("Sqrt", variance), tf.scalar(x.dtype(), BACKEND_EPSILON));
    TfValue m = mean.rank() == axes.length ? spread(tf, mean, x.rank(), axes) : mean;
    TfValue d = deviation.rank() == axes.length ? spread(tf, deviation, x.rank(), axes) : deviation;
    return KerasValue.of(
        call.flag("invert", false) ? tf.add(m, tf.mul(x, d)) : tf.div(tf.sub(x, m), d));
  }

  private static TfValue given(KerasCall call, String key) {
    List<Double> values = new ArrayList<>();
    LongArrays.flatten(call.setting(key), values);
    if (values.isEmpty()) {
      throw call.refuse("it has no `" + key + "`");
    }
    double[] all = values.stream().mapToDouble(Double::doubleValue).toArray();
    long[] shape = all.length == 1 ? new long[0] : new long[] {all.length};
    return call.tf().constant(Literal.of(call.input().dtype(), shape, all));
  }

  /**
   * At inference the wrapped layer with its stored kernel, which was divided when it was trained.
   */
  private static KerasValue spectral(KerasCall call) {
    call.ignore("power_iterations");
    return call.model()
        .call(call.setting("layer"), call.path() + "/layer", call.arguments(), call.named());
  }
}
