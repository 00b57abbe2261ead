package org.tensorferry.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.HostTensor;

/**
 * TensorFlow as a Python has it, in a child process: SavedModels are run in the ways in which
 * people run them. A model that ends the process has failed in that way, and a new process goes on
 * with the rest.
 *
 * <p>Tensors go to and fro as files of a temporary folder, which {@link #close} deletes.
 */
public final class PythonTensorFlow implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A way to run a SavedModel. */
  public enum Way {
    /** {@code tf.saved_model.load(directory)(**inputs)}. */
    CALL("call"),
    /** {@code .signatures["serving_default"](**inputs)}. */
    SIGNATURE("signature"),
    /** The call under a {@code tf.GradientTape}. */
    TAPE("tape"),
    /** The call within {@code tf.function(jit_compile=True)}. */
    XLA("xla"),
    /** The call, under a tape where gradients are asked for, of the model saved again. */
    SAVED_AGAIN("again");

    private final String word;

    Way(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }

    static Way of(String word) {
      for (Way way : values()) {
        if (way.word.equals(word)) {
          return way;
        }
      }
      throw new IllegalArgumentException("no way to run a model: " + word);
    }

    @Override
    public String toString() {
      return this == SAVED_AGAIN ? "saved again" : this == XLA ? "XLA" : word;
    }
  }

  /**
   * Inputs of one call.
   *
   * @param inputs by the signature's names
   * @param factors for floating outputs, by name and of their shapes: what is differentiated is the
   *     sum of products; empty asks for no gradients
   */
  public record Case(Map<String, HostTensor> inputs, Map<String, HostTensor> factors) {}

  /**
   * A SavedModel to run on every case in every way.
   *
   * @param method its attribute and signature to run; empty for the model itself and {@code
   *     serving_default}
   */
  public record Task(Path savedModel, Optional<String> method, List<Case> cases, Set<Way> ways) {

    /** Of the model itself. */
    public Task(Path savedModel, List<Case> cases, Set<Way> ways) {
      this(savedModel, Optional.empty(), cases, ways);
    }
  }

  /** How far an attempt came. */
  public enum Outcome {
    RAN,
    FAILED,
    /** XLA has no such operator, or can't know a size that depends on data. */
    UNSUPPORTED
  }

  /** What came of one case in one way; its tensors can be read until this is closed. */
  public final class Attempt {
    private final JsonNode event;
    private final Outcome outcome;
    private final String reason;

    private Attempt(JsonNode event, Outcome outcome, String reason) {
      this.event = event;
      this.outcome = outcome;
      this.reason = reason;
    }

    /** The task's position. */
    public int task() {
      return event.path("task").asInt();
    }

    public Way way() {
      return Way.of(event.path("way").asText());
    }

    /** The case's position; -1 where the model could not be loaded or saved again. */
    public int index() {
      return event.path("case").asInt(-1);
    }

    public Outcome outcome() {
      return outcome;
    }

    /** Why it did not run; else empty. */
    public String reason() {
      return reason;
    }

    /** The outputs by the signature's names, read from their files. */
    public Map<String, HostTensor> outputs() {
      return folder.read(event.path("outputs"));
    }

    /**
     * The gradients, where they were asked for: of variables as {@code variable NAME} and of
     * floating inputs as {@code input NAME}; what no gradient reaches is missing.
     */
    public Optional<Map<String, HostTensor>> gradients() {
      return event.path("differentiated").asBoolean()
          ? Optional.of(folder.read(event.path("gradients")))
          : Optional.empty();
    }
  }

  private final Path python;
  private final Map<String, String> settings;
  private final Duration timeout;
  private final PythonFolder folder;
  private String version = "";

  private PythonTensorFlow(Path python, Map<String, String> settings, Duration timeout) {
    this.python = python;
    this.settings = Map.copyOf(settings);
    this.timeout = timeout;
    this.folder = PythonFolder.create();
  }

  /**
   * Names a Python; nothing is started yet.
   *
   * @param python the program, for example {@code /usr/bin/python3} or a Python 3
   */
  public static PythonTensorFlow of(Path python) {
    return of(python, Map.of());
  }

  /** As {@link #of(Path)}, with variables of its environment that are set otherwise than here. */
  public static PythonTensorFlow of(Path python, Map<String, String> settings) {
    return new PythonTensorFlow(python, settings, EngineOptions.DEFAULT.timeout());
  }

  /** The same, that may take so long for loading a model and for every run of it. */
  public PythonTensorFlow within(Duration longest) {
    close();
    return new PythonTensorFlow(python, settings, longest);
  }

  /** Another of its kind, for tasks while the results of this one are read. */
  public PythonTensorFlow another() {
    return new PythonTensorFlow(python, settings, timeout);
  }

  /** TensorFlow's version, once something was run. */
  public String version() {
    return version;
  }

  /**
   * Runs every case of every task in every way, in order.
   *
   * @throws FerryException (usage) where that is no Python, or has no TensorFlow that is new enough
   */
  public List<Attempt> run(List<Task> tasks) {
    Set<List<Object>> done = new HashSet<>();
    List<Attempt> attempts = new ArrayList<>();
    folder.writeTasks(tasks);
    while (folder.writeSteps(tasks, done)) {
      int before = done.size();
      ChildEnd end = start();
      attempts.addAll(read(folder.events(), end, done));
      if (done.size() == before) {
        throw unusable("it ran nothing and " + end.text());
      }
    }
    return attempts;
  }

  private ChildEnd start() {
    List<String> command =
        List.of(python.toString(), folder.program().toString(), folder.path().toString());
    try {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.environment().putAll(settings);
      Process process = builder.redirectOutput(folder.output().toFile()).start();
      try {
        process.getOutputStream().close();
        waitFor(process);
        return new ChildEnd(process.exitValue(), folder.lastWords());
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw unusable("it can't be started: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unusable("waiting for it was interrupted");
    }
  }

  /** Every step is told before it is taken, so that silence is the time that a step takes. */
  private void waitFor(Process process) throws IOException, InterruptedException {
    long told = 0;
    long since = System.nanoTime();
    while (!process.waitFor(200, TimeUnit.MILLISECONDS)) {
      long now = folder.told();
      if (now != told) {
        told = now;
        since = System.nanoTime();
      } else if (System.nanoTime() - since > timeout.toNanos()) {
        process.destroyForcibly().waitFor();
        throw Problem.of("Python's TensorFlow did not answer within " + timeout.toSeconds() + " s")
            .at("python", "`" + python + "`")
            .because(folder.lastStep())
            .fix("give it more time with --timeout, or smaller inputs")
            .as(ExitCode.UNREADABLE);
      }
    }
  }

  private FerryException unusable(String why) {
    return Problem.of("This Python can't run the SavedModel")
        .at("python", "`" + python + "`")
        .because(why)
        .fix(
            "name a Python that has TensorFlow 2: `python -c \"import tensorflow\"` must work there;"
                + " `pip install tensorflow-cpu` installs it")
        .as(ExitCode.USAGE);
  }

  private List<Attempt> read(List<JsonNode> events, ChildEnd end, Set<List<Object>> done) {
    if (events.isEmpty()) {
      throw unusable("it is no Python: it ran nothing and " + end.text());
    }
    List<Attempt> attempts = new ArrayList<>();
    JsonNode last = JSON.createObjectNode();
    boolean imported = false;
    for (JsonNode event : events) {
      String kind = event.path("event").asText();
      switch (kind) {
        case "refused" -> throw unusable(event.path("reason").asText());
        case "tensorflow" -> {
          version = event.path("version").asText();
          imported = true;
        }
        case "begin" -> done.add(step(event));
        case "ran" -> attempts.add(new Attempt(event, Outcome.RAN, ""));
        case "failed", "unsupported" ->
            attempts.add(
                new Attempt(
                    event,
                    kind.equals("failed") ? Outcome.FAILED : Outcome.UNSUPPORTED,
                    event.path("reason").asText()));
        default -> {}
      }
      last = event;
    }
    if (!imported) {
      throw unusable("importing TensorFlow " + end.text());
    }
    if (!last.path("event").asText().equals("finished")) {
      boolean between = last.path("way").isMissingNode();
      if (between || last.path("event").asText().equals("end")) {
        throw unusable("between two models " + end.text());
      }
      attempts.add(new Attempt(last, Outcome.FAILED, "the whole process " + end.text()));
    }
    return attempts;
  }

  private static List<Object> step(JsonNode event) {
    return List.of(event.path("task").asInt(), Way.of(event.path("way").asText()));
  }

  @Override
  public void close() {
    folder.delete();
  }
}
