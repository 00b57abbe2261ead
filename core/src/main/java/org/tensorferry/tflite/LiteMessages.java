package org.tensorferry.tflite;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tensorferry.error.Problem;
import org.tensorferry.tf.Origin;

/** TensorFlow Lite's many kilobytes of reasons as one sentence. */
final class LiteMessages {

  private static final int LONGEST = 400;
  private static final Pattern ERROR = Pattern.compile("error: ([^\\n]*)");
  private static final Pattern FOREIGN =
      Pattern.compile(
          "loc\\(([^\\n]*)\\): (?:error: )?'tf\\.(\\w+)' op is neither a custom op nor a flex op");
  private static final Pattern NAME = Pattern.compile("\"([^\"@]+)@");
  private static final Pattern STATIC_LIST =
      Pattern.compile("TensorListReserve' op requires element_shape to be static");

  private LiteMessages() {}

  /** The operators that TensorFlow Lite does not have, as a failed conversion tells them. */
  static List<Problem> foreign(String reason, ModuleNames names) {
    Map<String, Problem> problems = new LinkedHashMap<>();
    Matcher operators = FOREIGN.matcher(reason);
    while (operators.find()) {
      Optional<Origin> origin =
          NAME.matcher(operators.group(1))
              .results()
              .flatMap(name -> names.ofNode(name.group(1)).stream())
              .findFirst();
      Problem problem = TfliteCheck.foreign(operators.group(2), origin);
      problems.put(problem.text(), problem);
    }
    return List.copyOf(problems.values());
  }

  /** The problem of a request that could not be carried out. */
  static Problem problem(String doing, String reason, List<String> printed) {
    String all = reason + "\n" + String.join("\n", printed);
    if (STATIC_LIST.matcher(all).find()) {
      return Problem.of("A recurrent layer with a dynamic batch can't become a .tflite file")
          .because("TensorFlow Lite's lists need to know every size of a time step but the time")
          .fix("fix the batch, as in --input \"x:float32[1,time,80]\"");
    }
    Matcher error = ERROR.matcher(all);
    String why = error.find() ? error.group(1) : reason + last(printed);
    return Problem.of("TensorFlow Lite failed " + doing)
        .because(sentence(why))
        .fix("write a SavedModel instead, or report this with the model");
  }

  private static String last(List<String> printed) {
    return printed.isEmpty() ? "" : ": " + printed.get(printed.size() - 1).strip();
  }

  /** The beginning of a text, on one line. */
  static String sentence(String text) {
    String line = text.strip().replaceAll("\\s+", " ").replaceAll("^(ERROR|WARNING): ", "");
    return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "...";
  }
}
