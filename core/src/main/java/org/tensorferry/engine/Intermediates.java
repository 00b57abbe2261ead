package org.tensorferry.engine;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.tensorferry.tensor.HostTensor;

/** Values from inside a SavedModel that the converter wrote. One object is for one thread. */
public interface Intermediates extends AutoCloseable {

  /**
   * What one value is computed from.
   *
   * @param values the nearest known values before it
   * @param variables names of the variables that are read on the way
   */
  record Sources(Set<String> values, Set<String> variables) {}

  /** What a known value is computed from. */
  Sources sources(String tensor);

  /** TensorFlow's operator behind a value, empty where it is none. */
  String operator(String tensor);

  /** Values as the SavedModel computes them from its inputs. */
  Map<String, HostTensor> run(Map<String, HostTensor> inputs, Collection<String> tensors);

  /**
   * Values, each computed from given ones.
   *
   * @param references what {@link #sources} names, for every fetched value
   */
  Map<String, HostTensor> runAlone(
      Map<String, HostTensor> inputs,
      Map<String, HostTensor> references,
      Collection<String> tensors);

  @Override
  void close();
}
