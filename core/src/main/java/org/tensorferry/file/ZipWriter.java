package org.tensorferry.file;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Writes a zip of stored records one after the other, none of them held whole.
 *
 * <p>PyTorch wants the bytes of a record at a multiple of 64 (kFieldAlignment of
 * caffe2/serialize/inline_container.h) and gets there by a local extra field with the id {@code
 * FB}. A record of unknown checksum is followed by a data descriptor (PKWARE's APPNOTE 6.3, section
 * 4.3.9), as PyTorch does it too. Numbers that 32 bits can't hold stand in zip64 fields (4.3.14,
 * 4.3.15, 4.5.3).
 */
public final class ZipWriter {

  /** Alignment of PyTorch's files. */
  public static final int TORCH_ALIGNMENT = 64;

  private static final int LOCAL_HEADER = 30;
  private static final int CENTRAL_HEADER = 46;
  private static final int ZIP64_FIELD = 4;
  private static final int UTF8 = 1 << 11;
  private static final int DESCRIPTOR = 1 << 3;
  private static final short DATE_1980 = 0x21;
  private static final short PLAIN = 10;
  private static final short ZIP64 = 45;
  private static final long IN_ZIP64_FIELD = 0xffffffffL;

  /** Writes the bytes of a record. */
  @FunctionalInterface
  public interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  private record Entry(byte[] name, int flags, int crc, long size, long offset) {
    boolean isLarge() {
      return size >= IN_ZIP64_FIELD;
    }
  }

  private final OutputStream out;
  private final int alignment;
  private final List<Entry> entries = new ArrayList<>();
  private long position;

  /**
   * Begins a zip.
   *
   * @param alignment the bytes of each record begin at a multiple of this; 1 for no matter where
   */
  public ZipWriter(OutputStream out, int alignment) {
    this.out = out;
    this.alignment = alignment;
  }

  /** Writes a record. */
  public void record(String name, byte[] bytes) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    Entry entry = entry(name, UTF8, (int) crc.getValue(), bytes.length);
    writeHeader(entry);
    write(bytes);
    entries.add(entry);
  }

  /**
   * Writes a record piece by piece.
   *
   * @param size number of bytes that the body will write
   * @throws IllegalStateException where it writes another number
   */
  public void record(String name, long size, Body body) throws IOException {
    Entry begun = entry(name, UTF8 | DESCRIPTOR, 0, size);
    writeHeader(begun);
    CRC32 crc = new CRC32();
    long start = position;
    body.writeTo(
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
          }

          @Override
          public void write(byte[] bytes, int from, int length) throws IOException {
            crc.update(bytes, from, length);
            out.write(bytes, from, length);
            position += length;
          }
        });
    if (position - start != size) {
      throw new IllegalStateException(
          "the record " + name + " has " + (position - start) + " bytes and not " + size);
    }
    Entry entry = new Entry(begun.name, begun.flags, (int) crc.getValue(), size, begun.offset);
    ByteBuffer descriptor = little(entry.isLarge() ? 24 : 16);
    descriptor.putInt(0x08074b50).putInt(entry.crc);
    if (entry.isLarge()) {
      descriptor.putLong(size).putLong(size);
    } else {
      descriptor.putInt((int) size).putInt((int) size);
    }
    write(descriptor);
    entries.add(entry);
  }

  private Entry entry(String name, int flags, int crc, long size) {
    return new Entry(name.getBytes(StandardCharsets.UTF_8), flags, crc, size, position);
  }

  private void writeHeader(Entry entry) throws IOException {
    int zip64 = entry.isLarge() ? ZIP64_FIELD + 16 : 0;
    int unpadded = LOCAL_HEADER + entry.name.length + zip64;
    int padding = alignment == 1 ? 0 : Math.floorMod(-(position + unpadded + 4), alignment);
    int extra = zip64 + (alignment == 1 ? 0 : 4 + padding);
    ByteBuffer header = little(LOCAL_HEADER + entry.name.length + extra);
    header.putInt(0x04034b50).putShort(version(entry.isLarge()));
    putCommon(header, entry, extra);
    header.put(entry.name);
    if (entry.isLarge()) {
      header.putShort((short) 1).putShort((short) 16).putLong(entry.size).putLong(entry.size);
    }
    if (alignment > 1) {
      header.put((byte) 'F').put((byte) 'B').putShort((short) padding);
      while (header.hasRemaining()) {
        header.put((byte) 'Z');
      }
    }
    write(header);
  }

  /** Writes the central directory; the stream stays open. */
  public void finish() throws IOException {
    long directory = position;
    for (Entry entry : entries) {
      writeDirectoryHeader(entry);
    }
    long end = position;
    boolean large = entries.size() >= 0xffff || end >= IN_ZIP64_FIELD;
    if (large) {
      writeZip64End(directory, end);
    }
    short count = (short) Math.min(entries.size(), 0xffff);
    ByteBuffer record = little(22);
    record.putInt(0x06054b50).putInt(0).putShort(count).putShort(count);
    record.putInt((int) Math.min(end - directory, IN_ZIP64_FIELD));
    record.putInt((int) (large ? IN_ZIP64_FIELD : directory));
    write(record);
  }

  private void writeDirectoryHeader(Entry entry) throws IOException {
    boolean far = entry.offset >= IN_ZIP64_FIELD;
    int fields = (entry.isLarge() ? 16 : 0) + (far ? 8 : 0);
    int extra = fields == 0 ? 0 : ZIP64_FIELD + fields;
    ByteBuffer header = little(CENTRAL_HEADER + entry.name.length + extra);
    header.putInt(0x02014b50).putShort(version(fields > 0)).putShort(version(fields > 0));
    putCommon(header, entry, extra);
    // Comment length, disk, internal and external attributes.
    header.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0);
    header.putInt((int) (far ? IN_ZIP64_FIELD : entry.offset)).put(entry.name);
    if (fields > 0) {
      header.putShort((short) 1).putShort((short) fields);
      if (entry.isLarge()) {
        header.putLong(entry.size).putLong(entry.size);
      }
      if (far) {
        header.putLong(entry.offset);
      }
    }
    write(header);
  }

  private void writeZip64End(long directory, long end) throws IOException {
    ByteBuffer record = little(56 + 20);
    record.putInt(0x06064b50).putLong(44).putShort(ZIP64).putShort(ZIP64).putInt(0).putInt(0);
    record.putLong(entries.size()).putLong(entries.size()).putLong(end - directory);
    record.putLong(directory);
    record.putInt(0x07064b50).putInt(0).putLong(end).putInt(1);
    write(record);
  }

  /** What the local and the central header share: flags to the length of the extra field. */
  private static void putCommon(ByteBuffer header, Entry entry, int extra) {
    int size = (int) (entry.isLarge() ? IN_ZIP64_FIELD : entry.size);
    header.putShort((short) entry.flags).putShort((short) 0).putShort((short) 0);
    header.putShort(DATE_1980).putInt(entry.crc).putInt(size).putInt(size);
    header.putShort((short) entry.name.length).putShort((short) extra);
  }

  private static short version(boolean large) {
    return large ? ZIP64 : PLAIN;
  }

  private static ByteBuffer little(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void write(ByteBuffer full) throws IOException {
    byte[] bytes = new byte[full.capacity()];
    full.rewind().get(bytes);
    write(bytes);
  }

  private void write(byte[] bytes) throws IOException {
    out.write(bytes);
    position += bytes.length;
  }
}
