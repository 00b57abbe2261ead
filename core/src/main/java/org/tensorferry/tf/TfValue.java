package org.tensorferry.tf;

import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;
import org.tensorferry.value.TensorHandle;

/**
 * One output of a node: a tensor that exists when the model runs.
 *
 * @param node the node that computes it
 * @param index which of its outputs
 */
public record TfValue(TfNode node, int index) implements TensorHandle {

  @Override
  public DType dtype() {
    return node.dtypes().get(index);
  }

  @Override
  public Shape shape() {
    return node.shapes().get(index);
  }

  public int rank() {
    return shape().rank();
  }

  /** The size of an axis; a negative axis counts from the end. */
  public Dim dim(int axis) {
    return shape().dim(axis);
  }

  @Override
  public String toString() {
    return node.name() + ":" + index + " " + dtype() + shape();
  }
}
