package org.tensorferry.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** A result that a child process has loaded. */
final class RemoteResult implements ResultRunner {

  /** A tensor of the signature; the shape of an output is not told. */
  private record Port(DType dtype, List<Long> shape) {}

  private final Remote remote;
  private final long handle;
  private final Map<String, Port> inputs = new TreeMap<>();
  private final Map<String, Port> outputs = new TreeMap<>();
  private final String version;
  private final Runnable afterwards;

  private RemoteResult(Remote remote, long handle, String version, Runnable afterwards) {
    this.remote = remote;
    this.handle = handle;
    this.version = version;
    this.afterwards = afterwards;
  }

  static RemoteResult open(Remote remote, Path savedModel, String signature, int threads) {
    return open(remote, savedModel, signature, threads, () -> {});
  }

  /** Loads the only model of a process, which ends with it. */
  static RemoteResult only(Child child, Path file, int threads) {
    return open(new Remote(child), file, "", threads, child::close);
  }

  private static RemoteResult open(
      Remote remote, Path model, String signature, int threads, Runnable afterwards) {
    List<?> opened = remote.list("open", model.toAbsolutePath().toString(), signature, threads);
    RemoteResult result =
        new RemoteResult(remote, (Long) opened.get(0), (String) opened.get(3), afterwards);
    ((Map<?, ?>) opened.get(1))
        .forEach(
            (name, port) -> {
              List<?> parts = (List<?>) port;
              List<Long> shape = ((List<?>) parts.get(1)).stream().map(Long.class::cast).toList();
              result.inputs.put((String) name, new Port(dtype(parts.get(0)), shape));
            });
    ((Map<?, ?>) opened.get(2))
        .forEach(
            (name, code) -> result.outputs.put((String) name, new Port(dtype(code), List.of())));
    return result;
  }

  private static DType dtype(Object code) {
    return DType.ofTorchCode((Long) code).orElseThrow();
  }

  @Override
  public List<String> inputNames() {
    return List.copyOf(inputs.keySet());
  }

  @Override
  public List<String> outputNames() {
    return List.copyOf(outputs.keySet());
  }

  @Override
  public DType dtype(String name) {
    @Nullable Port port = inputs.containsKey(name) ? inputs.get(name) : outputs.get(name);
    if (port == null) {
      throw new IllegalArgumentException("no input or output `" + name + "`");
    }
    return port.dtype();
  }

  @Override
  public List<Long> inputShape(String name) {
    @Nullable Port port = inputs.get(name);
    if (port == null) {
      throw new IllegalArgumentException("no input `" + name + "`");
    }
    return port.shape();
  }

  @Override
  public Map<String, HostTensor> run(Map<String, HostTensor> values) {
    return remote.tensors("run", handle, values);
  }

  @Override
  public double medianMillis(Map<String, HostTensor> values, Stopwatch stopwatch) {
    return remote.number("time", handle, values, stopwatch.runs());
  }

  @Override
  public String engineVersion() {
    return version;
  }

  @Override
  public void close() {
    remote.close("close", handle);
    afterwards.run();
  }
}
