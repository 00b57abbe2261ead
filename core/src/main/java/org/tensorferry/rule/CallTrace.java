package org.tensorferry.rule;

import java.util.List;
import java.util.Map;
import org.tensorferry.dim.Symbol;
import org.tensorferry.value.Structure;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/**
 * All that the original does, as the interpreter saw it: the bridge from one model to the other.
 *
 * @param arguments the tensor arguments in order
 * @param calls every operator call in order
 * @param symbols the integers that the model computes, each with the tensor that holds it
 * @param numbers tensors of rank 0 that the interpreter made of numbers
 * @param result what the model returns
 * @param hasRegions whether there were calls in branches and loops of the graph, which are not kept
 */
public record CallTrace(
    List<TensorHandle> arguments,
    List<OperatorCall> calls,
    Map<Symbol, TensorHandle> symbols,
    Map<TensorHandle, Value> numbers,
    Structure<Tensor> result,
    boolean hasRegions) {

  public CallTrace {
    arguments = List.copyOf(arguments);
    calls = List.copyOf(calls);
    symbols = Map.copyOf(symbols);
    numbers = Map.copyOf(numbers);
  }
}
