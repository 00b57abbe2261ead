package org.tensorferry.inputs;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.tensorferry.tensor.HostTensor;

/**
 * One set of inputs that both engines run on.
 *
 * @param dims the value of each dynamic dim
 * @param origin where the values are from: {@code sample 1} or a file's name
 * @param inputs in the order of {@code forward}
 */
public record InputCase(Map<String, Long> dims, String origin, List<HostTensor> inputs) {

  public InputCase {
    dims = Collections.unmodifiableMap(new LinkedHashMap<>(dims));
    inputs = List.copyOf(inputs);
  }

  /** The same for one of several ways of running a result; the way is empty where there is one. */
  public InputCase in(String way) {
    return way.isEmpty() ? this : new InputCase(dims, origin + ", " + way, inputs);
  }

  /** As reports name it: {@code batch=2 time=7, sample 1}. */
  public String label() {
    String sizes =
        dims.entrySet().stream()
            .map(dim -> dim.getKey() + "=" + dim.getValue())
            .collect(Collectors.joining(" "));
    return sizes.isEmpty() ? origin : sizes + ", " + origin;
  }
}
