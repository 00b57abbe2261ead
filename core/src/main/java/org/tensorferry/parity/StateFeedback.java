package org.tensorferry.parity;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.engine.Original;
import org.tensorferry.engine.ResultRunner;
import org.tensorferry.source.EntryMethod.StateEnd;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.value.Structure;

/**
 * Hands state that is an argument from call to call, on each side what that side returned, so that
 * cases are one sequence of calls; the first is given what the module holds in its file.
 */
final class StateFeedback {

  private final List<StateEnd> ends;
  private final List<String> inputs;
  private List<HostTensor> ofOriginal = List.of();
  private List<HostTensor> before = List.of();
  private List<HostTensor> ofResult = List.of();

  StateFeedback(ModelPair pair) {
    this.ends = pair.entry().map(entry -> entry.state()).orElse(List.of());
    this.inputs = pair.specs().stream().map(InputSpec::name).map(name -> name.orElse("")).toList();
    restart();
  }

  /** Begins a sequence. */
  void restart() {
    List<HostTensor> first = ends.stream().map(StateEnd::first).toList();
    ofOriginal = first;
    before = first;
    ofResult = first;
  }

  /** Lets the original begin its last call again. */
  void repeat() {
    ofOriginal = before;
  }

  /** The arguments of the original's next call. */
  List<HostTensor> arguments(List<HostTensor> given) {
    List<HostTensor> arguments = new ArrayList<>(given);
    for (int i = 0; i < ends.size(); i++) {
      arguments.set(inputs.indexOf(ends.get(i).input()), ofOriginal.get(i));
    }
    return arguments;
  }

  /** Runs the original's next call. */
  Structure<HostTensor> run(Original original, String method, List<HostTensor> given) {
    Structure<HostTensor> returned = original.run(method, arguments(given));
    before = ofOriginal;
    ofOriginal = next(returned.flatten());
    return returned;
  }

  /** Runs the result's next call. */
  Map<String, HostTensor> run(ResultRunner result, Map<String, HostTensor> given) {
    Map<String, HostTensor> values = new LinkedHashMap<>(given);
    for (int i = 0; i < ends.size(); i++) {
      values.put(ends.get(i).input(), ofResult.get(i));
    }
    Map<String, HostTensor> outputs = result.run(values);
    ofResult = next(outputs);
    return outputs;
  }

  private List<HostTensor> next(Map<String, HostTensor> outputs) {
    return ends.stream().map(end -> Objects.requireNonNull(outputs.get(end.output()))).toList();
  }
}
