package org.tensorferry.trace;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorferry.cause.CallForm;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Symbol;
import org.tensorferry.rule.CallTrace;
import org.tensorferry.rule.OperatorCall;
import org.tensorferry.rule.Schema;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.value.KnownScalar;
import org.tensorferry.value.StoredTensor;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/** Writes one call with the numbers of one run, so that it can be tried in other ways. */
final class CallForms {

  private final CallTrace trace;
  private final Map<String, Long> dims;
  private final Map<TensorHandle, HostTensor> known;
  private final List<HostTensor> tensors = new ArrayList<>();
  private final Map<TensorHandle, String> names = new HashMap<>();

  /**
   * For one run.
   *
   * @param dims values of the dynamic dims
   * @param known values of inputs and results
   */
  CallForms(CallTrace trace, Map<String, Long> dims, Map<TensorHandle, HostTensor> known) {
    this.trace = trace;
    this.dims = dims;
    this.known = known;
  }

  /**
   * The call.
   *
   * @param element which of several tensors of the result is meant, -1 for one alone
   * @return empty where something of it has no text
   */
  Optional<CallForm> of(OperatorCall call, int element) {
    if (call.schema().isEmpty() || !call.name().startsWith("aten::")) {
      return Optional.empty();
    }
    Schema schema = Schema.parse(call.schema());
    Literals literals = literals();
    Map<String, String> arguments = new LinkedHashMap<>();
    try {
      for (int i = 0; i < call.args().size() && i < schema.params().size(); i++) {
        Schema.Param param = schema.params().get(i);
        arguments.put(param.name(), literals.print(call.args().get(i), param, t -> name(call, t)));
      }
      for (Map.Entry<String, Value> entry : call.kwargs().entrySet()) {
        Schema.@Nullable Param param =
            schema.params().stream()
                .filter(p -> p.name().equals(entry.getKey()))
                .findFirst()
                .orElse(null);
        arguments.put(entry.getKey(), literals.print(entry.getValue(), param, t -> name(call, t)));
      }
    } catch (UnprintableException e) {
      return Optional.empty();
    }
    String name = call.name().substring("aten::".length());
    return Optional.of(
        new CallForm(
            name.replaceFirst("(?<=\\w)_$", ""),
            "torch." + name,
            arguments,
            List.copyOf(call.kwargs().keySet()),
            schema.params().stream().map(Schema.Param::name).toList(),
            tensors,
            element));
  }

  private Literals literals() {
    Literals literals = new Literals(trace.numbers());
    for (TensorHandle argument : trace.arguments()) {
      for (Dim dim : argument.shape().dims()) {
        for (Symbol symbol : dim.symbols()) {
          @Nullable Long size = dims.get(symbol.name());
          if (size != null) {
            literals.define(symbol, size.toString());
          }
        }
      }
    }
    trace
        .symbols()
        .forEach(
            (symbol, handle) -> {
              @Nullable HostTensor value = known.get(handle);
              if (value != null && value.count() == 1) {
                literals.define(symbol, Long.toString(value.getLong(0)));
              }
            });
    return literals;
  }

  private String name(OperatorCall call, Tensor tensor) {
    @Nullable TensorHandle held = call.read().get(tensor);
    TensorHandle handle = held == null ? tensor.read() : held;
    if (handle instanceof KnownScalar scalar) {
      return scalar(scalar.value(), handle);
    }
    @Nullable Value number = trace.numbers().get(handle);
    if (number != null) {
      return scalar(number, handle);
    }
    @Nullable String before = names.get(handle);
    if (before != null) {
      return before;
    }
    HostTensor value = value(handle);
    String name = "t" + tensors.size();
    tensors.add(value);
    names.put(handle, name);
    return name;
  }

  private String scalar(Value number, TensorHandle like) {
    return "torch.scalar_tensor("
        + new Literals(trace.numbers()).number(number)
        + ", dtype="
        + like.dtype().torchCode()
        + ")";
  }

  private HostTensor value(TensorHandle handle) {
    if (handle instanceof StoredTensor stored) {
      return HostTensor.of(
          stored.data().dtype(), stored.data().shape(), ByteBuffer.wrap(stored.data().toBytes()));
    }
    @Nullable HostTensor value = known.get(handle);
    if (value == null) {
      throw new UnprintableException("a tensor among the arguments has no value");
    }
    return value;
  }
}
