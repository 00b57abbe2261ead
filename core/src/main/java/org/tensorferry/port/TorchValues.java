package org.tensorferry.port;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorferry.tensor.TensorSource;

/**
 * A target's weights under torch's names.
 *
 * @param tensors what a state_dict has, by its names (those of the torch file less the key of a
 *     checkpoint), in its order, with its shapes and types; valid while the port is open
 * @param notices what could not be brought back as it was
 */
public record TorchValues(Map<String, TensorSource> tensors, List<String> notices) {

  public TorchValues {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    notices = List.copyOf(notices);
  }
}
