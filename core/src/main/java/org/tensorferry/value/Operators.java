package org.tensorferry.value;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.tensorferry.dim.Symbol;
import org.tensorferry.tensor.DType;

/**
 * What the interpreter asks for operators on tensors: everything of TorchScript that is not the
 * language itself. It decides overloads, in-place forms, views and {@code out=} arguments, and
 * collects what has no rule.
 */
public interface Operators {

  /**
   * Calls an operator.
   *
   * @param name namespace and name without overload: {@code aten::add_}, {@code
   *     torchvision::roi_align}
   * @return the result; {@link Value.Unknown} where the operator has no rule, which is remembered
   *     as a problem
   */
  Value call(String name, List<Value> args, Map<String, Value> kwargs, CallSite site);

  /**
   * A symbol for an integer that the model computes: a tensor of rank 0, with the value that it has
   * at the examples of the dynamic dims where it depends on nothing else.
   */
  Symbol symbol(TensorHandle scalar, OptionalLong example, long min);

  /** Parts that run under a condition or repeatedly. */
  Regions regions();

  /** The number as a tensor of rank 0 of the model's graph. */
  TensorHandle scalar(Value number, DType dtype);

  /** True where rows of a tensor have lengths of their own. */
  boolean isNested(TensorHandle tensor);

  /** The value that an integer or bool tensor of rank 0 is known to have. */
  Optional<Value> known(TensorHandle scalar);
}
