package org.tensorferry.engine;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.value.Structure;

/**
 * Values between this process and one of an engine: a byte that tells the kind, then the value,
 * big-endian. What is read may be of a process that a hostile model has taken over, so lengths are
 * checked and memory is taken only for bytes that have come.
 */
final class Wire {

  private static final int DEEPEST = 100;
  private static final int LONGEST_LIST = 1 << 22;
  private static final int HIGHEST_RANK = 254;

  private static final byte FALSE = 0;
  private static final byte TRUE = 1;
  private static final byte LONG = 2;
  private static final byte DOUBLE = 3;
  private static final byte TEXT = 4;
  private static final byte LIST = 5;
  private static final byte MAP = 6;
  private static final byte TENSOR = 7;
  private static final byte LEAF = 8;
  private static final byte SEQUENCE = 9;
  private static final byte FIELDS = 10;
  private static final byte EMPTY = 11;

  private Wire() {}

  /** What came is no value. */
  static final class Garbled extends IOException {
    private static final long serialVersionUID = 1L;

    Garbled(String what) {
      super(what);
    }
  }

  /** Writes a Boolean, Long, Integer, Double, String, List, Map, tensor or structure of tensors. */
  static void write(DataOutputStream out, Object value) throws IOException {
    if (value instanceof Boolean flag) {
      out.writeByte(flag ? TRUE : FALSE);
    } else if (value instanceof Long || value instanceof Integer) {
      out.writeByte(LONG);
      out.writeLong(((Number) value).longValue());
    } else if (value instanceof Double || value instanceof Float) {
      out.writeByte(DOUBLE);
      out.writeDouble(((Number) value).doubleValue());
    } else if (value instanceof String text) {
      out.writeByte(TEXT);
      writeText(out, text);
    } else if (value instanceof List<?> list) {
      out.writeByte(LIST);
      writeAll(out, list);
    } else if (value instanceof Map<?, ?> map) {
      out.writeByte(MAP);
      writeMap(out, map);
    } else if (value instanceof HostTensor tensor) {
      out.writeByte(TENSOR);
      writeTensor(out, tensor);
    } else if (value instanceof Structure<?> structure) {
      writeStructure(out, structure);
    } else {
      throw new IllegalArgumentException("no value for an engine: " + value.getClass());
    }
  }

  private static void writeText(DataOutputStream out, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  private static void writeAll(DataOutputStream out, List<?> values) throws IOException {
    out.writeInt(values.size());
    for (Object value : values) {
      write(out, value);
    }
  }

  private static void writeMap(DataOutputStream out, Map<?, ?> map) throws IOException {
    out.writeInt(map.size());
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      writeText(out, (String) entry.getKey());
      write(out, entry.getValue());
    }
  }

  private static void writeTensor(DataOutputStream out, HostTensor tensor) throws IOException {
    out.writeByte(tensor.dtype().torchCode());
    long[] shape = tensor.shape();
    out.writeInt(shape.length);
    for (long size : shape) {
      out.writeLong(size);
    }
    ByteBuffer bytes = tensor.bytes();
    byte[] part = new byte[Math.min(bytes.remaining(), 1 << 16)];
    while (bytes.hasRemaining()) {
      int length = Math.min(part.length, bytes.remaining());
      bytes.get(part, 0, length);
      out.write(part, 0, length);
    }
  }

  private static void writeStructure(DataOutputStream out, Structure<?> structure)
      throws IOException {
    if (structure instanceof Structure.Leaf<?> leaf) {
      out.writeByte(LEAF);
      writeTensor(out, (HostTensor) leaf.value());
    } else if (structure instanceof Structure.Sequence<?> sequence) {
      out.writeByte(SEQUENCE);
      out.writeBoolean(sequence.isTuple());
      writeAll(out, sequence.elements());
    } else if (structure instanceof Structure.Fields<?> fields) {
      out.writeByte(FIELDS);
      writeText(out, fields.typeName());
      writeMap(out, fields.elements());
    } else {
      out.writeByte(EMPTY);
    }
  }

  /** Reads what {@link #write} wrote; numbers come as Long and Double. */
  static Object read(DataInputStream in) throws IOException {
    return read(in, 0);
  }

  private static Object read(DataInputStream in, int depth) throws IOException {
    if (depth > DEEPEST) {
      throw new Garbled("values nest more than " + DEEPEST + " deep");
    }
    byte kind = in.readByte();
    return switch (kind) {
      case FALSE, TRUE -> kind == TRUE;
      case LONG -> in.readLong();
      case DOUBLE -> in.readDouble();
      case TEXT -> readText(in);
      case LIST -> readAll(in, depth);
      case MAP -> readMap(in, depth);
      case TENSOR -> readTensor(in);
      case LEAF -> new Structure.Leaf<>(readTensor(in));
      case SEQUENCE -> readSequence(in, depth);
      case FIELDS -> {
        String type = readText(in);
        Map<String, Structure<HostTensor>> fields = new LinkedHashMap<>();
        for (Map.Entry<String, Object> entry : readMap(in, depth).entrySet()) {
          fields.put(entry.getKey(), structure(entry.getValue()));
        }
        yield new Structure.Fields<>(fields, type);
      }
      case EMPTY -> new Structure.Empty<HostTensor>();
      default -> throw new Garbled("no value is of kind " + kind);
    };
  }

  private static String readText(DataInputStream in) throws IOException {
    return new String(readBytes(in, in.readInt()), StandardCharsets.UTF_8);
  }

  /** Takes memory as bytes come. */
  private static byte[] readBytes(DataInputStream in, int length) throws IOException {
    if (length < 0) {
      throw new Garbled("a length is negative");
    }
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException();
    }
    return bytes;
  }

  private static int readCount(DataInputStream in) throws IOException {
    int count = in.readInt();
    if (count < 0 || count > LONGEST_LIST) {
      throw new Garbled("a list has " + count + " elements");
    }
    return count;
  }

  private static List<Object> readAll(DataInputStream in, int depth) throws IOException {
    int count = readCount(in);
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      values.add(read(in, depth + 1));
    }
    return values;
  }

  private static Map<String, Object> readMap(DataInputStream in, int depth) throws IOException {
    int count = readCount(in);
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      map.put(readText(in), read(in, depth + 1));
    }
    return map;
  }

  private static Structure<HostTensor> readSequence(DataInputStream in, int depth)
      throws IOException {
    boolean isTuple = in.readBoolean();
    List<Structure<HostTensor>> elements = new ArrayList<>();
    for (Object element : readAll(in, depth)) {
      elements.add(structure(element));
    }
    return new Structure.Sequence<>(elements, isTuple);
  }

  @SuppressWarnings("unchecked") // structures that are read here have tensors as leaves
  static Structure<HostTensor> structure(Object value) throws Garbled {
    if (value instanceof Structure<?> structure) {
      return (Structure<HostTensor>) structure;
    }
    throw new Garbled("a structure of tensors was expected");
  }

  private static HostTensor readTensor(DataInputStream in) throws IOException {
    int code = in.readByte();
    DType dtype =
        DType.ofTorchCode(code).orElseThrow(() -> new Garbled("no dtype has number " + code));
    int rank = in.readInt();
    if (rank < 0 || rank > HIGHEST_RANK) {
      throw new Garbled("a tensor has rank " + rank);
    }
    long[] shape = new long[rank];
    long bytes = dtype.bytes();
    for (int i = 0; i < rank; i++) {
      shape[i] = in.readLong();
      if (shape[i] < 0 || shape[i] > Integer.MAX_VALUE) {
        throw new Garbled("a tensor has a size of " + shape[i]);
      }
    }
    for (long size : shape) {
      bytes = size == 0 ? 0 : bytes;
    }
    for (long size : shape) {
      bytes = bytes * size;
      if (bytes > Integer.MAX_VALUE) {
        throw new Garbled("a tensor is larger than 2 GB");
      }
    }
    return HostTensor.of(dtype, shape, ByteBuffer.wrap(readBytes(in, (int) bytes)));
  }
}
