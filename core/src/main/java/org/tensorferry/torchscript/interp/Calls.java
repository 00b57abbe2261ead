package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorferry.torchscript.interp.Callables.ClassRef;
import org.tensorferry.torchscript.interp.Callables.Function;
import org.tensorferry.torchscript.interp.Callables.Method;
import org.tensorferry.torchscript.interp.Callables.Nested;
import org.tensorferry.torchscript.interp.Callables.New;
import org.tensorferry.torchscript.interp.Callables.Operator;
import org.tensorferry.torchscript.syntax.ClassDef;
import org.tensorferry.torchscript.syntax.FunctionDef;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Value;

/** Calls a value: an operator, a function or method of the model, a class, a module. */
final class Calls {

  private final Machine machine;

  Calls(Machine machine) {
    this.machine = machine;
  }

  Value call(
      Value callee, List<Value> positional, Map<String, Value> named, Frame caller, CallSite site) {
    if (callee instanceof Operator operator) {
      return machine
          .builtins()
          .call(new Arguments(operator.name(), positional, named, site).prepend(operator.bound()));
    }
    if (callee instanceof Method method) {
      return invoke(
          method.definition(),
          method.self(),
          positional,
          named,
          caller.callee(method.self()),
          site);
    }
    if (callee instanceof Function function) {
      return invoke(function.definition(), null, positional, named, caller.callee(null), site);
    }
    if (callee instanceof Nested nested) {
      return invoke(nested.definition(), null, positional, named, nested.around().nested(), site);
    }
    if (callee instanceof ClassRef type) {
      return construct(type, positional, named, caller, site);
    }
    if (callee instanceof New make) {
      return instance(make.type());
    }
    if (callee instanceof Value.Obj object) {
      String method = object.isModule() ? "forward" : "__call__";
      Value bound = machine.attributes().get(object, method, site);
      return call(bound, positional, named, caller, site);
    }
    if (callee instanceof Value.Unknown) {
      return callee;
    }
    throw Refusal.invalid(site, "A value of type `" + callee.typeName() + "` is called");
  }

  // --- functions

  Value invoke(
      FunctionDef function,
      Value.@Nullable Obj self,
      List<Value> positional,
      Map<String, Value> named,
      Frame frame,
      CallSite site) {
    bind(function, self, positional, named, frame, site);
    machine.enter(frame, function);
    try {
      new Statements(machine, frame).run(function.body());
    } finally {
      machine.leave();
    }
    Value result = frame.result();
    return function.returnType().isPresent()
        ? Types.coerce(result, function.returnType().get())
        : result;
  }

  private void bind(
      FunctionDef function,
      Value.@Nullable Obj self,
      List<Value> positional,
      Map<String, Value> named,
      Frame frame,
      CallSite site) {
    List<Value> values = new ArrayList<>();
    if (self != null) {
      values.add(self);
    }
    values.addAll(positional);
    Map<String, Value> left = new LinkedHashMap<>(named);
    int next = 0;
    for (FunctionDef.Parameter parameter : function.parameters()) {
      Value value = left.remove(parameter.name());
      if (value == null && next < values.size() && !parameter.keywordOnly()) {
        value = values.get(next++);
      }
      if (value == null) {
        value = defaultValue(function, parameter, frame, site);
      }
      frame.set(
          parameter.name(),
          parameter.type().isPresent() ? Types.coerce(value, parameter.type().get()) : value);
    }
    if (next < values.size() || !left.isEmpty()) {
      throw Refusal.invalid(
          site, "`" + function.name() + "` is called with arguments that it does not have");
    }
  }

  private Value defaultValue(
      FunctionDef function, FunctionDef.Parameter parameter, Frame frame, CallSite site) {
    if (parameter.defaultValue().isEmpty()) {
      throw Refusal.of(
          site,
          "The argument `" + parameter.name() + "` of `" + function.name() + "` is missing",
          "it has no default value",
          "give one --input for each argument of the model");
    }
    return new Expressions(machine, frame).evaluate(parameter.defaultValue().get());
  }

  // --- classes

  private Value construct(
      ClassRef type,
      List<Value> positional,
      Map<String, Value> named,
      Frame caller,
      CallSite site) {
    return switch (type.definition().kind()) {
      case NAMED_TUPLE -> namedTuple(type, positional, named, site);
      case ENUM -> enumMember(type, positional, site);
      default -> {
        Value.Obj object = instance(type);
        Optional<FunctionDef> constructor = type.definition().findMethod("__init__");
        if (constructor.isPresent()) {
          invoke(constructor.get(), object, positional, named, caller.callee(object), site);
        }
        yield object;
      }
    };
  }

  private static Value.Obj instance(ClassRef type) {
    boolean isModule = type.definition().kind() == ClassDef.Kind.MODULE;
    return new Value.Obj(type.qualifiedName(), "", new LinkedHashMap<>(), isModule);
  }

  private Value namedTuple(
      ClassRef type, List<Value> positional, Map<String, Value> named, CallSite site) {
    List<String> names = fields(type.definition());
    List<Value> elements = new ArrayList<>(positional);
    for (String name : names.subList(Math.min(positional.size(), names.size()), names.size())) {
      Value value = named.get(name);
      elements.add(value != null ? value : machine.attributes().get(type, name, site));
    }
    if (elements.size() != names.size()) {
      throw Refusal.invalid(
          site,
          "`" + type.qualifiedName() + "` has " + names.size() + " fields, not " + elements.size());
    }
    return new Value.TupleOf(List.copyOf(elements), names, type.qualifiedName());
  }

  static List<String> fields(ClassDef namedTuple) {
    return namedTuple.attributes().stream().map(ClassDef.Attribute::name).toList();
  }

  private Value enumMember(ClassRef type, List<Value> positional, CallSite site) {
    Value.EnumMember member =
        positional.size() == 1 ? machine.attributes().memberOf(type, positional.get(0)) : null;
    if (member == null) {
      throw Refusal.invalid(site, "`" + type.qualifiedName() + "` has no member of that value");
    }
    return member;
  }
}
