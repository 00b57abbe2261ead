package org.tensorferry.step;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.step.FrameCall.Decision;
import org.tensorferry.step.FrameCall.Input;
import org.tensorferry.step.Timing.Fixed;
import org.tensorferry.step.Timing.Frames;
import org.tensorferry.step.Timing.Last;
import org.tensorferry.step.Timing.Lookahead;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/**
 * What an operator does along time. One that is not in a table here is refused, so that nothing
 * passes for a step model that is none.
 */
final class FrameRules {

  /** Decides a call in which at least one tensor has frames. */
  interface Rule {
    Decision decide(FrameCall call);
  }

  /** Each element of the result comes of the elements at its place. */
  private static final String ELEMENTWISE =
      "abs absolute acos acosh add addcdiv addcmul alpha_dropout angle asin asinh atan atan2 atanh"
          + " bitwise_and bitwise_not bitwise_or bitwise_xor ceil celu clamp clamp_max clamp_min clip"
          + " clone complex conj conj_physical contiguous copysign cos cosh deg2rad detach div divide"
          + " dropout elu eq erf erfc exp exp2 expm1 feature_dropout fix floor floor_divide fmax fmin"
          + " fmod frac ge gelu greater greater_equal gt hardshrink hardsigmoid hardswish hardtanh"
          + " hypot imag isfinite isinf isnan ldexp le leaky_relu lerp less less_equal lift lift_fresh"
          + " log log10 log1p log2 log_sigmoid logaddexp logical_and logical_not logical_or"
          + " logical_xor logit lt masked_fill maximum minimum mish mul multiply nan_to_num ne neg"
          + " negative not_equal polar positive pow rad2deg real reciprocal relu relu6 remainder"
          + " resolve_conj resolve_neg round rrelu rsqrt rsub selu sgn sigmoid sign silu sin sinc sinh"
          + " softplus softshrink softsign special_expit special_expm1 special_log1p sqrt square sub"
          + " subtract tan tanh tanhshrink threshold to _to_copy true_divide trunc where xlogy"
          + " __and__ __or__ __xor__ alias";

  /** The axes move, appear or vanish; frames stay frames. */
  private static final String MOVING =
      "adjoint atleast_2d atleast_3d broadcast_to expand expand_as movedim moveaxis numpy_T permute"
          + " squeeze swapaxes swapdims t transpose type_as unsqueeze view_as_complex view_as_real"
          + " empty_like full_like ones_like zeros_like batch_norm native_batch_norm prelu"
          + " _prelu_kernel";

  private static final String RESHAPING =
      "_reshape_alias _unsafe_view flatten ravel reshape reshape_as unflatten view view_as";

  /** Works along the axes that its argument names. */
  private static final String ALONG =
      "_fft_c2c _fft_c2r _fft_r2c _log_softmax _softmax all amax amin any argmax argmin argsort chunk"
          + " cummax cummin cumprod cumsum fft_fft fft_ifft fft_irfft fft_rfft flip frobenius_norm"
          + " gather glu index_select linalg_norm linalg_vector_norm log_softmax logcumsumexp"
          + " logsumexp max mean median min narrow norm prod roll select slice softmax sort split"
          + " split_with_sizes std std_mean sum tensor_split topk unbind unfold var var_mean";

  private static final String MADE =
      "empty full new_empty new_full new_ones new_zeros ones zeros zeros_like ones_like full_like"
          + " empty_like";

  private static final Set<String> CREATED = Set.of(MADE.split(" "));
  private static final Set<String> ZEROS = Set.of("zeros", "new_zeros", "zeros_like", "zero");

  /** Of zeros, they give zeros. */
  private static final Set<String> KEEPING_ZERO =
      Set.of(
          (RESHAPING
                  + " "
                  + MOVING
                  + " contiguous clone to _to_copy alias detach lift lift_fresh"
                  + " slice select narrow cat concat stack repeat chunk split unbind")
              .split(" "));

  private static final Map<String, Rule> RULES = rules();

  private FrameRules() {}

  private static Map<String, Rule> rules() {
    Map<String, Rule> rules = new HashMap<>();
    put(rules, ELEMENTWISE, FrameRules::elementwise);
    put(rules, MOVING, call -> call.keep(call.frames(main(call))));
    put(rules, RESHAPING, FrameRules::reshaped);
    put(rules, ALONG, FrameRules::along);
    put(rules, "linear", call -> apart(call, "input", -1));
    put(rules, "gru_cell lstm_cell rnn_relu_cell rnn_tanh_cell", FrameRules::cell);
    put(rules, "embedding", call -> apart(call, "indices"));
    put(rules, "pixel_shuffle pixel_unshuffle channel_shuffle", FrameRules::shuffled);
    put(rules, "layer_norm native_layer_norm rms_norm", FrameRules::layerNorm);
    put(rules, "group_norm instance_norm", FrameRules::groupNorm);
    put(rules, "matmul bmm mm", FrameRules::product);
    put(rules, "addmm baddbmm", FrameRules::product);
    put(rules, "einsum", Einsums::decide);
    put(rules, "scaled_dot_product_attention", FrameRules::attention);
    put(rules, "stack", FrameRules::stacked);
    put(rules, "repeat", FrameRules::repeated);
    put(rules, "index", FrameRules::indexed);
    put(rules, "cat concat concatenate", TimeRules::joined);
    put(rules, "pad constant_pad_nd", TimeRules::padded);
    put(rules, "conv1d conv2d conv3d _convolution convolution", TimeRules::convolution);
    put(rules, "conv_transpose1d conv_transpose2d conv_transpose3d", TimeRules::convolution);
    put(rules, "gru lstm rnn_tanh rnn_relu", TimeRules::recurrent);
    put(
        rules,
        "avg_pool1d avg_pool2d max_pool1d max_pool2d max_pool3d avg_pool3d",
        TimeRules::pooled);
    return Map.copyOf(rules);
  }

  private static void put(Map<String, Rule> rules, String names, Rule rule) {
    for (String name : names.split(" ")) {
      rules.put(name, rule);
    }
  }

  /** What a call means for time. */
  static Decision decide(FrameCall call) {
    if (CREATED.contains(call.name()) || !call.hasFrames()) {
      return withoutFrames(call);
    }
    if (call.hasLast()) {
      throw Refusals.needsAll(
          call.name(), "it joins frames with what follows from the last one of all");
    }
    @Nullable Rule rule = RULES.get(call.name());
    if (rule == null) {
      throw call.unknown();
    }
    return rule.decide(call);
  }

  private static Decision withoutFrames(FrameCall call) {
    boolean isZero =
        ZEROS.contains(call.name())
            || (KEEPING_ZERO.contains(call.name()) && call.isZeroOnly())
            || (call.name().startsWith("full") && isZeroFill(call));
    boolean isEven =
        CREATED.contains(call.name())
            || Set.of("expand", "expand_as", "broadcast_to").contains(call.name());
    List<Timing> timings = new ArrayList<>();
    for (Shape shape : call.results()) {
      Optional<Frames> frames = call.framesOf(shape);
      if (frames.isEmpty()) {
        timings.add(
            call.hasLast() && !CREATED.contains(call.name())
                ? new Last()
                : new Fixed(isZero, call.hasArgument()));
      } else if (isEven && (CREATED.contains(call.name()) || !call.hasLast())) {
        timings.add(frames.get());
      } else {
        throw call.hasLast()
            ? Refusals.needsAll(call.name(), "it gives every frame what follows from the last one")
            : countsFrames(call);
      }
    }
    if (!CREATED.contains(call.name())
        && call.countsFrames()
        && timings.stream().noneMatch(Frames.class::isInstance)) {
      throw countsFrames(call);
    }
    return new Decision(timings, Optional.empty());
  }

  private static boolean isZeroFill(FrameCall call) {
    @Nullable Value fill = call.arguments().get("fill_value");
    return (fill instanceof Value.Int number && number.value().is(0))
        || (fill instanceof Value.Floating real && real.value() == 0);
  }

  private static RuntimeException countsFrames(FrameCall call) {
    return Refusals.notFrameByFrame(
        call.name(),
        "it computes with the number of frames, or with the number of each frame, which a single"
            + " frame does not tell",
        "leave positions and averages over the length out of the part that is converted, with"
            + " --module PATH");
  }

  // --- rules

  /** The argument that the operator is named after. */
  private static String main(FrameCall call) {
    return call.has("self") ? "self" : "input";
  }

  private static Decision elementwise(FrameCall call) {
    if (call.countsFrames() && !call.name().equals("to")) {
      throw countsFrames(call);
    }
    return aligned(call, call.inputs().values(), call.results().get(0));
  }

  /** Inputs that are broadcast to a shape; its axis of frames is theirs. */
  private static Decision aligned(FrameCall call, Iterable<Input> inputs, Shape shape) {
    Frames result = call.framesOf(shape).orElseThrow(call::unknown);
    int fromEnd = shape.rank() - result.axis();
    long ahead = 0;
    Optional<Lookahead> cause = Optional.empty();
    for (Input input : inputs) {
      int axis = input.shape().rank() - fromEnd;
      if (input.timing() instanceof Frames frames) {
        if (frames.axis() != axis
            || frames.extra() != result.extra()
            || frames.isJoined() != result.isJoined()) {
          throw call.unknown();
        }
        if (frames.ahead() > ahead) {
          ahead = frames.ahead();
          cause = frames.cause();
        }
      } else if (axis >= 0 && !input.shape().dim(axis).is(1)) {
        throw call.unknown();
      }
    }
    return call.framed(result.extra(), ahead, cause);
  }

  /**
   * An operator that must not work along some axes, counted from the front or, below 0, the end.
   */
  static Decision apart(FrameCall call, String name, int... axes) {
    Input input = call.input(name);
    Frames frames = call.frames(name);
    int rank = input.shape().rank();
    if (IntStream.of(axes).anyMatch(axis -> FrameCall.axis(axis, rank) == frames.axis())) {
      throw Refusals.needsAll(
          call.name(), "it works along axis " + frames.axis() + ", which is `" + call.step() + "`");
    }
    return call.keep(frames);
  }

  private static Decision reshaped(FrameCall call) {
    Input input = call.input("self");
    Frames before = call.frames("self");
    Frames after = call.framesOf(call.results().get(0)).orElseThrow(call::unknown);
    boolean sameOrder =
        below(input.shape(), before.axis()).equals(below(call.results().get(0), after.axis()));
    boolean isWhole = before.extra() == 0 && before.ahead() == 0;
    if (!sameOrder || (before.isJoined() != after.isJoined() && !isWhole)) {
      throw Refusals.needsAll(call.name(), "it mixes the elements of different frames");
    }
    return call.keep(before);
  }

  /** Elements of one frame behind an axis. */
  private static Dim below(Shape shape, int axis) {
    return shape.slice(axis + 1, shape.rank()).numel();
  }

  private static Decision along(FrameCall call) {
    Input input = call.input("self");
    Frames frames = call.frames("self");
    List<Value> given =
        List.of("dim", "dims", "dimension").stream()
            .filter(call::has)
            .findFirst()
            .map(name -> FrameCall.elements(call.arguments(), name))
            .orElse(List.of());
    if (given.isEmpty()) {
      throw Refusals.needsAll(call.name(), "it works over all elements");
    }
    int rank = input.shape().rank();
    boolean overTime =
        given.stream()
            .anyMatch(
                axis ->
                    axis instanceof Value.Int number
                        && FrameCall.axis(number.value().known(), rank) == frames.axis());
    if (!overTime) {
      return others(call).isEmpty() ? call.keep(frames) : elementsOfOthers(call, frames);
    }
    Optional<Decision> window = TimeRules.window(call, frames, input.shape());
    return window.orElseGet(() -> apart(call, "self", frames.axis()));
  }

  private static List<Tensor> others(FrameCall call) {
    return call.inputs().keySet().stream()
        .filter(tensor -> tensor != call.arguments().get("self"))
        .toList();
  }

  /** With an index that has no frames, or the same. */
  private static Decision elementsOfOthers(FrameCall call, Frames frames) {
    for (Tensor other : others(call)) {
      Timing timing = call.input(other).timing();
      if (timing instanceof Frames same && !same.equals(frames)) {
        throw call.unknown();
      }
    }
    return call.keep(frames);
  }

  private static Decision cell(FrameCall call) {
    return apart(call, "input", -1);
  }

  private static Decision shuffled(FrameCall call) {
    return apart(call, "self", -3, -2, -1);
  }

  private static Decision layerNorm(FrameCall call) {
    int count = FrameCall.elements(call.arguments(), "normalized_shape").size();
    return apart(call, "input", IntStream.rangeClosed(1, count).map(i -> -i).toArray());
  }

  private static Decision groupNorm(FrameCall call) {
    int from = call.name().equals("group_norm") ? 1 : 2;
    int rank = call.input("input").shape().rank();
    return apart(call, "input", IntStream.range(from, rank).toArray());
  }

  /** A matrix product, whose inner axis is none of time. */
  private static Decision product(FrameCall call) {
    List<String> names =
        List.of("mat1", "mat2", "batch1", "batch2", "self", "other", "tensor1", "tensor2").stream()
            .filter(call::has)
            .toList();
    boolean isSum = call.name().equals("addmm") || call.name().equals("baddbmm");
    String left = isSum ? names.get(0) : "self";
    String right =
        isSum
            ? names.get(1)
            : names.stream().filter(n -> !n.equals("self")).findFirst().orElseThrow(call::unknown);
    Input a = call.input(left);
    Input b = call.input(right);
    Shape result = call.results().get(0);
    Frames frames =
        call.framesOf(result)
            .orElseThrow(() -> Refusals.needsAll(call.name(), "it adds over all frames"));
    boolean inner =
        (a.timing() instanceof Frames of && of.axis() == a.shape().rank() - 1)
            || (b.timing() instanceof Frames to && to.axis() == Math.max(0, b.shape().rank() - 2));
    if (inner) {
      throw Refusals.needsAll(call.name(), "it adds over all frames");
    }
    boolean isBatch = frames.axis() < result.rank() - 2;
    if (a.timing() instanceof Frames && b.timing() instanceof Frames && !isBatch) {
      throw call.unknown();
    }
    List<Input> framed = new ArrayList<>();
    for (Input input : call.inputs().values()) {
      if (input.timing() instanceof Frames) {
        framed.add(input);
      }
    }
    @Nullable Frames most = null;
    for (Input input : framed) {
      Frames each = (Frames) input.timing();
      if (each.extra() != frames.extra() || each.isJoined() != frames.isJoined()) {
        throw call.unknown();
      }
      most = most == null || each.ahead() > most.ahead() ? each : most;
    }
    return call.keep(Objects.requireNonNull(most));
  }

  private static Decision attention(FrameCall call) {
    for (String name : List.of("query", "key", "value")) {
      Input input = call.input(name);
      if (!(input.timing() instanceof Frames frames) || frames.axis() >= input.shape().rank() - 2) {
        throw Refusals.needsAll(call.name(), "it attends to all frames");
      }
    }
    return call.keep(call.frames("query"));
  }

  private static Decision stacked(FrameCall call) {
    Shape inner = call.input(FrameCall.elements(call.arguments(), "tensors").get(0)).shape();
    Decision same = sameFrames(call, inner);
    return call.framed(
        ((Frames) same.results().get(0)).extra(),
        ((Frames) same.results().get(0)).ahead(),
        ((Frames) same.results().get(0)).cause());
  }

  /** Tensors of a list that have the same frames. */
  static Decision sameFrames(FrameCall call, Shape like) {
    return aligned(call, call.inputs().values(), like);
  }

  private static Decision repeated(FrameCall call) {
    Frames frames = call.frames("self");
    Frames result = call.framesOf(call.results().get(0)).orElseThrow(call::unknown);
    Dim before = call.input("self").shape().dim(frames.axis());
    if (!call.results().get(0).dim(result.axis()).equals(before)) {
      throw call.unknown();
    }
    return call.keep(frames);
  }

  private static Decision indexed(FrameCall call) {
    Frames frames = call.frames("self");
    List<Value> indices = FrameCall.elements(call.arguments(), "indices");
    boolean free =
        indices.size() <= frames.axis() || indices.get(frames.axis()) instanceof Value.None;
    boolean fixed =
        indices.stream()
            .allMatch(
                index ->
                    index instanceof Value.None || call.input(index).timing() instanceof Fixed);
    if (!free || !fixed) {
      throw call.unknown();
    }
    return call.keep(frames);
  }
}
