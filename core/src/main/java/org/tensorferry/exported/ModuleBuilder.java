package org.tensorferry.exported;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.tensorferry.archive.PickledObject;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.error.FerryException;
import org.tensorferry.exported.ExportedProgram.Role;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.value.LiteralText;

/** The tree of modules that the paths of weights tell, as TorchScript has it. */
final class ModuleBuilder {

  private static final int MAX_DEPTH = 200;

  private final UnaryOperator<String> classes;
  private final Module root = new Module("");
  private final Map<String, List<String>> variants = new HashMap<>();

  /** A weight and how its module holds it. */
  private record Held(TensorData data, Role role) {}

  /** A module as TorchScript source and values, and as the interpreter takes it. */
  record Built(TorchProgram program, PickledObject object) {}

  private static final class Module {
    final String path;
    final Map<String, Held> tensors = new LinkedHashMap<>();
    final Map<String, Module> children = new LinkedHashMap<>();

    Module(String path) {
      this.path = path;
    }
  }

  /**
   * An empty tree.
   *
   * @param classes the qualified Python class of a module by its path
   */
  ModuleBuilder(UnaryOperator<String> classes) {
    this.classes = classes;
  }

  /**
   * Adds a module and those around it.
   *
   * @throws FerryException where the path is none (UNREADABLE)
   */
  void module(String path) {
    find(path);
  }

  /** Adds a weight. */
  void tensor(String path, TensorData data, Role role) {
    int dot = path.lastIndexOf('.');
    Module module = dot < 0 ? root : find(path.substring(0, dot));
    module.tensors.put(path.substring(dot + 1), new Held(data, role));
  }

  private Module find(String path) {
    Module module = root;
    String[] parts = path.split("\\.", -1);
    if (parts.length > MAX_DEPTH || Arrays.asList(parts).contains("")) {
      throw ExportedModel.damaged("The program names the module `" + path + "`.");
    }
    for (String part : parts) {
      String below = module.path.isEmpty() ? part : module.path + "." + part;
      module = module.children.computeIfAbsent(part, name -> new Module(below));
    }
    return module;
  }

  /** How code reaches a weight: {@code getattr(self.layers, "0").weight}. */
  static String expression(String path) {
    String expression = "self";
    for (String part : path.split("\\.", -1)) {
      expression =
          part.matches("[A-Za-z_]\\w*") && !Words.isReserved(part)
              ? expression + "." + part
              : "getattr(" + expression + ", " + LiteralText.string(part) + ")";
    }
    return expression;
  }

  /** The root with all below it; its program has no methods yet. */
  Built build() {
    return build(root);
  }

  private Built build(Module module) {
    Map<String, Built> children = new LinkedHashMap<>();
    module.children.forEach((name, child) -> children.put(name, build(child)));
    TorchProgram program = named(module, className(classes.apply(module.path)), children);
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("training", false);
    module.tensors.forEach((name, held) -> attributes.put(name, held.data()));
    children.forEach((name, child) -> attributes.put(name, child.object()));
    return new Built(program, PickledObject.of(program.className(), attributes));
  }

  /** Modules of one class that hold other attributes get mangled names, as in TorchScript. */
  private TorchProgram named(Module module, String className, Map<String, Built> children) {
    TorchProgram plain = fill(TorchProgram.ofClass(className), module, children);
    List<String> known = variants.computeIfAbsent(className, name -> new ArrayList<>());
    String text = plain.source();
    // The root has a method to come, so its class is its own.
    int index = module == root ? -1 : known.indexOf(text);
    if (index < 0) {
      index = known.size();
      known.add(module == root ? "" : text);
    }
    if (index == 0) {
      return plain;
    }
    int dot = className.lastIndexOf('.');
    String mangled =
        className.substring(0, dot) + ".___torch_mangle_" + (index - 1) + className.substring(dot);
    return fill(TorchProgram.ofClass(mangled), module, children);
  }

  private static TorchProgram fill(
      TorchProgram program, Module module, Map<String, Built> children) {
    module.tensors.forEach(
        (name, held) -> {
          switch (held.role()) {
            case PARAMETER -> program.parameter(name, held.data());
            case BUFFER -> program.buffer(name, held.data());
            case CONSTANT -> program.attribute(name, "Tensor", held.data());
          }
        });
    children.forEach((name, child) -> program.submodule(name, child.program()));
    return program;
  }

  /** As TorchScript names a class of Python: functions around it leave no trace. */
  private static String className(String python) {
    String plain = python.replaceAll("\\w+\\.<locals>\\.", "");
    return Arrays.stream(plain.split("\\.", -1))
        .map(part -> part.replaceAll("\\W", "_"))
        .map(part -> part.isEmpty() || Character.isDigit(part.charAt(0)) ? "_" + part : part)
        .collect(Collectors.joining(".", "__torch__.", ""));
  }
}
