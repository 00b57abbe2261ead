package org.tensorferry.system;

import com.sun.jna.LastErrorException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** Files and directories as wholes. Links are never followed. */
public final class FileTrees {

  private static final int AT_FDCWD = -100;
  private static final int RENAME_EXCHANGE = 2;

  private FileTrees() {}

  /** Deletes a file or a directory with all that is in it, where it is there. */
  public static void delete(Path root) throws IOException {
    if (Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
      try (var children = Files.newDirectoryStream(root)) {
        for (Path child : children) {
          delete(child);
        }
      }
    }
    Files.deleteIfExists(root);
  }

  /** Makes sure that all files of a tree, and their names, outlive a loss of power. */
  public static void writeThrough(Path root) throws IOException {
    if (Files.isSymbolicLink(root)) {
      return;
    }
    if (!Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
      try (FileChannel channel = FileChannel.open(root, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      return;
    }
    try (var children = Files.newDirectoryStream(root)) {
      for (Path child : children) {
        writeThrough(child);
      }
    }
    writeNamesThrough(root);
  }

  /** Makes sure that the names in a directory outlive a loss of power. */
  public static void writeNamesThrough(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException | UnsupportedOperationException e) {
      // Windows does not open directories, and writes names through by itself.
    }
  }

  /**
   * Lets two files or directories change their names in one step.
   *
   * @return false where this system or file system can't
   */
  public static boolean exchange(Path one, Path other) {
    Optional<Libc> libc =
        one.getFileSystem().equals(FileSystems.getDefault()) ? Libc.load() : Optional.empty();
    if (libc.isEmpty()) {
      return false;
    }
    try {
      return libc.get()
              .renameat2(AT_FDCWD, one.toString(), AT_FDCWD, other.toString(), RENAME_EXCHANGE)
          == 0;
    } catch (LastErrorException | UnsatisfiedLinkError e) {
      return false;
    }
  }
}
