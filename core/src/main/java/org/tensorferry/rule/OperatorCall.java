package org.tensorferry.rule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/**
 * One interpreted operator call, kept for comparing call by call. Tensors are cells that later
 * calls may change, so what they held at this call is kept beside them.
 *
 * @param name namespace and name as called, {@code aten::add_}
 * @param schema of the row that carried it out, empty where there is none
 * @param read what each tensor among the arguments held before the call, by identity
 * @param written what each tensor of the result held after the call, in the order of {@link
 *     #tensors}
 */
public record OperatorCall(
    String name,
    String schema,
    List<Value> args,
    Map<String, Value> kwargs,
    Value result,
    CallSite site,
    Map<Tensor, TensorHandle> read,
    List<TensorHandle> written) {

  /** What all tensors among the arguments hold now. */
  static Map<Tensor, TensorHandle> contents(List<Value> args, Map<String, Value> kwargs) {
    Map<Tensor, TensorHandle> contents = new HashMap<>();
    args.forEach(arg -> tensors(arg).forEach(tensor -> contents.put(tensor, tensor.read())));
    kwargs
        .values()
        .forEach(arg -> tensors(arg).forEach(tensor -> contents.put(tensor, tensor.read())));
    return Collections.unmodifiableMap(contents);
  }

  /** The arguments by position, then those by name. */
  public List<Value> allArguments() {
    List<Value> all = new ArrayList<>(args);
    all.addAll(kwargs.values());
    return all;
  }

  /** The tensors in a value, in order; those of lists, tuples and dicts too. */
  public static List<Tensor> tensors(Value value) {
    List<Tensor> tensors = new ArrayList<>();
    collect(value, tensors);
    return tensors;
  }

  private static void collect(Value value, List<Tensor> tensors) {
    if (value instanceof Tensor tensor) {
      tensors.add(tensor);
    } else if (value instanceof Value.ListOf list) {
      list.elements().forEach(element -> collect(element, tensors));
    } else if (value instanceof Value.TupleOf tuple) {
      tuple.elements().forEach(element -> collect(element, tensors));
    } else if (value instanceof Value.DictOf dict) {
      dict.elements().values().forEach(element -> collect(element, tensors));
    }
  }
}
