package org.tensorferry.exported;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.exported.Argument.Kind;
import org.tensorferry.exported.Graph.ModuleCall;
import org.tensorferry.exported.Graph.Node;
import org.tensorferry.exported.MethodText.Origin;
import org.tensorferry.exported.MethodText.Scope;

/**
 * Prints the calls of a graph as statements of TorchScript. Checks that torch added when it
 * exported are left out: they have no result.
 */
final class MethodPrinter {

  private static final String OPS = "torch.ops.";
  private static final String HIGHER_ORDER = OPS + "higher_order.";

  private static final Set<String> CHECKS =
      Set.of(
          "_assert_scalar",
          "_assert_tensor_metadata",
          "_assert_async",
          "_functional_assert_async",
          "_functional_assert_scalar",
          "sym_constrain_range",
          "sym_constrain_range_for_size",
          "_functional_sym_constrain_range",
          "_functional_sym_constrain_range_for_size");

  private final MethodText text;
  private final List<Problem> problems = new ArrayList<>();

  MethodPrinter(MethodText text) {
    this.text = text;
  }

  /** What could not be printed. */
  List<Problem> problems() {
    return problems;
  }

  /**
   * Prints all calls of a graph; what can't be printed is collected, and its results are unknown.
   */
  void calls(Graph graph, Scope scope) {
    Origin outer = text.origin();
    for (Node node : graph.nodes()) {
      text.from(origin(node, outer));
      try {
        call(node, scope);
      } catch (FerryException refusal) {
        if (refusal.exitCode() != ExitCode.UNCONVERTIBLE) {
          throw refusal;
        }
        refusal.problems().forEach(problem -> problems.add(located(problem, node)));
        // What stands on it is printed as if it were there, to find the next problem.
        node.outputs().forEach(output -> define(output, scope));
      }
    }
    text.from(outer);
  }

  /** A graph inside of an operator has no places of its own. */
  private static Origin origin(Node node, Origin outer) {
    if (node.modules().isEmpty()) {
      return new Origin(node.place().isEmpty() ? outer.place() : node.place(), outer.module());
    }
    ModuleCall module = node.modules().get(node.modules().size() - 1);
    return new Origin(node.place().isEmpty() ? outer.place() : node.place(), module);
  }

  private Problem located(Problem problem, Node node) {
    Origin origin = text.origin();
    String path = origin.module().path();
    return problem
        .at("operator", "`" + node.target() + "`")
        .at("module", path.isEmpty() ? "(root)" : path)
        .at("line", origin.place().isEmpty() ? "(unknown)" : origin.place());
  }

  private void define(Argument output, Scope scope) {
    if (output instanceof Argument.Named named) {
      text.define(named.name(), scope);
    } else if (output instanceof Argument.Sequence list) {
      list.elements().forEach(element -> define(element, scope));
    }
  }

  private void call(Node node, Scope scope) {
    String target = node.target();
    if (target.startsWith(HIGHER_ORDER)) {
      new HigherOrderPrinter(this, text).call(target.substring(HIGHER_ORDER.length()), node, scope);
      return;
    }
    List<String> plain =
        target.startsWith(OPS)
            ? List.of()
            : node.inputs().stream().map(in -> ArgumentText.of(in.argument(), scope)).toList();
    var symbolic = SymbolicOperators.expression(target, plain);
    if (symbolic.isPresent()) {
      bind(node.outputs(), symbolic.get(), scope);
      return;
    }
    String[] name = target.startsWith(OPS) ? target.substring(OPS.length()).split("\\.", -1) : null;
    if (name == null || name.length != 3 || !(name[0] + name[1]).matches("\\w+")) {
      throw unknown(target);
    }
    if (!(name[0].equals("aten") && CHECKS.contains(name[1]))) {
      bind(node.outputs(), operator(name[0], name[1], node, scope), scope);
    }
  }

  private static FerryException unknown(String target) {
    if (target.startsWith("torch._functorch.predispatch.")) {
      return Problem.of("the program maps a function with torch.vmap")
          .because("such a program holds only the beginning and the end of the mapped part")
          .fix("save `program.run_decompositions()`, which writes the mapped operators out")
          .as(ExitCode.UNCONVERTIBLE);
    }
    return Problem.of("the program calls `" + target + "`, which is no operator of torch")
        .fix("export the model without it")
        .as(ExitCode.UNCONVERTIBLE);
  }

  private static String operator(String namespace, String name, Node node, Scope scope) {
    List<String> arguments = new ArrayList<>();
    for (Graph.Input input : node.inputs()) {
      String value = ArgumentText.of(input.argument(), scope);
      arguments.add(input.isKeyword() ? input.name() + "=" + value : value);
    }
    String list = "(" + String.join(", ", arguments) + ")";
    if (!namespace.equals("aten")) {
      return "ops." + namespace + "." + name + list;
    }
    return switch (name) {
      case "sym_size" -> "torch.size" + list;
      case "sym_numel" -> "torch.numel" + list;
      case "sym_storage_offset" -> "torch.storage_offset" + list;
      case "sym_stride" ->
          arguments.size() == 2
              ? "torch.stride(" + arguments.get(0) + ")[" + arguments.get(1) + "]"
              : "torch.stride" + list;
      case "item", "_local_scalar_dense" -> number(node) + list;
      default -> "torch." + name + list;
    };
  }

  /** What the one value of a tensor becomes. */
  private static String number(Node node) {
    return node.outputs().size() == 1
            && node.outputs().get(0) instanceof Argument.Named named
            && named.kind() != Kind.TENSOR
        ? named.kind().type()
        : "torch.item";
  }

  // --- results

  /** Assigns the results of an expression to the names of the outputs. */
  void bind(List<Argument> outputs, String expression, Scope scope) {
    if (outputs.size() <= 1) {
      bindOne(outputs.isEmpty() ? new Argument.None() : outputs.get(0), expression, scope);
      return;
    }
    StringBuilder targets = new StringBuilder();
    List<Runnable> lists = new ArrayList<>();
    for (Argument output : outputs) {
      if (output instanceof Argument.Sequence list) {
        String variable = text.fresh("l");
        targets.append(variable).append(", ");
        lists.add(() -> elements(list, variable, scope));
      } else {
        targets.append(variable(output, scope)).append(", ");
      }
    }
    text.line(targets + "= " + expression);
    lists.forEach(Runnable::run);
  }

  private void bindOne(Argument output, String expression, Scope scope) {
    if (output instanceof Argument.Sequence list) {
      String variable = text.fresh("l");
      text.line(variable + " = " + expression);
      elements(list, variable, scope);
    } else {
      text.line(variable(output, scope) + " = " + expression);
    }
  }

  private void elements(Argument.Sequence list, String variable, Scope scope) {
    for (int i = 0; i < list.elements().size(); i++) {
      text.line(variable(list.elements().get(i), scope) + " = " + variable + "[" + i + "]");
    }
  }

  /** A new variable for a result; one that is never read where the result has no name. */
  private String variable(Argument output, Scope scope) {
    return output instanceof Argument.Named named
        ? text.define(named.name(), scope)
        : text.fresh("u");
  }
}
