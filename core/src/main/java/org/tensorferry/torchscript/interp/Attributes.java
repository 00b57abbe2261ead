package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.source.EntryMethod;
import org.tensorferry.torchscript.interp.Callables.ClassRef;
import org.tensorferry.torchscript.interp.Callables.Function;
import org.tensorferry.torchscript.interp.Callables.Method;
import org.tensorferry.torchscript.interp.Callables.New;
import org.tensorferry.torchscript.interp.Callables.Operator;
import org.tensorferry.torchscript.interp.Callables.Unreadable;
import org.tensorferry.torchscript.syntax.ClassDef;
import org.tensorferry.torchscript.syntax.FunctionDef;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/** Reading and writing of {@code object.name}. */
final class Attributes {

  /** Attributes of tensors that are functions of the language without arguments. */
  private static final Set<String> PROPERTIES =
      Set.of(
          "shape",
          "dtype",
          "device",
          "ndim",
          "layout",
          "requires_grad",
          "is_leaf",
          "retains_grad",
          "grad",
          "data",
          "name",
          "itemsize",
          "nbytes",
          "is_cpu",
          "is_cuda",
          "is_xla",
          "is_xpu",
          "is_mps",
          "is_meta",
          "is_mkldnn",
          "is_nested",
          "is_quantized",
          "is_sparse",
          "is_sparse_csr",
          "is_vulkan",
          "is_ipu");

  private final Machine machine;
  private final IdentityHashMap<ClassDef, Map<String, Value>> constants = new IdentityHashMap<>();

  /** Attributes of modules that were read before anything was assigned to them. */
  private final Set<String> read = new HashSet<>();

  private final Set<String> assigned = new HashSet<>();

  /** Modules that were saved in training mode. */
  private final Set<Value.Obj> training = Collections.newSetFromMap(new IdentityHashMap<>());

  Attributes(Machine machine) {
    this.machine = machine;
  }

  /** Says that a module was saved in training mode. */
  void addTraining(Value.Obj module) {
    training.add(module);
  }

  Value get(Value object, String name, CallSite site) {
    Value found = find(object, name, site);
    if (found == null) {
      throw Refusal.invalid(
          site, "A value of type `" + object.typeName() + "` has no attribute `" + name + "`");
    }
    if (found instanceof Unreadable unreadable) {
      throw Refusal.of(
          site,
          "The attribute `" + name + "` is a " + unreadable.what() + " value",
          "Tensorferry reads dense tensors of plain types",
          "save the model without quantization, with plain tensors");
    }
    return found;
  }

  /** The attribute, or null where there is none. */
  @Nullable Value find(Value object, String name, CallSite site) {
    if (object instanceof Value.Obj instance) {
      return ofObject(instance, name);
    }
    if (object instanceof Tensor tensor) {
      return ofTensor(tensor, name, site);
    }
    if (object instanceof Value.TupleOf tuple) {
      int index = tuple.names().indexOf(name);
      return index < 0 ? null : tuple.elements().get(index);
    }
    if (object instanceof ClassRef type) {
      return ofClass(type, name);
    }
    if (object instanceof Value.EnumMember member) {
      return name.equals("value")
          ? member.value()
          : name.equals("name") ? Value.of(member.name()) : null;
    }
    if (object instanceof Value.Device device) {
      return name.equals("type")
          ? Value.of(device.name().replaceAll(":.*", ""))
          : name.equals("index") ? Value.none() : null;
    }
    if (object instanceof Value.Complex complex) {
      return name.equals("real")
          ? Value.of(complex.real())
          : name.equals("imag") ? Value.of(complex.imaginary()) : null;
    }
    if (object instanceof Value.Unknown) {
      return object;
    }
    // The methods of lists, dicts, strings and numbers are functions that take them first.
    return machine.builtins().isLanguage("aten::" + name)
        ? new Operator("aten::" + name, List.of(object))
        : null;
  }

  private @Nullable Value ofObject(Value.Obj object, String name) {
    Value value = object.attributes().get(name);
    if (name.equals("training") && training.contains(object)) {
      machine.assumptions().add("the model is in evaluation, though it was saved in training", "");
    }
    if (value != null) {
      if (object.isModule() && !assigned.contains(pathOf(object, name))) {
        read.add(pathOf(object, name));
      }
      return value;
    }
    Optional<ClassDef> type = machine.library().findClass(object.className());
    if (type.isEmpty()) {
      return null;
    }
    Optional<FunctionDef> method = type.get().findMethod(name);
    return method.isPresent() ? new Method(object, method.get()) : constant(type.get(), name);
  }

  private @Nullable Value constant(ClassDef type, String name) {
    Map<String, Value> known = constants.computeIfAbsent(type, t -> new HashMap<>());
    Value value = known.get(name);
    if (value == null) {
      for (ClassDef.Constant constant : type.constants()) {
        if (constant.name().equals(name)) {
          Value raw = new Expressions(machine, Frame.outermost()).evaluate(constant.value());
          value = Types.coerce(raw, constant.type());
          known.put(name, value);
        }
      }
    }
    return value;
  }

  private @Nullable Value ofTensor(Tensor tensor, String name, CallSite site) {
    return switch (name) {
      case "mT" -> operator("aten::transpose", tensor, site, Value.of(-2), Value.of(-1));
      case "H", "mH" ->
          tensor.dtype().isComplex() || name.equals("mH")
              ? operator("aten::adjoint", tensor, site)
              : machine.builtins().call("prim::T", List.of(tensor), Map.of(), site);
      case "T" -> machine.builtins().call("prim::T", List.of(tensor), Map.of(), site);
      case "real", "imag" -> operator("aten::" + name, tensor, site);
      default ->
          PROPERTIES.contains(name)
              ? machine.builtins().call("prim::" + name, List.of(tensor), Map.of(), site)
              : new Operator("aten::" + name, List.of(tensor));
    };
  }

  private Value operator(String name, Tensor tensor, CallSite site, Value... rest) {
    List<Value> arguments = new ArrayList<>(List.of(tensor));
    arguments.addAll(List.of(rest));
    return machine.builtins().call(name, arguments, Map.of(), site);
  }

  private @Nullable Value ofClass(ClassRef type, String name) {
    if (name.equals("__new__")) {
      return new New(type);
    }
    if (type.definition().kind() == ClassDef.Kind.ENUM) {
      return member(type, name);
    }
    Optional<FunctionDef> method = type.definition().findMethod(name);
    return method.isPresent()
        ? new Function(type.qualifiedName() + "." + name, method.get())
        : constant(type.definition(), name);
  }

  private Value.@Nullable EnumMember member(ClassRef type, String name) {
    for (ClassDef.Member member : type.definition().members()) {
      if (member.name().equals(name)) {
        return member(type, member);
      }
    }
    return null;
  }

  private Value.EnumMember member(ClassRef type, ClassDef.Member member) {
    Value value = new Expressions(machine, Frame.outermost()).evaluate(member.value());
    return new Value.EnumMember(type.qualifiedName(), member.name(), value);
  }

  /** The member of an enum that has a value, or null. */
  Value.@Nullable EnumMember memberOf(ClassRef type, Value value) {
    for (ClassDef.Member member : type.definition().members()) {
      Value.EnumMember candidate = member(type, member);
      if (candidate.value().equals(value)) {
        return candidate;
      }
    }
    return null;
  }

  void set(Value object, String name, Value value, CallSite site) {
    if (object instanceof Value.Unknown) {
      return;
    }
    if (!(object instanceof Value.Obj instance)) {
      throw Refusal.invalid(
          site, "An attribute of a value of type `" + object.typeName() + "` is assigned to");
    }
    Value old = instance.attributes().get(name);
    if (instance.isModule() && old != value) {
      String path = pathOf(instance, name);
      if (read.contains(path)) {
        machine.addStateUpdate(path, site);
      } else if (!EntryMethod.isPlace(site.place())) {
        machine
            .assumptions()
            .add(
                "the new value of `" + path + "` is not kept from one call to the next",
                site.place());
      }
    }
    assigned.add(pathOf(instance, name));
    instance.attributes().put(name, value);
  }

  private static String pathOf(Value.Obj instance, String name) {
    return instance.path().isEmpty() ? name : instance.path() + "." + name;
  }
}
