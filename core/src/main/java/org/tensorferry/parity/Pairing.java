package org.tensorferry.parity;

import java.util.List;
import java.util.Map;
import org.tensorferry.tensor.HostTensor;

/** Which tensors of the two models belong together. */
interface Pairing {

  /** The original's arguments as the SavedModel takes them. */
  Map<String, HostTensor> inputs(List<HostTensor> arguments);

  /** The SavedModel's results under the names of the original's. */
  Map<String, HostTensor> outputs(
      Map<String, HostTensor> results, Map<String, HostTensor> original);

  /** How outputs were brought together, where that isn't plain; known after the first of them. */
  default List<String> said() {
    return List.of();
  }
}
