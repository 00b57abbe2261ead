package org.tensorferry.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;

/**
 * What became of one model of a batch.
 *
 * @param model as the manifest names it
 * @param result where it was written, or would have been, relative to the batch's output folder
 * @param outcome what happened
 * @param isKept whether it was done by an earlier run and nothing has changed since
 * @param verdict of the comparison, in one line; empty where nothing was compared
 * @param snrDb the least of all outputs; infinite where all is equal bit for bit, empty where
 *     nothing was compared
 * @param seconds that it took when it was done
 * @param bytes of the result; 0 where there is none
 * @param exitCode what a command for this model alone would have ended with
 * @param problems why it failed
 */
public record BatchRow(
    String model,
    String result,
    Outcome outcome,
    boolean isKept,
    String verdict,
    OptionalDouble snrDb,
    double seconds,
    long bytes,
    ExitCode exitCode,
    List<Problem> problems) {

  /** What can happen to a model. */
  public enum Outcome {
    /** Converted, compared and equal. */
    EQUAL("equal"),
    /** Converted; a comparison was not asked for. */
    CONVERTED("converted"),
    /** Not written, because the result computes something else. */
    DIFFERENT("DIFFERENT"),
    /** Not written, for the reason that the problems tell. */
    FAILED("FAILED");

    private final String text;

    Outcome(String text) {
      this.text = text;
    }

    /** True where there is a result. */
    public boolean isGood() {
      return this == EQUAL || this == CONVERTED;
    }

    @Override
    public String toString() {
      return text;
    }
  }

  public BatchRow {
    problems = List.copyOf(problems);
  }

  /** A model that failed. */
  public static BatchRow failed(
      String model, String result, double seconds, ExitCode exitCode, List<Problem> problems) {
    return new BatchRow(
        model,
        result,
        Outcome.FAILED,
        false,
        "",
        OptionalDouble.empty(),
        seconds,
        0,
        exitCode,
        problems);
  }

  /** The same as something that an earlier run has done, of a file that is now called so. */
  public BatchRow kept(String name) {
    return new BatchRow(
        name, result, outcome, true, verdict, snrDb, seconds, bytes, exitCode, problems);
  }

  /** As reports in JSON tell it. */
  public void write(ObjectNode json) {
    json.put("model", model).put("result", result);
    json.put("outcome", outcome.name().toLowerCase(Locale.ROOT));
    json.put("unchanged", isKept).put("exitCode", exitCode.code()).put("verdict", verdict);
    if (snrDb.isPresent() && Double.isInfinite(snrDb.getAsDouble())) {
      json.put("bitForBit", true);
    } else if (snrDb.isPresent()) {
      json.put("snrDb", snrDb.getAsDouble());
    }
    json.put("seconds", seconds).put("bytes", bytes);
    ArrayNode told = json.putArray("problems");
    problems.forEach(problem -> FailureReport.write(problem, told.addObject()));
  }

  /** Reads what {@link #write} has written of a model that has a result. */
  public static Optional<BatchRow> read(JsonNode json) {
    String named = json.path("outcome").asText();
    OptionalDouble snr =
        json.path("bitForBit").asBoolean()
            ? OptionalDouble.of(Double.POSITIVE_INFINITY)
            : json.path("snrDb").isNumber()
                ? OptionalDouble.of(json.path("snrDb").asDouble())
                : OptionalDouble.empty();
    return Stream.of(Outcome.values())
        .filter(outcome -> outcome.isGood() && outcome.name().equalsIgnoreCase(named))
        .findFirst()
        .map(
            outcome ->
                new BatchRow(
                    json.path("model").asText(),
                    json.path("result").asText(),
                    outcome,
                    false,
                    json.path("verdict").asText(),
                    snr,
                    json.path("seconds").asDouble(),
                    json.path("bytes").asLong(),
                    ExitCode.OK,
                    List.of()));
  }
}
