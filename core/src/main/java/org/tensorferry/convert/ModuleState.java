package org.tensorferry.convert;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.Problem;
import org.tensorferry.source.Program;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/**
 * What a module holds when its method begins, and what the method leaves behind for the next call.
 * Tensors that are changed in place or replaced become variables that the call assigns.
 */
final class ModuleState {

  /**
   * A tensor that is another after a call.
   *
   * @param before the tensor of the file
   */
  record Update(String path, TensorHandle before, TensorHandle after) {}

  private final Program program;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Map<String, TensorHandle> contents = new LinkedHashMap<>();
  private final Map<String, Value.Obj> owners = new LinkedHashMap<>();

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
                String path = object.path().isEmpty() ? name : object.path() + "." + name;
                tensors.put(path, tensor);
                contents.put(path, tensor.read());
                owners.put(path, object);
              }
            });
  }

  /**
   * The changes that the next call of the original sees, each tensor once.
   *
   * @param problems told of what can't be a variable
   */
  List<Update> updates(List<Problem> problems) {
    Set<String> paths = new LinkedHashSet<>();
    tensors.forEach(
        (path, tensor) -> {
          if (tensor.isWritten()) {
            paths.add(path);
          }
        });
    paths.addAll(program.stateUpdates().keySet());
    List<Update> updates = new ArrayList<>();
    Set<TensorHandle> seen = new HashSet<>();
    for (String path : paths) {
      @Nullable TensorHandle before = contents.get(path);
      Value.@Nullable Obj owner = owners.get(path);
      String name = path.substring(path.lastIndexOf('.') + 1);
      @Nullable Value now = owner == null ? null : owner.attributes().get(name);
      if (before == null || !(now instanceof Tensor tensor)) {
        continue; // an operator without a rule, or kept by the program itself
      }
      if (tensor.dtype() != before.dtype() || !tensor.shape().equals(before.shape())) {
        problems.add(otherShape(path, before, tensor));
      } else if (seen.add(before)) {
        updates.add(new Update(path, before, tensor.read()));
      }
    }
    return updates;
  }

  private static Problem otherShape(String path, TensorHandle before, Tensor now) {
    return Problem.of("buffer `" + path + "` is another after a call")
        .because(
            "it is "
                + before.dtype()
                + before.shape()
                + " before and "
                + now.dtype()
                + now.shape()
                + " after it; a variable keeps dtype and shape")
        .fix("keep a buffer of fixed size, or pass it as an argument and return its new value");
  }
}
