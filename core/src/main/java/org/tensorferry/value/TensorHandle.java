package org.tensorferry.value;

import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;

/** A tensor that is known by type and shape alone; who made it knows the rest. */
public interface TensorHandle {

  DType dtype();

  Shape shape();
}
