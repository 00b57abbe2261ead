package org.tensorferry.tflite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.tensorferry.engine.ConfinedJava;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.system.FileTrees;

/**
 * A process of its own for what TensorFlow's native code does, so that its crash or its hang is one
 * sentence. It starts with the first request and has a folder for files that come and go.
 */
final class LiteProcess implements AutoCloseable {

  /** By its name: it runs in another process, whose code stands on this package. */
  private static final String MAIN_CLASS = "org.tensorferry.tflite.child.ChildMain";

  /** What a process prints that nobody needs to see. */
  private static final Pattern NOISE =
      Pattern.compile(
          "Ignored (output_format|drop_control_dependency)|MLIR V1 optimization pass"
              + "|fully_quantize: |Versions of org\\.bytedeco|^WARNING: All log messages"
              + "|Created TensorFlow Lite XNNPACK delegate|^I0000|^W0000|^\\s*$"
              + "|cpu_feature_guard|rebuild TensorFlow with|^INFO: |oneDNN custom");

  private static final int KEPT_LINES = 60;
  private static final String ENDED = "";

  private final ObjectMapper json = new ObjectMapper();
  private final Duration limit;
  private final Path folder;
  private final Process process;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final Deque<String> printed = new ArrayDeque<>();
  private final List<Thread> readers = new ArrayList<>();

  private LiteProcess(Duration limit, Path folder, Process process) {
    this.limit = limit;
    this.folder = folder;
    this.process = process;
    readers.add(reader(process.getInputStream(), true));
    readers.add(reader(process.getErrorStream(), false));
  }

  /**
   * Starts a process.
   *
   * @param limit of the time that one request may take
   * @param files that it may read besides those of its folder
   * @param trusted whether it may do all that this process may
   */
  static LiteProcess start(Duration limit, Set<Path> files, boolean trusted) {
    return start(limit, files, trusted, MAIN_CLASS);
  }

  /** As {@link #start(Duration, Set, boolean)}, with another main class. */
  static LiteProcess start(Duration limit, Set<Path> files, boolean trusted, String mainClass) {
    try {
      Path folder = Files.createTempDirectory("tensorferry-tflite-").toRealPath();
      return new LiteProcess(limit, folder, ConfinedJava.start(mainClass, folder, files, trusted));
    } catch (IOException e) {
      throw Problem.of("The process for TensorFlow Lite can't be started")
          .because(String.valueOf(e.getMessage()))
          .fix("check that `java` can be started and that the folder for temporary files has room")
          .as(ExitCode.UNWRITABLE);
    }
  }

  private Thread reader(InputStream stream, boolean hasAnswers) {
    Thread thread =
        new Thread(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                  int mark = line.indexOf(LiteAnswers.MARK);
                  if (hasAnswers && mark >= 0) {
                    answers.add(line.substring(mark + LiteAnswers.MARK.length()));
                  } else {
                    keep(line);
                  }
                }
              } catch (IOException e) {
                keep(String.valueOf(e.getMessage()));
              }
              if (hasAnswers) {
                answers.add(ENDED);
              }
            },
            "output of TensorFlow Lite");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private void keep(String line) {
    if (!NOISE.matcher(line).find()) {
      synchronized (printed) {
        printed.add(line);
        if (printed.size() > KEPT_LINES) {
          printed.remove();
        }
      }
    }
  }

  /** A request to fill. */
  ObjectNode request(String what) {
    synchronized (printed) {
      printed.clear();
    }
    return json.createObjectNode().put("do", what);
  }

  /** A place for a file that goes when the process does. */
  Path file(String name) {
    return folder.resolve(name);
  }

  /**
   * Asks and waits.
   *
   * @param doing for messages, as in {@code converting the model}
   * @throws FerryException (unconvertible) with the reason where it can't be done, the process
   *     crashes, or the time is over
   */
  JsonNode ask(ObjectNode request, String doing) {
    return ask(request, doing, ModuleNames.none());
  }

  /**
   * As {@link #ask(ObjectNode, String)}.
   *
   * @param names by which operators that TensorFlow Lite does not have are told
   */
  JsonNode ask(ObjectNode request, String doing, ModuleNames names) {
    String answer;
    try {
      process.getOutputStream().write((request + "\n").getBytes(StandardCharsets.UTF_8));
      process.getOutputStream().flush();
      answer = answers.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (IOException e) {
      answer = ENDED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.of("Interrupted while " + doing).as(ExitCode.UNCONVERTIBLE);
    }
    if (answer == null) {
      process.destroyForcibly();
      throw Problem.of("TensorFlow Lite took too long " + doing)
          .because("after " + limit.toSeconds() + " s it was not done, and was stopped")
          .fix("give more time with --timeout, or convert a smaller model")
          .as(ExitCode.UNCONVERTIBLE);
    }
    if (answer.equals(ENDED)) {
      throw crashed(doing);
    }
    JsonNode read = parse(answer);
    if (read.has("refusal")) {
      throw refused(read.path("refusal").asText(), read.path("reason").asText(), doing, names);
    }
    return read;
  }

  private JsonNode parse(String answer) {
    try {
      return json.readTree(answer);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private FerryException crashed(String doing) {
    try {
      boolean ended = process.waitFor(10, TimeUnit.SECONDS);
      for (Thread thread : readers) {
        thread.join(1000);
      }
      String how = ended ? "its process ended with code " + process.exitValue() : "it is gone";
      return Problem.of("TensorFlow Lite crashed " + doing)
          .because(how + lastWords())
          .fix("report this with the model; the SavedModel can be written without it")
          .as(ExitCode.UNCONVERTIBLE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Problem.of("Interrupted " + doing).as(ExitCode.UNCONVERTIBLE);
    }
  }

  private String lastWords() {
    synchronized (printed) {
      return printed.stream()
          .filter(line -> !line.startsWith("#"))
          .reduce((a, b) -> b)
          .map(line -> "; the last that it said: " + LiteMessages.sentence(line))
          .orElse("");
    }
  }

  private FerryException refused(String kind, String reason, String doing, ModuleNames names) {
    List<String> said;
    synchronized (printed) {
      said = List.copyOf(printed);
    }
    List<Problem> foreign = LiteMessages.foreign(reason, names);
    if (!foreign.isEmpty()) {
      return new FerryException(ExitCode.UNCONVERTIBLE, foreign, null);
    }
    return switch (kind) {
      case "unsupported" ->
          Problem.of(".tflite files can't be written on this platform")
              .because(reason)
              .fix("convert on Linux (x86-64 or arm64), or write a SavedModel here")
              .as(ExitCode.UNCONVERTIBLE);
      case "files" ->
          Problem.of("TensorFlow Lite can't read or write a file " + doing)
              .because(reason)
              .fix("free space in `" + folder.getParent() + "`, the folder for temporary files")
              .as(ExitCode.UNWRITABLE);
      case "inputs" ->
          Problem.of("The inputs don't fit the .tflite file")
              .because(reason)
              .fix("give inputs of the names, types and sizes that it has")
              .as(ExitCode.USAGE);
      default -> LiteMessages.problem(doing, reason, said).as(ExitCode.UNCONVERTIBLE);
    };
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      FileTrees.delete(folder);
    } catch (IOException e) {
      // The system cleans its folder for temporary files; there is no one to tell.
    }
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "TensorFlow Lite, process %d", process.pid());
  }
}
