package org.tensorferry.engine;

import java.nio.file.Path;
import java.util.List;
import org.tensorferry.tensor.HostTensor;

/** libtorch, called from another process. */
final class TorchService implements Worker.Service {

  private final Handles<TorchRunner> runners = new Handles<>();

  @Override
  public void load() {
    LibTorch.open().close();
  }

  @Override
  @SuppressWarnings("unchecked") // the other side sends tensors
  public Object call(String operation, List<?> a) {
    return switch (operation) {
      case "open" -> {
        long threads = (Long) a.get(1);
        long handle = runners.add(TorchRunner.open(Path.of((String) a.get(0))));
        if (threads > 0) {
          TorchRunner.useThreads((int) threads);
        }
        yield List.of(handle, TorchRunner.version());
      }
      case "run" -> runners.of(a).run((String) a.get(1), (List<?>) a.get(2));
      case "time" ->
          runners
              .of(a)
              .medianMillis(
                  (String) a.get(1), (List<HostTensor>) a.get(2), Math.toIntExact((Long) a.get(3)));
      case "close" -> {
        runners.remove(a).close();
        yield true;
      }
      default -> throw new IllegalArgumentException(operation);
    };
  }
}
