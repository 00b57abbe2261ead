package org.tensorferry.torchscript.interp;

import org.tensorferry.tensor.TensorData;
import org.tensorferry.value.TensorHandle;

/** Turns the tensors of a file into tensors of the model that is being made. */
public interface TensorFactory {

  /**
   * A tensor that a module owns. A tensor that several modules share is asked for once, where it is
   * met first.
   *
   * @param modulePath dotted path of the module, empty for the root
   * @param attribute its name there; elements of lists, tuples and dicts as {@code names.0}
   * @param isParameterOrBuffer whether the module's class declares it as one
   */
  TensorHandle parameter(
      String modulePath, String attribute, boolean isParameterOrBuffer, TensorData data);

  /**
   * A constant of the code.
   *
   * @param index {@code N} of {@code CONSTANTS.cN}
   */
  TensorHandle constant(int index, TensorData data);
}
