package org.tensorferry.source;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A method of tensors alone that calls a method of the model with all it needs: plain values,
 * lists, dicts, and tensors with their channels where torch has them. It is added to the model's
 * code, for the conversion and for libtorch alike.
 *
 * @param name of the new method
 * @param parameters all of type Tensor, in order
 * @param module path of the module whose method is called, empty for the root
 * @param lines its statements, with {@link #SELF} for that module
 * @param channelsLast the parameters whose channels come last
 */
public record EntryMethod(
    String name,
    List<String> parameters,
    String module,
    List<String> lines,
    List<String> channelsLast) {

  /** Stands for the module whose method is called. */
  static final String SELF = "\u0000";

  public EntryMethod {
    parameters = List.copyOf(parameters);
    lines = List.copyOf(lines);
    channelsLast = List.copyOf(channelsLast);
  }

  /** The method of the module itself, as TorchScript. */
  public String ofModule() {
    return text("self");
  }

  /** The same as a method of the root. */
  public String ofRoot() {
    String path = "self";
    for (String part : module.isEmpty() ? new String[0] : module.split("\\.", -1)) {
      path =
          part.matches("[A-Za-z_]\\w*")
              ? path + "." + part
              : "getattr(" + path + ", \"" + part + "\")";
    }
    return text(path);
  }

  private String text(String receiver) {
    String arguments =
        parameters.stream().map(each -> ", " + each + ": Tensor").collect(Collectors.joining());
    return "def "
        + name
        + "(self"
        + arguments
        + "):\n"
        + lines.stream()
            .map(line -> "  " + line.replace(SELF, receiver) + "\n")
            .collect(Collectors.joining());
  }
}
