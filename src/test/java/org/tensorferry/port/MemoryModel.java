package org.tensorferry.port;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.tensorferry.dim.Shape;
import org.tensorferry.keras.Changes;
import org.tensorferry.keras.TargetLayer;
import org.tensorferry.keras.TargetModel;
import org.tensorferry.keras.TargetVariable;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;

/** A target that stands in memory; what is written becomes its values. */
final class MemoryModel implements TargetModel {

  private final List<TargetLayer> layers = new ArrayList<>();
  private final Map<TargetVariable, TensorSource> values = new LinkedHashMap<>();
  private boolean settings;
  private String chain = "";
  private String json = "";
  private Changes written = new Changes(Map.of(), List.of());

  /**
   * Adds a layer.
   *
   * @param config as JSON; empty for none
   * @param variables each {@code name[sizes]}, float32 unless a type stands behind
   */
  MemoryModel layer(String path, String kerasClass, String config, String... variables) {
    List<TargetVariable> all = new ArrayList<>();
    for (String text : variables) {
      String name = text.substring(0, text.indexOf('['));
      long[] shape = sizes(text);
      String type = text.substring(text.indexOf(']') + 1).strip();
      DType dtype = type.isEmpty() ? DType.FLOAT32 : DType.named(type).orElseThrow();
      TargetVariable variable = new TargetVariable(path + "/" + name, name, dtype, Shape.of(shape));
      all.add(variable);
      values.put(variable, zeros(dtype, shape));
    }
    layers.add(new TargetLayer(path, kerasClass, json(config), all));
    return this;
  }

  /** Layers that are called one after another on inputs of these sizes, behind the batch. */
  MemoryModel chain(String sizes) {
    chain = sizes;
    return this;
  }

  /** What the model's JSON says, as Keras 3 writes it. */
  MemoryModel configured(String model) {
    json = model;
    return this;
  }

  /** A file of weights alone, whose layers have names and classes and nothing else. */
  MemoryModel withoutConfigs() {
    json = "";
    layers.replaceAll(
        layer ->
            new TargetLayer(
                layer.path(), layer.kerasClass(), MissingNode.getInstance(), layer.variables()));
    return this;
  }

  /** Puts a value into a variable. */
  MemoryModel put(String path, TensorData value) {
    values.keySet().stream()
        .filter(variable -> variable.path().equals(path))
        .findFirst()
        .ifPresent(variable -> values.put(variable, value));
    return this;
  }

  @Override
  public Optional<Config> config() {
    if (!json.isEmpty()) {
      return Optional.of(new Config(json(json), "3.0.0"));
    }
    if (chain.isEmpty()) {
      return Optional.empty();
    }
    StringBuilder entries = new StringBuilder();
    for (TargetLayer layer : layers) {
      JsonNode settings = layer.config().isObject() ? layer.config() : json("{}");
      String config =
          settings
              .toString()
              .replaceFirst("\\{", "{\"name\":\"" + layer.path() + "\",\"trainable\":true,");
      entries.append(",{\"class_name\":\"" + layer.kerasClass() + "\",\"config\":");
      entries.append(config.replace(",}", "}")).append('}');
    }
    String input =
        "{\"class_name\":\"InputLayer\",\"config\":{\"name\":\"in\",\"batch_shape\":[null,"
            + chain
            + "],\"dtype\":\"float32\"}}";
    String model =
        "{\"class_name\":\"Sequential\",\"config\":{\"name\":\"chain\",\"layers\":["
            + input
            + entries
            + "]}}";
    return Optional.of(new Config(json(model), "3.0.0"));
  }

  /** Lets a copy have other settings. */
  MemoryModel withSettings() {
    settings = true;
    return this;
  }

  static long[] sizes(String text) {
    String list = text.substring(text.indexOf('[') + 1, text.indexOf(']'));
    return list.isEmpty()
        ? new long[0]
        : Arrays.stream(list.split(",", -1)).mapToLong(Long::parseLong).toArray();
  }

  private static JsonNode json(String text) {
    try {
      return text.isEmpty() ? MissingNode.getInstance() : new ObjectMapper().readTree(text);
    } catch (IOException malformed) {
      throw new UncheckedIOException(malformed);
    }
  }

  private static TensorData zeros(DType dtype, long[] shape) {
    int elements = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    return TensorData.of(dtype, shape, new byte[elements * dtype.bytes()]);
  }

  Changes written() {
    return written;
  }

  /** The elements of a variable. */
  double[] values(String path) {
    TensorSource source =
        values.entrySet().stream()
            .filter(entry -> entry.getKey().path().equals(path))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElseThrow();
    return TensorData.of(source.dtype(), source.shape(), source.toBytes()).toDoubles();
  }

  @Override
  public Path path() {
    return Path.of("memory.keras");
  }

  @Override
  public String format() {
    return "a model in memory";
  }

  @Override
  public List<TargetLayer> layers() {
    return layers;
  }

  @Override
  public boolean hasSettings() {
    return settings;
  }

  @Override
  public TensorSource value(TargetVariable variable) {
    return Objects.requireNonNull(values.get(variable));
  }

  @Override
  public void write(Path out, Changes changes) {
    written = changes;
    changes
        .values()
        .forEach(
            (variable, value) -> {
              if (value.dtype() != variable.dtype()
                  || !Shape.of(value.shape()).equals(variable.shape())) {
                throw new AssertionError(variable + " got " + Shape.of(value.shape()));
              }
              values.put(variable, TensorData.of(value.dtype(), value.shape(), value.toBytes()));
            });
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
