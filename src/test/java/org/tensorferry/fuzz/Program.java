package org.tensorferry.fuzz;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.engine.TorchRunner;
import org.tensorferry.harness.TorchScript;
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
    boolean dynamic,
    Frame frame) {

  /** What stands for the program's result in the lines of a block. */
  static final String RESULT = "RESULT";

  /** Before the names of what a second call gives. */
  static final String SECOND = "second ";

  Program {
    statements = List.copyOf(statements);
    outputs = List.copyOf(outputs);
  }

  /** A program without a frame. */
  Program(
      Map<String, HostTensor> inputs,
      List<Statement> statements,
      List<String> outputs,
      boolean dynamic) {
    this(inputs, statements, outputs, dynamic, Frame.PLAIN);
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
    arguments().keySet().forEach(name -> text.append(", ").append(name).append(": Tensor"));
    Frame.Result result = frame.result(outputs);
    text.append(") -> ").append(result.type()).append(":\n");
    int constants = 0;
    for (String name : inputs.keySet()) {
      switch (role(name)) {
        case CONSTANT -> text.append("  " + name + " = CONSTANTS.c" + constants++ + "\n");
        case BUFFER -> text.append("  " + name + " = self." + name + "\n");
        case ARGUMENT -> {}
      }
    }
    body.forEach(
        line -> text.append("  ").append(line.replace(RESULT, result.expression())).append('\n'));
    return text.append("  return ").append(result.expression()).append('\n').toString();
  }

  private Frame.Role role(String name) {
    return frame.roles().getOrDefault(name, Frame.Role.ARGUMENT);
  }

  /** The inputs that a caller gives. */
  Map<String, HostTensor> arguments() {
    return with(Frame.Role.ARGUMENT);
  }

  private Map<String, HostTensor> with(Frame.Role role) {
    Map<String, HostTensor> some = new LinkedHashMap<>(inputs);
    some.keySet().removeIf(name -> role(name) != role);
    return some;
  }

  /** Whether a second call may give something else than the first. */
  boolean hasState() {
    return frame.roles().containsValue(Frame.Role.BUFFER);
  }

  /** A module with this program and another body, its constants and buffers. */
  TorchProgram module(String source) {
    TorchProgram module = TorchScript.module(source).attribute("training", "bool", false);
    with(Frame.Role.CONSTANT).values().forEach(module::literal);
    with(Frame.Role.BUFFER).forEach(module::buffer);
    return module;
  }

  /** What libtorch gives, in a second call too where there is state. */
  Map<String, HostTensor> run(TorchRunner torch) {
    List<HostTensor> arguments = List.copyOf(arguments().values());
    Map<String, HostTensor> results = new LinkedHashMap<>(torch.run(arguments).flatten());
    if (hasState()) {
      torch.run(arguments).flatten().forEach((name, value) -> results.put(SECOND + name, value));
    }
    return results;
  }

  /** Input specs for a conversion; dims of one size have one name. */
  List<String> specs() {
    List<String> specs = new ArrayList<>();
    arguments()
        .forEach(
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
    return new Program(other, statements, outputs, dynamic, frame);
  }

  Program withStatements(List<Statement> other) {
    return new Program(inputs, other, outputs, dynamic, frame);
  }

  Program withOutputs(List<String> other) {
    return new Program(inputs, statements, other, dynamic, frame);
  }

  Program withFixedSizes() {
    return new Program(inputs, statements, outputs, false, frame);
  }

  Program withFrame(Frame other) {
    return new Program(inputs, statements, outputs, dynamic, other);
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
