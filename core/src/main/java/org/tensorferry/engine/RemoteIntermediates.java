package org.tensorferry.engine;

import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** Values inside a SavedModel that a child process has loaded. */
final class RemoteIntermediates implements Intermediates {

  private final Remote remote;
  private final long handle;

  private RemoteIntermediates(Remote remote, long handle) {
    this.remote = remote;
    this.handle = handle;
  }

  static RemoteIntermediates open(
      Remote remote, Path savedModel, String signature, Map<String, DType> known) {
    Map<String, Integer> codes = new LinkedHashMap<>();
    known.forEach((name, dtype) -> codes.put(name, dtype.torchCode()));
    String directory = savedModel.toAbsolutePath().toString();
    return new RemoteIntermediates(
        remote, remote.handle("openValues", directory, signature, codes));
  }

  @Override
  public Sources sources(String tensor) {
    List<?> sources = remote.list("sources", handle, tensor);
    return new Sources(names(sources.get(0)), names(sources.get(1)));
  }

  private static Set<String> names(Object list) {
    Set<String> names = new LinkedHashSet<>();
    ((List<?>) list).forEach(name -> names.add((String) name));
    return names;
  }

  @Override
  public String operator(String tensor) {
    return remote.text("operator", handle, tensor);
  }

  @Override
  public Map<String, HostTensor> run(Map<String, HostTensor> inputs, Collection<String> tensors) {
    return remote.tensors("values", handle, inputs, List.copyOf(tensors));
  }

  @Override
  public Map<String, HostTensor> runAlone(
      Map<String, HostTensor> inputs,
      Map<String, HostTensor> references,
      Collection<String> tensors) {
    return remote.tensors("valuesAlone", handle, inputs, references, List.copyOf(tensors));
  }

  @Override
  public void close() {
    remote.close("closeValues", handle);
  }
}
