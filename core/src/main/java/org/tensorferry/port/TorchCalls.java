package org.tensorferry.port;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tensorferry.rule.CallTrace;
import org.tensorferry.rule.OperatorCall;
import org.tensorferry.rule.Schema;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/**
 * What the calls of the original say of its modules: the arguments of convolutions and
 * normalisations, whatever form of file they come from.
 */
final class TorchCalls {

  /** The arguments of operators that are settings of a module, by the module's name for them. */
  private static final Map<String, String> NUMBERS =
      Map.of("eps", "eps", "num_groups", "num_groups");

  private static final Set<String> NORMS =
      Set.of(
          "batch_norm",
          "_batch_norm_impl_index",
          "_native_batch_norm_legit_no_training",
          "native_batch_norm",
          "instance_norm",
          "layer_norm",
          "native_layer_norm",
          "group_norm",
          "native_group_norm",
          "rms_norm");

  private final UnaryOperator<String> strip;
  private final Map<TensorHandle, OperatorCall> makers = new HashMap<>();
  private final Map<String, Windows> convolutions = new HashMap<>();
  private final Map<String, Map<String, Double>> numbers = new HashMap<>();

  /** Modules whose calls don't agree. */
  private final Set<String> several = new HashSet<>();

  private TorchCalls(UnaryOperator<String> strip) {
    this.strip = strip;
  }

  /**
   * Reads the calls of a model.
   *
   * @param strip takes a torch file's prefix off a module's path
   */
  static TorchCalls of(Optional<CallTrace> trace, UnaryOperator<String> strip) {
    TorchCalls calls = new TorchCalls(strip);
    trace.ifPresent(known -> known.calls().forEach(calls::read));
    calls.several.forEach(calls.convolutions::remove);
    return calls;
  }

  /** How the convolution of a module moves, where it has one. */
  Optional<Windows> convolution(String module) {
    return Optional.ofNullable(convolutions.get(module));
  }

  /** Numbers that the normalisations of modules compute with. */
  Map<String, Map<String, Double>> numbers() {
    return numbers;
  }

  private void read(OperatorCall call) {
    call.written().forEach(handle -> makers.put(handle, call));
    Map<String, Value> arguments = arguments(call);
    String module = strip.apply(call.site().modulePath());
    String name = call.name().replaceFirst("^[a-z]+::", "");
    if (NORMS.contains(name)) {
      NUMBERS.forEach(
          (argument, setting) -> {
            @Nullable Value value = arguments.get(argument);
            if (value instanceof Value.Floating number) {
              numbers.computeIfAbsent(module, m -> new HashMap<>()).put(setting, number.value());
            } else if (value instanceof Value.Int count && count.value().isKnown()) {
              numbers
                  .computeIfAbsent(module, m -> new HashMap<>())
                  .put(setting, (double) count.value().known());
            }
          });
    }
    boolean isConvolution = name.startsWith("conv") || name.startsWith("_convolution");
    if (isConvolution && arguments.get("weight") instanceof Tensor weight) {
      windows(call, arguments, weight)
          .ifPresent(
              windows -> {
                @Nullable Windows before = convolutions.put(module, windows);
                if (before != null && !before.equals(windows)) {
                  several.add(module);
                }
              });
    }
  }

  private static Map<String, Value> arguments(OperatorCall call) {
    if (call.schema().isEmpty()) {
      return Map.of();
    }
    return Schema.parse(call.schema()).bind(call.args(), call.kwargs()).orElse(Map.of());
  }

  private Optional<Windows> windows(
      OperatorCall call, Map<String, Value> arguments, Tensor weight) {
    boolean isTransposed =
        call.name().contains("transpose")
            || (arguments.get("transposed") instanceof Value.Bool flag && flag.value());
    int axes = weight.shape().rank() - 2;
    Optional<List<Long>> strides = longs(arguments.get("stride"), axes);
    Optional<List<Long>> dilations = longs(arguments.get("dilation"), axes);
    Optional<List<Long>> groups = longs(arguments.get("groups"), 1);
    boolean isKnown = strides.isPresent() && dilations.isPresent() && groups.isPresent();
    if (axes < 1 || isTransposed || !isKnown) {
      return Optional.empty();
    }
    List<Long> before = new ArrayList<>();
    List<Long> after = new ArrayList<>();
    for (int i = 0; i < axes; i++) {
      long reach = dilations.get().get(i) * (weight.shape().dim(i + 2).known() - 1);
      if (arguments.get("padding") instanceof Value.Str name) {
        boolean isSame = name.value().equals("same");
        before.add(isSame ? reach / 2 : 0);
        after.add(isSame ? reach - reach / 2 : 0);
        continue;
      }
      Optional<List<Long>> padding = longs(arguments.get("padding"), axes);
      if (padding.isEmpty()) {
        return Optional.empty();
      }
      before.add(padding.get().get(i));
      after.add(padding.get().get(i));
    }
    if (!addPads(call, arguments.get("input"), before, after)) {
      return Optional.empty();
    }
    long count = groups.get().get(0);
    return Optional.of(new Windows(strides.get(), before, after, dilations.get(), count));
  }

  /** Adds what operators in front of the convolution pad; false where that isn't known. */
  private boolean addPads(
      OperatorCall call, @Nullable Value input, List<Long> before, List<Long> after) {
    @Nullable OperatorCall maker =
        input instanceof Tensor tensor ? makers.get(call.read().get(tensor)) : null;
    if (maker == null || !maker.name().matches("aten::(pad|constant_pad_nd)")) {
      return true;
    }
    Map<String, Value> arguments = arguments(maker);
    boolean isZero =
        !(arguments.get("mode") instanceof Value.Str mode && !mode.value().equals("constant"));
    @Nullable Value sizes = arguments.get("pad");
    int count = sizes instanceof Value.ListOf list ? list.elements().size() : 0;
    Optional<List<Long>> pads = longs(sizes, count);
    if (!isZero || pads.isEmpty() || count > 2 * before.size()) {
      return false;
    }
    for (int i = 0; i < count / 2; i++) {
      int axis = before.size() - 1 - i;
      before.set(axis, before.get(axis) + pads.get().get(2 * i));
      after.set(axis, after.get(axis) + pads.get().get(2 * i + 1));
    }
    Value inner = arguments.containsKey("self") ? arguments.get("self") : arguments.get("input");
    return addPads(maker, inner, before, after);
  }

  /** Numbers of a list, one for each axis; a single one is for all. */
  private static Optional<List<Long>> longs(@Nullable Value value, int count) {
    List<Long> all = new ArrayList<>();
    List<Value> elements =
        value instanceof Value.ListOf list
            ? list.elements()
            : value instanceof Value.TupleOf tuple
                ? tuple.elements()
                : value == null ? List.of() : List.of(value);
    for (Value element : elements) {
      if (!(element instanceof Value.Int number) || !number.value().isKnown()) {
        return Optional.empty();
      }
      all.add(number.value().known());
    }
    while (all.size() == 1 && count > 1) {
      all =
          new ArrayList<>(java.util.Collections.nCopies(count, Objects.requireNonNull(all.get(0))));
    }
    return all.size() == count ? Optional.of(all) : Optional.empty();
  }
}
