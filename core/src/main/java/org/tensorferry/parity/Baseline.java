package org.tensorferry.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.IoReasons;
import org.tensorferry.error.Problem;

/**
 * A report in JSON that was kept, as a bar for later ones: what got worse than it by more than is
 * allowed is named. Times are compared as TensorFlow's share of libtorch's, because machines
 * differ.
 */
public final class Baseline {

  /** Ratios above this are rounding: an output that was exact may come back with 130 dB. */
  private static final double ROUNDING_DB = 110;

  private static final long LONGEST = 256L << 20;

  private final Path file;
  private final Map<String, Double> snr;
  private final double latency;
  private final long bytes;

  /**
   * How much worse something may be.
   *
   * @param snrDb decibels that the ratio of an output may lose
   * @param latency factor by which TensorFlow's time may grow beside libtorch's
   * @param size factor by which the result may grow
   */
  public record Allowance(double snrDb, double latency, double size) {

    /** 3 dB, half as much time again, a tenth more bytes. */
    public static final Allowance DEFAULT = new Allowance(3, 1.5, 1.1);

    /**
     * With some set by name: {@code snr=3}, {@code latency=1.5}, {@code size=1.1}.
     *
     * @throws FerryException (usage) for another name or number
     */
    public static Allowance of(Map<String, String> texts) {
      Map<String, Double> values =
          new TreeMap<>(
              Map.of("snr", DEFAULT.snrDb, "latency", DEFAULT.latency, "size", DEFAULT.size));
      texts.forEach(
          (name, text) -> {
            double least = name.equals("snr") ? 0 : 1;
            double value = number(text);
            if (!values.containsKey(name) || !(value >= least)) {
              throw Problem.of("`" + name + "=" + text + "` allows nothing")
                  .because("snr takes decibels from 0, latency and size take factors from 1")
                  .fix("give for example snr=3,latency=1.5,size=1.1")
                  .as(ExitCode.USAGE);
            }
            values.put(name, value);
          });
      return new Allowance(
          values.getOrDefault("snr", 0.0),
          values.getOrDefault("latency", 1.0),
          values.getOrDefault("size", 1.0));
    }

    private static double number(String text) {
      try {
        return Double.parseDouble(text);
      } catch (NumberFormatException e) {
        return Double.NaN;
      }
    }
  }

  private Baseline(Path file, Map<String, Double> snr, double latency, long bytes) {
    this.file = file;
    this.snr = snr;
    this.latency = latency;
    this.bytes = bytes;
  }

  /**
   * Reads a report that {@code verify} or {@code convert --verify} wrote as JSON.
   *
   * @throws FerryException (usage) where it is none, or tells of no comparison
   */
  public static Baseline read(Path file) {
    try {
      if (Files.size(file) > LONGEST) {
        throw new IOException("it is larger than a report can be");
      }
      JsonNode root = new ObjectMapper().readTree(file.toFile());
      JsonNode report = root.has("parity") ? root.path("parity") : root;
      if (!report.path("cases").isArray()) {
        throw new IOException("it holds no report of a comparison");
      }
      Map<String, Double> snr = new LinkedHashMap<>();
      for (JsonNode each : report.path("cases")) {
        for (JsonNode output : each.path("outputs")) {
          if (output.has("snrDb")) {
            snr.put(
                key(each.path("case").asText(), output.path("name").asText()),
                Double.parseDouble(output.path("snrDb").asText()));
          }
        }
      }
      JsonNode times = report.path("latency");
      double share =
          times.path("tensorflowMillis").asDouble(0) / times.path("libtorchMillis").asDouble(0);
      return new Baseline(file, snr, share, report.path("bytes").asLong(0));
    } catch (IOException | NumberFormatException e) {
      throw Problem.of("The baseline can't be read")
          .at("file", file)
          .because(e instanceof IOException io ? IoReasons.of(io) : "a ratio in it is no number")
          .fix("make one with `verify ... --report " + file.getFileName() + "`")
          .as(ExitCode.USAGE);
    }
  }

  private static String key(String label, String output) {
    return label + "\n" + output;
  }

  /** The report with what got worse. Cases that the baseline has not are new, and not judged. */
  public ParityReport judge(ParityReport report, Allowance allowed) {
    List<String> worse = new ArrayList<>();
    Map<String, Double> left = new LinkedHashMap<>(snr);
    for (CaseReport each : report.cases()) {
      for (OutputComparison output : each.outputs()) {
        Double before = left.remove(key(each.label(), output.name()));
        double now = output.metrics().map(Metrics::snrDb).orElse(Double.NEGATIVE_INFINITY);
        if (before != null && now < Math.min(before, ROUNDING_DB) - allowed.snrDb()) {
          worse.add(
              String.format(
                  Locale.ROOT,
                  "`%s` (%s) has %.1f dB and had %.1f dB",
                  output.name(),
                  each.label(),
                  now,
                  before));
        }
      }
    }
    if (!left.isEmpty()) {
      worse.add(
          left.size()
              + " outputs of the baseline were not compared, the first is "
              + left.keySet().iterator().next().replace("\n", ", "));
    }
    report
        .latency()
        .map(times -> times.tensorFlowMillis() / times.torchMillis())
        .filter(now -> latency > 0 && now > latency * allowed.latency())
        .ifPresent(
            now ->
                worse.add(
                    String.format(
                        Locale.ROOT,
                        "TensorFlow takes %.2f times as long as libtorch, and took %.2f times",
                        now,
                        latency)));
    if (bytes > 0 && report.bytes() > bytes * allowed.size()) {
      worse.add("the result has " + report.bytes() + " bytes, and had " + bytes);
    }
    return report.withRegressions(worse);
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
