package org.tensorferry.value;

import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;

/**
 * A tensor of rank 0 whose value the interpreter knows, as tracing makes of sizes; arithmetic on
 * such tensors stays arithmetic on numbers.
 *
 * @param value an Int, Float or Bool
 */
public record KnownScalar(DType dtype, Value value) implements TensorHandle {
  @Override
  public Shape shape() {
    return Shape.SCALAR;
  }
}
