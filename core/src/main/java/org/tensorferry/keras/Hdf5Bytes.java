package org.tensorferry.keras;

import io.jhdf.HdfFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.tensorferry.tensor.Storage;

/**
 * The bytes of an HDF5 file, which may lie in a zip, as jHDF takes them.
 *
 * <p>What one buffer can map is handed over mapped: then the library takes no memory for what a
 * damaged file claims. Larger files go through a channel.
 *
 * @param bytes the HDF5 file
 * @param begin where it begins in the file that holds it
 */
record Hdf5Bytes(Storage bytes, long begin) {

  long size() {
    return bytes.size();
  }

  /** Opens it with the library; what is to be closed holds no resource of the system. */
  HdfFile open(Path path) {
    if (size() > Integer.MAX_VALUE) {
      return new HdfFile(new Window(), path.toUri());
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      return HdfFile.fromByteBuffer(channel.map(MapMode.READ_ONLY, begin, size()));
    } catch (IOException failure) {
      throw Hdf5File.damaged(path.toString(), String.valueOf(failure.getMessage()), failure);
    }
  }

  /** The bytes as a file of their own. */
  private final class Window implements SeekableByteChannel {
    private long position;

    @Override
    public int read(ByteBuffer target) {
      int length = (int) Math.min(target.remaining(), size() - position);
      if (length <= 0) {
        return target.hasRemaining() ? -1 : 0;
      }
      byte[] read = new byte[length];
      bytes.read(position, read, 0, length);
      target.put(read);
      position += length;
      return length;
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public SeekableByteChannel position(long newPosition) {
      position = newPosition;
      return this;
    }

    @Override
    public long size() {
      return bytes.size();
    }

    @Override
    public int write(ByteBuffer source) {
      throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long newSize) {
      throw new NonWritableChannelException();
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {
      // The mapped file behind it is closed by its owner.
    }
  }
}
