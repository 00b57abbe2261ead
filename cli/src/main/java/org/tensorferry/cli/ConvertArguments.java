package org.tensorferry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The options of a manifest's entry as arguments of {@code convert}: every option of the command
 * under its name, but for those that are the user's to give and not a file's.
 */
final class ConvertArguments {

  private static final CommandSpec CONVERT = CommandSpec.forAnnotatedObject(new ConvertCommand());

  /** Options that replace files, run programs or code, or that the batch gives itself. */
  private static final Set<String> NOT_FOR_FILES =
      Set.of("output", "force", "trust", "plugins", "python", "help");

  private final Path base;
  private final Path folder;
  private final List<String> arguments = new ArrayList<>();
  private final List<Path> results = new ArrayList<>();
  private final List<Path> reports = new ArrayList<>();
  private final List<Path> read = new ArrayList<>();

  /**
   * No options yet.
   *
   * @param base what paths to be read are relative to
   * @param folder what paths to be written are below
   * @param output of the conversion
   */
  ConvertArguments(Path base, Path folder, Path output) {
    this.base = base;
    this.folder = folder;
    results.add(output);
  }

  /**
   * Adds an option: a text, a number, true, a list where the option may be given more than once, or
   * an object where it takes keys and values.
   *
   * @throws org.tensorferry.error.FerryException (usage) where {@code convert} has no such option
   */
  void add(String name, JsonNode value) {
    @Nullable OptionSpec option = CONVERT.findOption("--" + name);
    if (option == null || NOT_FOR_FILES.contains(name)) {
      throw EntryPaths.wrong(
          option == null
              ? "`" + name + "` is none of the options " + names()
              : "`" + name + "` is for the command line, not for a file");
    }
    if (option.type() == boolean.class || value.isBoolean()) {
      if (option.type() != boolean.class || !value.isBoolean()) {
        throw EntryPaths.wrong(
            "`"
                + name
                + "` is "
                + (value.isBoolean() ? "neither true nor false" : "true or false"));
      }
      if (value.asBoolean()) {
        arguments.add("--" + name);
      }
    } else if (value.isObject()) {
      value.properties().forEach(e -> add(option, e.getKey() + "=" + scalar(name, e.getValue())));
    } else if (value.isArray()) {
      value.forEach(each -> add(option, scalar(name, each)));
    } else {
      add(option, scalar(name, value));
    }
  }

  private void add(OptionSpec option, String value) {
    String name = option.longestName();
    arguments.add(name + "=" + located(name, option, value));
  }

  private String located(String name, OptionSpec option, String value) {
    if (name.equals("--tflite") || name.equals("--report")) {
      Path written = EntryPaths.below(folder, value);
      (name.equals("--tflite") ? results : reports).add(written);
      return written.toString();
    }
    boolean isFile =
        option.typeInfo().getType() == Path.class
            || (name.equals("--profile") && value.endsWith(".json"));
    if (!isFile) {
      return value;
    }
    Path file = base.resolve(EntryPaths.path(value));
    read.add(file);
    return file.toString();
  }

  private static String scalar(String name, JsonNode value) {
    if (!value.isTextual() && !value.isNumber()) {
      throw EntryPaths.wrong("`" + name + "` has a value that is neither text nor number");
    }
    return value.asText();
  }

  private static Set<String> names() {
    Set<String> names = new TreeSet<>();
    for (OptionSpec option : CONVERT.options()) {
      String name = option.longestName().substring(2);
      if (!NOT_FOR_FILES.contains(name)) {
        names.add(name);
      }
    }
    return names;
  }

  /** In the order they were added; the output is not among them. */
  List<String> list() {
    return arguments;
  }

  /** The output, and a file that is written beside it. */
  List<Path> results() {
    return results;
  }

  /** All that is written. */
  List<Path> written() {
    List<Path> all = new ArrayList<>(results);
    all.addAll(reports);
    return all;
  }

  /** Files that the result or the verdict depends on. */
  List<Path> read() {
    return read;
  }
}
