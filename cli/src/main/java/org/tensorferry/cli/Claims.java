package org.tensorferry.cli;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which model writes to which place: no two to one, nor one into what another writes. Places that
 * differ in capital letters only are one, because some systems know no others.
 */
final class Claims {

  private final Path folder;

  /** By place, and by every folder above one. */
  private final Map<Path, String> places = new HashMap<>();

  private final Map<Path, String> above = new HashMap<>();

  Claims(Path folder) {
    this.folder = folder;
  }

  /**
   * Claims places for a model.
   *
   * @throws org.tensorferry.error.FerryException (usage) where another model has one of them
   */
  void claim(List<Path> wanted, String model) {
    for (Path place : wanted) {
      @Nullable String inside = above.get(small(place));
      if (inside != null) {
        throw taken(place, inside);
      }
      for (Path at = small(place); at != null; at = at.getParent()) {
        @Nullable String owner = places.get(at);
        if (owner != null) {
          throw taken(place, owner);
        }
      }
    }
    for (Path place : wanted) {
      places.put(small(place), model);
      for (Path at = small(place).getParent(); at != null; at = at.getParent()) {
        above.putIfAbsent(at, model);
      }
    }
  }

  private RuntimeException taken(Path place, String owner) {
    return EntryPaths.wrong(
        "`" + folder.relativize(place) + "` is in the way of what `" + owner + "` is written to");
  }

  private Path small(Path place) {
    return folder.resolve(folder.relativize(place).toString().toLowerCase(Locale.ROOT));
  }
}
