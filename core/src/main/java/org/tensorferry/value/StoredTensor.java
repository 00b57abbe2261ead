package org.tensorferry.value;

import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;

/**
 * A tensor of the model's file, before anything asked for its value: a parameter, a buffer or a
 * constant of the code. Has identity.
 *
 * @param modulePath dotted path of the module that owns it, empty for the root
 * @param attribute its name there
 * @param isConstant true for a constant of the code, which no module owns
 */
public record StoredTensor(String modulePath, String attribute, boolean isConstant, TensorData data)
    implements TensorHandle {

  /**
   * A tensor that a module owns; one that several modules share has the name where it is met first.
   */
  public static StoredTensor of(String modulePath, String attribute, TensorData data) {
    return new StoredTensor(modulePath, attribute, false, data);
  }

  /** The constant of the code with a number, from 0. */
  public static StoredTensor constant(int index, TensorData data) {
    return new StoredTensor("", "c" + index, true, data);
  }

  /** Torch's name: {@code layer1.0.conv1.weight}. */
  public String name() {
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
  public String toString() {
    return name();
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
