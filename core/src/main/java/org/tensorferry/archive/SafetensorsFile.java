package org.tensorferry.archive;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Map;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.file.MappedFile;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.Storage;
import org.tensorferry.tensor.TensorData;

/**
 * A safetensors file.
 *
 * <p>Bytes: an int64 header length, a JSON header of that many bytes, then the elements. The header
 * maps each name to dtype, shape and data_offsets, [begin, end) behind the header; {@code
 * __metadata__} maps strings to strings. Everything is little endian and row-major. Limits: a
 * header of 100 MB, as the format's own library has it.
 */
final class SafetensorsFile {

  private static final int MAX_HEADER_BYTES = 100_000_000;
  private static final int MAX_RANK = 64;

  private static final Map<String, DType> DTYPES =
      Map.ofEntries(
          Map.entry("F64", DType.FLOAT64),
          Map.entry("F32", DType.FLOAT32),
          Map.entry("F16", DType.FLOAT16),
          Map.entry("BF16", DType.BFLOAT16),
          Map.entry("I64", DType.INT64),
          Map.entry("I32", DType.INT32),
          Map.entry("I16", DType.INT16),
          Map.entry("I8", DType.INT8),
          Map.entry("U8", DType.UINT8),
          Map.entry("BOOL", DType.BOOL),
          Map.entry("C64", DType.COMPLEX64));

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(com.fasterxml.jackson.core.StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .build();

  private SafetensorsFile() {}

  /** What the format calls a type. */
  static String typeName(String tensor, DType type) {
    for (Map.Entry<String, DType> named : DTYPES.entrySet()) {
      if (named.getValue() == type) {
        return named.getKey();
      }
    }
    throw Problem.of("`" + tensor + "` has the type " + type + ", which safetensors can't hold.")
        .fix("write a `.pth` file, or leave it out")
        .as(ExitCode.UNCONVERTIBLE);
  }

  /** Adds the tensors and the metadata of a file. */
  static void read(MappedFile file, Map<String, Object> tensors, Map<String, String> metadata) {
    long header = new PickleInput(new RecordName(file.path(), "header"), file, 0).int64();
    if (header < 2 || header > file.size() - 8 || header > MAX_HEADER_BYTES) {
      throw broken(file, "The header claims " + Long.toUnsignedString(header) + " bytes.");
    }
    byte[] text = new byte[(int) header];
    file.read(8, text, 0, text.length);
    JsonNode root = parse(file, text);
    Storage data = file.slice(8 + header, file.size() - 8 - header);
    root.properties()
        .forEach(
            field -> {
              if (field.getKey().equals("__metadata__")) {
                field
                    .getValue()
                    .properties()
                    .forEach(item -> metadata.put(item.getKey(), item.getValue().asText()));
              } else {
                tensors.put(field.getKey(), tensor(file, field.getKey(), field.getValue(), data));
              }
            });
  }

  private static JsonNode parse(MappedFile file, byte[] text) {
    try (JsonParser parser = JSON.createParser(text)) {
      JsonNode root = JSON.readTree(parser);
      if (root != null && root.isObject()) {
        return root;
      }
    } catch (IOException malformed) {
      throw broken(file, "The header is no JSON: " + firstLine(malformed) + ".");
    }
    throw broken(file, "The header is no JSON object.");
  }

  private static String firstLine(IOException error) {
    return String.valueOf(error.getMessage()).lines().findFirst().orElse("");
  }

  private static Object tensor(MappedFile file, String name, JsonNode entry, Storage data) {
    String type = entry.path("dtype").asText();
    long[] shape = numbers(file, name, entry.path("shape"));
    long[] offsets = numbers(file, name, entry.path("data_offsets"));
    if (offsets.length != 2 || offsets[0] > offsets[1] || offsets[1] > data.size()) {
      throw broken(file, "The tensor `" + name + "` lies outside the file.");
    }
    DType dtype = DTYPES.get(type);
    if (dtype == null) {
      return new UnsupportedTensor(type);
    }
    long length = offsets[1] - offsets[0];
    if (length != bytes(shape, dtype)) {
      throw broken(
          file, "The tensor `" + name + "` has " + length + " bytes, which its shape does not.");
    }
    return TensorData.rowMajor(
        dtype, shape, file.slice(file.size() - data.size() + offsets[0], length));
  }

  /** Number of bytes, or -1 where 64 bits can't count them. */
  private static long bytes(long[] shape, DType dtype) {
    try {
      long bytes = dtype.bytes();
      for (long size : shape) {
        bytes = Math.multiplyExact(bytes, size);
      }
      return bytes;
    } catch (ArithmeticException overflow) {
      return -1;
    }
  }

  private static long[] numbers(MappedFile file, String name, JsonNode array) {
    if (!array.isArray() || array.size() > MAX_RANK) {
      throw broken(file, "The tensor `" + name + "` lacks its shape or its place.");
    }
    long[] numbers = new long[array.size()];
    for (int i = 0; i < numbers.length; i++) {
      JsonNode number = array.get(i);
      if (!number.isIntegralNumber() || !number.canConvertToLong() || number.asLong() < 0) {
        throw broken(file, "The tensor `" + name + "` has a size that is no number.");
      }
      numbers[i] = number.asLong();
    }
    return numbers;
  }

  private static FerryException broken(MappedFile file, String what) {
    return Problem.of(what)
        .at("file", "`" + file.path() + "`")
        .because("the safetensors file is damaged")
        .fix("save it again")
        .as(ExitCode.UNREADABLE);
  }
}
