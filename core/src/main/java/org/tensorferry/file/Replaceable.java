package org.tensorferry.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;

/** What {@code --force} may replace: an output of the same kind that is none of the inputs. */
final class Replaceable {

  /** What SavedModels consist of, ours and those of Keras. */
  private static final Set<String> SAVED_MODEL =
      Set.of(
          "saved_model.pb",
          "variables",
          "assets",
          "assets.extra",
          "fingerprint.pb",
          "keras_metadata.pb");

  private Replaceable() {}

  /**
   * Makes sure that what is there is an output of a kind.
   *
   * @throws org.tensorferry.error.FerryException (unwritable) where it is something else
   */
  static void requireSameKind(Path target, boolean isDirectory) {
    if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    boolean stands = Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS);
    if (stands && !isDirectory) {
      throw refused(target, "it is a directory, and the output is a file");
    }
    if (stands) {
      requireSavedModel(target);
    } else if (isDirectory && !Files.isSymbolicLink(target)) {
      throw refused(target, "it is a file, and the output is a directory");
    }
  }

  /**
   * Makes sure that an input does not get lost.
   *
   * @throws org.tensorferry.error.FerryException (unwritable) where it would
   */
  static void requireApart(Path target, Path input) {
    if (!Files.exists(input)) {
      return;
    }
    Path output = real(target);
    Path read = real(input);
    boolean isInside = Files.isDirectory(read) && output.startsWith(read);
    if (read.startsWith(output) || isInside) {
      throw Problem.of("the output can't be written to `" + target + "`")
          .because(
              output.equals(read)
                  ? "it is the input `" + input + "`"
                  : isInside
                      ? "it lies in the input `" + input + "`"
                      : "the input `" + input + "` lies in it")
          .fix("name another output")
          .as(ExitCode.UNWRITABLE);
    }
  }

  /** Without links, as far as the path is there. */
  private static Path real(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    for (Path known = absolute; known != null; known = known.getParent()) {
      try {
        return known.toRealPath().resolve(known.relativize(absolute)).normalize();
      } catch (IOException e) {
        // Not there yet: its parent may be.
      }
    }
    return absolute;
  }

  private static void requireSavedModel(Path target) {
    List<String> foreign = new ArrayList<>();
    try (var children = Files.newDirectoryStream(target)) {
      children.forEach(child -> foreign.add(String.valueOf(child.getFileName())));
    } catch (IOException e) {
      throw refused(target, "it can't be looked into: " + e.getMessage());
    }
    foreign.removeAll(SAVED_MODEL);
    if (!foreign.isEmpty()) {
      foreign.sort(null);
      throw refused(target, "it holds `" + foreign.get(0) + "`, which is no part of a SavedModel");
    }
  }

  private static RuntimeException refused(Path target, String why) {
    return Problem.of("the output `" + target + "` exists already and is no output of this kind")
        .because(why)
        .fix("name another output, or remove it yourself")
        .as(ExitCode.UNWRITABLE);
  }
}
