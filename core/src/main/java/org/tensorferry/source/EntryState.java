package org.tensorferry.source;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.dim.Shape;
import org.tensorferry.source.EntryMethod.StateEnd;

/**
 * State of a module as arguments and results of an {@link EntryMethod}: {@code encoder.cache} is
 * the argument {@code encoder_cache}, which is put where the buffer was before the call, and the
 * result {@code encoder_cache_next}, which is what is found there after it.
 */
final class EntryState {

  private static final String SUFFIX = "_next";

  private final List<StateArgument> state;
  private final List<InputSpec> specs = new ArrayList<>();
  private final List<StateEnd> ends = new ArrayList<>();
  private final Map<String, String> owners = new LinkedHashMap<>();

  /**
   * State of a call.
   *
   * @param used names of the other arguments; those of the state are added
   */
  EntryState(List<StateArgument> state, Set<String> used) {
    this.state = state;
    for (StateArgument each : state) {
      String name = each.argument();
      for (int i = 1; !used.add(name); i++) {
        name = each.argument() + "_" + i;
      }
      specs.add(InputSpec.of(each.first().dtype(), Shape.of(each.first().shape())).named(name));
      ends.add(new StateEnd(each.path(), name, name + SUFFIX, each.first()));
      owners.putIfAbsent(each.owner(), "state_owner_" + owners.size());
    }
  }

  /** The arguments. */
  List<InputSpec> specs() {
    return specs;
  }

  List<StateEnd> ends() {
    return ends;
  }

  /** Statements before the call. */
  List<String> before() {
    List<String> lines = new ArrayList<>();
    owners.forEach((path, name) -> lines.add(name + " = " + module(path)));
    for (int i = 0; i < state.size(); i++) {
      String argument = ends.get(i).input();
      String value =
          state.get(i).isNumber()
              ? type(state.get(i)) + "(" + argument + ")"
              : "torch.clone(" + argument + ")";
      lines.add(place(state.get(i)) + " = " + value);
    }
    return lines;
  }

  /** The result of the call with the state after it. */
  String returned(String result) {
    return state.isEmpty()
        ? result
        : state.stream()
            .map(this::after)
            .collect(Collectors.joining(", ", "(" + result + ", ", ")"));
  }

  private String after(StateArgument each) {
    return each.isNumber()
        ? "torch.tensor(" + place(each) + ", dtype=" + each.first().dtype().torchCode() + ")"
        : "torch.clone(" + place(each) + ")";
  }

  private String place(StateArgument each) {
    return owners.get(each.owner()) + "." + each.attribute();
  }

  private static String type(StateArgument number) {
    return switch (number.first().dtype()) {
      case BOOL -> "bool";
      case INT64 -> "int";
      default -> "float";
    };
  }

  private static String module(String path) {
    String module = EntryMethod.SELF;
    for (String part : path.isEmpty() ? new String[0] : path.split("\\.", -1)) {
      module =
          part.matches("[A-Za-z_]\\w*")
              ? module + "." + part
              : "getattr(" + module + ", \"" + part + "\")";
    }
    return module;
  }
}
