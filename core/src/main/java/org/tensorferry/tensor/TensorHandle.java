package org.tensorferry.tensor;

/** A tensor that is known by type and shape alone; who made it knows the rest. */
public interface TensorHandle {

  DType dtype();

  Shape shape();
}
