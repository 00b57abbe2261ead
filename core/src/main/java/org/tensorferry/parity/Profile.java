package org.tensorferry.parity;

import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tensorferry.tensor.DType;

/**
 * What a team asks of a result: limits for every output, others for some of them, and the metrics
 * that it reads.
 *
 * @param name as reports print it; empty for limits that have none
 * @param tolerance of values and of the signal-to-noise ratio
 * @param precision the type whose rounding counts where it is coarser than an output's own: of a
 *     model that computes in half precision and returns float32
 * @param bounds of metrics: the least, or the most where less is better; a metric that has no
 *     meaning for an output does not bind it
 * @param outputs limits for outputs whose names match, {@code *} standing for any letters; the
 *     first that matches counts
 * @param metrics that are measured beside those that bind
 */
public record Profile(
    String name,
    Tolerance tolerance,
    Optional<DType> precision,
    Map<Metric, Double> bounds,
    Map<String, Profile> outputs,
    Set<Metric> metrics) {

  /** Limits from the dtype of each output. */
  public static final Profile DEFAULT = of(Tolerance.DEFAULT);

  private static final double INT8_SNR = 20;
  private static final double AUDIO_SNR = 60;
  private static final double AUDIO_DISTANCE = 0.5;

  public Profile {
    bounds = Collections.unmodifiableMap(bounds.isEmpty() ? Map.of() : new EnumMap<>(bounds));
    outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    metrics = Collections.unmodifiableSet(metrics.isEmpty() ? Set.of() : EnumSet.copyOf(metrics));
  }

  /** One tolerance for all outputs. */
  public static Profile of(Tolerance tolerance) {
    return new Profile("", tolerance, Optional.empty(), Map.of(), Map.of(), Set.of());
  }

  /**
   * Profiles that have names: {@code float32}, {@code float16} and {@code bfloat16} take the limits
   * of that type whatever type an output has; {@code int8} asks for 20 dB; {@code audio} for 60 dB
   * and a log-spectral distance of at most half a decibel.
   */
  public static Optional<Profile> named(String name) {
    return Optional.ofNullable(
        switch (name) {
          case "float32" -> DEFAULT.withName(name);
          case "float16" -> DEFAULT.withName(name).withPrecision(DType.FLOAT16);
          case "bfloat16" -> DEFAULT.withName(name).withPrecision(DType.BFLOAT16);
          case "int8" -> of(Tolerance.ratio(INT8_SNR)).withName(name);
          case "audio" ->
              new Profile(
                  name,
                  Tolerance.ratio(AUDIO_SNR),
                  Optional.empty(),
                  Map.of(Metric.LSD, AUDIO_DISTANCE),
                  Map.of(),
                  Set.of(Metric.SI_SDR, Metric.SDR, Metric.LSD));
          default -> null;
        });
  }

  /** The names that {@link #named} knows. */
  public static List<String> names() {
    return List.of("float32", "float16", "bfloat16", "int8", "audio");
  }

  public Profile withName(String newName) {
    return new Profile(newName, tolerance, precision, bounds, outputs, metrics);
  }

  public Profile withTolerance(Tolerance newTolerance) {
    return new Profile(name, newTolerance, precision, bounds, outputs, metrics);
  }

  /** Judged by the rounding of a type, where that is coarser than an output's own. */
  public Profile withPrecision(DType coarse) {
    return new Profile(name, tolerance, Optional.of(coarse), bounds, outputs, metrics);
  }

  /** With metrics beside those that it has. */
  public Profile withMetrics(Set<Metric> more) {
    EnumSet<Metric> all = EnumSet.noneOf(Metric.class);
    all.addAll(metrics);
    all.addAll(more);
    return new Profile(name, tolerance, precision, bounds, outputs, all);
  }

  /** True where nobody said what counts. */
  public boolean isDefault() {
    return name.isEmpty()
        && tolerance.isDefault()
        && precision.isEmpty()
        && bounds.isEmpty()
        && outputs.isEmpty();
  }

  /** True where every output passes whose numbers are finite. */
  public boolean judgesNothing() {
    return tolerance.judgesNothing()
        && bounds.isEmpty()
        && outputs.values().stream().allMatch(Profile::judgesNothing);
  }

  /** The limits of one output. */
  Profile of(String output) {
    return outputs.entrySet().stream()
        .filter(entry -> matches(entry.getKey(), output))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(this);
  }

  private static boolean matches(String glob, String name) {
    String pattern =
        glob.chars()
            .mapToObj(c -> c == '*' ? ".*" : java.util.regex.Pattern.quote(Character.toString(c)))
            .collect(Collectors.joining());
    return name.matches(pattern);
  }

  Tolerance.Limits limits(DType dtype, double rms) {
    boolean isCoarser =
        precision.isPresent()
            && dtype.isFloating()
            && tolerance.isDefault()
            && Tolerance.DEFAULT.limits(precision.get(), rms).snrDb()
                < Tolerance.DEFAULT.limits(dtype, rms).snrDb();
    return tolerance.limits(isCoarser ? precision.get() : dtype, rms);
  }

  /** All metrics that are measured. */
  Set<Metric> measured() {
    EnumSet<Metric> all = EnumSet.noneOf(Metric.class);
    all.addAll(metrics);
    all.addAll(bounds.keySet());
    return all;
  }

  /** The bounds that a score breaks, in words; empty where it keeps them. */
  String broken(Score score) {
    OptionalDouble bound =
        bounds.containsKey(score.metric())
            ? OptionalDouble.of(bounds.get(score.metric()))
            : OptionalDouble.empty();
    if (bound.isEmpty()) {
      return "";
    }
    Metric metric = score.metric();
    double limit = bound.getAsDouble();
    boolean holds = metric.isHigherBetter() ? score.value() >= limit : score.value() <= limit;
    return holds
        ? ""
        : metric
            + " "
            + Metric.digits(score.value())
            + unit(metric)
            + (metric.isHigherBetter() ? " is below " : " is above ")
            + Metric.digits(limit)
            + unit(metric);
  }

  private static String unit(Metric metric) {
    return metric.unit().isEmpty() ? "" : " " + metric.unit();
  }

  /** As reports print it. */
  @Override
  public String toString() {
    Stream<String> limits =
        bounds.isEmpty() && precision.isEmpty()
            ? Stream.of(tolerance.toString())
            : Stream.concat(
                precision
                    .filter(type -> tolerance.isDefault())
                    .map(type -> "the rounding of " + type + ": " + Tolerance.textOf(type))
                    .or(
                        () ->
                            Optional.of(tolerance.toString())
                                .filter(t -> !tolerance.judgesNothing()))
                    .stream(),
                bounds.entrySet().stream().map(Profile::text));
    String own = limits.collect(Collectors.joining(", "));
    String others =
        outputs.entrySet().stream()
            .map(entry -> "; " + entry.getKey() + ": " + entry.getValue())
            .collect(Collectors.joining());
    return (name.isEmpty() || name.equals("float32") ? "" : name + ", ") + own + others;
  }

  private static String text(Map.Entry<Metric, Double> bound) {
    Metric metric = bound.getKey();
    return metric
        + (metric.isHigherBetter() ? " >= " : " <= ")
        + Metric.digits(bound.getValue())
        + unit(metric);
  }
}
