package org.tensorferry.keras;

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

  private static TargetModel open(MappedFile file) {
    byte[] head = new byte[(int) Math.min(HDF5.length, file.size())];
    file.read(0, head, 0, head.length);
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
