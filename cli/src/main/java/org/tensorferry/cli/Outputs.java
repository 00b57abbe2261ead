package org.tensorferry.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.IoReasons;
import org.tensorferry.error.Problem;
import org.tensorferry.file.OutputPlace;

/**
 * The outputs of one conversion: a SavedModel, which a {@code .tflite} file is made of and which is
 * only in the way then where nobody asked for it, and the file.
 */
final class Outputs implements AutoCloseable {

  private final OutputPlace savedModel;
  private final @Nullable OutputPlace tflite;
  private final @Nullable Path temporary;

  private Outputs(OutputPlace savedModel, @Nullable OutputPlace tflite, @Nullable Path temporary) {
    this.savedModel = savedModel;
    this.tflite = tflite;
    this.temporary = temporary;
  }

  /**
   * Begins both.
   *
   * @param directory of the SavedModel, or null where it is not kept
   * @param file the {@code .tflite} file, or null where there is none
   * @param input that neither may touch
   */
  static Outputs begin(@Nullable Path directory, @Nullable Path file, boolean force, Path input) {
    @Nullable OutputPlace tflite = file == null ? null : OutputPlace.file(file, force, input);
    @Nullable Path temporary = null;
    try {
      temporary = directory == null ? Files.createTempDirectory("tensorferry-") : null;
      Path place =
          temporary == null ? Objects.requireNonNull(directory) : temporary.resolve("model");
      return new Outputs(OutputPlace.directory(place, force, input), tflite, temporary);
    } catch (IOException e) {
      close(tflite);
      throw Problem.of("A folder for temporary files can't be made")
          .because(IoReasons.of(e))
          .fix("set `-Djava.io.tmpdir` in TENSORFERRY_OPTS to a folder with room for the model")
          .as(ExitCode.UNWRITABLE);
    } catch (RuntimeException | Error e) {
      close(tflite);
      throw e;
    }
  }

  OutputPlace savedModel() {
    return savedModel;
  }

  /** True for a file whose place is in the SavedModel's directory. */
  boolean isInside(Path file) {
    return savedModel.isInside(file);
  }

  OutputPlace tflite() {
    return Objects.requireNonNull(tflite);
  }

  /** Moves what was asked for into its place. */
  void commit() {
    if (tflite != null) {
      tflite.commit();
    }
    if (temporary == null) {
      savedModel.commit();
    }
  }

  private static void close(@Nullable OutputPlace place) {
    if (place != null) {
      place.close();
    }
  }

  @Override
  public void close() {
    savedModel.close();
    close(tflite);
    if (temporary != null) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException e) {
        // An empty folder for temporary files; there is no one to tell.
      }
    }
  }
}
