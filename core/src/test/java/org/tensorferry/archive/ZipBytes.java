package org.tensorferry.archive;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes zip files record by record, so that a test can write wrong ones too. */
public final class ZipBytes {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
  private int records;

  public ZipBytes stored(String name, byte[] data) {
    return record(name, 0, 0, data, data, data.length, false);
  }

  public ZipBytes stored(String name, String text) {
    return stored(name, text.getBytes(StandardCharsets.UTF_8));
  }

  public ZipBytes deflated(String name, byte[] data) {
    return record(name, 0, 8, deflate(data), data, data.length, false);
  }

  /** A record whose directory entry keeps sizes and offset in the zip64 field. */
  public ZipBytes zip64(String name, byte[] data) {
    return record(name, 0, 0, data, data, data.length, true);
  }

  /** A deflated record that claims another size. */
  public ZipBytes claiming(String name, byte[] data, long size) {
    return record(name, 0, 8, deflate(data), data, size, false);
  }

  public ZipBytes withMethod(String name, int flags, int method) {
    return record(name, flags, method, new byte[4], new byte[4], 4, false);
  }

  private ZipBytes record(
      String name, int flags, int method, byte[] raw, byte[] data, long size, boolean zip64) {
    byte[] label = name.getBytes(StandardCharsets.UTF_8);
    CRC32 crc = new CRC32();
    crc.update(data);
    int offset = out.size();
    // As torch writes it: sizes are in the descriptor, an extra field aligns the data.
    out.writeBytes(
        bytes(30)
            .putInt(0x04034b50)
            .putShort((short) 0)
            .putShort((short) (0x808 | flags))
            .putShort((short) method)
            .putInt(0)
            .putInt(0)
            .putInt(0)
            .putInt(0)
            .putShort((short) label.length)
            .putShort((short) 7)
            .array());
    out.writeBytes(label);
    out.writeBytes("FB\3\0ZZZ".getBytes(StandardCharsets.ISO_8859_1));
    out.writeBytes(raw);
    directory.writeBytes(
        bytes(46)
            .putInt(0x02014b50)
            .putShort((short) 0)
            .putShort((short) 0)
            .putShort((short) (0x808 | flags))
            .putShort((short) method)
            .putInt(0)
            .putInt((int) crc.getValue())
            .putInt(zip64 ? -1 : raw.length)
            .putInt(zip64 ? -1 : (int) size)
            .putShort((short) label.length)
            .putShort((short) (zip64 ? 34 : 0))
            .putShort((short) 0)
            .putShort((short) 0)
            .putShort((short) 0)
            .putInt(0)
            .putInt(zip64 ? -1 : offset)
            .array());
    directory.writeBytes(label);
    if (zip64) {
      directory.writeBytes(
          bytes(34)
              .putShort((short) 0x7777)
              .putShort((short) 2)
              .putShort((short) 0)
              .putShort((short) 1)
              .putShort((short) 24)
              .putLong(size)
              .putLong(raw.length)
              .putLong(offset)
              .array());
    }
    records++;
    return this;
  }

  public byte[] end() {
    int offset = out.size();
    out.writeBytes(directory.toByteArray());
    out.writeBytes(
        bytes(22)
            .putInt(0x06054b50)
            .putInt(0)
            .putShort((short) records)
            .putShort((short) records)
            .putInt(directory.size())
            .putInt(offset)
            .putShort((short) 0)
            .array());
    return out.toByteArray();
  }

  private static ByteBuffer bytes(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] deflate(byte[] data) {
    Deflater deflater = new Deflater(9, true);
    deflater.setInput(data);
    deflater.finish();
    byte[] buffer = new byte[data.length + 64];
    int length = deflater.deflate(buffer);
    deflater.end();
    return Arrays.copyOf(buffer, length);
  }
}
