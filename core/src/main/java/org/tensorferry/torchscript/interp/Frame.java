package org.tensorferry.torchscript.interp;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorferry.torchscript.syntax.Node;
import org.tensorferry.torchscript.syntax.Span;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Value;

/** One running function: its variables, and the module on whose behalf it runs. */
final class Frame {

  private final String modulePath;
  private final String moduleClass;
  private final Map<String, Value> variables;
  private Value result = Value.none();

  private Frame(String modulePath, String moduleClass, Map<String, Value> variables) {
    this.modulePath = modulePath;
    this.moduleClass = moduleClass;
    this.variables = variables;
  }

  /** Where the caller of the outermost function stands. */
  static Frame outermost() {
    return new Frame("", "", new HashMap<>());
  }

  /**
   * The frame of a call from here. A method of a module runs for that module, anything else for the
   * module that calls it.
   */
  Frame callee(Value.@Nullable Obj self) {
    return self != null && self.isModule()
        ? new Frame(self.path(), self.className(), new HashMap<>())
        : new Frame(modulePath, moduleClass, new HashMap<>());
  }

  /** The frame of a nested function, which sees the variables around it as they are now. */
  Frame nested() {
    return new Frame(modulePath, moduleClass, new HashMap<>(variables));
  }

  @Nullable Value find(String variable) {
    return variables.get(variable);
  }

  /** All variables, to be changed at will. */
  Map<String, Value> variables() {
    return variables;
  }

  boolean has(String variable) {
    return variables.containsKey(variable);
  }

  void set(String variable, Value value) {
    variables.put(variable, value);
  }

  void remove(String variable) {
    variables.remove(variable);
  }

  Value result() {
    return result;
  }

  void returns(Value value) {
    result = value;
  }

  CallSite site(Node node) {
    Span span = node.span();
    return span.source()
        .module(span.start())
        .map(module -> new CallSite(module.path(), module.className(), span.place()))
        .orElseGet(() -> new CallSite(modulePath, moduleClass, span.place()));
  }
}
