package org.tensorferry.savedmodel;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;

/**
 * A file of keys and values in key order, the index of a TensorBundle.
 *
 * <p><b>Principle.</b> LevelDB's table format: blocks of entries with shared key prefixes, an index
 * block that finds the block of a key, and a footer that finds the index block.
 *
 * <p><b>Bytes.</b> A block is a run of {varint shared key length, varint own key length, varint
 * value length, rest of the key, value}, then the u32 offsets of the entries that share nothing
 * (restarts), then their u32 count. After each block stand its compression (one byte, 0 for none)
 * and the masked CRC-32C of block and compression byte. A handle is {varint offset, varint size} of
 * a block. File: data blocks, an empty meta-index block, the index block {key not less than the
 * last of the block, handle}, footer of 48 bytes {meta-index handle, index handle, zeros, magic}.
 * All numbers are little endian.
 *
 * <p><b>Limits.</b> The whole table is held in memory; compressed blocks are refused (TensorFlow
 * writes none here).
 *
 * @see <a
 *     href="https://github.com/google/leveldb/blob/main/doc/table_format.md">table_format.md</a>
 */
final class SortedTable {

  private static final long MAGIC = 0xdb4775248b80fb57L;
  private static final int FOOTER_BYTES = 48;
  private static final int TRAILER_BYTES = 5;
  private static final int RESTART_INTERVAL = 16;
  private static final int BLOCK_BYTES = 256 << 10;

  private SortedTable() {}

  /** A map in the order of the table. */
  static NavigableMap<byte[], byte[]> emptyMap() {
    return new TreeMap<>(Arrays::compareUnsigned);
  }

  private record Handle(long offset, long size) {
    static Handle read(CodedInputStream in) throws IOException {
      return new Handle(in.readRawVarint64(), in.readRawVarint64());
    }

    void write(CodedOutputStream out) throws IOException {
      out.writeUInt64NoTag(offset);
      out.writeUInt64NoTag(size);
    }

    byte[] bytes() throws IOException {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      write(out);
      out.flush();
      return bytes.toByteArray();
    }
  }

  /** The file that holds these entries. */
  static byte[] write(NavigableMap<byte[], byte[]> entries) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    BlockBuilder index = new BlockBuilder(1);
    BlockBuilder block = new BlockBuilder(RESTART_INTERVAL);
    byte[] last = {};
    for (Map.Entry<byte[], byte[]> entry : entries.entrySet()) {
      block.add(entry.getKey(), entry.getValue());
      last = entry.getKey();
      if (block.size() >= BLOCK_BYTES) {
        index.add(last, append(file, block).bytes());
        block = new BlockBuilder(RESTART_INTERVAL);
      }
    }
    if (block.size() > 0 || entries.isEmpty()) {
      index.add(last, append(file, block).bytes());
    }
    Handle metaIndex = append(file, new BlockBuilder(1));
    Handle indexHandle = append(file, index);
    byte[] footer = new byte[FOOTER_BYTES];
    CodedOutputStream handles = CodedOutputStream.newInstance(footer);
    metaIndex.write(handles);
    indexHandle.write(handles);
    CodedOutputStream.newInstance(footer, FOOTER_BYTES - 8, 8).writeFixed64NoTag(MAGIC);
    file.writeBytes(footer);
    return file.toByteArray();
  }

  private static Handle append(ByteArrayOutputStream file, BlockBuilder builder)
      throws IOException {
    byte[] block = builder.finish();
    Handle handle = new Handle(file.size(), block.length - TRAILER_BYTES);
    file.writeBytes(block);
    return handle;
  }

  /**
   * The entries of a table.
   *
   * @param name the file, for messages
   * @throws org.tensorferry.error.FerryException where the bytes are no such table or a checksum is
   *     wrong
   */
  static NavigableMap<byte[], byte[]> read(byte[] file, String name) {
    return new Reader(file, name).read();
  }

  /** Collects the entries of one block. */
  private static final class BlockBuilder {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream restarts = new ByteArrayOutputStream();
    private final int restartInterval;
    private byte[] lastKey = {};
    private int entries;

    BlockBuilder(int restartInterval) {
      this.restartInterval = restartInterval;
    }

    int size() {
      return bytes.size();
    }

    void add(byte[] key, byte[] value) throws IOException {
      int shared = 0;
      if (entries++ % restartInterval == 0) {
        fixed32(restarts, bytes.size());
      } else {
        int difference = Arrays.mismatch(lastKey, key);
        shared = difference < 0 ? key.length : difference;
      }
      CodedOutputStream out = CodedOutputStream.newInstance(bytes);
      out.writeUInt32NoTag(shared);
      out.writeUInt32NoTag(key.length - shared);
      out.writeUInt32NoTag(value.length);
      out.writeRawBytes(key, shared, key.length - shared);
      out.writeRawBytes(value);
      out.flush();
      lastKey = key;
    }

    /** Entries, restarts and trailer. */
    byte[] finish() throws IOException {
      if (entries == 0) {
        fixed32(restarts, 0);
      }
      int count = restarts.size() / 4;
      restarts.writeTo(bytes);
      fixed32(bytes, count);
      bytes.write(0);
      byte[] checked = bytes.toByteArray();
      fixed32(bytes, MaskedCrc.of(checked, 0, checked.length));
      return bytes.toByteArray();
    }

    private static void fixed32(ByteArrayOutputStream to, int value) throws IOException {
      CodedOutputStream out = CodedOutputStream.newInstance(to);
      out.writeFixed32NoTag(value);
      out.flush();
    }
  }

  private static final class Reader {
    private final byte[] file;
    private final String name;

    Reader(byte[] file, String name) {
      this.file = file;
      this.name = name;
    }

    NavigableMap<byte[], byte[]> read() {
      NavigableMap<byte[], byte[]> entries = emptyMap();
      for (byte[] handle : block(indexHandle()).values()) {
        entries.putAll(block(handle(CodedInputStream.newInstance(handle))));
      }
      return entries;
    }

    private Handle indexHandle() {
      int start = file.length - FOOTER_BYTES;
      if (start < 0) {
        throw broken(
            "it has " + file.length + " bytes and a table has at least " + FOOTER_BYTES, 0, null);
      }
      CodedInputStream footer = CodedInputStream.newInstance(file, start, FOOTER_BYTES);
      block(handle(footer));
      Handle index = handle(footer);
      try {
        if (CodedInputStream.newInstance(file, file.length - 8, 8).readFixed64() != MAGIC) {
          throw broken("it does not end with the magic number of a table", file.length - 8L, null);
        }
      } catch (IOException e) {
        throw broken("its footer is cut off", start, e);
      }
      return index;
    }

    private Handle handle(CodedInputStream in) {
      Handle handle;
      try {
        handle = Handle.read(in);
      } catch (IOException e) {
        throw broken("it has a malformed block handle", file.length - (long) FOOTER_BYTES, e);
      }
      long room = file.length - (long) TRAILER_BYTES;
      if (handle.offset < 0
          || handle.size < 4
          || handle.offset > room
          || handle.size > room - handle.offset) {
        throw broken("a block of " + handle.size + " bytes leaves the file", handle.offset, null);
      }
      return handle;
    }

    /** The entries of the block, checked. */
    private NavigableMap<byte[], byte[]> block(Handle handle) {
      int start = (int) handle.offset;
      int size = (int) handle.size;
      try {
        if (file[start + size] != 0) {
          throw broken(
              "a block is compressed (kind " + file[start + size] + ")", handle.offset, null);
        }
        int expected =
            CodedInputStream.newInstance(file, start + size + 1, 4).readRawLittleEndian32();
        if (MaskedCrc.of(file, start, size + 1) != expected) {
          throw broken("the checksum of a block is wrong", handle.offset, null);
        }
        long restarts =
            Integer.toUnsignedLong(
                CodedInputStream.newInstance(file, start + size - 4, 4).readRawLittleEndian32());
        long entryBytes = size - 4 - 4 * restarts;
        if (entryBytes < 0) {
          throw broken(
              "a block of " + size + " bytes claims " + restarts + " restarts",
              handle.offset,
              null);
        }
        return entries(CodedInputStream.newInstance(file, start, (int) entryBytes), handle.offset);
      } catch (InvalidProtocolBufferException e) {
        throw broken("an entry of a block is cut off", handle.offset, e);
      } catch (IOException e) {
        throw broken("a block can't be read", handle.offset, e);
      }
    }

    private NavigableMap<byte[], byte[]> entries(CodedInputStream in, long offset)
        throws IOException {
      NavigableMap<byte[], byte[]> entries = emptyMap();
      byte[] key = {};
      while (!in.isAtEnd()) {
        int shared = in.readRawVarint32();
        int own = in.readRawVarint32();
        int valueBytes = in.readRawVarint32();
        if (shared < 0 || shared > key.length || own < 0 || valueBytes < 0) {
          throw broken("an entry has impossible lengths", offset + in.getTotalBytesRead(), null);
        }
        byte[] rest = in.readRawBytes(own);
        byte[] next = Arrays.copyOf(key, shared + own);
        System.arraycopy(rest, 0, next, shared, own);
        entries.put(next, in.readRawBytes(valueBytes));
        key = next;
      }
      return entries;
    }

    private FerryException broken(String why, long offset, @Nullable Throwable cause) {
      Problem problem =
          Problem.of("`" + name + "` is not a readable checkpoint index")
              .at("byte offset", offset)
              .because(why)
              .fix("copy or save the checkpoint again");
      return new FerryException(ExitCode.UNREADABLE, List.of(problem), cause);
    }
  }
}
