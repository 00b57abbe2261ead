package org.tensorferry.error;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Java's input and output errors as sentences; some of them say nothing but a path. */
public final class IoReasons {

  private IoReasons() {}

  public static String of(IOException error) {
    if (error instanceof NoSuchFileException missing) {
      return "there is no `" + missing.getFile() + "`";
    }
    if (error instanceof AccessDeniedException denied) {
      return "access to `" + denied.getFile() + "` is denied";
    }
    if (error instanceof FileSystemException other && other.getReason() == null) {
      return error.getClass().getSimpleName() + " at `" + other.getFile() + "`";
    }
    return error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
  }
}
