package org.tensorferry.tflite;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A table of a FlatBuffers file: its fields by number, as the schema counts them.
 *
 * <p>Nothing is trusted: every read is inside the file, or throws {@link
 * IndexOutOfBoundsException}.
 *
 * @see <a href="https://flatbuffers.dev/internals/">the format</a>
 */
final class FlatTable {

  /** Longer names than this are no names. */
  private static final int LONGEST_TEXT = 1 << 20;

  private final ByteBuffer data;
  private final int position;
  private final int vtable;
  private final int vtableBytes;

  private FlatTable(ByteBuffer data, int position) {
    this.data = data;
    this.position = position;
    this.vtable = position - data.getInt(position);
    this.vtableBytes = data.getShort(vtable) & 0xffff;
  }

  /** The root of a whole file. */
  static FlatTable root(ByteBuffer file) {
    ByteBuffer data = file.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    return new FlatTable(data, target(data, 0));
  }

  /** Where an offset leads that is stored at a position. */
  private static int target(ByteBuffer data, int at) {
    int offset = data.getInt(at);
    int target = Math.addExact(at, offset);
    if (offset < 0 || target > data.capacity()) {
      throw new IndexOutOfBoundsException("an offset at byte " + at + " leads out of the file");
    }
    return target;
  }

  /** The position of a field's bytes in the file, 0 where the table does not have it. */
  int slot(int field) {
    int entry = 4 + 2 * field;
    int offset = entry + 2 > vtableBytes ? 0 : data.getShort(vtable + entry) & 0xffff;
    return offset == 0 ? 0 : position + offset;
  }

  byte int8(int field) {
    int slot = slot(field);
    return slot == 0 ? 0 : data.get(slot);
  }

  int int32(int field) {
    int slot = slot(field);
    return slot == 0 ? 0 : data.getInt(slot);
  }

  String text(int field) {
    int slot = slot(field);
    if (slot == 0) {
      return "";
    }
    ByteBuffer bytes = vector(slot, 1);
    if (bytes.remaining() > LONGEST_TEXT) {
      throw new IndexOutOfBoundsException("a name of " + bytes.remaining() + " bytes");
    }
    return StandardCharsets.UTF_8.decode(bytes).toString();
  }

  Optional<FlatTable> table(int field) {
    int slot = slot(field);
    return slot == 0 ? Optional.empty() : Optional.of(new FlatTable(data, target(data, slot)));
  }

  List<FlatTable> tables(int field) {
    int slot = slot(field);
    List<FlatTable> tables = new ArrayList<>();
    if (slot != 0) {
      int start = target(data, slot);
      int count = count(start, 4);
      for (int i = 0; i < count; i++) {
        tables.add(new FlatTable(data, target(data, start + 4 + 4 * i)));
      }
    }
    return tables;
  }

  /** The position of the offset that leads to an element of a vector of tables. */
  int entry(int field, int index) {
    int start = target(data, slot(field));
    return start + 4 + 4 * Objects.checkIndex(index, count(start, 4));
  }

  int[] ints(int field) {
    ByteBuffer bytes = bytes(field, 4);
    int[] values = new int[bytes.remaining() / 4];
    bytes.asIntBuffer().get(values);
    return values;
  }

  long[] longs(int field) {
    ByteBuffer bytes = bytes(field, 8);
    long[] values = new long[bytes.remaining() / 8];
    bytes.asLongBuffer().get(values);
    return values;
  }

  float[] floats(int field) {
    ByteBuffer bytes = bytes(field, 4);
    float[] values = new float[bytes.remaining() / 4];
    bytes.asFloatBuffer().get(values);
    return values;
  }

  /** A vector of numbers as bytes; empty where the table does not have it. */
  ByteBuffer bytes(int field, int elementBytes) {
    int slot = slot(field);
    return slot == 0 ? ByteBuffer.allocate(0) : vector(slot, elementBytes);
  }

  private ByteBuffer vector(int slot, int elementBytes) {
    int start = target(data, slot);
    return data.slice(start + 4, count(start, elementBytes) * elementBytes)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private int count(int start, int elementBytes) {
    int count = data.getInt(start);
    if (count < 0 || count > (data.capacity() - start - 4) / elementBytes) {
      throw new IndexOutOfBoundsException(
          "a vector at byte " + start + " has " + (count & 0xffffffffL) + " elements");
    }
    return count;
  }
}
