package org.tensorferry.hostile;

import java.nio.file.Files;
import java.nio.file.Path;
import org.tensorferry.file.OutputPlace;

/** A program that replaces an output again and again, until it is killed. */
final class Replacer {

  private Replacer() {}

  /** Replaces the directory that the argument names. */
  public static void main(String[] args) {
    for (int i = 0; ; i++) {
      String content = String.valueOf(i % 10).repeat(10_000);
      try (OutputPlace output = OutputPlace.directory(Path.of(args[0]), true)) {
        output.write(
            0,
            place -> {
              Files.writeString(place.resolve("saved_model.pb"), content);
              Files.createDirectory(place.resolve("variables"));
              Files.writeString(place.resolve("variables/variables.index"), content);
            });
        output.commit();
      }
    }
  }
}
