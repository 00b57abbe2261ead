package org.tensorferry.tflite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorferry.engine.EngineOptions;
import org.tensorferry.engine.Engines;
import org.tensorferry.engine.Original;
import org.tensorferry.engine.ResultRunner;
import org.tensorferry.engine.Stopwatch;
import org.tensorferry.tensor.HostTensor;

/**
 * How fast models run: each in a process of its own, all on the same inputs and with the same
 * number of threads, in rounds that take turns, so that a busy moment of the machine meets all of
 * them.
 */
public final class Benchmark {

  private static final Duration LIMIT = Duration.ofMinutes(30);

  /** The engines. */
  public enum Engine {
    LIBTORCH("libtorch"),
    TENSORFLOW("TensorFlow"),
    XNNPACK("TensorFlow Lite, XNNPACK"),
    PLAIN("TensorFlow Lite, plain kernels");

    private final String title;

    Engine(String title) {
      this.title = title;
    }

    @Override
    public String toString() {
      return title;
    }

    private boolean isLite() {
      return this == XNNPACK || this == PLAIN;
    }
  }

  /** A file in an engine. */
  public record Contender(Engine engine, Path file) {}

  /**
   * What was measured.
   *
   * @param bytes size of the file, or of all files of a directory
   * @param coldMillis from the start of the process, Java's included, to the first result
   * @param millis median of the rounds, each of which is a median itself
   * @param least the fastest round
   * @param greatest the slowest round
   * @param peakBytes the most memory that the process had, Java's included; 0 for unknown
   */
  public record Row(
      Contender contender,
      long bytes,
      double coldMillis,
      double millis,
      double least,
      double greatest,
      long peakBytes) {

    /** Runs in a second, one after the other. */
    public double throughput() {
      return 1000 / millis;
    }
  }

  /** Hears how far it is. */
  public interface Listener {
    void round(int done, int count);
  }

  /** A model in an engine: the median of some runs in milliseconds. */
  private interface Timed {
    double medianMillis(int runs);
  }

  private static final class Running implements AutoCloseable {
    final Contender contender;
    final List<Double> rounds = new ArrayList<>();
    final List<AutoCloseable> opened = new ArrayList<>();
    final Timed timed;
    final double coldMillis;
    long peakBytes;

    Running(Contender contender, String method, Map<String, HostTensor> values, int threads) {
      this.contender = contender;
      long start = System.nanoTime();
      try {
        this.timed = open(method, values, threads);
        timed.medianMillis(1);
      } catch (RuntimeException | Error e) {
        close();
        throw e;
      }
      this.coldMillis = (System.nanoTime() - start) / 1e6;
    }

    private Timed open(String method, Map<String, HostTensor> values, int threads) {
      Path file = contender.file();
      if (contender.engine().isLite()) {
        boolean xnnpack = contender.engine() == Engine.XNNPACK;
        LiteRunner runner =
            LiteRunner.open(file, xnnpack, EngineOptions.DEFAULT.threads(threads).timeout(LIMIT));
        opened.add(runner);
        return runs -> {
          LiteRunner.Timing timing = runner.timed(values, runs);
          peakBytes = timing.peakBytes();
          return timing.medianMillis();
        };
      }
      // Engines of its own for each, so that each has a process of its own.
      Engines engines =
          Engines.open(EngineOptions.DEFAULT.threads(threads).timeout(LIMIT), Set.of(file));
      opened.add(engines);
      if (contender.engine() == Engine.LIBTORCH) {
        Original original = engines.original(file);
        opened.add(original);
        List<HostTensor> arguments = List.copyOf(values.values());
        return runs -> original.medianMillis(method, arguments, runs);
      }
      ResultRunner result = engines.result(file, "serving_default");
      opened.add(result);
      return runs -> result.medianMillis(values, new Stopwatch(runs));
    }

    void round(int runs) {
      rounds.add(timed.medianMillis(runs));
    }

    Row row() {
      List<Double> sorted = new ArrayList<>(rounds);
      sorted.sort(null);
      return new Row(
          contender,
          size(contender.file()),
          coldMillis,
          sorted.get(sorted.size() / 2),
          sorted.get(0),
          sorted.get(sorted.size() - 1),
          peakBytes);
    }

    @Override
    public void close() {
      for (int i = opened.size() - 1; i >= 0; i--) {
        try {
          opened.get(i).close();
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  private Benchmark() {}

  /**
   * Measures.
   *
   * @param method of the original
   * @param inputs arguments by name, in the order of the method
   * @param threads of an operator
   * @param rounds in which all take their turn
   * @param runs of one turn
   * @throws org.tensorferry.error.FerryException where an engine can't run a file
   */
  public static List<Row> run(
      List<Contender> contenders,
      String method,
      Map<String, HostTensor> inputs,
      int threads,
      int rounds,
      int runs,
      Listener listener) {
    List<Running> all = new ArrayList<>();
    try {
      for (Contender contender : contenders) {
        all.add(new Running(contender, method, inputs, threads));
      }
      for (int round = 0; round < rounds; round++) {
        listener.round(round, rounds);
        all.forEach(running -> running.round(runs));
      }
      return all.stream().map(Running::row).toList();
    } finally {
      all.forEach(Running::close);
    }
  }

  private static long size(Path path) {
    try (Stream<Path> files = Files.walk(path)) {
      long bytes = 0;
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        bytes += Files.size(file);
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
