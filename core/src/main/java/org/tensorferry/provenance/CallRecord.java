package org.tensorferry.provenance;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfModel;
import org.tensorferry.tf.TfPlace;
import org.tensorferry.tf.TfValue;

/**
 * One operator call of the original, and where its results are in the SavedModel's {@code forward}:
 * what a comparison call by call needs to know of a model on disk.
 *
 * @param operator as called, {@code aten::batch_norm}
 * @param module dotted path of the module whose code called it, empty for the root
 * @param line line of the author's Python, or of the archive's code
 * @param results one for each tensor of the result; empty where the SavedModel does not compute it
 */
public record CallRecord(
    String operator, String module, String line, List<Optional<Home>> results) {

  /** A provenance file has some hundred bytes for each variable and each call. */
  private static final long LONGEST = 256L << 20;

  /**
   * Where a value is.
   *
   * @param tensor {@code node:output} of {@code forward}, or the name of an input
   * @param dtype of the tensor
   * @param axes axis i of the value is axis {@code axes[i]} of the tensor
   */
  public record Home(String tensor, DType dtype, List<Integer> axes) {

    public Home {
      axes = List.copyOf(axes);
    }

    /** The place of a value in a finished model. */
    public static Home of(TfPlace place, TfModel model) {
      TfValue base = place.base();
      int argument = model.graph().arguments().indexOf(base.node());
      String tensor =
          argument < 0
              ? base.node().name() + ":" + base.index()
              : model.argumentNames().get(argument);
      return new Home(tensor, base.dtype(), place.permutation());
    }

    /** True where the value is an input of the model. */
    public boolean isInput() {
      return tensor.indexOf(':') < 0;
    }

    private boolean isTransposed() {
      return IntStream.range(0, axes.size()).anyMatch(i -> axes.get(i) != i);
    }
  }

  public CallRecord {
    results = List.copyOf(results);
  }

  void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("operator", operator);
    json.writeStringField("module", module);
    json.writeStringField("line", line);
    json.writeArrayFieldStart("results");
    for (Optional<Home> result : results) {
      json.writeStartObject();
      if (result.isPresent()) {
        json.writeStringField("tensor", result.get().tensor());
        json.writeStringField("dtype", result.get().dtype().toString());
        json.writeNumberField("rank", result.get().axes().size());
        if (result.get().isTransposed()) {
          int[] axes = result.get().axes().stream().mapToInt(Integer::intValue).toArray();
          json.writeFieldName("axes");
          json.writeArray(axes, 0, axes.length);
        }
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /**
   * The calls of the first method that were recorded beside a SavedModel.
   *
   * @return empty where the directory holds no record, because something else wrote the model
   * @throws org.tensorferry.error.FerryException (unreadable) where the record is damaged
   */
  public static Optional<List<CallRecord>> read(Path savedModel) {
    return read(savedModel, Optional.empty());
  }

  /** As {@link #read(Path)}, of another method that the result holds. */
  public static Optional<List<CallRecord>> read(Path savedModel, Optional<String> further) {
    Path file = savedModel.resolve(Provenance.FILE);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      if (Files.size(file) > LONGEST) {
        throw new IOException("it is larger than " + LONGEST + " bytes");
      }
      JsonNode record = new ObjectMapper().readTree(file.toFile());
      if (further.isPresent()) {
        record = further(record, further.get());
      }
      JsonNode calls = record.path("calls");
      List<CallRecord> records = new ArrayList<>();
      for (JsonNode call : calls) {
        records.add(read(call));
      }
      return calls.isArray() ? Optional.of(records) : Optional.empty();
    } catch (IOException e) {
      throw Problem.of("What the SavedModel was made from can't be read")
          .at("file", file)
          .because(e.getClass().getSimpleName() + ": " + e.getMessage())
          .fix("convert the model again")
          .as(ExitCode.UNREADABLE);
    }
  }

  private static JsonNode further(JsonNode record, String method) {
    for (JsonNode other : record.path("methods")) {
      if (other.path("method").asText().equals(method)) {
        return other;
      }
    }
    return MissingNode.getInstance();
  }

  private static CallRecord read(JsonNode call) throws IOException {
    List<Optional<Home>> results = new ArrayList<>();
    for (JsonNode result : call.path("results")) {
      results.add(home(result));
    }
    return new CallRecord(
        call.path("operator").asText(),
        call.path("module").asText(),
        call.path("line").asText(),
        results);
  }

  private static Optional<Home> home(JsonNode result) throws IOException {
    if (!result.has("tensor")) {
      return Optional.empty();
    }
    List<Integer> axes = new ArrayList<>();
    result.path("axes").forEach(axis -> axes.add(axis.asInt()));
    String name = result.path("dtype").asText();
    DType dtype =
        Arrays.stream(DType.values())
            .filter(type -> type.toString().equals(name))
            .findFirst()
            .orElseThrow(() -> new IOException("`" + name + "` is no dtype"));
    int rank = Math.min(Math.max(result.path("rank").asInt(), 0), 64);
    return Optional.of(
        new Home(
            result.path("tensor").asText(),
            dtype,
            axes.isEmpty() ? IntStream.range(0, rank).boxed().toList() : axes));
  }
}
