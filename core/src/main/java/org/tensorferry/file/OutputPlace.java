package org.tensorferry.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;

/**
 * An output that appears whole or not at all: a directory, a file, or the files of a checkpoint.
 *
 * <p>It is filled under a temporary name beside its place, {@code .<name>.tensorferry-<random>},
 * and {@link #commit} moves it there; {@link #close} without a commit, or the end of the JVM,
 * removes everything that was made. An output that stood there before stays until the new one is
 * complete, and comes back where the move fails.
 */
public final class OutputPlace implements Closeable {

  private static final String INDEX = ".index";
  private static final Pattern SHARD_OR_INDEX =
      Pattern.compile("\\.index|\\.data-\\d{5}-of-\\d{5}");

  private final Path target;
  private final boolean force;
  private final boolean isDirectory;
  private final Path staging;
  private final Path aside;
  private final Deque<Path> createdParents = new ArrayDeque<>();
  private final Thread onExit = new Thread(this::discard, "remove unfinished output");
  private final long room;
  private boolean done;

  /** Fills a directory or writes a file. */
  @FunctionalInterface
  public interface Filler {
    void fill(Path place) throws IOException;
  }

  /** A file on its way from one name to another. */
  private record Move(Path from, Path to) {}

  private OutputPlace(Path target, boolean force, boolean isDirectory) {
    this.target = target;
    this.force = force;
    this.isDirectory = isDirectory;
    String random = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    String hidden = "." + target.getFileName() + ".tensorferry-" + random;
    this.staging = target.resolveSibling(hidden);
    this.aside = target.resolveSibling(hidden + "-replaced");
    this.room = available();
  }

  /**
   * Begins a directory, which is there at once under its temporary name; missing parents are
   * created.
   *
   * @param force whether an existing output is replaced
   * @throws FerryException with {@link ExitCode#UNWRITABLE} where the place is taken or not
   *     writable
   */
  public static OutputPlace directory(Path place, boolean force) {
    return begin(place, force, true);
  }

  /**
   * Begins a file, or the files of a checkpoint whose names begin with the place's; missing parents
   * are created.
   *
   * @param place the end {@code .index} is taken off
   * @param force whether an existing output is replaced
   * @throws FerryException with {@link ExitCode#UNWRITABLE} where the place is taken or not
   *     writable
   */
  public static OutputPlace file(Path place, boolean force) {
    String name = String.valueOf(place.getFileName());
    boolean isIndex = name.endsWith(INDEX);
    return begin(
        isIndex ? place.resolveSibling(name.substring(0, name.length() - INDEX.length())) : place,
        force,
        false);
  }

  private static OutputPlace begin(Path place, boolean force, boolean isDirectory) {
    Path target = place.toAbsolutePath().normalize();
    refuseTaken(target, force);
    OutputPlace output = new OutputPlace(target, force, isDirectory);
    try {
      output.createParents();
      if (isDirectory) {
        Files.createDirectory(output.staging);
      }
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
    if (!force && (exists(target) || exists(withEnd(target, INDEX)))) {
      throw Problem.of("the output `" + target + "` exists already")
          .fix("name another output, or give `--force` to replace it")
          .as(ExitCode.UNWRITABLE);
    }
  }

  private static Path withEnd(Path path, String end) {
    return path.resolveSibling(path.getFileName() + end);
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
  public Path path() {
    return staging;
  }

  /** Where the output will be. */
  public Path target() {
    return target;
  }

  /**
   * Fills the directory or writes the file.
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
    List<Move> placed = new ArrayList<>();
    List<Move> replaced = new ArrayList<>();
    try {
      for (Path old : parts(target)) {
        replaced.add(move(old, moved(old, target, aside)));
      }
      List<Path> made = parts(staging);
      if (made.isEmpty()) {
        throw new NoSuchFileException(staging.toString());
      }
      for (Path part : made) {
        placed.add(move(part, moved(part, staging, target)));
      }
      done = true;
    } catch (IOException e) {
      takeBack(placed, e);
      takeBack(replaced, e);
      throw unwritable(e, 0);
    }
    forgetOnExit();
    for (Move old : replaced) {
      deleteReplaced(old.to);
    }
  }

  /**
   * What an output of this name consists of; of a checkpoint the index comes last, which makes it
   * one.
   */
  private List<Path> parts(Path named) throws IOException {
    List<Path> parts = new ArrayList<>();
    if (exists(named)) {
      parts.add(named);
    }
    Path parent = named.getParent();
    if (!isDirectory && parent != null) {
      String name = String.valueOf(named.getFileName());
      try (var siblings = Files.newDirectoryStream(parent)) {
        for (Path sibling : siblings) {
          String other = String.valueOf(sibling.getFileName());
          if (other.startsWith(name)
              && SHARD_OR_INDEX.matcher(other.substring(name.length())).matches()) {
            parts.add(sibling);
          }
        }
      }
    }
    parts.sort(Comparator.comparing(part -> part.toString().endsWith(INDEX)));
    return parts;
  }

  /** The name of a part under another name of the whole. */
  private static Path moved(Path part, Path from, Path to) {
    String end =
        String.valueOf(part.getFileName()).substring(String.valueOf(from.getFileName()).length());
    return withEnd(to, end);
  }

  private static Move move(Path from, Path to) throws IOException {
    Files.move(from, to);
    return new Move(from, to);
  }

  private static void takeBack(List<Move> moves, IOException reason) {
    for (Move move : moves) {
      try {
        Files.move(move.to, move.from);
      } catch (IOException e) {
        reason.addSuppressed(e);
      }
    }
  }

  private void deleteReplaced(Path old) {
    try {
      deleteTree(old);
    } catch (IOException e) {
      throw new FerryException(
          ExitCode.UNWRITABLE,
          List.of(
              Problem.of("`" + target + "` is complete, but what it replaced could not be deleted")
                  .because(reason(e))
                  .fix("delete `" + old + "`")),
          e);
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
      for (Path part : parts(staging)) {
        deleteTree(part);
      }
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
                .fix("name a place that you may write to");
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
