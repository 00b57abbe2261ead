package org.tensorferry.parity;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Writes a zip as PyTorch does: every record stored, its bytes at a multiple of 64 (kFieldAlignment
 * of caffe2/serialize/inline_container.h), by a local extra field with the id {@code FB}.
 *
 * <p>Limits: no zip64, so 4 GiB and 65,535 records.
 */
final class AlignedZip {

  private static final int ALIGNMENT = 64;
  private static final int LOCAL_HEADER = 30;
  private static final int CENTRAL_HEADER = 46;
  private static final int END = 22;
  private static final short UTF8 = 1 << 11;
  private static final short DATE_1980 = 0x21;

  private record Entry(String name, int crc, int size, int offset) {
    byte[] nameBytes() {
      return name.getBytes(StandardCharsets.UTF_8);
    }
  }

  private final OutputStream out;
  private final List<Entry> entries = new ArrayList<>();
  private int position;

  AlignedZip(OutputStream out) {
    this.out = out;
  }

  void record(String name, byte[] bytes) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    Entry entry = new Entry(name, (int) crc.getValue(), bytes.length, position);
    entries.add(entry);
    byte[] nameBytes = entry.nameBytes();
    int unpadded = position + LOCAL_HEADER + nameBytes.length + 4;
    int padding = Math.floorMod(-unpadded, ALIGNMENT);
    byte[] header = new byte[LOCAL_HEADER + nameBytes.length + 4 + padding];
    ByteBuffer fields = little(header);
    fields.putInt(0x04034b50).putShort((short) 10);
    putCommon(fields, entry, 4 + padding);
    fields.put(nameBytes).put((byte) 'F').put((byte) 'B').putShort((short) padding);
    Arrays.fill(header, fields.position(), header.length, (byte) 'Z');
    write(header);
    write(bytes);
  }

  /** Writes the central directory; the stream stays open. */
  void finish() throws IOException {
    int directory = position;
    for (Entry entry : entries) {
      byte[] nameBytes = entry.nameBytes();
      byte[] header = new byte[CENTRAL_HEADER + nameBytes.length];
      ByteBuffer fields = little(header);
      fields.putInt(0x02014b50).putShort((short) 10).putShort((short) 10);
      putCommon(fields, entry, 0);
      // Comment length, disk, internal and external attributes.
      fields.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0);
      fields.putInt(entry.offset).put(nameBytes);
      write(header);
    }
    byte[] end = new byte[END];
    little(end)
        .putInt(0x06054b50)
        .putInt(0)
        .putShort((short) entries.size())
        .putShort((short) entries.size())
        .putInt(position - directory)
        .putInt(directory);
    write(end);
  }

  /** What the local and the central header share: flags to the length of the extra field. */
  private static void putCommon(ByteBuffer header, Entry entry, int extra) {
    header.putShort(UTF8).putShort((short) 0).putShort((short) 0).putShort(DATE_1980);
    header.putInt(entry.crc).putInt(entry.size).putInt(entry.size);
    header.putShort((short) entry.nameBytes().length).putShort((short) extra);
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void write(byte[] bytes) throws IOException {
    out.write(bytes);
    position = Math.addExact(position, bytes.length);
  }
}
