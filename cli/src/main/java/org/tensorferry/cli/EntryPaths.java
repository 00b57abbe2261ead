package org.tensorferry.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.IoReasons;
import org.tensorferry.error.Problem;

/** The paths in a manifest, which may be somebody else's. */
final class EntryPaths {

  /** The batch's own files in the output folder begin with this. */
  static final String OWN = ".tensorferry-batch";

  private EntryPaths() {}

  /** What is wrong with an entry. */
  static FerryException wrong(String why) {
    return Problem.of("What the manifest says of this model can't be followed")
        .because(why)
        .fix("docs/batch.md shows what an entry may say")
        .as(ExitCode.USAGE);
  }

  /**
   * A path as text.
   *
   * @throws FerryException (usage) where no path is written so
   */
  static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw wrong("`" + text + "` is no path");
    }
  }

  /**
   * A place to write to, below a folder.
   *
   * @throws FerryException (unreadable) where it leads out of it: a manifest decides what is
   *     written, but not where
   */
  static Path below(Path folder, String text) {
    Path relative = path(text);
    Path place = folder.resolve(relative).normalize();
    boolean isBelow =
        relative.getRoot() == null && place.startsWith(folder) && !place.equals(folder);
    if (!isBelow) {
      throw outside(text, "results lie below the output folder");
    }
    if (String.valueOf(folder.relativize(place).getName(0)).startsWith(OWN)) {
      throw outside(text, "names that begin with " + OWN + " are the batch's own");
    }
    return place;
  }

  /**
   * Makes sure that no link on the way to a place leads out of a folder.
   *
   * @throws FerryException (unreadable) where one does
   */
  static void requireInside(Path folder, Path place) {
    try {
      if (!existing(place).toRealPath().startsWith(folder.toRealPath())) {
        throw outside(place.toString(), "a link on the way leads out of the output folder");
      }
    } catch (IOException e) {
      throw outside(place.toString(), IoReasons.of(e));
    }
  }

  /** The place, or the first folder above it that is there. */
  private static Path existing(Path place) {
    @Nullable Path parent = place.getParent();
    return parent == null || Files.exists(place, LinkOption.NOFOLLOW_LINKS)
        ? place
        : existing(parent);
  }

  private static FerryException outside(String text, String why) {
    return Problem.of("The manifest may not write to `" + text + "`")
        .because(why)
        .fix("name a place below the output folder; -o DIR chooses another folder")
        .as(ExitCode.UNREADABLE);
  }
}
