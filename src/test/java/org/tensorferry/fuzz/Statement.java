package org.tensorferry.fuzz;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * One call.
 *
 * @param callee operator name (of a block all of its text), with the underscore of an in-place form
 * @param form how its results are taken
 * @param elements for a list: the positions that are taken from it, one for each result
 * @param results names of the results
 */
record Statement(
    String callee,
    List<Argument> positional,
    Map<String, Argument> named,
    Form form,
    List<Integer> elements,
    List<String> results) {

  /** What a call gives. */
  enum Form {
    TENSOR,
    TUPLE,
    LIST,
    /** Control flow over tensors that are there already; the callee is its text. */
    BLOCK
  }

  Statement {
    positional = List.copyOf(positional);
    elements = List.copyOf(elements);
    results = List.copyOf(results);
  }

  /** Lines of control flow, and the names of the tensors in them. */
  static Statement block(List<String> lines, Set<String> names) {
    return new Statement(
        String.join("\n", lines),
        names.stream().map(Argument::of).toList(),
        Map.of(),
        Form.BLOCK,
        List.of(),
        List.of());
  }

  boolean isBlock() {
    return form == Form.BLOCK;
  }

  boolean isInPlace() {
    return !isBlock() && isInPlace(callee);
  }

  private static boolean isInPlace(String callee) {
    return (callee.endsWith("_") && !callee.endsWith("__"))
        || callee.matches("__i(and|or|xor|lshift|rshift)__");
  }

  /** The names of the tensors that it reads or writes. */
  Set<String> uses() {
    Set<String> names = new LinkedHashSet<>();
    positional.forEach(argument -> argument.collect(names));
    named.values().forEach(argument -> argument.collect(names));
    return names;
  }

  /** The call, as in {@code torch.add(v0, v1, alpha=2)}. */
  String call(UnaryOperator<String> naming) {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < positional.size(); i++) {
      // What is changed in place must be the tensor itself.
      boolean target = i == 0 && isInPlace();
      texts.add(positional.get(i).text(target ? UnaryOperator.identity() : naming));
    }
    named.forEach((name, argument) -> texts.add(name + "=" + argument.text(naming)));
    return "torch." + callee + "(" + String.join(", ", texts) + ")";
  }

  /** The lines of the statement. */
  List<String> lines(UnaryOperator<String> naming) {
    if (isBlock()) {
      return callee.lines().toList();
    }
    String call = call(naming);
    return switch (form) {
      case BLOCK -> throw new IllegalStateException("has lines of its own");
      case TENSOR -> List.of(results.get(0) + " = " + call);
      case TUPLE -> List.of(String.join(", ", results) + " = " + call);
      case LIST -> {
        List<String> lines = new ArrayList<>();
        String list = "list_" + results.get(0);
        lines.add(list + " = " + call);
        for (int i = 0; i < results.size(); i++) {
          lines.add(results.get(i) + " = " + list + "[" + elements.get(i) + "]");
        }
        yield lines;
      }
    };
  }

  Statement withPositional(int index, Argument argument) {
    List<Argument> changed = new ArrayList<>(positional);
    changed.set(index, argument);
    return new Statement(callee, changed, named, form, elements, results);
  }

  Statement withoutNamed(String name) {
    Map<String, Argument> fewer = new LinkedHashMap<>(named);
    fewer.remove(name);
    return new Statement(callee, positional, fewer, form, elements, results);
  }

  Statement withoutLastPositional() {
    return new Statement(
        callee, positional.subList(0, positional.size() - 1), named, form, elements, results);
  }
}
