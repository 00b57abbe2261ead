package org.tensorferry.tflite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.tensorferry.archive.NpzFile;
import org.tensorferry.engine.EngineOptions;
import org.tensorferry.engine.ResultRunner;
import org.tensorferry.engine.Stopwatch;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tflite.TfliteFile.Signature;
import org.tensorferry.tflite.TfliteFile.Tensor;

/**
 * Runs a {@code .tflite} file in TensorFlow Lite, in a process of its own.
 *
 * <p>Arguments and results of 8 bits are given and told as the real numbers that they stand for.
 */
public final class LiteRunner implements ResultRunner {

  private final TfliteFile file;
  private final Signature signature;
  private final LiteProcess process;
  private final boolean xnnpack;
  private final String version;

  private LiteRunner(
      TfliteFile file, Signature signature, LiteProcess process, boolean xnnpack, String version) {
    this.file = file;
    this.signature = signature;
    this.process = process;
    this.xnnpack = xnnpack;
    this.version = version;
  }

  /**
   * Loads a file.
   *
   * @param xnnpack whether XNNPACK's kernels run what they can, as in most apps, or the plain ones
   * @param options of its threads 0 means one, as apps have it that say nothing
   * @throws org.tensorferry.error.FerryException (unreadable, unconvertible) where the runtime
   *     can't
   */
  public static LiteRunner open(Path path, boolean xnnpack, EngineOptions options) {
    TfliteFile file = TfliteFile.read(path);
    Signature signature =
        file.signatures().stream()
            .findFirst()
            .orElseThrow(
                () ->
                    Problem.of("The .tflite file has no signature")
                        .at("file", path)
                        .because("its arguments and results have no names then")
                        .fix("use a file that `convert` wrote")
                        .as(ExitCode.UNREADABLE));
    LiteProcess process = LiteProcess.start(options.timeout(), Set.of(path), options.trusted());
    try {
      ObjectNode request = process.request("open");
      request.put("file", path.toAbsolutePath().toString());
      request.put("threads", Math.max(1, options.threads()));
      request.put("xnnpack", xnnpack);
      JsonNode answer = process.ask(request, "reading the .tflite file");
      String version = answer.path("version").asText();
      return new LiteRunner(file, signature, process, xnnpack, version);
    } catch (RuntimeException | Error e) {
      process.close();
      throw e;
    }
  }

  @Override
  public String engineVersion() {
    return version;
  }

  @Override
  public String way() {
    return xnnpack ? "XNNPACK" : "plain kernels";
  }

  @Override
  public List<String> inputNames() {
    return signature.inputs().keySet().stream().sorted().toList();
  }

  @Override
  public List<String> outputNames() {
    return signature.outputs().keySet().stream().sorted().toList();
  }

  private Tensor tensor(String name) {
    Integer index = signature.inputs().get(name);
    index = index == null ? signature.outputs().get(name) : index;
    if (index == null) {
      throw new IllegalArgumentException("no input or output `" + name + "`");
    }
    return file.graphs().get(signature.graph()).tensors().get(index);
  }

  @Override
  public DType dtype(String name) {
    Tensor tensor = tensor(name);
    return tensor.quantization().isPresent()
        ? DType.FLOAT32
        : tensor.type().dtype().orElseThrow(() -> new IllegalArgumentException(name));
  }

  @Override
  public List<Long> inputShape(String name) {
    return tensor(name).signature().stream().map(Integer::longValue).toList();
  }

  @Override
  public Map<String, HostTensor> run(Map<String, HostTensor> values) {
    Path results = process.file("results.npz");
    ObjectNode request = process.request("run");
    request.put("inputs", written(values).toString()).put("outputs", results.toString());
    process.ask(request, "running the .tflite file");
    return new TreeMap<>(NpzFile.read(results));
  }

  private Path written(Map<String, HostTensor> values) {
    Path inputs = process.file("inputs.npz");
    NpzFile.write(inputs, values);
    return inputs;
  }

  @Override
  public double medianMillis(Map<String, HostTensor> values, Stopwatch stopwatch) {
    return timed(values, stopwatch.runs()).medianMillis();
  }

  /**
   * Times of single runs, without copying tensors in and out.
   *
   * @param nanos in the order of the runs
   * @param peakBytes the most memory that the process has had, Java's included; 0 for unknown
   */
  public record Timing(long[] nanos, long peakBytes) {

    /** The median in milliseconds. */
    public double medianMillis() {
      long[] sorted = nanos.clone();
      Arrays.sort(sorted);
      return sorted[sorted.length / 2] / 1e6;
    }
  }

  /** Runs the model again and again on the same inputs, after two runs that do not count. */
  public Timing timed(Map<String, HostTensor> values, int runs) {
    ObjectNode request = process.request("time");
    request.put("inputs", written(values).toString()).put("runs", runs + 2);
    JsonNode answer = process.ask(request, "timing the .tflite file");
    long[] nanos = new long[runs];
    for (int i = 0; i < runs; i++) {
      nanos[i] = answer.path("nanos").path(i + 2).asLong();
    }
    return new Timing(nanos, answer.path("peakBytes").asLong());
  }

  @Override
  public void close() {
    process.close();
  }
}
