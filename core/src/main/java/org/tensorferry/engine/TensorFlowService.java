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

  private final ResultService<TfRunner> results = new ResultService<>();
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
      default -> results.call(operation, a);
    };
  }

  private List<Object> open(Path savedModel, String signature, long threads) {
    return results.opened(TfRunner.open(savedModel, signature, (int) threads));
  }

  private long openValues(Path savedModel, String signature, Map<String, Long> codes) {
    Map<String, DType> known = new LinkedHashMap<>();
    codes.forEach((name, code) -> known.put(name, DType.ofTorchCode(code).orElseThrow()));
    return intermediates.add(TfIntermediates.open(savedModel, signature, known));
  }
}
