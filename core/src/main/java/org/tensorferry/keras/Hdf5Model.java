package org.tensorferry.keras;

import com.fasterxml.jackson.core.JsonPointer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.file.MappedFile;
import org.tensorferry.tensor.Storage;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;

/**
 * A model that Keras keeps in HDF5. A copy is the file, byte by byte, with other elements where the
 * changed datasets lie.
 */
final class Hdf5Model implements TargetModel {

  private static final int BUFFER_BYTES = 1 << 18;

  private final String format;
  private final MappedFile file;
  private final Storage weights;
  private final long begin;
  private final @Nullable KerasArchive archive;
  private final Optional<Config> model;
  private final List<TargetLayer> layers = new ArrayList<>();
  private final Map<TargetVariable, Hdf5Dataset> datasets = new LinkedHashMap<>();
  private final Map<String, JsonPointer> configs = new LinkedHashMap<>();

  /**
   * A model.
   *
   * @param file holds the HDF5 file
   * @param weights the HDF5 file
   * @param begin where it begins in the file
   * @param archive the zip that it lies in, null where it is the file
   * @param model what its JSON says
   */
  private Hdf5Model(
      String format,
      MappedFile file,
      Storage weights,
      long begin,
      @Nullable KerasArchive archive,
      Optional<Config> model,
      List<FoundLayer> found) {
    this.format = format;
    this.model = model;
    this.file = file;
    this.weights = weights;
    this.begin = begin;
    this.archive = archive;
    for (FoundLayer layer : found) {
      add(layer);
    }
  }

  private void add(FoundLayer layer) {
    List<TargetVariable> variables = new ArrayList<>();
    for (FoundLayer.Variable found : layer.variables()) {
      TargetVariable variable = found.dataset().variable(found.path(), found.name());
      if (datasets.put(variable, found.dataset()) != null) {
        throw Hdf5File.damaged(variable.path(), "two layers have this variable", null);
      }
      variables.add(variable);
    }
    configs.put(layer.path(), layer.config().place());
    layers.add(
        new TargetLayer(
            layer.path(), layer.config().className(), layer.config().config(), variables));
  }

  static Hdf5Model ofArchive(MappedFile file, KerasArchive archive) {
    Storage weights = archive.weights();
    long begin = archive.weightsBegin();
    Hdf5Group root = Hdf5File.read(new Hdf5Bytes(weights, begin), file.path(), begin);
    List<FoundLayer> found = KerasLayers.find(root, archive.model(), file.path().toString());
    return new Hdf5Model(
        "a Keras 3 model", file, weights, begin, archive, Optional.of(archive.json()), found);
  }

  static Hdf5Model ofFile(MappedFile file) {
    return ofFile(file, null);
  }

  /** As {@link #ofFile(MappedFile)}, with what another file says where this one says nothing. */
  static Hdf5Model ofFile(MappedFile file, @Nullable Config told) {
    Hdf5Group root = Hdf5File.read(new Hdf5Bytes(file, 0), file.path(), 0);
    String name = file.path().toString();
    Hdf5Group legacy = root.groups().getOrDefault("model_weights", root);
    if (!legacy.texts("layer_names").isEmpty()) {
      LayerConfig model =
          root.text("model_config")
              .map(json -> KerasArchive.parse(bytes(json), name + "/model_config"))
              .orElse(layers(told));
      String format =
          model.isKnown()
              ? "a Keras model in the form of Keras 2"
              : "a weights file in the form of Keras 2";
      String version = legacy.text("keras_version").or(() -> root.text("keras_version")).orElse("");
      Optional<Config> config =
          root.text("model_config")
              .map(json -> KerasArchive.tree(bytes(json), name + "/model_config"))
              .map(json -> new Config(json, version))
              .or(() -> Optional.ofNullable(told));
      return new Hdf5Model(
          format, file, file, 0, null, config, LegacyLayers.find(legacy, model, name));
    }
    List<FoundLayer> found = KerasLayers.find(root, layers(told), name);
    if (found.isEmpty()) {
      throw Problem.of("`" + file.path() + "` is an HDF5 file without the variables of a model.")
          .because("it has neither Keras 3's groups `vars` nor Keras 2's `layer_names`")
          .fix("name a file that Keras wrote")
          .as(ExitCode.UNREADABLE);
    }
    return new Hdf5Model(
        "a weights file of Keras 3", file, file, 0, null, Optional.ofNullable(told), found);
  }

  private static LayerConfig layers(@Nullable Config told) {
    return told == null ? LayerConfig.NONE : LayerConfig.of(told.json(), JsonPointer.empty());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Path path() {
    return file.path();
  }

  @Override
  public String format() {
    return format;
  }

  @Override
  public List<TargetLayer> layers() {
    return List.copyOf(layers);
  }

  @Override
  public Optional<Config> config() {
    return model;
  }

  @Override
  public boolean hasSettings() {
    return archive != null;
  }

  @Override
  public TensorSource value(TargetVariable variable) {
    Hdf5Dataset dataset = dataset(variable);
    Storage storage = file.slice(dataset.offset(), dataset.bytes());
    return TensorData.rowMajor(variable.dtype(), variable.shape().known(), storage);
  }

  private Hdf5Dataset dataset(TargetVariable variable) {
    Hdf5Dataset dataset = datasets.get(variable);
    if (dataset == null) {
      throw new IllegalArgumentException(variable + " is no variable of " + path());
    }
    return dataset;
  }

  @Override
  public void write(Path out, Changes changes) throws IOException {
    byte[] config = editedConfig(changes);
    List<Map.Entry<TargetVariable, TensorSource>> ordered = inFileOrder(changes);
    try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(out), BUFFER_BYTES)) {
      if (archive == null) {
        copyWeights(ordered, stream);
      } else {
        archive.write(stream, config, body -> copyWeights(ordered, body));
      }
    }
  }

  private byte[] editedConfig(Changes changes) throws IOException {
    Map<JsonPointer, Double> numbers = new LinkedHashMap<>();
    for (Changes.Setting setting : changes.settings()) {
      JsonPointer place = configs.get(setting.layer().path());
      if (archive == null || place == null || !setting.layer().config().has(setting.key())) {
        throw Problem.of("The target model has no setting `" + setting.key() + "` to be changed")
            .at("layer", "`" + setting.layer().path() + "`")
            .because("its configuration does not name it")
            .fix("save the model again with Keras")
            .as(ExitCode.UNREADABLE);
      }
      numbers.put(place.appendProperty(setting.key()), setting.value());
    }
    return archive == null ? new byte[0] : ConfigEdit.replace(archive.config(), numbers);
  }

  /** The changed variables by their places in the file, which must not overlap. */
  private List<Map.Entry<TargetVariable, TensorSource>> inFileOrder(Changes changes) {
    List<Map.Entry<TargetVariable, TensorSource>> ordered =
        new ArrayList<>(changes.values().entrySet());
    ordered.sort(Comparator.comparingLong(change -> dataset(change.getKey()).offset()));
    long free = 0;
    for (Map.Entry<TargetVariable, TensorSource> change : ordered) {
      TargetModels.requireSameForm(change.getKey(), change.getValue());
      Hdf5Dataset dataset = dataset(change.getKey());
      if (dataset.bytes() > 0 && dataset.offset() < free) {
        throw Hdf5File.damaged(dataset.path(), "it lies over another dataset", null);
      }
      free = Math.max(free, dataset.offset() + dataset.bytes());
    }
    return ordered;
  }

  private void copyWeights(List<Map.Entry<TargetVariable, TensorSource>> changes, OutputStream out)
      throws IOException {
    long copied = 0;
    for (Map.Entry<TargetVariable, TensorSource> change : changes) {
      Hdf5Dataset dataset = dataset(change.getKey());
      if (dataset.bytes() > 0) {
        long start = dataset.offset() - begin;
        KerasArchive.copy(weights, copied, start, out);
        change.getValue().stream((chunk, length) -> out.write(chunk, 0, length));
        copied = start + dataset.bytes();
      }
    }
    KerasArchive.copy(weights, copied, weights.size(), out);
  }

  @Override
  public void close() {
    file.close();
  }
}
