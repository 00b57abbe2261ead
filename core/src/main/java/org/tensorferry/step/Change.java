package org.tensorferry.step;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/** What becomes of a call in the step model. */
interface Change {

  /**
   * Carries the call out.
   *
   * @param arguments by name, which may be changed
   */
  Value carryOut(StepEmission step, String name, Map<String, Value> arguments, CallSite site);

  /** Zeros before the first frame become the frames before this one. */
  record Padding(int axis, long before) implements Change {
    @Override
    public Value carryOut(
        StepEmission step, String name, Map<String, Value> arguments, CallSite site) {
      Tensor input = FrameCall.tensor(arguments, "self");
      arguments.put("self", step.withPast(input, axis, before, site));
      List<Value> padding = new ArrayList<>(FrameCall.elements(arguments, "pad"));
      padding.set(2 * (input.shape().rank() - 1 - axis), Value.of(0));
      arguments.put("pad", Value.list(padding));
      return step.call(name, arguments, site);
    }
  }

  /**
   * The same for the padding of a convolution.
   *
   * @param after zeros behind the last frame, which stay
   * @param padding of all its axes, without that of time
   */
  record Convolution(int axis, long before, long after, List<Long> padding) implements Change {
    @Override
    public Value carryOut(
        StepEmission step, String name, Map<String, Value> arguments, CallSite site) {
      Tensor input = FrameCall.tensor(arguments, "input");
      Tensor past = step.withPast(input, axis, before, site);
      arguments.put("input", step.withZeros(past, axis, after));
      arguments.put("padding", Value.list(padding.stream().map(Value::of).toList()));
      return step.call(name, arguments, site);
    }
  }

  /** What earlier frames add to the output of a transposed convolution comes from them again. */
  record Transposed(int axis, long before) implements Change {
    @Override
    public Value carryOut(
        StepEmission step, String name, Map<String, Value> arguments, CallSite site) {
      Tensor input = FrameCall.tensor(arguments, "input");
      arguments.put("input", step.withPast(input, axis, before, site));
      return step.without((Tensor) step.call(name, arguments, site), axis, before);
    }
  }

  /** Zeros that a sequence is joined to become the frames before this one. */
  record Joining(int axis, int index, long before) implements Change {
    @Override
    public Value carryOut(
        StepEmission step, String name, Map<String, Value> arguments, CallSite site) {
      List<Value> tensors = FrameCall.elements(arguments, "tensors");
      List<Value> joined = new ArrayList<>(tensors.subList(index, tensors.size()));
      joined.set(0, step.withPast((Tensor) tensors.get(index), axis, before, site));
      arguments.put("tensors", Value.list(joined));
      return step.call(name, arguments, site);
    }
  }

  /** States that begin as zeros become arguments, and the last ones results. */
  record Recurrence(List<String> kinds) implements Change {
    @Override
    public Value carryOut(
        StepEmission step, String name, Map<String, Value> arguments, CallSite site) {
      List<Value> initial = FrameCall.elements(arguments, "hx");
      List<Value> states = new ArrayList<>();
      for (int i = 0; i < initial.size(); i++) {
        Tensor zeros = (Tensor) initial.get(i);
        states.add(step.state(kinds.get(i), zeros.dtype(), zeros.shape(), site));
      }
      boolean isList = arguments.get("hx") instanceof Value.ListOf;
      arguments.put("hx", isList ? Value.list(states) : states.get(0));
      Value result = step.call(name, arguments, site);
      List<Value> results =
          result instanceof Value.TupleOf tuple ? tuple.elements() : Collections.emptyList();
      for (int i = 1; i < results.size(); i++) {
        step.next((Tensor) states.get(i - 1), (Tensor) results.get(i));
      }
      return result;
    }
  }
}
