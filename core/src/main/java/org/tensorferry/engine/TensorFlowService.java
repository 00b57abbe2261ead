package org.tensorferry.engine;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.tensorflowlite.global.tensorflowlite;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorflow.TensorFlow;

/** TensorFlow, called from another process. */
final class TensorFlowService implements Worker.Service {

  private final Handles<TfRunner> runners = new Handles<>();
  private final Handles<TfIntermediates> intermediates = new Handles<>();

  @Override
  public void load() {
    try {
      TensorFlow.version();
    } catch (LinkageError e) {
      // The first model tells it in a sentence.
    }
  }

  @Override
  public void unpack() {
    load();
    try {
      Loader.load(tensorflowlite.class);
    } catch (LinkageError e) {
      // The first .tflite file tells it in a sentence.
    }
  }

  @Override
  @SuppressWarnings("unchecked") // the other side sends what RemoteResult and others write
  public Object call(String operation, List<?> a) {
    return switch (operation) {
      case "open" -> open(Path.of((String) a.get(0)), (String) a.get(1), (Long) a.get(2));
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
      case "openValues" ->
          openValues(Path.of((String) a.get(0)), (String) a.get(1), (Map<String, Long>) a.get(2));
      case "sources" -> {
        Intermediates.Sources sources = intermediates.of(a).sources((String) a.get(1));
        yield List.of(List.copyOf(sources.values()), List.copyOf(sources.variables()));
      }
      case "operator" -> intermediates.of(a).operator((String) a.get(1));
      case "values" ->
          intermediates.of(a).run((Map<String, HostTensor>) a.get(1), (List<String>) a.get(2));
      case "valuesAlone" ->
          intermediates
              .of(a)
              .runAlone(
                  (Map<String, HostTensor>) a.get(1),
                  (Map<String, HostTensor>) a.get(2),
                  (List<String>) a.get(3));
      case "closeValues" -> {
        intermediates.remove(a).close();
        yield true;
      }
      default -> throw new IllegalArgumentException(operation);
    };
  }

  private List<Object> open(Path savedModel, String signature, long threads) {
    TfRunner runner = TfRunner.open(savedModel, signature, (int) threads);
    Map<String, Object> inputs = new LinkedHashMap<>();
    runner
        .inputNames()
        .forEach(
            name ->
                inputs.put(name, List.of(runner.dtype(name).torchCode(), runner.inputShape(name))));
    Map<String, Object> outputs = new LinkedHashMap<>();
    runner.outputNames().forEach(name -> outputs.put(name, runner.dtype(name).torchCode()));
    return List.of(runners.add(runner), inputs, outputs, TfRunner.version());
  }

  private long openValues(Path savedModel, String signature, Map<String, Long> codes) {
    Map<String, DType> known = new LinkedHashMap<>();
    codes.forEach((name, code) -> known.put(name, DType.ofTorchCode(code).orElseThrow()));
    return intermediates.add(TfIntermediates.open(savedModel, signature, known));
  }
}
