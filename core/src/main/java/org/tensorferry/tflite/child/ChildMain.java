package org.tensorferry.tflite.child;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tensorferry.archive.NpzFile;
import org.tensorferry.error.FerryException;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tflite.LiteAnswers;

/**
 * The child process: one request a line on the standard input, one answer a line on the standard
 * output. Answers begin with a mark, since native libraries print there as they like.
 */
public final class ChildMain {

  private final ObjectMapper json = new ObjectMapper();
  private @Nullable NativeConverter converter;
  private @Nullable LiteInterpreter interpreter;

  private ChildMain() {}

  /** Answers until the input ends. */
  public static void main(String[] args) throws IOException {
    ChildMain child = new ChildMain();
    try (BufferedReader in =
            new BufferedReader(
                new InputStreamReader(
                    new FileInputStream(FileDescriptor.in), StandardCharsets.UTF_8));
        PrintStream out =
            new PrintStream(
                new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        out.println("\n" + LiteAnswers.MARK + child.answer(child.json.readTree(line)));
      }
    }
  }

  private ObjectNode answer(JsonNode request) {
    ObjectNode answer = json.createObjectNode();
    try {
      answer(request, answer);
    } catch (Refusal refusal) {
      answer.put("refusal", refusal.kind()).put("reason", String.valueOf(refusal.getMessage()));
    } catch (FerryException problem) {
      answer.put("refusal", "failed").put("reason", problem.problems().get(0).why());
    } catch (IOException e) {
      answer.put("refusal", "files").put("reason", String.valueOf(e));
    } catch (LinkageError | IllegalArgumentException | OutOfMemoryError e) {
      answer.put("refusal", "failed").put("reason", String.valueOf(e));
    }
    return answer;
  }

  private void answer(JsonNode request, ObjectNode answer) throws IOException {
    switch (request.path("do").asText()) {
      case "convert" -> convert(request);
      case "quantize" -> quantize(request);
      case "open" -> open(request, answer);
      case "run" -> NpzFile.write(path(request, "outputs"), opened().run(inputs(request)));
      case "calibrate" -> calibrate(request, answer);
      case "histogram" -> histogram(request, answer);
      case "time" -> time(request, answer);
      default -> throw new Refusal("failed", "unknown request");
    }
  }

  private NativeConverter converter() {
    NativeConverter known = converter;
    if (known == null) {
      known = NativeConverter.open();
      converter = known;
    }
    return known;
  }

  private LiteInterpreter opened() {
    if (interpreter == null) {
      throw new Refusal("failed", "no file is open");
    }
    return interpreter;
  }

  private void convert(JsonNode request) throws IOException {
    converter().convert(bytes(request, "model"), bytes(request, "flags"), path(request, "target"));
  }

  private void quantize(JsonNode request) throws IOException {
    List<String> keep = new ArrayList<>();
    request.path("keep").forEach(name -> keep.add(name.asText()));
    boolean int8Io = request.path("int8Io").asBoolean();
    converter().quantize(path(request, "source"), path(request, "target"), int8Io, keep);
  }

  private void open(JsonNode request, ObjectNode answer) {
    if (interpreter != null) {
      interpreter.close();
      interpreter = null;
    }
    LiteInterpreter opened =
        LiteInterpreter.open(
            path(request, "file"),
            request.path("threads").asInt(1),
            request.path("xnnpack").asBoolean(),
            request.path("keepAll").asBoolean());
    interpreter = opened;
    answer.put("version", LiteInterpreter.version());
    ArrayNode names = answer.putArray("inputs");
    opened.inputNames().forEach(names::add);
  }

  private void calibrate(JsonNode request, ObjectNode answer) {
    Map<Integer, float[]> ranges = new TreeMap<>();
    opened().run(inputs(request));
    opened().ranges(ranges);
    ObjectNode found = answer.putObject("ranges");
    ranges.forEach(
        (tensor, range) -> {
          if (range[0] <= range[1]) {
            found.putArray(tensor.toString()).add(range[0]).add(range[1]);
          }
        });
  }

  private void histogram(JsonNode request, ObjectNode answer) {
    opened().run(inputs(request));
    ObjectNode found = answer.putObject("counts");
    for (Map.Entry<String, JsonNode> entry : request.path("ranges").properties()) {
      JsonNode range = entry.getValue();
      int[] counts =
          opened()
              .histogram(
                  Integer.parseInt(entry.getKey()),
                  (float) range.path(0).asDouble(),
                  (float) range.path(1).asDouble(),
                  request.path("bins").asInt());
      ArrayNode array = found.putArray(entry.getKey());
      for (int count : counts) {
        array.add(count);
      }
    }
  }

  private void time(JsonNode request, ObjectNode answer) throws IOException {
    ArrayNode nanos = answer.putArray("nanos");
    opened().time(inputs(request), request.path("runs").asInt(), nanos::add);
    answer.put("peakBytes", peakBytes());
  }

  /** The most memory that this process has had, 0 where the system does not say. */
  private static long peakBytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return 0;
    }
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmHWM:")) {
        return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    return 0;
  }

  private static Map<String, HostTensor> inputs(JsonNode request) {
    return NpzFile.read(path(request, "inputs"));
  }

  private static Path path(JsonNode request, String field) {
    return Path.of(request.path(field).asText());
  }

  private static byte[] bytes(JsonNode request, String field) {
    return Base64.getDecoder().decode(request.path(field).asText());
  }
}
