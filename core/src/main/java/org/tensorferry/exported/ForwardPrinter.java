package org.tensorferry.exported;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.exported.ExportedProgram.Placeholder;
import org.tensorferry.exported.ExportedProgram.Result;
import org.tensorferry.exported.MethodText.Scope;

/**
 * Prints a program as one method {@code forward}. It takes the leaves of the arguments one by one
 * and returns those of the results in a flat tuple; {@link ExportedProgram#results} says what they
 * make up.
 */
final class ForwardPrinter {

  private final ExportedProgram program;
  private final Map<String, String> weights;
  private final List<String> argumentNames;
  private final MethodText text = new MethodText();
  private final MethodPrinter calls = new MethodPrinter(text);
  private final Scope scope;

  /**
   * A printer.
   *
   * @param weights how code reaches a weight, by its path
   * @param argumentNames of the leaves of the arguments, in the order of the inputs that are
   *     arguments
   */
  ForwardPrinter(ExportedProgram program, Map<String, String> weights, List<String> argumentNames) {
    this.program = program;
    this.scope = new Scope(program.graph());
    this.weights = weights;
    this.argumentNames = argumentNames;
  }

  /**
   * Prints it.
   *
   * @throws FerryException with everything that can't be printed (UNCONVERTIBLE)
   */
  MethodText print() {
    List<Argument> returned = returned();
    StringJoiner parameters = new StringJoiner(", ", "(", ")").add("self");
    parameters().forEach(parameters::add);
    text.header("def forward" + parameters + " -> " + type(returned) + ":");
    calls.calls(program.graph(), scope);
    updates();
    text.line("return " + results(returned));
    if (!calls.problems().isEmpty()) {
      throw new FerryException(ExitCode.UNCONVERTIBLE, calls.problems(), null);
    }
    return text;
  }

  private List<String> parameters() {
    List<String> parameters = new ArrayList<>();
    int leaf = 0;
    for (Placeholder input : program.inputs()) {
      if (input instanceof Placeholder.Weight weight) {
        scope.define(weight.name(), weights.getOrDefault(weight.path(), ""));
      } else if (input instanceof Placeholder.UserInput user) {
        parameters.add(parameter(user.argument(), argumentNames.get(leaf++)));
      } else if (input instanceof Placeholder.Other other) {
        calls
            .problems()
            .add(
                Problem.of("the program takes a `" + other.kind() + "`")
                    .because("it stands for an object or an effect outside of the graph")
                    .fix("export the model without custom objects"));
      }
    }
    return parameters;
  }

  private String parameter(Argument argument, String name) {
    if (!(argument instanceof Argument.Named named)) {
      throw Problem.of("the argument `" + name + "` is no tensor and no number")
          .because("the program was exported with a custom object")
          .fix("export the model with tensors and numbers as arguments")
          .as(ExitCode.UNCONVERTIBLE);
    }
    String parameter = Words.isReserved(name) ? name + "_" : name;
    text.reserve(parameter);
    scope.define(named.name(), parameter);
    return parameter + ": " + named.kind().type();
  }

  private List<Argument> returned() {
    List<Argument> returned = new ArrayList<>();
    for (int i = 0; i < program.outputs().size(); i++) {
      if (program.outputs().get(i).meaning() == ExportedProgram.Meaning.RETURNED) {
        returned.add(program.graph().outputs().get(i));
      }
    }
    return returned;
  }

  /** New values of weights and inputs, which a functional program gives as outputs. */
  private void updates() {
    for (int i = 0; i < program.outputs().size(); i++) {
      Result result = program.outputs().get(i);
      Argument value = program.graph().outputs().get(i);
      switch (result.meaning()) {
        case RETURNED -> {}
        case NEW_WEIGHT -> copy(weights.getOrDefault(result.target(), ""), result, value);
        case NEW_INPUT -> copy(scope.find(result.target()), result, value);
        case GRADIENT, TOKEN ->
            calls
                .problems()
                .add(
                    Problem.of("the program returns gradients or effect tokens")
                        .because("it is a training step, not a model")
                        .fix("export the model itself, after model.eval()"));
      }
    }
  }

  private void copy(String target, Result result, Argument value) {
    if (target.isEmpty()) {
      throw ExportedModel.damaged("The program changes `" + result.target() + "`, which it lacks.");
    }
    text.line("_ = torch.copy_(" + target + ", " + ArgumentText.of(value, scope) + ")");
  }

  private String results(List<Argument> returned) {
    List<String> values = returned.stream().map(value -> ArgumentText.of(value, scope)).toList();
    return switch (values.size()) {
      case 0 -> "None";
      case 1 -> values.get(0);
      default -> "(" + String.join(", ", values) + ")";
    };
  }

  private static String type(List<Argument> returned) {
    List<String> types = returned.stream().map(ForwardPrinter::type).toList();
    return switch (types.size()) {
      case 0 -> "None";
      case 1 -> types.get(0);
      default -> "Tuple[" + String.join(", ", types) + "]";
    };
  }

  private static String type(Argument value) {
    if (value instanceof Argument.Named named) {
      return named.kind().type();
    }
    if (value instanceof Argument.Int) {
      return "int";
    }
    if (value instanceof Argument.Real) {
      return "float";
    }
    if (value instanceof Argument.Bool) {
      return "bool";
    }
    return value instanceof Argument.Text ? "str" : "NoneType";
  }
}
