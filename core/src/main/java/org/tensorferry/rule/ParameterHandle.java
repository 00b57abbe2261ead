package org.tensorferry.rule;

import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.value.TensorHandle;

/**
 * A tensor of the archive, before anything asked for its value: a parameter, a buffer or a
 * constant.
 *
 * @param modulePath dotted path of the module that owns it, empty for the root
 * @param attribute its name there
 * @param isConstant true for tensors of constants.pkl, which no module owns
 */
record ParameterHandle(String modulePath, String attribute, boolean isConstant, TensorData data)
    implements TensorHandle {

  /** Torch's name: {@code layer1.0.conv1.weight}. */
  String name() {
    return modulePath.isEmpty() ? attribute : modulePath + "." + attribute;
  }

  @Override
  public DType dtype() {
    return data.dtype();
  }

  @Override
  public Shape shape() {
    return Shape.of(data.shape());
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
