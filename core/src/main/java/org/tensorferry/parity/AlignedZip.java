package org.tensorferry.parity;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Writes a zip as PyTorch does: every record stored, its bytes at a multiple of 64 (kFieldAlignment of
 * caffe2/serialize/inline_container.h), by a local extra field with the id {@code FB}.
 *
 * <p>Limits: no zip64, so 4 GiB and 65,535 records.
 */
final class AlignedZip {

  private static final int ALIGNMENT = 64;
  private static final int LOCAL_HEADER = 30;
  private static final int CENTRAL_HEADER = 46;
  private static final short UTF8 = 1 << 11;
  private static final short DATE_1980 = 0x21;

  private record Entry(byte[] name, int crc, int size, int offset) {}

  private final OutputStream out;
  private final List<Entry> entries = new ArrayList<>();
  private int position;

  AlignedZip(OutputStream out) {
    this.out = out;
  }

  void record(String name, byte[] bytes) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
    Entry entry = new Entry(nameBytes, (int) crc.getValue(), bytes.length, position);
    entries.add(entry);
    int unpadded = position + LOCAL_HEADER + nameBytes.length + 4;
    int padding = Math.floorMod(-unpadded, ALIGNMENT);
    ByteBuffer header = buffer(LOCAL_HEADER + nameBytes.length + 4 + padding);
    header.putInt(0x04034b50).putShort((short) 10);
    putCommon(header, entry, 4 + padding);
    header.put(nameBytes).put((byte) 'F').put((byte) 'B').putShort((short) padding);
    while (header.hasRemaining()) {
      header.put((byte) 'Z');
    }
    write(header.array());
    write(bytes);
  }

  /** Writes the central directory; the stream stays open. */
  void finish() throws IOException {
    int directory = position;
    for (Entry entry : entries) {
      ByteBuffer header = buffer(CENTRAL_HEADER + entry.name.length);
      header.putInt(0x02014b50).putShort((short) 10).putShort((short) 10);
      putCommon(header, entry, 0);
      // Comment length, disk, internal and external attributes.
      header.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0);
      header.putInt(entry.offset).put(entry.name);
      write(header.array());
    }
    ByteBuffer end = buffer(22);
    end.putInt(0x06054b50).putInt(0);
    end.putShort((short) entries.size()).putShort((short) entries.size());
    end.putInt(position - directory).putInt(directory).putShort((short) 0);
    write(end.array());
  }

  /** What the local and the central header share: flags to the length of the extra field. */
  private static void putCommon(ByteBuffer header, Entry entry, int extra) {
    header.putShort(UTF8).putShort((short) 0).putShort((short) 0).putShort(DATE_1980);
    header.putInt(entry.crc).putInt(entry.size).putInt(entry.size);
    header.putShort((short) entry.name.length).putShort((short) extra);
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void write(byte[] bytes) throws IOException {
    out.write(bytes);
    position = Math.addExact(position, bytes.length);
  }
}
