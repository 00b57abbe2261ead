package org.tensorferry.fuzz;

import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** An argument of a generated call. */
sealed interface Argument {

  /** A tensor by its name in the program. */
  record Variable(String name) implements Argument {}

  /** Anything that stands for itself: {@code 2}, {@code "trunc"}, {@code [0, -1]}. */
  record Literal(String text) implements Argument {}

  /** A list of tensors or of Nones. */
  record Sequence(List<Argument> elements) implements Argument {}

  static Argument of(String variable) {
    return new Variable(variable);
  }

  static Argument literal(Object value) {
    return new Literal(String.valueOf(value));
  }

  /** TorchScript text; names of tensors are written by the given function. */
  default String text(UnaryOperator<String> naming) {
    if (this instanceof Variable variable) {
      return naming.apply(variable.name());
    }
    if (this instanceof Sequence sequence) {
      return sequence.elements().stream()
          .map(element -> element.text(naming))
          .collect(Collectors.joining(", ", "[", "]"));
    }
    return ((Literal) this).text();
  }

  /** Adds the names of the tensors that it uses. */
  default void collect(Set<String> names) {
    if (this instanceof Variable variable) {
      names.add(variable.name());
    } else if (this instanceof Sequence sequence) {
      sequence.elements().forEach(element -> element.collect(names));
    }
  }
}
