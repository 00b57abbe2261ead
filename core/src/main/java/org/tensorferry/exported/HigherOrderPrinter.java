package org.tensorferry.exported;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.exported.Graph.Node;
import org.tensorferry.exported.MethodText.Scope;

/**
 * Prints operators that call functions: {@code cond} as if and else, {@code while_loop} as while,
 * regions without effect on values in place.
 */
final class HigherOrderPrinter {

  private static final Set<String> REGIONS =
      Set.of(
          "wrap_with_set_grad_enabled",
          "wrap_with_autocast",
          "wrap",
          "hints_wrapper",
          "tag_activation_checkpoint",
          "wrap_activation_checkpoint",
          "invoke_subgraph",
          "strict_mode");

  private final MethodPrinter calls;
  private final MethodText text;

  HigherOrderPrinter(MethodPrinter calls, MethodText text) {
    this.calls = calls;
    this.text = text;
  }

  /**
   * Prints one.
   *
   * @param name {@code cond}
   */
  void call(String name, Node node, Scope scope) {
    List<Argument> arguments = node.inputs().stream().map(Graph.Input::argument).toList();
    if (REGIONS.contains(name)) {
      region(name, arguments, node, scope);
    } else if (name.equals("cond") && arguments.size() == 4) {
      condition(arguments, node, scope);
    } else if (name.equals("while_loop") && arguments.size() >= 3) {
      loop(arguments, node, scope);
    } else {
      throw Problem.of("the program calls the higher-order operator `" + name + "`")
          .because("no rule prints it as code")
          .fix("write the part as a loop over the length of a dim, or as tensor operators")
          .as(ExitCode.UNCONVERTIBLE);
    }
  }

  private void region(String name, List<Argument> arguments, Node node, Scope scope) {
    boolean autocast = name.equals("wrap_with_autocast");
    if (autocast && arguments.size() > 2 && isTrue(arguments.get(2))) {
      throw Problem.of("a part of the model runs under torch.autocast")
          .because("the program does not hold the casts that autocast makes when it runs")
          .fix(
              "save `program.run_decompositions()`, which writes the casts out, or export the model"
                  + " without autocast")
          .as(ExitCode.UNCONVERTIBLE);
    }
    int at = 0;
    while (at < arguments.size() && !(arguments.get(at) instanceof Argument.Block)) {
      at++;
    }
    if (at == arguments.size()) {
      throw damaged(name);
    }
    List<String> operands = all(arguments.subList(at + 1, arguments.size()), scope);
    List<String> results = inline(arguments.get(at), operands, name);
    List<String> variables = variables(node, results.size(), name);
    define(node, variables, scope);
    assign(variables, results);
  }

  private static boolean isTrue(Argument argument) {
    return argument instanceof Argument.Bool bool && bool.value();
  }

  private void condition(List<Argument> arguments, Node node, Scope scope) {
    String chosen = ArgumentText.of(arguments.get(0), scope);
    List<String> operands = all(List.of(arguments.get(3)), scope);
    List<String> variables = variables(node, node.outputs().size(), "cond");
    text.line("if bool(" + chosen + "):");
    text.indented(() -> branch(variables, arguments.get(1), operands));
    text.line("else:");
    text.indented(() -> branch(variables, arguments.get(2), operands));
    define(node, variables, scope);
  }

  private void branch(List<String> variables, Argument block, List<String> operands) {
    List<String> results = inline(block, operands, "cond");
    requireCount(results.size(), variables.size(), "cond");
    assign(variables, results);
    if (variables.isEmpty()) {
      text.line("pass");
    }
  }

  /** {@code go = cond(x); while go: x = body(x); go = cond(x)}. */
  private void loop(List<Argument> arguments, Node node, Scope scope) {
    List<String> carried = all(List.of(arguments.get(2)), scope);
    List<String> constant = all(arguments.subList(3, arguments.size()), scope);
    List<String> variables = variables(node, carried.size(), "while_loop");
    assign(variables, carried);
    List<String> operands = new ArrayList<>(variables);
    operands.addAll(constant);
    String go = text.fresh("go");
    again(go, arguments.get(0), operands);
    text.line("while " + go + ":");
    text.indented(
        () -> {
          List<String> results = inline(arguments.get(1), operands, "while_loop");
          requireCount(results.size(), variables.size(), "while_loop");
          List<String> next = results.stream().map(result -> text.fresh("n")).toList();
          assign(next, results);
          assign(variables, next);
          again(go, arguments.get(0), operands);
        });
    define(node, variables, scope);
  }

  private void again(String go, Argument block, List<String> operands) {
    List<String> results = inline(block, operands, "while_loop");
    requireCount(results.size(), 1, "while_loop");
    text.line(go + " = bool(" + results.get(0) + ")");
  }

  /** Prints the calls of a function and gives its results as expressions. */
  private List<String> inline(Argument argument, List<String> operands, String operator) {
    if (!(argument instanceof Argument.Block block)) {
      throw damaged(operator);
    }
    Graph graph = block.graph();
    requireCount(operands.size(), graph.inputs().size(), operator);
    Scope scope = new Scope(graph);
    for (int i = 0; i < operands.size(); i++) {
      if (graph.inputs().get(i) instanceof Argument.Named named) {
        scope.define(named.name(), operands.get(i));
      }
    }
    calls.calls(graph, scope);
    return all(graph.outputs(), scope);
  }

  /** Expressions of arguments, with lists spread out. */
  private static List<String> all(List<Argument> arguments, Scope scope) {
    List<String> expressions = new ArrayList<>();
    for (Argument argument : arguments) {
      if (argument instanceof Argument.Sequence list) {
        expressions.addAll(all(list.elements(), scope));
      } else {
        expressions.add(ArgumentText.of(argument, scope));
      }
    }
    return expressions;
  }

  private void assign(List<String> variables, List<String> expressions) {
    for (int i = 0; i < variables.size(); i++) {
      text.line(variables.get(i) + " = " + expressions.get(i));
    }
  }

  /** A variable for each result of the operator. */
  private List<String> variables(Node node, int count, String operator) {
    List<Argument> outputs = flat(node.outputs());
    requireCount(outputs.size(), count, operator);
    return outputs.stream()
        .map(
            output ->
                output instanceof Argument.Named named
                    ? text.variable(named.name())
                    : text.fresh("u"))
        .toList();
  }

  private static void define(Node node, List<String> variables, Scope scope) {
    List<Argument> outputs = flat(node.outputs());
    for (int i = 0; i < variables.size(); i++) {
      if (outputs.get(i) instanceof Argument.Named named) {
        scope.define(named.name(), variables.get(i));
      }
    }
  }

  private static List<Argument> flat(List<Argument> outputs) {
    return outputs.stream()
        .flatMap(
            output ->
                output instanceof Argument.Sequence list
                    ? list.elements().stream()
                    : Stream.of(output))
        .toList();
  }

  private static void requireCount(int count, int expected, String operator) {
    if (count != expected) {
      throw damaged(operator);
    }
  }

  private static FerryException damaged(String operator) {
    return Problem.of("The program calls `" + operator + "` with arguments that it does not have.")
        .because("the file is damaged")
        .fix("save the program again with torch.export.save")
        .as(ExitCode.UNREADABLE);
  }
}
