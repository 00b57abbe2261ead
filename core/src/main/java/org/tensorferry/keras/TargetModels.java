package org.tensorferry.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.tensorferry.dim.Shape;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.file.MappedFile;
import org.tensorferry.file.ZipArchive;
import org.tensorferry.tensor.TensorSource;

/** Opens models of TensorFlow and Keras, whatever they are kept in. */
public final class TargetModels {

  private static final byte[] ZIP = {'P', 'K', 3, 4};
  private static final byte[] HDF5 = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

  private static final int MAX_JSON = 1 << 28;

  private TargetModels() {}

  /**
   * Opens a model: a {@code .keras} zip or one of Keras' HDF5 files, told by their content, a
   * directory with a SavedModel, or a TensorFlow checkpoint by the path of its files without {@code
   * .index}, or with it.
   *
   * @throws FerryException where it is none of these or damaged (UNREADABLE)
   */
  public static TargetModel open(Path path) {
    if (Files.isDirectory(path)) {
      return CheckpointModel.ofDirectory(path);
    }
    if (CheckpointModel.isCheckpoint(path)) {
      return CheckpointModel.ofCheckpoint(path);
    }
    MappedFile file = MappedFile.open(path);
    try {
      return open(file);
    } catch (RuntimeException | Error failure) {
      file.close();
      throw failure;
    }
  }

  /**
   * Opens a model whose file holds weights alone, with what another file says of its layers.
   *
   * @param config a {@code .keras} or {@code .h5} file of the model, or its JSON
   */
  public static TargetModel open(Path path, Path config) {
    TargetModel.Config told = config(config);
    if (Files.isDirectory(path) || CheckpointModel.isCheckpoint(path)) {
      return new ConfiguredModel(open(path), told);
    }
    MappedFile file = MappedFile.open(path);
    try {
      byte[] head = head(file);
      return startsWith(head, HDF5) ? Hdf5Model.ofFile(file, told) : open(file);
    } catch (RuntimeException | Error failure) {
      file.close();
      throw failure;
    }
  }

  /** What a file says of a model: a Keras model, or JSON as {@code model.to_json()} gives it. */
  private static TargetModel.Config config(Path path) {
    MappedFile file = MappedFile.open(path);
    byte[] head = head(file);
    boolean isModel = startsWith(head, HDF5) || startsWith(head, ZIP);
    if (!isModel) {
      try (file) {
        byte[] json = new byte[Math.toIntExact(Math.min(file.size(), MAX_JSON))];
        file.read(0, json, 0, json.length);
        JsonNode tree = KerasArchive.tree(json, path.toString());
        return new TargetModel.Config(tree, tree.path("keras_version").asText(""));
      }
    }
    try (file;
        TargetModel model = open(file)) {
      return model
          .config()
          .orElseThrow(
              () ->
                  Problem.of("`" + path + "` doesn't tell the layers of a model.")
                      .because("it holds weights alone")
                      .fix("name a .keras file, or the text of model.to_json()")
                      .as(ExitCode.USAGE));
    }
  }

  private static byte[] head(MappedFile file) {
    byte[] head = new byte[(int) Math.min(HDF5.length, file.size())];
    file.read(0, head, 0, head.length);
    return head;
  }

  private static TargetModel open(MappedFile file) {
    byte[] head = head(file);
    if (startsWith(head, HDF5)) {
      return Hdf5Model.ofFile(file);
    }
    if (startsWith(head, ZIP)) {
      ZipArchive zip = ZipArchive.open(file);
      if (KerasArchive.isIn(zip)) {
        return Hdf5Model.ofArchive(file, KerasArchive.open(zip, file));
      }
      throw noModel(file.path(), "it is a zip without the records of a Keras model");
    }
    throw noModel(file.path(), "it is neither a zip nor HDF5 nor part of a checkpoint");
  }

  static FerryException noModel(Path path, String why) {
    return Problem.of("`" + path + "` is no model of TensorFlow or Keras.")
        .because(why)
        .fix(
            "name a .keras, .weights.h5 or .h5 file, a directory with a SavedModel, or a checkpoint"
                + " without `.index`")
        .as(ExitCode.UNREADABLE);
  }

  /** A value may take the place of another only where both have the same type and shape. */
  static void requireSameForm(TargetVariable variable, TensorSource value) {
    if (value.dtype() != variable.dtype()
        || !Arrays.equals(value.shape(), variable.shape().known())) {
      throw new IllegalArgumentException(
          variable + " can't hold " + value.dtype() + Shape.of(value.shape()));
    }
  }

  private static boolean startsWith(byte[] head, byte[] magic) {
    return head.length >= magic.length && Arrays.equals(Arrays.copyOf(head, magic.length), magic);
  }
}
