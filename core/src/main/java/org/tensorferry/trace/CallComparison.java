package org.tensorferry.trace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.cause.Cause;
import org.tensorferry.cause.Trials;
import org.tensorferry.engine.Intermediates;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.parity.Comparer;
import org.tensorferry.parity.LayerReport;
import org.tensorferry.parity.Metrics;
import org.tensorferry.parity.OutputComparison;
import org.tensorferry.parity.Tolerance;
import org.tensorferry.provenance.CallRecord;
import org.tensorferry.rule.CallTrace;
import org.tensorferry.rule.OperatorCall;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tensor.Permutations;
import org.tensorferry.value.TensorHandle;

/** Compares calls, a batch at a time, in their order. */
final class CallComparison {

  private final CallTrace trace;
  private final FlatRun torch;
  private final Intermediates tensorFlow;
  private final Map<String, HostTensor> inputs;
  private final Tolerance tolerance;

  /** The first value that lives in each tensor; later ones are the same tensor seen again. */
  private final Map<String, CallValue> owners = new HashMap<>();

  /** SNR of every value that was compared, by what the conversion knows of it. */
  private final Map<TensorHandle, Double> snr = new HashMap<>();

  CallComparison(
      CallTrace trace,
      List<CallValue> values,
      FlatRun torch,
      Intermediates tensorFlow,
      Map<String, HostTensor> inputs,
      Tolerance tolerance) {
    this.trace = trace;
    this.torch = torch;
    this.tensorFlow = tensorFlow;
    this.inputs = inputs;
    this.tolerance = tolerance;
    values.forEach(
        value -> value.home().ifPresent(home -> owners.putIfAbsent(home.tensor(), value)));
    trace.arguments().forEach(argument -> snr.put(argument, Double.POSITIVE_INFINITY));
  }

  /** What a batch needs: TensorFlow's values both ways, and the original's. */
  private record Batch(
      Map<Integer, HostTensor> original,
      Map<String, HostTensor> flow,
      Map<String, HostTensor> alone,
      Map<String, String> failures) {}

  /**
   * Compares the calls from {@code begin} to {@code end} (exclusive).
   *
   * @param values all that they return
   */
  List<LayerReport.Call> compare(int begin, int end, List<CallValue> values) {
    Batch batch = run(values);
    List<LayerReport.Call> calls = new ArrayList<>();
    for (int call = begin; call < end; call++) {
      int number = call;
      calls.add(compare(call, values.stream().filter(v -> v.call() == number).toList(), batch));
    }
    return calls;
  }

  private Batch run(List<CallValue> values) {
    Set<String> tensors = new LinkedHashSet<>();
    Set<Integer> numbers = new HashSet<>();
    Set<String> references = new LinkedHashSet<>();
    for (CallValue value : values) {
      if (value.home().isPresent()) {
        CallRecord.Home home = value.home().get();
        numbers.add(value.number());
        numbers.add(owner(home.tensor()).number());
        if (!home.isInput()) {
          tensors.add(home.tensor());
          references.addAll(tensorFlow.sources(home.tensor()).values());
        }
      }
    }
    references.forEach(tensor -> numbers.add(owner(tensor).number()));
    Map<Integer, HostTensor> original = torch.values(numbers);
    Map<String, HostTensor> given = new LinkedHashMap<>();
    references.forEach(tensor -> given.put(tensor, inHome(owner(tensor), original)));
    Map<String, String> failures = new HashMap<>();
    Map<String, HostTensor> flow =
        attempt(tensors, some -> tensorFlow.run(inputs, some), new HashMap<>());
    Map<String, HostTensor> alone =
        attempt(tensors, some -> tensorFlow.runAlone(inputs, given, some), failures);
    return new Batch(original, flow, alone, failures);
  }

  private CallValue owner(String tensor) {
    return Objects.requireNonNull(owners.get(tensor), tensor);
  }

  /** The original's value with the axes as TensorFlow has them. */
  private static HostTensor inHome(CallValue owner, Map<Integer, HostTensor> original) {
    int[] axes = owner.home().orElseThrow().axes().stream().mapToInt(Integer::intValue).toArray();
    HostTensor value = Objects.requireNonNull(original.get(owner.number()));
    return value.permute(Arrays.stream(Permutations.inverse(axes)).boxed().toList());
  }

  @FunctionalInterface
  private interface Run {
    Map<String, HostTensor> fetch(Set<String> tensors);
  }

  /** All at once; where that fails one by one, to find out which. */
  private static Map<String, HostTensor> attempt(
      Set<String> tensors, Run run, Map<String, String> failures) {
    try {
      return run.fetch(tensors);
    } catch (FerryException all) {
      if (all.exitCode() != ExitCode.UNCONVERTIBLE) {
        throw all;
      }
      Map<String, HostTensor> values = new HashMap<>();
      for (String tensor : tensors) {
        try {
          values.putAll(run.fetch(Set.of(tensor)));
        } catch (FerryException one) {
          failures.put(tensor, one.problems().get(0).why());
        }
      }
      return values;
    }
  }

  // --- one call

  private LayerReport.Call compare(int number, List<CallValue> values, Batch batch) {
    OperatorCall call = trace.calls().get(number);
    double snrInputs = snrInputs(call);
    List<OutputComparison> own = new ArrayList<>();
    List<OutputComparison> whole = new ArrayList<>();
    List<String> tensors = new ArrayList<>();
    Set<String> variables = new LinkedHashSet<>();
    String failure = "";
    for (CallValue value : values) {
      CallRecord.@Nullable Home home = value.home().orElse(null);
      @Nullable HostTensor original = batch.original().get(value.number());
      if (home == null || original == null) {
        continue;
      }
      String tensor = home.tensor();
      tensors.add(tensor);
      @Nullable HostTensor flow = home.isInput() ? inputs.get(tensor) : batch.flow().get(tensor);
      if (flow != null) {
        OutputComparison result = compare(original, permuted(flow, home));
        whole.add(result);
        snr.put(value.handle(), snr(result));
      }
      CallValue owner = owner(tensor);
      boolean isOwner = owner.number() == value.number() && !home.isInput();
      @Nullable HostTensor alone =
          isOwner
              ? batch.alone().get(tensor)
              : home.isInput() ? inputs.get(tensor) : inHome(owner, batch.original());
      if (alone != null) {
        own.add(compare(original, permuted(alone, home)));
      }
      if (isOwner) {
        variables.addAll(tensorFlow.sources(tensor).variables());
        failure = batch.failures().getOrDefault(tensor, failure);
      }
    }
    String first = tensors.isEmpty() ? "" : tensors.get(0);
    return new LayerReport.Call(
        call.name(),
        call.site().modulePath(),
        call.site().place(),
        first,
        tensorFlow.operator(first),
        List.copyOf(variables),
        snrInputs,
        worst(own),
        worst(whole).map(CallComparison::snr).orElse(Double.NaN),
        failure);
  }

  /**
   * Where along time a recurrent layer begins to differ on the original's inputs, in a sentence.
   */
  Optional<String> onset(int number, List<CallValue> values) {
    OperatorCall call = trace.calls().get(number);
    boolean isRecurrent = call.name().matches("aten::(gru|lstm|rnn_tanh|rnn_relu)");
    List<CallValue> own = values.stream().filter(v -> v.call() == number).limit(1).toList();
    CallRecord.@Nullable Home home =
        own.isEmpty() ? null : own.get(0).home().filter(h -> !h.isInput()).orElse(null);
    if (!isRecurrent || home == null) {
      return Optional.empty();
    }
    Batch batch = run(own);
    @Nullable HostTensor original = batch.original().get(own.get(0).number());
    @Nullable HostTensor alone = batch.alone().get(home.tensor());
    boolean isTimeFirst =
        call.schema().contains("batch_first")
            && String.valueOf(call.args().get(call.args().size() - 1)).equals("False");
    return original == null || alone == null
        ? Optional.empty()
        : Onset.of(original, permuted(alone, home), isTimeFirst ? 0 : 1);
  }

  /**
   * Tries why a call gives something else on the original's inputs.
   *
   * @param values all values of the flat program
   */
  Optional<Cause> cause(int number, List<CallValue> values, Map<String, Long> dims, Trials trials) {
    OperatorCall call = trace.calls().get(number);
    List<CallValue> own = values.stream().filter(v -> v.call() == number).toList();
    Batch batch = run(own);
    for (int i = 0; i < own.size(); i++) {
      CallRecord.@Nullable Home home = own.get(i).home().orElse(null);
      @Nullable HostTensor original = batch.original().get(own.get(i).number());
      @Nullable HostTensor alone = home == null ? null : batch.alone().get(home.tensor());
      if (home == null || original == null || alone == null) {
        continue;
      }
      HostTensor observed = permuted(alone, home);
      if (!compare(original, observed).isEqual()) {
        int element = own.size() > 1 ? i : -1;
        return new CallForms(trace, dims, known(call, values))
            .of(call, element)
            .flatMap(form -> trials.cause(form, original, observed));
      }
    }
    return Optional.empty();
  }

  /** What the arguments of a call hold, and the numbers that sizes are made of. */
  private Map<TensorHandle, HostTensor> known(OperatorCall call, List<CallValue> values) {
    Set<TensorHandle> wanted = new HashSet<>(call.read().values());
    wanted.addAll(trace.symbols().values());
    Map<Integer, TensorHandle> numbers = new HashMap<>();
    for (CallValue value : values) {
      if (wanted.contains(value.handle())) {
        numbers.put(value.number(), value.handle());
      }
    }
    Map<TensorHandle, HostTensor> known = new HashMap<>();
    torch
        .values(numbers.keySet())
        .forEach((n, tensor) -> known.put(Objects.requireNonNull(numbers.get(n)), tensor));
    for (int i = 0; i < trace.arguments().size(); i++) {
      known.put(trace.arguments().get(i), torch.input(i));
    }
    return known;
  }

  private static HostTensor permuted(HostTensor tensor, CallRecord.Home home) {
    return tensor.shape().length == home.axes().size() ? tensor.permute(home.axes()) : tensor;
  }

  private OutputComparison compare(HostTensor original, HostTensor result) {
    return Comparer.compare("result", original, result, tolerance);
  }

  private static double snr(OutputComparison comparison) {
    return comparison.metrics().map(Metrics::snrDb).orElse(Double.NEGATIVE_INFINITY);
  }

  /** The least SNR of the tensors that a call takes; a weight has none. */
  private double snrInputs(OperatorCall call) {
    return call.read().values().stream()
        .filter(snr::containsKey)
        .mapToDouble(handle -> Objects.requireNonNull(snr.get(handle)))
        .min()
        .orElse(Double.NaN);
  }

  /** One that differs before one that does not, then the least SNR. */
  static Optional<OutputComparison> worst(List<OutputComparison> comparisons) {
    return comparisons.stream()
        .min(
            Comparator.comparing(OutputComparison::isEqual)
                .thenComparingDouble(CallComparison::snr));
  }
}
