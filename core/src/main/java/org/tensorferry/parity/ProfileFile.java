package org.tensorferry.parity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.IoReasons;
import org.tensorferry.error.Problem;
import org.tensorferry.tensor.DType;

/**
 * Reads a {@link Profile} of a team's own, for example
 *
 * <pre>{@code
 * {
 *   "profile": "float32",
 *   "snr": 100,
 *   "metrics": {"si-sdr": 40, "lsd": 0.5},
 *   "show": ["ulp"],
 *   "outputs": {"mask*": {"snr": 60}, "ids": {"metrics": {"tokens": 0.99}}}
 * }
 * }</pre>
 *
 * <p>{@code profile} is one with a name to begin with. Of {@code atol}, {@code rtol}, {@code snr}
 * (dB) and {@code metrics}, what is given counts alone; with none of them the limits are those of
 * the type, or of {@code precision} where that is coarser.
 */
public final class ProfileFile {

  private static final Set<String> KEYS =
      Set.of("profile", "atol", "rtol", "snr", "precision", "metrics", "show", "outputs");
  private static final long LONGEST = 1L << 20;

  private final Path file;

  private ProfileFile(Path file) {
    this.file = file;
  }

  /**
   * A profile by its name, or from a .json file.
   *
   * @throws FerryException (usage) where there is neither, or the file says what is no profile
   */
  public static Profile of(String nameOrFile) {
    Optional<Profile> named = Profile.named(nameOrFile);
    if (named.isPresent()) {
      return named.get();
    }
    if (!nameOrFile.endsWith(".json")) {
      throw Problem.of("`" + nameOrFile + "` is no profile")
          .because("profiles are " + String.join(", ", Profile.names()) + ", or a .json file")
          .fix("choose one of them")
          .as(ExitCode.USAGE);
    }
    return read(Path.of(nameOrFile));
  }

  /** Reads a file. */
  public static Profile read(Path file) {
    ProfileFile reader = new ProfileFile(file);
    try {
      if (Files.size(file) > LONGEST) {
        throw reader.wrong("it is larger than a profile can be");
      }
      String name = String.valueOf(file.getFileName()).replaceFirst("\\.json$", "");
      JsonNode json = new ObjectMapper().readTree(file.toFile());
      return reader.profile(json, true).withName(name);
    } catch (IOException e) {
      throw reader.wrong(IoReasons.of(e));
    }
  }

  private FerryException wrong(String why) {
    return Problem.of("The profile can't be read")
        .at("file", file)
        .because(why)
        .fix("docs/verify.md shows what a profile may say")
        .as(ExitCode.USAGE);
  }

  private Profile profile(JsonNode json, boolean isWhole) {
    if (!json.isObject()) {
      throw wrong("a profile is a JSON object");
    }
    json.fieldNames()
        .forEachRemaining(
            key -> {
              if (!KEYS.contains(key) || (!isWhole && key.equals("outputs"))) {
                throw wrong("`" + key + "` is none of " + String.join(", ", new TreeSet<>(KEYS)));
              }
            });
    Profile base =
        json.has("profile")
            ? Profile.named(json.path("profile").asText())
                .orElseThrow(
                    () -> wrong("`profile` is one of " + String.join(", ", Profile.names())))
            : Profile.DEFAULT;
    Map<Metric, Double> bounds = json.has("metrics") ? bounds(json.get("metrics")) : base.bounds();
    Set<Metric> shown = EnumSet.noneOf(Metric.class);
    shown.addAll(base.metrics());
    json.path("show").forEach(name -> shown.add(metric(name.asText())));
    Map<String, Profile> outputs = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : json.path("outputs").properties()) {
      outputs.put(entry.getKey(), profile(entry.getValue(), false));
    }
    return new Profile(
        base.name(), tolerance(json, base), precision(json, base), bounds, outputs, shown);
  }

  private Tolerance tolerance(JsonNode json, Profile base) {
    OptionalDouble absolute = number(json, "atol");
    OptionalDouble relative = number(json, "rtol");
    OptionalDouble snr = number(json, "snr");
    if (absolute.isEmpty() && relative.isEmpty() && snr.isEmpty()) {
      boolean onlyMetrics = json.has("metrics") && base.tolerance().isDefault();
      return onlyMetrics ? Tolerance.ratio(Double.NEGATIVE_INFINITY) : base.tolerance();
    }
    return new Tolerance(absolute, relative, snr);
  }

  private OptionalDouble number(JsonNode json, String key) {
    if (!json.has(key)) {
      return OptionalDouble.empty();
    }
    double value = json.get(key).asDouble(Double.NaN);
    boolean isRight = json.get(key).isNumber() && (key.equals("snr") || value >= 0);
    if (!isRight) {
      throw wrong("`" + key + "` is a number" + (key.equals("snr") ? "" : ", 0 or more"));
    }
    return OptionalDouble.of(value);
  }

  private Optional<DType> precision(JsonNode json, Profile base) {
    if (!json.has("precision")) {
      return base.precision();
    }
    return Optional.of(
        DType.named(json.get("precision").asText())
            .filter(DType::isFloating)
            .orElseThrow(() -> wrong("`precision` is a floating type, such as bfloat16")));
  }

  private Map<Metric, Double> bounds(JsonNode json) {
    Map<Metric, Double> bounds = new EnumMap<>(Metric.class);
    json.properties()
        .forEach(
            entry -> {
              if (!entry.getValue().isNumber()) {
                throw wrong("the bound of `" + entry.getKey() + "` is a number");
              }
              bounds.put(metric(entry.getKey()), entry.getValue().asDouble());
            });
    return bounds;
  }

  private Metric metric(String name) {
    return Metric.named(name)
        .orElseThrow(() -> wrong("`" + name + "` is none of the metrics " + Metric.names()));
  }

  /**
   * Metrics by their names.
   *
   * @throws FerryException (usage) with all names where one is unknown
   */
  public static Set<Metric> metrics(List<String> names) {
    EnumSet<Metric> metrics = EnumSet.noneOf(Metric.class);
    for (String name : names) {
      metrics.add(
          Metric.named(name)
              .orElseThrow(
                  () ->
                      Problem.of("`" + name + "` is no metric")
                          .because("metrics are " + Metric.names())
                          .fix("choose some of them")
                          .as(ExitCode.USAGE)));
    }
    return metrics;
  }
}
