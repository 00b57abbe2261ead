package org.tensorferry.provenance;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.tensorferry.source.StateArgument;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/**
 * State that is an argument, as records hold it: {@code path}, {@code number}, {@code dtype},
 * {@code shape} and {@code first}, which is one number where all elements are it, else a list of
 * all in row-major order. Infinities and NaN are texts, as Java prints them.
 */
final class StateJson {

  /** Elements that a record may ask for. */
  private static final long LARGEST = 1 << 28;

  private StateJson() {}

  /** Writes the field {@code state}, an array. */
  static void write(JsonGenerator json, List<StateArgument> state) throws IOException {
    json.writeArrayFieldStart("state");
    for (StateArgument each : state) {
      HostTensor first = each.first();
      json.writeStartObject();
      json.writeStringField("path", each.path());
      json.writeBooleanField("number", each.isNumber());
      json.writeStringField("dtype", first.dtype().toString());
      json.writeFieldName("shape");
      json.writeArray(first.shape(), 0, first.shape().length);
      json.writeFieldName("first");
      if (isUniform(first)) {
        writeNumber(json, first, 0);
      } else {
        json.writeStartArray();
        for (int i = 0; i < first.count(); i++) {
          writeNumber(json, first, i);
        }
        json.writeEndArray();
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static boolean isUniform(HostTensor tensor) {
    for (int i = 1; i < tensor.count(); i++) {
      if (Double.compare(tensor.get(i), tensor.get(0)) != 0
          || (tensor.dtype().isInteger() && tensor.getLong(i) != tensor.getLong(0))) {
        return false;
      }
    }
    return tensor.count() > 0;
  }

  private static void writeNumber(JsonGenerator json, HostTensor tensor, int element)
      throws IOException {
    double value = tensor.get(element);
    if (tensor.dtype().isInteger()) {
      json.writeNumber(tensor.getLong(element));
    } else if (Double.isFinite(value)) {
      json.writeNumber(value);
    } else {
      json.writeString(Double.toString(value));
    }
  }

  /**
   * Reads the array.
   *
   * @throws IOException where it is damaged
   */
  static List<StateArgument> read(JsonNode array) throws IOException {
    List<StateArgument> state = new ArrayList<>();
    for (JsonNode each : array) {
      String path = each.path("path").asText();
      if (!path.matches("[A-Za-z_]\\w*|\\w+(\\.\\w+)*\\.[A-Za-z_]\\w*")) {
        throw new IOException("`" + path + "` is no path of state");
      }
      state.add(new StateArgument(path, each.path("number").asBoolean(), first(each)));
    }
    return state;
  }

  private static HostTensor first(JsonNode json) throws IOException {
    String name = json.path("dtype").asText();
    DType dtype =
        DType.named(name)
            .filter(type -> type.kind() != DType.Kind.OPAQUE && !type.isComplex())
            .orElseThrow(() -> new IOException("`" + name + "` is no dtype of state"));
    JsonNode first = json.path("first");
    JsonNode sizes = json.path("shape");
    long[] shape = new long[sizes.size()];
    long count = 1;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = sizes.get(i).asLong(-1);
      if (shape[i] < 0 || (count *= Math.min(shape[i], LARGEST)) > LARGEST) {
        throw new IOException("state can't have the shape " + sizes);
      }
    }
    if (first.isArray() && first.size() != count) {
      throw new IOException("state has " + count + " elements, not " + first.size());
    }
    return dtype.isInteger()
        ? HostTensor.integers(dtype, shape, longs(first, (int) count))
        : HostTensor.generate(dtype, shape, i -> number(first.isArray() ? first.get(i) : first));
  }

  private static long[] longs(JsonNode first, int count) {
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = (first.isArray() ? first.get(i) : first).asLong();
    }
    return values;
  }

  private static double number(JsonNode node) {
    return switch (node.asText()) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> node.asDouble();
    };
  }
}
