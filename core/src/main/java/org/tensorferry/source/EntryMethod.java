package org.tensorferry.source;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.value.Structure;
import org.tensorferry.value.Value;

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
 * @param state what is kept from call to call: last parameters, and results in a tuple after the
 *     method's own
 */
public record EntryMethod(
    String name,
    List<String> parameters,
    String module,
    List<String> lines,
    List<String> channelsLast,
    List<StateEnd> state) {

  /** What names of such methods begin with. */
  static final String PREFIX = "tensorferry_";

  private static final String PLACE = "the call of `";

  /** Where a result with state that has no names of its own stands. */
  private static final String OUTPUT = "output";

  /**
   * State at both ends of a call.
   *
   * @param path of the buffer or attribute
   * @param input the parameter
   * @param output the result's name
   * @param first what the first call is given
   */
  public record StateEnd(String path, String input, String output, HostTensor first) {}

  /** Stands for the module whose method is called. */
  static final String SELF = "\u0000";

  public EntryMethod {
    parameters = List.copyOf(parameters);
    lines = List.copyOf(lines);
    channelsLast = List.copyOf(channelsLast);
    state = List.copyOf(state);
  }

  /**
   * A result as users see it: with state, the method's own by its names and the state by those.
   *
   * @param own makes the model's own result of what its code returns
   */
  public <T> Structure<T> result(Structure<T> returned, UnaryOperator<Structure<T>> own) {
    if (state.isEmpty() || !(returned instanceof Structure.Sequence<T> all)) {
      return own.apply(returned);
    }
    Structure<T> result = own.apply(all.elements().get(0));
    Map<String, Structure<T>> fields = new LinkedHashMap<>();
    if (result instanceof Structure.Fields<T> named) {
      fields.putAll(named.elements());
    } else {
      fields.put(OUTPUT, result);
    }
    for (int i = 0; i < state.size(); i++) {
      fields.put(state.get(i).output(), all.elements().get(i + 1));
    }
    return new Structure.Fields<>(fields, "");
  }

  /** As {@link #result(Structure, UnaryOperator)}, before state has its names. */
  public Value returned(Value returned, UnaryOperator<Value> own) {
    if (state.isEmpty() || !(returned instanceof Value.TupleOf all)) {
      return own.apply(returned);
    }
    List<Value> elements = new ArrayList<>(all.elements());
    elements.set(0, own.apply(elements.get(0)));
    return Value.tuple(elements);
  }

  /** Where its own lines are, as problems say it. */
  public String place() {
    return PLACE + name + "`";
  }

  /** Whether a place is within such a method. */
  public static boolean isPlace(String place) {
    return place.startsWith(PLACE + PREFIX);
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
