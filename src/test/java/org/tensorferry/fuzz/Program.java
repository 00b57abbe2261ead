package org.tensorferry.fuzz;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.tensorferry.tensor.HostTensor;

/**
 * A whole program.
 *
 * @param inputs by name, in order
 * @param outputs the names that are returned
 * @param dynamic true where every size above 1 is given as a dynamic dim
 */
record Program(
    Map<String, HostTensor> inputs,
    List<Statement> statements,
    List<String> outputs,
    boolean dynamic) {

  Program {
    statements = List.copyOf(statements);
    outputs = List.copyOf(outputs);
  }

  /** A program that returns everything it has. */
  static Program of(Map<String, HostTensor> inputs, List<Statement> statements, boolean dynamic) {
    List<String> outputs = new ArrayList<>(inputs.keySet());
    statements.forEach(statement -> outputs.addAll(statement.results()));
    return new Program(inputs, statements, outputs, dynamic);
  }

  /** A method with this program. */
  String source(String method) {
    List<String> body = new ArrayList<>();
    statements.forEach(statement -> body.addAll(statement.lines(UnaryOperator.identity())));
    return source(method, body);
  }

  /** A method with another body over the same inputs and outputs. */
  String source(String method, List<String> body) {
    StringBuilder text = new StringBuilder("def " + method + "(self");
    inputs.keySet().forEach(name -> text.append(", ").append(name).append(": Tensor"));
    boolean one = outputs.size() == 1;
    String types = String.join(", ", outputs.stream().map(name -> "Tensor").toList());
    text.append(one ? ") -> Tensor:\n" : ") -> Tuple[" + types + "]:\n");
    body.forEach(line -> text.append("  ").append(line).append('\n'));
    String names = String.join(", ", outputs);
    return text.append("  return ").append(one ? names : "(" + names + ")").append('\n').toString();
  }

  /** Input specs for a conversion; dims of one size have one name. */
  List<String> specs() {
    List<String> specs = new ArrayList<>();
    inputs.forEach(
        (name, tensor) -> {
          List<String> dims = new ArrayList<>();
          for (long size : tensor.shape()) {
            dims.add(dynamic && size > 1 ? "d" + size + "=" + size : "" + size);
          }
          specs.add(tensor.dtype() + "[" + String.join(",", dims) + "]");
        });
    return specs;
  }

  Program withInputs(Map<String, HostTensor> other) {
    return new Program(other, statements, outputs, dynamic);
  }

  Program withStatements(List<Statement> other) {
    return new Program(inputs, other, outputs, dynamic);
  }

  Program withOutputs(List<String> other) {
    return new Program(inputs, statements, other, dynamic);
  }

  Program withFixedSizes() {
    return new Program(inputs, statements, outputs, false);
  }

  /** Without inputs that nothing uses. */
  Program tidy() {
    Set<String> used = new LinkedHashSet<>(outputs);
    statements.forEach(statement -> used.addAll(statement.uses()));
    Map<String, HostTensor> kept = new LinkedHashMap<>(inputs);
    kept.keySet().removeIf(name -> !used.contains(name));
    return withInputs(kept);
  }
}
