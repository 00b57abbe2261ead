package org.tensorferry.file;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.tensorferry.error.FerryException;

/**
 * The central directory of a zip file (APPNOTE 4.3.12 to 4.3.16). All numbers are little endian.
 */
final class ZipDirectory {

  static final int STORED = 0;
  static final int DEFLATED = 8;

  private static final int LOCAL_HEADER = 0x04034b50;
  private static final int DIRECTORY_HEADER = 0x02014b50;
  private static final int DIRECTORY_END = 0x06054b50;
  private static final int ZIP64_LOCATOR = 0x07064b50;
  private static final int ZIP64_DIRECTORY_END = 0x06064b50;
  private static final long IN_ZIP64_FIELD = 0xffffffffL;

  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /**
   * One record: full name, method {@link #STORED} or {@link #DEFLATED}, sizes, place of its local
   * header.
   */
  record Entry(
      String name, int method, long crc, long compressedSize, long size, long headerOffset) {}

  private final MappedFile file;

  ZipDirectory(MappedFile file) {
    this.file = file;
  }

  /** All records, in the order of the directory. */
  List<Entry> entries() {
    long end = findEnd();
    byte[] record = read(end, 22);
    long count = u16(record, 10);
    long size = u32(record, 12);
    long offset = u32(record, 16);
    if (end >= 20 && u32(read(end - 20, 20), 0) == ZIP64_LOCATOR) {
      long place = (long) LONGS.get(read(end - 20, 20), 8);
      byte[] zip64 = read(place, 56);
      if (u32(zip64, 0) != ZIP64_DIRECTORY_END) {
        throw damaged("The zip64 end record is not where the file says.", place);
      }
      count = (long) LONGS.get(zip64, 32);
      size = (long) LONGS.get(zip64, 40);
      offset = (long) LONGS.get(zip64, 48);
    }
    if (count < 0 || count > ZipArchive.MAX_RECORDS) {
      throw damaged("The zip directory claims " + Long.toUnsignedString(count) + " records.", end);
    }
    if (size < 0
        || size > end
        || offset < 0
        || offset > end - size
        || size > Integer.MAX_VALUE - 8) {
      throw damaged("The zip directory lies outside the file.", end);
    }
    return parse(read(offset, (int) size), offset, (int) count);
  }

  /** The end record lies in front of a comment of at most 65535 bytes. */
  private long findEnd() {
    int length = (int) Math.min(file.size(), 22 + 0xffff);
    byte[] tail = read(file.size() - length, length);
    for (int at = length - 22; at >= 0; at--) {
      if (u32(tail, at) == DIRECTORY_END && at + 22 + u16(tail, at + 20) <= length) {
        return file.size() - length + at;
      }
    }
    throw damaged("The zip file has no directory: it ends too early.", file.size());
  }

  private List<Entry> parse(byte[] directory, long directoryOffset, int count) {
    List<Entry> entries = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < count; i++) {
      if (directory.length - at < 46 || u32(directory, at) != DIRECTORY_HEADER) {
        throw damaged(
            "The zip directory breaks off at record " + i + " of " + count + ".",
            directoryOffset + at);
      }
      int nameLength = u16(directory, at + 28);
      int extraLength = u16(directory, at + 30);
      int length = 46 + nameLength + extraLength + u16(directory, at + 32);
      if (directory.length - at < length) {
        throw damaged(
            "The zip directory breaks off at record " + i + " of " + count + ".",
            directoryOffset + at);
      }
      entries.add(entry(directory, at, nameLength, extraLength, directoryOffset + at));
      at += length;
    }
    return entries;
  }

  private Entry entry(byte[] directory, int at, int nameLength, int extraLength, long place) {
    String name = new String(directory, at + 46, nameLength, StandardCharsets.UTF_8);
    int method = u16(directory, at + 10);
    long[] sizes = {u32(directory, at + 24), u32(directory, at + 20), u32(directory, at + 42)};
    readZip64Field(directory, at + 46 + nameLength, extraLength, sizes, place);
    if ((u16(directory, at + 8) & 1) != 0) {
      throw damaged("The record `" + name + "` is encrypted.", place);
    }
    if (method != STORED && method != DEFLATED) {
      throw damaged(
          "The record `" + name + "` has the unknown compression method " + method + ".", place);
    }
    boolean outside =
        sizes[0] < 0 || sizes[1] < 0 || sizes[2] < 0 || sizes[2] > file.size() - sizes[1];
    if (outside || (method == STORED && sizes[0] != sizes[1])) {
      throw damaged("The record `" + name + "` lies outside the file.", place);
    }
    return new Entry(name, method, u32(directory, at + 16), sizes[1], sizes[0], sizes[2]);
  }

  /**
   * Replaces each of {size, compressed size, header offset} that is 0xffffffff by its 64-bit value
   * (APPNOTE 4.5.3).
   */
  private void readZip64Field(byte[] directory, int at, int length, long[] sizes, long place) {
    int end = at + length;
    while (end - at >= 4) {
      int fieldEnd = at + 4 + u16(directory, at + 2);
      if (fieldEnd > end) {
        return;
      }
      if (u16(directory, at) == 1) {
        int value = at + 4;
        for (int i = 0; i < sizes.length; i++) {
          if (sizes[i] == IN_ZIP64_FIELD) {
            if (fieldEnd - value < 8) {
              throw damaged("A zip64 field is too short.", place);
            }
            sizes[i] = (long) LONGS.get(directory, value);
            value += 8;
          }
        }
        return;
      }
      at = fieldEnd;
    }
  }

  /**
   * Where the bytes of a record begin: its local header has a name and an extra field of its own
   * lengths.
   */
  static long dataOffset(MappedFile file, Entry entry) {
    ZipDirectory directory = new ZipDirectory(file);
    byte[] header = directory.read(entry.headerOffset(), 30);
    if (u32(header, 0) != LOCAL_HEADER) {
      throw directory.damaged(
          "The record `" + entry.name() + "` has no header.", entry.headerOffset());
    }
    long offset = entry.headerOffset() + 30 + u16(header, 26) + u16(header, 28);
    if (offset > file.size() - entry.compressedSize()) {
      throw directory.damaged(
          "The record `" + entry.name() + "` reaches over the end of the file.",
          entry.headerOffset());
    }
    return offset;
  }

  private byte[] read(long offset, int length) {
    if (offset < 0 || offset > file.size() - length) {
      throw damaged("The zip file ends too early.", Math.max(0, Math.min(offset, file.size())));
    }
    byte[] bytes = new byte[length];
    file.read(offset, bytes, 0, length);
    return bytes;
  }

  private FerryException damaged(String what, long offset) {
    return ZipArchive.unreadable(file.path(), what, offset);
  }

  private static int u16(byte[] bytes, int at) {
    return Short.toUnsignedInt((short) SHORTS.get(bytes, at));
  }

  private static long u32(byte[] bytes, int at) {
    return Integer.toUnsignedLong((int) INTS.get(bytes, at));
  }
}
