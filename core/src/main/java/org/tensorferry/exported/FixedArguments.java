package org.tensorferry.exported;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.exported.ExportedProgram.Placeholder;

/** The arguments that were fixed to a value when the model was exported. */
final class FixedArguments {

  private final Map<String, String> values = new HashMap<>();

  FixedArguments(ExportedProgram program) {
    for (Placeholder input : program.inputs()) {
      if (input instanceof Placeholder.Fixed fixed) {
        values.put(fixed.name(), text(fixed.value()));
      }
    }
  }

  private static String text(Argument value) {
    if (value instanceof Argument.Int number) {
      return Long.toString(number.value());
    }
    if (value instanceof Argument.Real number) {
      return Double.toString(number.value());
    }
    if (value instanceof Argument.Bool bool) {
      return bool.value() ? "True" : "False";
    }
    return value instanceof Argument.Text text ? text.value() : "None";
  }

  /**
   * The values of other arguments.
   *
   * @param given as {@code sr=16000}
   * @throws org.tensorferry.error.FerryException (usage) where one is not the fixed value
   */
  List<String> without(List<String> given) {
    return given.stream().filter(each -> !isFixed(each)).toList();
  }

  private boolean isFixed(String given) {
    int equals = given.indexOf('=');
    String name = given.substring(0, equals).strip();
    String value = given.substring(equals + 1).strip();
    String fixed = values.get(name);
    if (fixed != null && !isSame(fixed, value)) {
      throw Problem.of("the argument `" + name + "` can't be " + value)
          .because("the model was exported with " + name + "=" + fixed + ", which fixed it")
          .fix("leave it out, or export the model with this value")
          .as(ExitCode.USAGE);
    }
    return fixed != null;
  }

  private static boolean isSame(String fixed, String value) {
    if (fixed.equals(value)
        || value.equals("\"" + fixed + "\"")
        || value.equals("'" + fixed + "'")) {
      return true;
    }
    try {
      return Double.parseDouble(fixed) == Double.parseDouble(value);
    } catch (NumberFormatException text) {
      return false;
    }
  }
}
