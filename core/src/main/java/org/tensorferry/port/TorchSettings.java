package org.tensorferry.port;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorferry.archive.ModuleTree;
import org.tensorferry.archive.TorchScriptArchive;

/**
 * Numbers that the modules of a TorchScript file compute with. A scripted class states them as
 * constants ({@code eps : Final[float] = 1.0e-05}), a traced one in the call of its operator.
 */
final class TorchSettings {

  private static final String NUMBER = "([0-9.e+-]+)";
  private static final Pattern CONSTANT =
      Pattern.compile(
          "\\n  (eps|momentum|num_heads|num_groups) : Final\\[(?:float|int)\\] = " + NUMBER);
  private static final Pattern BATCH_NORM =
      Pattern.compile(
          "torch\\.(?:batch|instance)_norm\\([^\\n]*?(?:True|False), "
              + NUMBER
              + ", "
              + NUMBER
              + ", (?:True|False)\\)");
  private static final Pattern OTHER_NORM =
      Pattern.compile(
          "torch\\.(?:layer|group)_norm\\([^\\n]*?, " + NUMBER + "(?:, (?:True|False))?\\)");

  private final Map<String, Map<String, Double>> byPath = new HashMap<>();

  private TorchSettings() {}

  /** Of a file that tells nothing. */
  static TorchSettings none() {
    return new TorchSettings();
  }

  static TorchSettings of(TorchScriptArchive archive) {
    TorchSettings settings = new TorchSettings();
    Map<String, Map<String, Double>> byClass = new HashMap<>();
    for (ModuleTree module : ModuleTree.of(archive.root()).all()) {
      Map<String, Double> numbers =
          byClass.computeIfAbsent(
              module.className(),
              name ->
                  archive
                      .sourceOf(name)
                      .map(source -> numbers(classText(source.text(), name)))
                      .orElse(Map.of()));
      settings.byPath.put(module.path(), numbers);
    }
    return settings;
  }

  private static String classText(String source, String className) {
    String simple = className.substring(className.lastIndexOf('.') + 1);
    int from = source.indexOf("class " + simple + "(");
    int to = from < 0 ? -1 : source.indexOf("\nclass ", from);
    return from < 0 ? "" : source.substring(from, to < 0 ? source.length() : to);
  }

  private static Map<String, Double> numbers(String code) {
    Map<String, Double> numbers = new HashMap<>();
    Matcher batch = BATCH_NORM.matcher(code);
    if (batch.find()) {
      put(numbers, "momentum", batch.group(1));
      put(numbers, "eps", batch.group(2));
    }
    Matcher other = OTHER_NORM.matcher(code);
    if (other.find()) {
      put(numbers, "eps", other.group(1));
    }
    Matcher constant = CONSTANT.matcher(code);
    while (constant.find()) {
      put(numbers, constant.group(1), constant.group(2));
    }
    return numbers;
  }

  private static void put(Map<String, Double> numbers, String name, String text) {
    try {
      numbers.put(name, Double.parseDouble(text));
    } catch (NumberFormatException notANumber) {
      numbers.remove(name);
    }
  }

  OptionalDouble number(String modulePath, String name) {
    Double number = byPath.getOrDefault(modulePath, Map.of()).get(name);
    return number == null ? OptionalDouble.empty() : OptionalDouble.of(number);
  }
}
