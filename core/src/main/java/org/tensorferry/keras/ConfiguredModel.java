package org.tensorferry.keras;

import com.fasterxml.jackson.core.JsonPointer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorferry.tensor.TensorSource;

/**
 * A checkpoint or SavedModel with what another file says of its layers, by their names. Layers that
 * the configuration doesn't name keep what their own file says.
 */
final class ConfiguredModel implements TargetModel {

  private static final int MAX_DEPTH = 64;

  private final TargetModel model;
  private final Config config;
  private final List<TargetLayer> layers;

  ConfiguredModel(TargetModel model, Config config) {
    this.model = model;
    this.config = config;
    Map<String, LayerConfig> byPath = new LinkedHashMap<>();
    collect(LayerConfig.of(config.json(), JsonPointer.empty()), "", 0, byPath);
    this.layers = model.layers().stream().map(layer -> told(layer, byPath)).toList();
  }

  private static void collect(
      LayerConfig model, String prefix, int depth, Map<String, LayerConfig> byPath) {
    for (LayerConfig layer : model.layers()) {
      String path = prefix + layer.name();
      byPath.putIfAbsent(path, layer);
      if (depth < MAX_DEPTH) {
        collect(layer, path + "/", depth + 1, byPath);
      }
    }
  }

  /** What is said of a layer, or of the part of one that stands behind its name. */
  private static TargetLayer told(TargetLayer layer, Map<String, LayerConfig> byPath) {
    LayerConfig known = byPath.get(layer.path());
    int slash = layer.path().lastIndexOf('/');
    if (known == null && slash >= 0) {
      LayerConfig owner = byPath.get(layer.path().substring(0, slash));
      LayerConfig inner =
          owner == null ? LayerConfig.NONE : owner.inner(layer.path().substring(slash + 1));
      known = inner.isKnown() ? inner : null;
    }
    return known == null
        ? layer
        : new TargetLayer(layer.path(), known.className(), known.config(), layer.variables());
  }

  @Override
  public Path path() {
    return model.path();
  }

  @Override
  public String format() {
    return model.format();
  }

  @Override
  public List<TargetLayer> layers() {
    return layers;
  }

  @Override
  public Optional<Config> config() {
    return Optional.of(config);
  }

  @Override
  public boolean hasSettings() {
    return model.hasSettings();
  }

  @Override
  public TensorSource value(TargetVariable variable) {
    return model.value(variable);
  }

  @Override
  public void write(Path out, Changes changes) throws IOException {
    model.write(out, changes);
  }

  @Override
  public void close() {
    model.close();
  }
}
