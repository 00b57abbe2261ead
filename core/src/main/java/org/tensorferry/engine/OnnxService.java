package org.tensorferry.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** ONNX Runtime, called from another process. */
final class OnnxService implements Worker.Service {

  private final OnnxEngine engine = OnnxEngine.require();
  private final ResultService<ResultRunner> results = new ResultService<>();

  @Override
  public void load() {
    engine.load();
  }

  @Override
  public void unpack() {
    try {
      engine.unpack(Path.of(System.getProperty(Natives.own(EngineKind.ONNX), "")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Object call(String operation, List<?> a) {
    if (operation.equals("open")) {
      long threads = (Long) a.get(2);
      return results.opened(engine.open(Path.of((String) a.get(0)), (int) threads));
    }
    return results.call(operation, a);
  }
}
