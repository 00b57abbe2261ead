package org.tensorferry.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;

/**
 * What changes when a file is written to or replaced.
 *
 * @param size bytes
 * @param time of the last change of the content
 * @param key the file itself, whatever its name, where the system tells
 */
public record FileStamp(Path path, long size, FileTime time, @Nullable Object key) {

  /**
   * Of a file as it is now.
   *
   * @throws FerryException (unreadable) where it is gone
   */
  public static FileStamp of(Path path) {
    try {
      BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
      return new FileStamp(path, now.size(), now.lastModifiedTime(), now.fileKey());
    } catch (IOException e) {
      throw changed(path, "it is gone");
    }
  }

  /**
   * Makes sure that what was read since is what the file holds.
   *
   * @throws FerryException (unreadable) where it was written to, or replaced
   */
  public void requireUnchanged() {
    if (!of(path).equals(this)) {
      throw changed(path, "its size or time is another");
    }
  }

  static FerryException changed(Path path, String how) {
    return Problem.of("`" + path + "` changed while it was read.")
        .because(how + ": another program wrote to it")
        .fix("run the command again when the file is complete")
        .as(ExitCode.UNREADABLE);
  }
}
