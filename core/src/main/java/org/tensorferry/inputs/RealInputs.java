package org.tensorferry.inputs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tensorferry.archive.NpzFile;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.IoReasons;
import org.tensorferry.error.Problem;

/**
 * Inputs from files: a {@code .npz} or {@code .npy} of numpy, a recording ({@code .wav}), a picture
 * ({@code .png}, {@code .jpg}, {@code .bmp}, {@code .gif}), or a folder of such files, each of
 * which is a case.
 *
 * <p>Recordings and pictures become what {@link Preparation} says, for models with one input.
 */
public final class RealInputs {

  /** The endings of files that can be read, with what reads them. */
  private enum Kind {
    NPZ(".npz"),
    NPY(".npy"),
    RECORDING(".wav"),
    PICTURE(".png, .jpg, .jpeg, .bmp, .gif");

    private final String endings;

    Kind(String endings) {
      this.endings = endings;
    }

    private boolean reads(Path file) {
      String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
      return Stream.of(endings.split(", ")).anyMatch(name::endsWith);
    }
  }

  private final List<InputSpec> specs;
  private final Preparation preparation;

  /**
   * @param specs the tensor arguments of the model, in order
   * @param preparation what recordings and pictures become
   */
  public RealInputs(List<InputSpec> specs, Preparation preparation) {
    this.specs = List.copyOf(specs);
    this.preparation = preparation;
  }

  /**
   * The cases of a file or folder, in the order of the names.
   *
   * @throws FerryException (unreadable) where a file is damaged or of no known kind; (usage) where
   *     what it holds does not fit the specs
   */
  public List<InputCase> read(Path place) {
    List<InputCase> cases = new ArrayList<>();
    for (Path file : Files.isDirectory(place) ? files(place) : List.of(place)) {
      cases.addAll(readFile(file));
    }
    return cases;
  }

  /** The files of a folder that can be read, in the order of their names. */
  List<Path> files(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> files =
          entries
              .filter(file -> Stream.of(Kind.values()).anyMatch(k -> k.reads(file)))
              .sorted()
              .toList();
      if (files.isEmpty()) {
        throw problem(folder, "it holds no file that ends with " + endings(), ExitCode.USAGE);
      }
      return files;
    } catch (IOException e) {
      throw problem(folder, IoReasons.of(e), ExitCode.UNREADABLE);
    }
  }

  private List<InputCase> readFile(Path file) {
    Kind kind =
        Stream.of(Kind.values())
            .filter(each -> each.reads(file))
            .findFirst()
            .orElseThrow(
                () -> problem(file, "its name ends with none of " + endings(), ExitCode.USAGE));
    return switch (kind) {
      case NPZ -> List.of(new NpzInputs(file, specs).read());
      case NPY -> List.of(new NpzInputs(file, specs).of(Map.of("arr_0", NpzFile.readArray(file))));
      case RECORDING -> WavInputs.read(file, onlyInput(file), preparation);
      case PICTURE -> List.of(PictureInput.read(file, onlyInput(file), preparation));
    };
  }

  private InputSpec onlyInput(Path file) {
    if (specs.size() != 1) {
      String inputs = specs.stream().map(InputSpec::toString).collect(Collectors.joining(", "));
      throw problem(
          file,
          "a recording or picture is one input, and the model takes "
              + specs.size()
              + ": "
              + inputs,
          ExitCode.USAGE);
    }
    return specs.get(0);
  }

  private static String endings() {
    return Stream.of(Kind.values()).map(kind -> kind.endings).collect(Collectors.joining(", "));
  }

  static FerryException problem(Path file, String why, ExitCode code) {
    return Problem.of("The inputs can't be taken from this file")
        .at("file", "`" + file + "`")
        .because(why)
        .fix("write the model's own inputs with `numpy.savez(file, name=array, ...)`")
        .as(code);
  }
}
