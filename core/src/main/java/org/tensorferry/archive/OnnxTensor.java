package org.tensorferry.archive;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.FerryException;
import org.tensorferry.file.MappedFile;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;

/**
 * A {@code TensorProto}: bytes as they are in memory stay where they are; numbers that are written
 * one by one are read to the heap.
 *
 * @param value TensorData, or UnsupportedTensor
 */
record OnnxTensor(String name, Object value) {

  private static final int LONGEST_TEXT = 1 << 16;
  private static final int HIGHEST_RANK = 64;

  private static final int DIMS = 1;
  private static final int TYPE = 2;
  private static final int FLOATS = 4;
  private static final int INTS = 5;
  private static final int LONGS = 7;
  private static final int NAME = 8;
  private static final int RAW = 9;
  private static final int DOUBLES = 10;
  private static final int EXTERNAL = 13;
  private static final int LOCATION = 14;

  /**
   * Where bytes lie in another file.
   *
   * @param length -1 for all that follows
   */
  record Place(String location, long offset, long length) {}

  /** The dtype of a number of {@code TensorProto.DataType}; empty for what torch lacks. */
  static Optional<DType> dtype(long number) {
    return Optional.ofNullable(
        switch ((int) number) {
          case 1 -> DType.FLOAT32;
          case 2 -> DType.UINT8;
          case 3 -> DType.INT8;
          case 5 -> DType.INT16;
          case 6 -> DType.INT32;
          case 7 -> DType.INT64;
          case 9 -> DType.BOOL;
          case 10 -> DType.FLOAT16;
          case 11 -> DType.FLOAT64;
          case 14 -> DType.COMPLEX64;
          case 16 -> DType.BFLOAT16;
          default -> null;
        });
  }

  /** Where a tensor's bytes lie, if in another file. */
  static Optional<Place> place(ProtoFields tensor) {
    Map<String, String> entries = new LinkedHashMap<>();
    boolean isOutside = false;
    while (tensor.next()) {
      if (tensor.is(EXTERNAL, ProtoFields.BYTES)) {
        entry(tensor.message(), entries);
      }
      isOutside |= tensor.is(LOCATION, ProtoFields.VARINT) && tensor.value() == 1;
    }
    // What the entries say counts even where the location says otherwise: readers differ.
    return isOutside || !entries.isEmpty()
        ? Optional.of(
            new Place(
                entries.getOrDefault("location", ""),
                number(entries.getOrDefault("offset", "0")),
                number(entries.getOrDefault("length", "-1"))))
        : Optional.empty();
  }

  private static void entry(ProtoFields entry, Map<String, String> entries) {
    String key = "";
    String value = "";
    while (entry.next()) {
      key = entry.is(1, ProtoFields.BYTES) ? entry.text(LONGEST_TEXT) : key;
      value = entry.is(2, ProtoFields.BYTES) ? entry.text(LONGEST_TEXT) : value;
    }
    entries.put(key, value);
  }

  /** A number of a text, or one that is outside of every file. */
  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  /**
   * Reads a tensor.
   *
   * @param others opens a file beside this one
   */
  static OnnxTensor read(MappedFile file, ProtoFields fields, Function<String, MappedFile> others) {
    ProtoFields tensor = fields.copy();
    Optional<Place> place = place(fields);
    List<Long> dims = new ArrayList<>();
    long type = 0;
    String name = "";
    @Nullable ProtoFields values = null;
    int kind = 0;
    while (tensor.next()) {
      switch (tensor.number()) {
        case DIMS -> {
          if (tensor.wire() == ProtoFields.VARINT) {
            dims.add(tensor.value());
          } else {
            ProtoFields packed = tensor.message();
            while (packed.hasMore() && dims.size() <= HIGHEST_RANK) {
              dims.add(packed.varint());
            }
          }
        }
        case TYPE -> type = tensor.value();
        case NAME -> name = tensor.wire() == ProtoFields.BYTES ? tensor.text(LONGEST_TEXT) : name;
        case RAW, FLOATS, DOUBLES, INTS, LONGS -> {
          if (tensor.wire() != ProtoFields.BYTES || values != null) {
            throw broken(file, name, "has its numbers in several pieces, which no exporter writes");
          }
          values = tensor.message();
          kind = tensor.number();
        }
        default -> {
          // Notes.
        }
      }
    }
    Optional<DType> dtype = dtype(type);
    if (dtype.isEmpty()) {
      return new OnnxTensor(name, new UnsupportedTensor("ONNX type " + type));
    }
    long[] shape = shape(file, name, dims);
    long bytes = bytes(file, name, shape, dtype.get());
    if (place.isPresent()) {
      MappedFile other = others.apply(place.get().location());
      long offset = place.get().offset();
      long length = place.get().length() < 0 ? bytes : place.get().length();
      if (offset < 0 || length != bytes || offset > other.size() - length) {
        throw broken(file, name, "lies outside of `" + place.get().location() + "`");
      }
      return new OnnxTensor(
          name, TensorData.rowMajor(dtype.get(), shape, other.slice(offset, length)));
    }
    long count = bytes / dtype.get().bytes();
    if (values == null) {
      requireBytes(file, name, bytes, 0);
      return new OnnxTensor(name, TensorData.of(dtype.get(), shape, new byte[0]));
    }
    if (kind == INTS || kind == LONGS) {
      byte[] decoded = decode(file, name, dtype.get(), count, values);
      return new OnnxTensor(name, TensorData.of(dtype.get(), shape, decoded));
    }
    requireBytes(file, name, bytes, values.size());
    return new OnnxTensor(
        name,
        TensorData.rowMajor(dtype.get(), shape, file.slice(values.position(), values.size())));
  }

  private static void requireBytes(MappedFile file, String name, long wanted, long there) {
    if (wanted != there) {
      throw broken(file, name, "has " + there + " bytes, and its shape asks for " + wanted);
    }
  }

  private static long[] shape(MappedFile file, String name, List<Long> dims) {
    long[] shape = dims.stream().mapToLong(Long::longValue).toArray();
    if (shape.length > HIGHEST_RANK || Arrays.stream(shape).anyMatch(size -> size < 0)) {
      throw broken(file, name, "has a shape that no tensor has");
    }
    return shape;
  }

  private static long bytes(MappedFile file, String name, long[] shape, DType dtype) {
    try {
      long bytes = dtype.bytes();
      for (long size : shape) {
        bytes = Math.multiplyExact(bytes, size);
      }
      return bytes;
    } catch (ArithmeticException overflow) {
      throw broken(file, name, "has more bytes than there are");
    }
  }

  /** Each number has a byte or more in the file, so no more memory is taken than eight times it. */
  private static byte[] decode(
      MappedFile file, String name, DType dtype, long count, ProtoFields values) {
    if (count > values.size() || count * dtype.bytes() > Integer.MAX_VALUE - 16) {
      throw broken(file, name, "has fewer numbers than its shape asks for");
    }
    ByteBuffer target =
        ByteBuffer.allocate((int) count * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    while (values.hasMore() && target.hasRemaining()) {
      long number = values.varint();
      switch (dtype.bytes()) {
        case 1 -> target.put((byte) number);
        case 2 -> target.putShort((short) number);
        case 4 -> target.putInt((int) number);
        default -> target.putLong(number);
      }
    }
    if (values.hasMore() || target.hasRemaining()) {
      throw broken(file, name, "has another count of numbers than its shape asks for");
    }
    return target.array();
  }

  private static FerryException broken(MappedFile file, String name, String what) {
    return OnnxFile.broken(file.path(), "The tensor `" + name + "` " + what + ".");
  }
}
