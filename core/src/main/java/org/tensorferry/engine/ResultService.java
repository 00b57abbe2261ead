package org.tensorferry.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorferry.tensor.HostTensor;

/** What processes do alike that run results: the other side is {@link RemoteResult}. */
final class ResultService<R extends ResultRunner> {

  private final Handles<R> runners = new Handles<>();

  /** Takes what was loaded and tells its names, types and shapes. */
  List<Object> opened(R runner) {
    Map<String, Object> inputs = new LinkedHashMap<>();
    runner
        .inputNames()
        .forEach(
            name ->
                inputs.put(name, List.of(runner.dtype(name).torchCode(), runner.inputShape(name))));
    Map<String, Object> outputs = new LinkedHashMap<>();
    runner.outputNames().forEach(name -> outputs.put(name, runner.dtype(name).torchCode()));
    return List.of(runners.add(runner), inputs, outputs, runner.engineVersion());
  }

  @SuppressWarnings("unchecked") // the other side sends what RemoteResult writes
  Object call(String operation, List<?> a) {
    return switch (operation) {
      case "run" -> runners.of(a).run((Map<String, HostTensor>) a.get(1));
      case "time" ->
          runners
              .of(a)
              .medianMillis(
                  (Map<String, HostTensor>) a.get(1),
                  new Stopwatch(Math.toIntExact((Long) a.get(2))));
      case "close" -> {
        runners.remove(a).close();
        yield true;
      }
      default -> throw new IllegalArgumentException(operation);
    };
  }
}
