package org.tensorferry.source;

import java.util.Map;
import org.tensorferry.tensor.TensorData;

/**
 * A module of the model with the tensors that it owns itself.
 *
 * @param path dotted path, empty for the root
 * @param torchClass qualified class without mangling and without the leading {@code __torch__.}
 * @param tensors parameters, buffers and tensor attributes by name, in the archive's order
 */
public record TorchModule(String path, String torchClass, Map<String, TensorData> tensors) {

  /** The full name of a tensor or variable of this module. */
  public String nameOf(String member) {
    return path.isEmpty() ? member : path + "." + member;
  }
}
