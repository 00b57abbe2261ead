package org.tensorferry.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** The folder through which a {@link PythonTensorFlow} speaks with its program, judge.py. */
final class PythonFolder {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LAST_LINES = 4;

  private final Path path;
  private ArrayNode tasks = JSON.createArrayNode();
  private int files;

  private PythonFolder(Path path) {
    this.path = path;
  }

  static PythonFolder create() {
    try {
      PythonFolder folder = new PythonFolder(Files.createTempDirectory("tensorferry-python"));
      try (InputStream program =
          Objects.requireNonNull(PythonFolder.class.getResourceAsStream("judge.py"))) {
        Files.copy(program, folder.program());
      }
      return folder;
    } catch (IOException e) {
      throw unwritable(Path.of(System.getProperty("java.io.tmpdir", "/tmp")), e);
    }
  }

  private static FerryException unwritable(Path path, IOException cause) {
    return Problem.of("The files for Python can't be written")
        .at("directory", path)
        .because(cause.toString())
        .fix("make room there, or name another place in `-Djava.io.tmpdir`")
        .as(ExitCode.UNWRITABLE);
  }

  Path path() {
    return path;
  }

  Path program() {
    return path.resolve("judge.py");
  }

  /** Where all that the process prints goes. */
  Path output() {
    return path.resolve("output.txt");
  }

  void writeTasks(List<PythonTensorFlow.Task> all) {
    tasks = JSON.createArrayNode();
    for (PythonTensorFlow.Task task : all) {
      ObjectNode node = tasks.addObject();
      node.put("model", task.savedModel().toAbsolutePath().toString());
      task.method().ifPresent(method -> node.put("method", method));
      ArrayNode cases = node.putArray("cases");
      for (PythonTensorFlow.Case each : task.cases()) {
        ObjectNode one = cases.addObject();
        write(one.putArray("inputs"), each.inputs());
        write(one.putArray("factors"), each.factors());
      }
    }
  }

  private void write(ArrayNode array, Map<String, HostTensor> tensors) {
    tensors.forEach(
        (name, tensor) -> {
          String file = "given." + files++;
          ObjectNode node = array.addObject();
          node.put("name", name).put("dtype", tensor.dtype().toString()).put("file", file);
          ArrayNode shape = node.putArray("shape");
          for (long size : tensor.shape()) {
            shape.add(size);
          }
          byte[] bytes = new byte[tensor.bytes().remaining()];
          tensor.bytes().get(bytes);
          try {
            Files.write(path.resolve(file), bytes);
          } catch (IOException e) {
            throw unwritable(path, e);
          }
        });
  }

  /** Asks for all that is not done yet; false where nothing is left. */
  boolean writeSteps(List<PythonTensorFlow.Task> all, Set<List<Object>> done) {
    ObjectNode job = JSON.createObjectNode();
    job.set("tasks", tasks);
    ArrayNode steps = job.putArray("steps");
    for (int i = 0; i < all.size(); i++) {
      for (PythonTensorFlow.Way way : PythonTensorFlow.Way.values()) {
        if (all.get(i).ways().contains(way) && !done.contains(List.of(i, way))) {
          steps.addObject().put("task", i).put("way", way.word());
        }
      }
    }
    try {
      Files.deleteIfExists(log());
      JSON.writeValue(path.resolve("job.json").toFile(), job);
    } catch (IOException e) {
      throw unwritable(path, e);
    }
    return !steps.isEmpty();
  }

  private Path log() {
    return path.resolve("events.jsonl");
  }

  /** How many bytes the program has told so far. */
  long told() throws IOException {
    return Files.exists(log()) ? Files.size(log()) : 0;
  }

  /** What the program was at last, in words. */
  String lastStep() {
    List<JsonNode> events = events();
    if (events.isEmpty() || events.get(events.size() - 1).path("way").isMissingNode()) {
      return "it was importing TensorFlow";
    }
    JsonNode last = events.get(events.size() - 1);
    PythonTensorFlow.Way way = PythonTensorFlow.Way.of(last.path("way").asText());
    return "it was running the model: " + way + "; its process was ended";
  }

  /** What the program told, in order; a last line that is not whole is left out. */
  List<JsonNode> events() {
    List<JsonNode> events = new ArrayList<>();
    try {
      if (Files.exists(log())) {
        String text = Files.readString(log(), StandardCharsets.UTF_8);
        for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
          events.add(JSON.readTree(line));
        }
      }
      return events;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The last lines that the process printed, without TensorFlow's greetings. */
  String lastWords() throws IOException {
    byte[] bytes = Files.readAllBytes(output());
    int from = Math.max(0, bytes.length - 20_000);
    String text = new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8);
    List<String> lines =
        text.lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty() && !line.matches("(I0000|W0000|WARNING: All log) .*"))
            .toList();
    return lines.stream()
        .skip(Math.max(0, lines.size() - LAST_LINES))
        .collect(Collectors.joining(" / "));
  }

  Map<String, HostTensor> read(JsonNode tensors) {
    Map<String, HostTensor> read = new LinkedHashMap<>();
    for (JsonNode tensor : tensors) {
      List<Long> shape = new ArrayList<>();
      tensor.path("shape").forEach(size -> shape.add(size.asLong()));
      Path file = path.resolve(tensor.path("file").asText());
      try {
        read.put(
            tensor.path("name").asText(),
            HostTensor.of(
                dtype(tensor.path("dtype").asText()),
                shape.stream().mapToLong(Long::longValue).toArray(),
                ByteBuffer.wrap(Files.readAllBytes(file))));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return read;
  }

  private static DType dtype(String name) {
    for (DType dtype : DType.values()) {
      if (dtype.toString().equals(name)) {
        return dtype;
      }
    }
    throw Problem.of("The SavedModel returns a tensor of a dtype that can't be compared")
        .because("it is " + name)
        .fix("return a tensor of an ordinary dtype")
        .as(ExitCode.UNCONVERTIBLE);
  }

  void delete() {
    try (Stream<Path> all = Files.walk(path)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    } catch (IOException | UncheckedIOException e) {
      // What can't be deleted stays in the system's folder for temporary files.
    }
  }
}
