package org.tensorferry.exported;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorferry.archive.ExportedType;

/**
 * A graph in the order in which it runs.
 *
 * @param tensors type and sizes of every tensor by name, as torch found them when it exported
 */
record Graph(
    List<Argument> inputs,
    List<Argument> outputs,
    List<Node> nodes,
    Map<String, TensorMeta> tensors) {

  Graph {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    nodes = List.copyOf(nodes);
  }

  /**
   * One call.
   *
   * @param target {@code torch.ops.aten.linear.default}, {@code _operator.add}
   * @param place line of the author's Python, or empty
   * @param modules the modules whose code runs, outermost first
   */
  record Node(
      String target,
      List<Input> inputs,
      List<Argument> outputs,
      String place,
      List<ModuleCall> modules) {

    Node {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
      modules = List.copyOf(modules);
    }
  }

  /**
   * One argument of a call.
   *
   * @param name in the schema; empty for the arguments of higher-order operators
   */
  record Input(String name, Argument argument, boolean isKeyword) {}

  /**
   * A module in the stack of a call.
   *
   * @param path dotted, empty for the root
   * @param className qualified name in Python
   */
  record ModuleCall(String path, String className) {}

  /**
   * What torch knows of a tensor.
   *
   * @param type empty for one that no schema has that was known when this was written
   */
  record TensorMeta(Optional<ExportedType> type, List<Size> sizes) {
    TensorMeta {
      sizes = List.copyOf(sizes);
    }
  }

  /**
   * A size: a number, or an expression of sympy with its value at the example.
   *
   * @param value the number or the value at the example; empty where data decides it
   * @param expression empty for a number
   */
  record Size(Optional<Long> value, String expression) {
    boolean isNumber() {
      return expression.isEmpty();
    }
  }
}
