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
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.system.FileTrees;

/**
 * An output that appears whole or not at all: a directory, a file, or the files of a checkpoint.
 *
 * <p>It is filled under a temporary name beside its place, written through to the disk, and {@link
 * #commit} moves it there; {@link #close} without a commit, or the end of the JVM, removes
 * everything that was made. An output that stood there before stays until the new one is complete:
 * both change their names in one step where the system can do that, else the old one comes back
 * where the move fails, or with the next run where the process was killed ({@link Leftovers}).
 *
 * <p>What is replaced is never an input, nor anything that holds one, nor a directory that is no
 * SavedModel.
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
    this.staging = Leftovers.newName(target);
    this.aside = Leftovers.replaced(staging);
    this.room = available();
  }

  /**
   * Begins a directory, which is there at once under its temporary name; missing parents are
   * created.
   *
   * @param force whether an existing output is replaced
   * @param inputs files and directories that the output may not touch
   * @throws FerryException with {@link ExitCode#UNWRITABLE} where the place is taken or not
   *     writable
   */
  public static OutputPlace directory(Path place, boolean force, Path... inputs) {
    return begin(place, force, true, List.of(inputs));
  }

  /**
   * Begins a file, or the files of a checkpoint whose names begin with the place's; missing parents
   * are created.
   *
   * @param place the end {@code .index} is taken off
   * @param force whether an existing output is replaced
   * @param inputs files and directories that the output may not touch
   * @throws FerryException with {@link ExitCode#UNWRITABLE} where the place is taken or not
   *     writable
   */
  public static OutputPlace file(Path place, boolean force, Path... inputs) {
    String name = String.valueOf(place.getFileName());
    boolean isIndex = name.endsWith(INDEX);
    return begin(
        isIndex ? place.resolveSibling(name.substring(0, name.length() - INDEX.length())) : place,
        force,
        false,
        List.of(inputs));
  }

  private static OutputPlace begin(
      Path place, boolean force, boolean isDirectory, List<Path> inputs) {
    Path target = place.toAbsolutePath().normalize();
    refuseWorkingDirectory(target);
    inputs.forEach(input -> Replaceable.requireApart(target, input));
    Leftovers.clear(target);
    refuseTaken(target, force);
    Replaceable.requireSameKind(target, isDirectory);
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

  private static void refuseWorkingDirectory(Path target) {
    if (target.getFileName() == null || workingDirectory(target).startsWith(target)) {
      throw Problem.of("the output can't be written to `" + target + "`")
          .because("the working directory lies in it")
          .fix("name a directory of its own, for example `" + target.resolve("model") + "`")
          .as(ExitCode.UNWRITABLE);
    }
  }

  private static void refuseTaken(Path target, boolean force) {
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

  /** True for a file whose place is in the output's directory. */
  public boolean isInside(Path file) {
    return file.toAbsolutePath().normalize().startsWith(target);
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
      for (Path part : parts(staging)) {
        FileTrees.writeThrough(part);
      }
    } catch (IOException e) {
      throw unwritable(e, bytesNeeded);
    }
  }

  /** Moves the output into its place, over what stood there. */
  public synchronized void commit() {
    if (done) {
      throw new IllegalStateException("the output was discarded");
    }
    refuseTaken(target, force);
    try {
      List<Path> made = parts(staging);
      if (made.isEmpty()) {
        throw new NoSuchFileException(staging.toString());
      }
      List<Path> old = parts(target);
      List<Path> replaced =
          isSame(old, target) && isSame(made, staging) && FileTrees.exchange(staging, target)
              ? List.of(staging)
              : place(made, old);
      done = true;
      forgetOnExit();
      FileTrees.writeNamesThrough(parent());
      replaced.forEach(this::deleteReplaced);
    } catch (IOException e) {
      throw unwritable(e, 0);
    }
  }

  private static boolean isSame(List<Path> parts, Path whole) {
    return parts.equals(List.of(whole));
  }

  private Path parent() {
    return Objects.requireNonNull(target.getParent());
  }

  /**
   * Moves old parts aside and new ones into their place, or nothing at all.
   *
   * @return the old parts where they are now
   */
  private List<Path> place(List<Path> made, List<Path> old) throws IOException {
    List<Move> replaced = new ArrayList<>();
    List<Move> placed = new ArrayList<>();
    try {
      for (Path part : old) {
        replaced.add(move(part, moved(part, target, aside)));
      }
      for (Path part : made) {
        placed.add(move(part, moved(part, staging, target)));
      }
      return replaced.stream().map(Move::to).toList();
    } catch (IOException e) {
      takeBack(placed, e);
      takeBack(replaced, e);
      throw e;
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
      FileTrees.delete(old);
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

  /**
   * Removes what was made. Another thread may still be writing, as at the end of the JVM: what is
   * moved away first can't get new files, for their names lead nowhere.
   */
  private synchronized void discard() {
    if (done) {
      return;
    }
    done = true;
    try {
      for (int attempt = 0; attempt < 3; attempt++) {
        for (Path part : parts(staging)) {
          Path discarded = moved(part, staging, Leftovers.discarded(staging));
          FileTrees.delete(discarded);
          Files.move(part, discarded);
          FileTrees.delete(discarded);
        }
      }
      for (Path parent : createdParents) {
        Files.deleteIfExists(parent);
      }
    } catch (IOException e) {
      // Something else uses what we made, or the disk is gone: the next run tries again.
    }
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
