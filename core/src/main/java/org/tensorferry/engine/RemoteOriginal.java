package org.tensorferry.engine;

import java.nio.file.Path;
import java.util.List;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.value.Structure;

/** An original that a child process has loaded. */
final class RemoteOriginal implements Original {

  private final Remote remote;
  private final long handle;
  private final String version;

  private RemoteOriginal(Remote remote, long handle, String version) {
    this.remote = remote;
    this.handle = handle;
    this.version = version;
  }

  static RemoteOriginal open(Remote remote, Path file, int threads) {
    List<?> opened = remote.list("open", file.toAbsolutePath().toString(), threads);
    return new RemoteOriginal(remote, (Long) opened.get(0), (String) opened.get(1));
  }

  @Override
  public Structure<HostTensor> run(String method, List<?> arguments) {
    return remote.structure("run", handle, method, arguments);
  }

  @Override
  public double medianMillis(String method, List<HostTensor> inputs, int runs) {
    return remote.number("time", handle, method, inputs, runs);
  }

  @Override
  public String engineVersion() {
    return version;
  }

  @Override
  public void close() {
    remote.close("close", handle);
  }
}
