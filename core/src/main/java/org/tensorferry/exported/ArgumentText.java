package org.tensorferry.exported;

import java.util.stream.Collectors;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.exported.MethodText.Scope;
import org.tensorferry.value.LiteralText;

/** Arguments as TorchScript expressions. */
final class ArgumentText {

  private ArgumentText() {}

  /**
   * An argument as an expression.
   *
   * @throws org.tensorferry.error.FerryException for one that TorchScript has no words for
   *     (UNCONVERTIBLE), or a name that nothing defines (UNREADABLE)
   */
  static String of(Argument argument, Scope scope) {
    if (argument instanceof Argument.Named named) {
      return name(named, scope);
    }
    if (argument instanceof Argument.None) {
      return "None";
    }
    if (argument instanceof Argument.Int integer) {
      return Long.toString(integer.value());
    }
    if (argument instanceof Argument.Real real) {
      return LiteralText.real(real.value());
    }
    if (argument instanceof Argument.Bool bool) {
      return bool.value() ? "True" : "False";
    }
    if (argument instanceof Argument.Text text) {
      return LiteralText.string(text.value());
    }
    if (argument instanceof Argument.Complex complex) {
      return "complex("
          + LiteralText.real(complex.real())
          + ", "
          + LiteralText.real(complex.imaginary())
          + ")";
    }
    if (argument instanceof Argument.Device) {
      return "torch.device(\"cpu\")";
    }
    if (argument instanceof Argument.Sequence list) {
      return list(list, scope);
    }
    throw refused(argument);
  }

  private static String name(Argument.Named named, Scope scope) {
    String expression = scope.find(named.name());
    if (expression.isEmpty()) {
      throw Problem.of("The program uses `" + named.name() + "`, which nothing defines before.")
          .because("the file is damaged")
          .fix("save the program again with torch.export.save")
          .as(ExitCode.UNREADABLE);
    }
    return expression;
  }

  private static String list(Argument.Sequence list, Scope scope) {
    String elements =
        list.elements().stream()
            .map(element -> of(element, scope))
            .collect(Collectors.joining(", ", "[", "]"));
    boolean typed =
        list.elements().isEmpty()
            || list.elements().stream().anyMatch(Argument.None.class::isInstance);
    return typed ? "annotate(List[" + list.elementType() + "], " + elements + ")" : elements;
  }

  private static RuntimeException refused(Argument argument) {
    String what = argument instanceof Argument.Foreign foreign ? foreign.what() : "a function";
    return Problem.of("an argument is of the kind `" + what + "`")
        .because("it has no counterpart in TensorFlow")
        .fix("export the model without it")
        .as(ExitCode.UNCONVERTIBLE);
  }
}
