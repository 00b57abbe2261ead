package org.tensorferry.convert;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorferry.error.Problem;
import org.tensorferry.source.Program;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/**
 * What a module holds when its method begins. A SavedModel's function has no state: what changes
 * would be forgotten in silence.
 */
final class ModuleState {

  private final Program program;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  private ModuleState(Program program) {
    this.program = program;
  }

  /** The state before a run. */
  static ModuleState of(Program program) {
    ModuleState state = new ModuleState(program);
    state.collect(program.root(), new HashSet<>());
    return state;
  }

  private void collect(Value.Obj object, Set<Value.Obj> seen) {
    if (!seen.add(object)) {
      return;
    }
    object
        .attributes()
        .forEach(
            (name, value) -> {
              if (value instanceof Value.Obj child) {
                collect(child, seen);
              } else if (value instanceof Tensor tensor) {
                tensors.put(object.path().isEmpty() ? name : object.path() + "." + name, tensor);
              }
            });
  }

  /** The changes that the next call of the original would see. */
  List<Problem> updates() {
    List<Problem> problems = new ArrayList<>();
    tensors.forEach(
        (path, tensor) -> {
          if (tensor.isWritten()) {
            problems.add(update("buffer `" + path + "` is changed in place while the model runs"));
          }
        });
    program
        .stateUpdates()
        .forEach(
            (path, site) ->
                problems.add(
                    update("attribute `" + path + "` is read and replaced while the model runs")
                        .at("line", site.place())));
    return problems;
  }

  private static Problem update(String what) {
    return Problem.of(what)
        .because("the converted function keeps no state between calls")
        .fix("pass the state as an argument and return its new value");
  }
}
