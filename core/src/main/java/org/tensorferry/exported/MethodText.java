package org.tensorferry.exported;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The lines of a method under construction, each with where it comes from, and its names. */
final class MethodText {

  private static final int LONGEST_NAME = 100;

  /**
   * Where a line comes from.
   *
   * @param place line of the author's Python, or empty
   * @param module whose code runs
   */
  record Origin(String place, Graph.ModuleCall module) {}

  private final StringBuilder text = new StringBuilder();
  private final List<Origin> origins = new ArrayList<>();
  private final Set<String> used = new HashSet<>();
  private final Map<String, Graph.TensorMeta> recorded = new HashMap<>();
  private int indent = 1;
  private int fresh;
  private Origin origin = new Origin("", new Graph.ModuleCall("", ""));

  /** Names of a graph as expressions; the graphs inside of operators have names of their own. */
  static final class Scope {
    private final Graph graph;
    private final Map<String, String> expressions = new HashMap<>();

    Scope(Graph graph) {
      this.graph = graph;
    }

    void define(String name, String expression) {
      expressions.put(name, expression);
    }

    /** Empty for a name that nothing defines. */
    String find(String name) {
      return expressions.getOrDefault(name, "");
    }
  }

  /** The next lines come from here. */
  void from(Origin newOrigin) {
    origin = newOrigin;
  }

  Origin origin() {
    return origin;
  }

  void header(String line) {
    text.append(line).append('\n');
    origins.add(origin);
  }

  void line(String line) {
    text.append("  ".repeat(indent)).append(line).append('\n');
    origins.add(origin);
  }

  void indented(Runnable lines) {
    indent++;
    lines.run();
    indent--;
  }

  /** The variable of a result of a graph, which is known by its name there from now on. */
  String define(String name, Scope scope) {
    String variable = variable(name);
    scope.define(name, variable);
    Graph.TensorMeta meta = scope.graph.tensors().get(name);
    if (meta != null) {
      recorded.put(variable, meta);
    }
    return variable;
  }

  /** What torch recorded of the tensors, by variable. */
  Map<String, Graph.TensorMeta> recorded() {
    return recorded;
  }

  /** A variable for a name of a graph: {@code v_} keeps it apart from everything of TorchScript. */
  String variable(String name) {
    String plain = "v_" + name.replaceAll("\\W", "_");
    if (plain.length() > LONGEST_NAME || !used.add(plain)) {
      return fresh(plain.substring(0, Math.min(plain.length(), LONGEST_NAME)) + "_");
    }
    return plain;
  }

  /** A variable that no graph names. */
  String fresh(String prefix) {
    while (true) {
      String name = "_" + prefix + fresh++;
      if (used.add(name)) {
        return name;
      }
    }
  }

  /** Says that a name is taken. */
  void reserve(String name) {
    used.add(name);
  }

  String text() {
    return text.toString();
  }

  List<Origin> origins() {
    return List.copyOf(origins);
  }
}
