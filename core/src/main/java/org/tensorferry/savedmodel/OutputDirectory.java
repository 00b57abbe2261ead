package org.tensorferry.savedmodel;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;

/**
 * A directory that appears whole or not at all.
 *
 * <p>It is filled under a temporary name beside its place, {@code .<name>.tensorferry-<random>},
 * and {@link #commit} moves it there; {@link #close} without a commit, or the end of the JVM,
 * removes everything that was made. An output that stood there before stays until the new one is
 * complete, and comes back where the move fails.
 */
public final class OutputDirectory implements Closeable {

  private final Path target;
  private final boolean force;
  private final Path staging;
  private final Path aside;
  private final Deque<Path> createdParents;
  private final Thread onExit = new Thread(this::discard, "remove unfinished output");
  private final long room;
  private boolean done;

  /** Fills a directory. */
  @FunctionalInterface
  public interface Filler {
    void fill(Path directory) throws IOException;
  }

  private OutputDirectory(Path target, boolean force, String random, Deque<Path> createdParents) {
    this.target = target;
    this.force = force;
    this.createdParents = createdParents;
    String hidden = "." + target.getFileName() + ".tensorferry-" + random;
    this.staging = target.resolveSibling(hidden);
    this.aside = target.resolveSibling(hidden + "-replaced");
    this.room = available();
  }

  /**
   * Begins an output; missing parents are created.
   *
   * @param force whether an existing output is replaced
   * @throws FerryException with {@link ExitCode#UNWRITABLE} where the place is taken or not
   *     writable
   */
  public static OutputDirectory begin(Path place, boolean force) {
    Path target = place.toAbsolutePath().normalize();
    refuseTaken(target, force);
    Deque<Path> createdParents = new ArrayDeque<>();
    String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    OutputDirectory output = new OutputDirectory(target, force, random, createdParents);
    try {
      output.createParents();
      Files.createDirectory(output.staging);
      Runtime.getRuntime().addShutdownHook(output.onExit);
      return output;
    } catch (IOException e) {
      output.discard();
      throw output.unwritable(e, 0);
    }
  }

  private static void refuseTaken(Path target, boolean force) {
    if (target.getFileName() == null || workingDirectory(target).startsWith(target)) {
      throw Problem.of("the output can't be written to `" + target + "`")
          .because("the working directory lies in it")
          .fix("name a directory of its own, for example `" + target.resolve("model") + "`")
          .as(ExitCode.UNWRITABLE);
    }
    if (!force && exists(target)) {
      throw Problem.of("the output `" + target + "` exists already")
          .fix("name another output, or give `--force` to replace it")
          .as(ExitCode.UNWRITABLE);
    }
  }

  private static Path workingDirectory(Path target) {
    return target.getFileSystem().getPath("").toAbsolutePath().normalize();
  }

  private static boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  private void createParents() throws IOException {
    Deque<Path> missing = new ArrayDeque<>();
    for (Path parent = target.getParent();
        parent != null && !Files.exists(parent);
        parent = parent.getParent()) {
      missing.push(parent);
    }
    for (Path parent : missing) {
      Files.createDirectory(parent);
      createdParents.push(parent);
    }
  }

  /**
   * Where the output is for now: complete after {@link #write}, so that it can be checked before
   * {@link #commit}.
   */
  public Path directory() {
    return staging;
  }

  /** Where the output will be. */
  public Path target() {
    return target;
  }

  /**
   * Fills the directory.
   *
   * @param bytesNeeded about how much will be written, for the message when the disk is full
   * @throws FerryException with {@link ExitCode#UNWRITABLE} where writing fails
   */
  public void write(long bytesNeeded, Filler filler) {
    try {
      filler.fill(staging);
    } catch (IOException e) {
      throw unwritable(e, bytesNeeded);
    }
  }

  /** Moves the output into its place, over what stood there. */
  public synchronized void commit() {
    refuseTaken(target, force);
    boolean replaced = false;
    try {
      if (exists(target)) {
        Files.move(target, aside);
        replaced = true;
      }
      Files.move(staging, target);
      done = true;
    } catch (IOException e) {
      if (replaced) {
        restore(e);
      }
      throw unwritable(e, 0);
    }
    forgetOnExit();
    if (replaced) {
      try {
        deleteTree(aside);
      } catch (IOException e) {
        throw new FerryException(
            ExitCode.UNWRITABLE,
            List.of(
                Problem.of(
                        "`" + target + "` is complete, but what it replaced could not be deleted")
                    .because(reason(e))
                    .fix("delete `" + aside + "`")),
            e);
      }
    }
  }

  private void restore(IOException reason) {
    try {
      Files.move(aside, target);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  /** Removes what was written, unless it was committed. */
  @Override
  public void close() {
    forgetOnExit();
    discard();
  }

  private void forgetOnExit() {
    try {
      Runtime.getRuntime().removeShutdownHook(onExit);
    } catch (IllegalStateException e) {
      // The JVM is on its way down and the hook runs by itself.
    }
  }

  private synchronized void discard() {
    if (done) {
      return;
    }
    done = true;
    try {
      deleteTree(staging);
      for (Path parent : createdParents) {
        Files.deleteIfExists(parent);
      }
    } catch (IOException e) {
      // Something else uses what we made, or the disk is gone: there is no one left to tell.
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!exists(root)) {
      return;
    }
    if (Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
      try (var children = Files.newDirectoryStream(root)) {
        for (Path child : children) {
          deleteTree(child);
        }
      }
    }
    Files.deleteIfExists(root);
  }

  private FerryException unwritable(IOException e, long bytesNeeded) {
    Problem problem =
        isDiskFull(e, bytesNeeded, available())
            ? Problem.of("the disk is full: `" + target + "` can't be written")
                .because(
                    (bytesNeeded > 0 ? "the output needs about " + size(bytesNeeded) + "; " : "")
                        + size(Math.max(room, 0))
                        + " were available")
                .fix("free space, or name an output on another disk")
            : Problem.of("the output `" + target + "` can't be written")
                .because(reason(e))
                .fix("name a directory that you may write to");
    return new FerryException(ExitCode.UNWRITABLE, List.of(problem), e);
  }

  /** By the system's sentence, which may be in any language, or by what is left. */
  private static boolean isDiskFull(IOException e, long bytesNeeded, long available) {
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return message.contains("no space left")
        || message.contains("not enough space")
        || message.contains("disk space")
        || message.contains("quota exceeded")
        || (available >= 0 && bytesNeeded > 0 && available < Math.min(bytesNeeded, 4096));
  }

  /** Free bytes at the place, -1 where the system does not say. */
  private long available() {
    for (Path place = target; place != null; place = place.getParent()) {
      if (Files.exists(place)) {
        try {
          return Files.getFileStore(place).getUsableSpace();
        } catch (IOException | UnsupportedOperationException e) {
          return -1;
        }
      }
    }
    return -1;
  }

  private static String size(long bytes) {
    return bytes < 10_000 ? bytes + " bytes" : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied: " + e.getMessage();
    }
    if (e instanceof NoSuchFileException) {
      return "the system refuses to make it: " + e.getMessage();
    }
    if (e instanceof FileSystemException failure && failure.getReason() != null) {
      return failure.getReason() + ": " + failure.getFile();
    }
    return String.valueOf(e);
  }
}
