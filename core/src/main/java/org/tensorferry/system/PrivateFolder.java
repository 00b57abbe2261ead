package org.tensorferry.system;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** A folder that nobody but this user may look into, removed when it is closed. */
public final class PrivateFolder implements Closeable {

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  private final Path path;

  private PrivateFolder(Path path) {
    this.path = path;
  }

  /** A new one in the directory for temporary files, under a name that can't be guessed. */
  public static PrivateFolder temporary() throws IOException {
    // A socket's path may have 108 characters, so names are short.
    return new PrivateFolder(
        Files.createTempDirectory("tf", ownerOnly()).toRealPath(LinkOption.NOFOLLOW_LINKS));
  }

  public Path path() {
    return path;
  }

  /**
   * Makes sure that a lasting folder is there and is this user's alone; it is created where it is
   * missing.
   *
   * @return why it is not, or empty
   */
  public static Optional<String> require(Path folder) {
    try {
      Path parent = folder.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      try {
        Files.createDirectory(folder, ownerOnly());
      } catch (FileAlreadyExistsException e) {
        return objection(folder);
      }
      return Optional.empty();
    } catch (IOException | SecurityException e) {
      return Optional.of("it can't be made: " + e);
    }
  }

  /** Why something that is there already can't be trusted to be this user's alone. */
  private static Optional<String> objection(Path folder) throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.of("it is a link or no directory");
    }
    if (!isPosix()) {
      return Optional.empty();
    }
    PosixFileAttributes attributes =
        Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Path mine = Files.createTempFile("tf", "", ownerOnlyFile());
    try {
      if (!attributes.owner().equals(Files.getOwner(mine))) {
        return Optional.of("it belongs to " + attributes.owner().getName());
      }
    } finally {
      Files.deleteIfExists(mine);
    }
    return attributes.permissions().equals(OWNER_ONLY)
        ? Optional.empty()
        : Optional.of(
            "its mode is "
                + PosixFilePermissions.toString(attributes.permissions())
                + " and not rwx------");
  }

  private static boolean isPosix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }

  private static FileAttribute<?>[] ownerOnly() {
    return isPosix()
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
        : new FileAttribute<?>[0];
  }

  private static FileAttribute<?>[] ownerOnlyFile() {
    return isPosix()
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  @Override
  public void close() {
    try {
      FileTrees.delete(path);
    } catch (IOException e) {
      // What is left lies in the directory for temporary files, and only this user may read it.
    }
  }
}
