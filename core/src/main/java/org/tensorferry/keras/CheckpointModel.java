package org.tensorferry.keras;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.savedmodel.BundleReader;
import org.tensorferry.savedmodel.BundleWriter;
import org.tensorferry.tensor.Storage;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObjectGraph;

/**
 * A TensorFlow checkpoint, alone or as the variables of a SavedModel. A copy has the same keys;
 * values that do not change are taken over byte by byte.
 *
 * <p>Of a SavedModel, the variables are listed that its functions read. Keras 3 exports a second
 * copy of each, from which sessions restore ({@code _all_variables}); it gets the same values, see
 * {@link SessionTwins}.
 */
final class CheckpointModel implements TargetModel {

  private static final String GRAPH_FILE = "saved_model.pb";
  private static final String VARIABLES = "variables/variables";

  private final Path path;
  private final String format;
  private final boolean isSavedModel;
  private final BundleReader bundle;
  private final List<TargetLayer> layers;
  private final Map<TargetVariable, String> keys = new LinkedHashMap<>();

  /** Keys under which a variable is stored again. */
  private final Map<String, List<String>> twins;

  private CheckpointModel(Path path, boolean isSavedModel, BundleReader bundle) throws IOException {
    this.path = path;
    this.isSavedModel = isSavedModel;
    this.bundle = bundle;
    boolean hasObjects = bundle.keys().contains(CheckpointObjects.GRAPH_KEY);
    this.format =
        isSavedModel
            ? "a SavedModel"
            : hasObjects ? "a TensorFlow checkpoint" : "a TensorFlow checkpoint by name";
    SavedObjectGraph objects = isSavedModel ? objects(path.resolve(GRAPH_FILE)) : null;
    Map<Integer, String> keyOfObject = new HashMap<>();
    List<CheckpointVariable> variables = CheckpointObjects.find(bundle, objects, keyOfObject);
    this.layers = CheckpointLayers.of(bundle, variables, keys);
    // Keys of variables beyond those of objects are second copies.
    boolean hasCopies = objects != null && bundle.keys().size() > keyOfObject.size() + 1;
    this.twins = hasCopies ? SessionTwins.find(path.resolve(GRAPH_FILE), keyOfObject) : Map.of();
  }

  /** True for the path of a checkpoint's files, with or without {@code .index}. */
  static boolean isCheckpoint(Path path) {
    return BundleReader.exists(prefix(path));
  }

  /** A checkpoint's path without the ends of its files' names. */
  private static Path prefix(Path path) {
    String name = String.valueOf(path.getFileName());
    return path.resolveSibling(name.replaceFirst("\\.(index|data-\\d{5}-of-\\d{5})$", ""));
  }

  static CheckpointModel ofCheckpoint(Path path) {
    return open(path, false, prefix(path));
  }

  static CheckpointModel ofDirectory(Path directory) {
    if (!Files.isRegularFile(directory.resolve(GRAPH_FILE))) {
      throw TargetModels.noModel(directory, "the directory has no `" + GRAPH_FILE + "`");
    }
    if (!BundleReader.exists(directory.resolve(VARIABLES))) {
      throw TargetModels.noModel(directory, "the SavedModel has no variables");
    }
    CheckpointModel model = open(directory, true, directory.resolve(VARIABLES));
    if (model.layers.isEmpty()) {
      model.close();
      throw Problem.of("The SavedModel has no variables")
          .at("directory", directory)
          .because("its weights are constants of its graph, as in one that was frozen")
          .fix("name the model before it was frozen; `convert` without --freeze writes variables")
          .as(ExitCode.UNREADABLE);
    }
    return model;
  }

  private static CheckpointModel open(Path path, boolean isSavedModel, Path prefix) {
    BundleReader bundle = BundleReader.open(prefix);
    try {
      return new CheckpointModel(path, isSavedModel, bundle);
    } catch (IOException | RuntimeException failure) {
      FerryException problem =
          failure instanceof FerryException known
              ? known
              : broken(path.toString(), String.valueOf(failure.getMessage()), failure);
      try {
        bundle.close();
      } catch (IOException unclosed) {
        problem.addSuppressed(unclosed);
      }
      throw problem;
    }
  }

  static FerryException broken(String place, String why, @Nullable Throwable cause) {
    Problem problem =
        Problem.of("The checkpoint can't be read.")
            .at("place", "`" + place + "`")
            .because(why)
            .fix("copy or save the checkpoint again");
    return new FerryException(ExitCode.UNREADABLE, List.of(problem), cause);
  }

  /** The objects of a SavedModel, read past its graph; null where it has none. */
  private static @Nullable SavedObjectGraph objects(Path file) throws IOException {
    try (InputStream stream = Files.newInputStream(file)) {
      CodedInputStream in = CodedInputStream.newInstance(stream);
      in.setSizeLimit(Integer.MAX_VALUE);
      if (!seek(in, SavedModel.META_GRAPHS_FIELD_NUMBER)) {
        return null;
      }
      in.pushLimit(in.readRawVarint32());
      if (!seek(in, MetaGraphDef.OBJECT_GRAPH_DEF_FIELD_NUMBER)) {
        return null;
      }
      in.pushLimit(in.readRawVarint32());
      return SavedObjectGraph.parseFrom(in, ExtensionRegistryLite.getEmptyRegistry());
    }
  }

  private static boolean seek(CodedInputStream in, int field) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (WireFormat.getTagFieldNumber(tag) == field
          && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
        return true;
      }
      in.skipField(tag);
    }
    return false;
  }

  @Override
  public Path path() {
    return path;
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
  public boolean hasSettings() {
    return false;
  }

  @Override
  public TensorSource value(TargetVariable variable) {
    String key = key(variable);
    try {
      Storage storage = bundle.storage(key);
      return TensorData.rowMajor(variable.dtype(), variable.shape().known(), storage);
    } catch (IOException failure) {
      throw broken(key, String.valueOf(failure.getMessage()), failure);
    }
  }

  private String key(TargetVariable variable) {
    String key = keys.get(variable);
    if (key == null) {
      throw new IllegalArgumentException(variable + " is no variable of " + path);
    }
    return key;
  }

  @Override
  public void write(Path out, Changes changes) throws IOException {
    if (!changes.settings().isEmpty()) {
      throw new IllegalArgumentException(format + " has no settings");
    }
    Map<String, TensorSource> values = new HashMap<>();
    changes
        .values()
        .forEach(
            (variable, value) -> {
              TargetModels.requireSameForm(variable, value);
              values.put(key(variable), value);
              twins.getOrDefault(key(variable), List.of()).forEach(key -> values.put(key, value));
            });
    if (isSavedModel) {
      copyOthers(out);
    }
    try (BundleWriter copy = BundleWriter.create(isSavedModel ? out.resolve(VARIABLES) : out)) {
      for (String key : bundle.keys()) {
        TensorSource value = values.get(key);
        if (value == null) {
          copy.copy(bundle, key);
        } else {
          copy.add(key, value);
        }
      }
      copy.finish();
    }
  }

  /** Copies the SavedModel's files without its variables. */
  private void copyOthers(Path out) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(path)) {
      files = walk.toList();
    }
    for (Path file : files) {
      Path relative = path.relativize(file);
      Path copy = out.resolve(relative.toString());
      if (Files.isDirectory(file)) {
        Files.createDirectories(copy);
      } else if (!relative.startsWith("variables")) {
        Files.copy(file, copy);
      }
    }
  }

  @Override
  public void close() {
    try {
      bundle.close();
    } catch (IOException failure) {
      throw broken(path.toString(), String.valueOf(failure.getMessage()), failure);
    }
  }
}
