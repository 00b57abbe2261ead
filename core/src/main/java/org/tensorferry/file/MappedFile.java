package org.tensorferry.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.Exhausted;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.Storage;

/**
 * A file of any size, mapped read-only in windows; its parts are {@link Storage}s.
 *
 * <p>The operating system unmaps the windows when the garbage collector drops them; {@link #close}
 * makes them unreachable from here and from every slice.
 */
public final class MappedFile implements Storage, Closeable {

  private static final int WINDOW_BITS = 30;

  private final Path path;
  private final long first;
  private final long total;
  private final FileStamp stamp;
  private final int windowBits;
  private volatile ByteBuffer @Nullable [] windows;

  private MappedFile(
      Path path, long first, long size, FileStamp stamp, int windowBits, ByteBuffer[] windows) {
    this.stamp = stamp;
    this.path = path;
    this.first = first;
    this.total = size;
    this.windowBits = windowBits;
    this.windows = windows;
  }

  /**
   * Maps a file.
   *
   * @throws FerryException where it is not a readable, regular, non-empty file (UNREADABLE)
   */
  public static MappedFile open(Path path) {
    return open(path, WINDOW_BITS);
  }

  /** As {@link #open(Path)}, with windows of {@code 1 << windowBits} bytes. */
  static MappedFile open(Path path, int windowBits) {
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw Problem.of(
              "`"
                  + path
                  + "` is "
                  + (Files.isDirectory(path) ? "a directory" : "no regular file")
                  + ".")
          .fix("name the model's file")
          .as(ExitCode.UNREADABLE);
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      FileStamp stamp = FileStamp.of(path);
      long size = channel.size();
      if (size == 0) {
        throw Problem.of("`" + path + "` is empty.")
            .fix("save the model again")
            .as(ExitCode.UNREADABLE);
      }
      ByteBuffer[] windows = new ByteBuffer[(int) (((size - 1) >>> windowBits) + 1)];
      for (int i = 0; i < windows.length; i++) {
        long start = (long) i << windowBits;
        windows[i] =
            channel.map(MapMode.READ_ONLY, start, Math.min(size - start, 1L << windowBits));
      }
      return new MappedFile(path, 0, size, stamp, windowBits, windows);
    } catch (NoSuchFileException missing) {
      throw Problem.of("There is no file `" + path + "`.")
          .fix("check the path")
          .as(ExitCode.UNREADABLE);
    } catch (IOException failure) {
      throw new FerryException(
          ExitCode.UNREADABLE,
          List.of(
              Problem.of("`" + path + "` can't be read.")
                  .because(String.valueOf(failure.getMessage()))),
          failure);
    }
  }

  public Path path() {
    return path;
  }

  @Override
  public long size() {
    return total;
  }

  @Override
  public void read(long offset, byte[] target, int from, int length) {
    Objects.checkFromIndexSize(offset, length, total);
    ByteBuffer[] mapped = mapped();
    for (int done = 0; done < length; ) {
      long position = first + offset + done;
      ByteBuffer window = mapped[(int) (position >>> windowBits)];
      int start = (int) (position & ((1L << windowBits) - 1));
      int n = Math.min(length - done, window.capacity() - start);
      read(window, start, target, from + done, n);
      done += n;
    }
  }

  /**
   * A part that is a file of its own, such as a zip inside of a zip. Offsets in it, and in messages
   * about it, count from its first byte.
   */
  public MappedFile section(long offset, long length) {
    Objects.checkFromIndexSize(offset, length, total);
    return new MappedFile(path, first + offset, length, stamp, windowBits, mapped());
  }

  private ByteBuffer[] mapped() {
    ByteBuffer[] mapped = windows;
    if (mapped == null) {
      throw new IllegalStateException("`" + path + "` is closed");
    }
    return mapped;
  }

  private void read(ByteBuffer window, int start, byte[] target, int from, int length) {
    try {
      window.get(start, target, from, length);
    } catch (InternalError error) {
      if (!Exhausted.isMappedAway(error)) {
        throw error;
      }
      throw FileStamp.changed(path, "it became shorter");
    }
  }

  /**
   * Makes sure that what was read until now is what the file holds.
   *
   * @throws FerryException (UNREADABLE) where it was written to, or replaced, since it was opened
   */
  public void requireUnchanged() {
    stamp.requireUnchanged();
  }

  @Override
  public OptionalLong place() {
    return OptionalLong.of(first);
  }

  /** A part of the file. */
  public Storage slice(long offset, long length) {
    Objects.checkFromIndexSize(offset, length, total);
    return new Slice(this, offset, length);
  }

  @Override
  public void close() {
    windows = null;
  }

  private static final class Slice implements Storage {
    private final Storage whole;
    private final long offset;
    private final long total;

    Slice(Storage whole, long offset, long size) {
      this.whole = whole;
      this.offset = offset;
      this.total = size;
    }

    @Override
    public long size() {
      return total;
    }

    @Override
    public void read(long from, byte[] target, int at, int length) {
      Objects.checkFromIndexSize(from, length, total);
      whole.read(offset + from, target, at, length);
    }

    @Override
    public OptionalLong place() {
      OptionalLong before = whole.place();
      return before.isPresent() ? OptionalLong.of(before.getAsLong() + offset) : before;
    }
  }
}
