package org.tensorferry.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.engine.EngineOptions;
import org.tensorferry.engine.Engines;
import org.tensorferry.engine.Intermediates;
import org.tensorferry.engine.Original;
import org.tensorferry.engine.ResultRunner;
import org.tensorferry.tensor.DType;

/**
 * Engines that are started once and lent to one conversion after the other, because starting them
 * takes longer than comparing a small model.
 */
final class SharedEngines implements AutoCloseable {

  private final Set<Path> readable;
  private @Nullable Engines open;
  private EngineOptions options = EngineOptions.DEFAULT;
  private int lent;

  /**
   * Engines that will be started when they are asked for.
   *
   * @param readable all models, and a folder that all results lie in
   */
  SharedEngines(Set<Path> readable) {
    this.readable = readable;
  }

  /** For one conversion; closing it leaves the engines to the next. */
  Engines lend(EngineOptions wanted) {
    if (!wanted.equals(options)) {
      close();
    }
    @Nullable Engines engines = open;
    if (engines == null) {
      engines = Engines.open(wanted, readable);
      open = engines;
      options = wanted;
    }
    lent++;
    return new Lent(engines);
  }

  /** How many conversions the running engines were lent to. */
  int uses() {
    return lent;
  }

  /** Ends the engines; others are started for the next conversion. */
  @Override
  public void close() {
    if (open != null) {
      open.close();
      open = null;
    }
    lent = 0;
  }

  private record Lent(Engines engines) implements Engines {

    @Override
    public Original original(Path file) {
      return engines.original(file);
    }

    @Override
    public Original own(Path file) {
      return engines.own(file);
    }

    @Override
    public ResultRunner result(Path savedModel, String signature) {
      return engines.result(savedModel, signature);
    }

    @Override
    public Intermediates intermediates(
        Path savedModel, String signature, Map<String, DType> known) {
      return engines.intermediates(savedModel, signature, known);
    }

    @Override
    public ResultRunner onnx(Path file, Set<Path> files) {
      return engines.onnx(file, files);
    }

    @Override
    public Path folder() {
      return engines.folder();
    }

    @Override
    public void close() {
      // They are the next one's.
    }
  }
}
