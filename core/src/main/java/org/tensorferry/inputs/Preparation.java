package org.tensorferry.inputs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;

/**
 * What recordings and pictures become before a model sees them. Nothing is guessed: what is not
 * said is left as the file has it.
 *
 * @param rate samples a second that a recording is resampled to; empty: as recorded
 * @param mono whether the channels of a recording are averaged
 * @param seconds the most of each recording that is taken; empty: all of it
 * @param resize length of a picture's shorter side in pixels; empty: the model's fixed size, else
 *     as it is
 * @param crop side of the square that is cut from the middle after resizing
 * @param scale what 8-bit pixels are divided by, 255 as a rule
 * @param mean subtracted from each channel after scaling, red first
 * @param std divides each channel after that
 * @param bgr whether blue comes first, as in OpenCV
 */
public record Preparation(
    OptionalInt rate,
    boolean mono,
    Optional<Double> seconds,
    OptionalInt resize,
    OptionalInt crop,
    double scale,
    List<Double> mean,
    List<Double> std,
    boolean bgr) {

  /** Recordings as they are, pictures from 0 to 1. */
  public static final Preparation NONE = of(Map.of());

  private static final List<String> KEYS =
      List.of("rate", "mono", "seconds", "resize", "crop", "scale", "mean", "std", "bgr");

  /**
   * From settings as the command line has them: {@code rate=16000}, {@code mono=true}, {@code
   * seconds=4}, {@code resize=256}, {@code crop=224}, {@code scale=255}, {@code
   * mean=0.485,0.456,0.406}, {@code std=0.229,0.224,0.225}, {@code bgr=true}.
   *
   * @throws FerryException (usage) for an unknown key or a value that does not fit it
   */
  public static Preparation of(Map<String, String> settings) {
    for (String key : settings.keySet()) {
      if (!KEYS.contains(key)) {
        throw refused(key, "it is none of " + String.join(", ", KEYS));
      }
    }
    return new Preparation(
        count(settings, "rate"),
        flag(settings, "mono"),
        Optional.ofNullable(settings.get("seconds")).map(text -> positive("seconds", text)),
        count(settings, "resize"),
        count(settings, "crop"),
        positive("scale", settings.getOrDefault("scale", "255")),
        numbers(settings, "mean"),
        numbers(settings, "std"),
        flag(settings, "bgr"));
  }

  public Preparation {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
  }

  private static OptionalInt count(Map<String, String> settings, String key) {
    String text = settings.get(key);
    if (text == null) {
      return OptionalInt.empty();
    }
    double value = positive(key, text);
    if (value != Math.rint(value) || value > 1_000_000) {
      throw refused(key, "`" + text + "` is no whole number up to a million");
    }
    return OptionalInt.of((int) value);
  }

  private static boolean flag(Map<String, String> settings, String key) {
    String text = settings.getOrDefault(key, "false");
    if (!text.equals("true") && !text.equals("false")) {
      throw refused(key, "`" + text + "` is neither true nor false");
    }
    return text.equals("true");
  }

  private static List<Double> numbers(Map<String, String> settings, String key) {
    String text = settings.get(key);
    return text == null
        ? List.of()
        : Arrays.stream(text.split(",", -1)).map(part -> number(key, part)).toList();
  }

  private static double positive(String key, String text) {
    double value = number(key, text);
    if (!(value > 0)) {
      throw refused(key, "`" + text + "` is not above 0");
    }
    return value;
  }

  private static double number(String key, String text) {
    try {
      double value = Double.parseDouble(text.strip());
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Said below, like every other text that is no number.
    }
    throw refused(key, "`" + text + "` is no number");
  }

  private static FerryException refused(String key, String why) {
    return Problem.of("The preparation `" + key + "` can't be followed")
        .because(why)
        .fix("give settings such as `rate=16000`, `resize=256` or `mean=0.485,0.456,0.406`")
        .as(ExitCode.USAGE);
  }

  /** What is not as the file has it, as reports print it; empty where all is. */
  @Override
  public String toString() {
    Map<String, String> said = new LinkedHashMap<>();
    rate.ifPresent(value -> said.put("rate", "" + value));
    if (mono) {
      said.put("mono", "true");
    }
    seconds.ifPresent(value -> said.put("seconds", "" + value));
    resize.ifPresent(value -> said.put("resize", "" + value));
    crop.ifPresent(value -> said.put("crop", "" + value));
    if (scale != 255) {
      said.put("scale", "" + scale);
    }
    put(said, "mean", mean);
    put(said, "std", std);
    if (bgr) {
      said.put("bgr", "true");
    }
    return said.entrySet().stream().map(Map.Entry::toString).collect(Collectors.joining(" "));
  }

  private static void put(Map<String, String> said, String key, List<Double> values) {
    List<String> texts = new ArrayList<>();
    values.forEach(value -> texts.add(value.toString()));
    if (!texts.isEmpty()) {
      said.put(key, String.join(",", texts));
    }
  }
}
