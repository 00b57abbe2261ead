package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorferry.archive.PickledEnum;
import org.tensorferry.archive.PickledObject;
import org.tensorferry.archive.PyComplex;
import org.tensorferry.archive.PyDevice;
import org.tensorferry.archive.PyNone;
import org.tensorferry.archive.PyTuple;
import org.tensorferry.archive.TypedValue;
import org.tensorferry.archive.UnsupportedTensor;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.torchscript.interp.Callables.ClassRef;
import org.tensorferry.torchscript.interp.Callables.Unreadable;
import org.tensorferry.torchscript.syntax.ClassDef;
import org.tensorferry.torchscript.syntax.FunctionDef;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.StoredTensor;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/**
 * Turns what the pickles hold into values. What was one object, list or tensor stays one, so tied
 * weights are one tensor and shared modules one module.
 */
final class ModuleLoader {

  /** Makes the handle of a tensor that is met for the first time. */
  @FunctionalInterface
  private interface Maker {
    TensorHandle make(Owner owner, TensorData data);
  }

  /** Where a value lies: the module that owns it and its name there. */
  private record Owner(String path, String attribute) {

    Owner element(Object index) {
      return new Owner(path, attribute + "." + index);
    }

    String childPath() {
      return path.isEmpty() ? attribute : path + "." + attribute;
    }
  }

  private final Machine machine;
  private final IdentityHashMap<Object, Value> seen = new IdentityHashMap<>();
  private final Map<TensorData.Identity, Tensor> tensors = new HashMap<>();

  ModuleLoader(Machine machine) {
    this.machine = machine;
  }

  Value.Obj module(PickledObject root) {
    return object(root, "");
  }

  /** Constants are kept apart from weights: torch merges equal ones of a frozen model. */
  void constants(List<Object> values) {
    for (int i = 0; i < values.size(); i++) {
      int index = i;
      Owner owner = new Owner("", "CONSTANTS.c" + i);
      machine.addConstant(
          value(values.get(i), owner, (o, data) -> StoredTensor.constant(index, data)));
    }
  }

  private Value value(Object pickled, Owner owner, Maker maker) {
    if (pickled instanceof TensorData data) {
      Tensor tensor =
          tensors.computeIfAbsent(data.identity(), key -> Tensor.of(maker.make(owner, data)));
      if (data.requiresGrad()) {
        machine.addTrained(tensor);
      }
      return tensor;
    }
    Value before = seen.get(pickled);
    return before != null ? before : fresh(pickled, owner, maker);
  }

  private Value fresh(Object pickled, Owner owner, Maker maker) {
    if (pickled instanceof PickledObject object) {
      return object(object, owner.childPath());
    }
    if (pickled instanceof TypedValue typed) {
      return value(typed.value(), owner, maker);
    }
    if (pickled instanceof List<?> list) {
      Value.ListOf elements = Value.list(List.of());
      seen.put(pickled, elements);
      elements.elements().addAll(elements(list, owner, maker));
      return elements;
    }
    if (pickled instanceof PyTuple tuple) {
      Value elements = Value.tuple(elements(tuple.items(), owner, maker));
      seen.put(pickled, elements);
      return elements;
    }
    if (pickled instanceof Map<?, ?> map) {
      Value.DictOf dict = new Value.DictOf(new LinkedHashMap<>());
      seen.put(pickled, dict);
      map.forEach(
          (key, value) ->
              dict.elements()
                  .put(value(key, owner, maker), value(value, owner.element(key), maker)));
      return dict;
    }
    return plain(pickled);
  }

  private List<Value> elements(List<?> items, Owner owner, Maker maker) {
    List<Value> elements = new ArrayList<>();
    for (Object item : items) {
      elements.add(value(item, owner.element(elements.size()), maker));
    }
    return elements;
  }

  private Value plain(Object pickled) {
    if (pickled == PyNone.NONE) {
      return Value.none();
    }
    if (pickled instanceof Boolean bool) {
      return Value.of(bool.booleanValue());
    }
    if (pickled instanceof Long number) {
      return Value.of(number.longValue());
    }
    if (pickled instanceof Double number) {
      return Value.of(number.doubleValue());
    }
    if (pickled instanceof String text) {
      return Value.of(text);
    }
    if (pickled instanceof PyComplex complex) {
      return new Value.Complex(complex.real(), complex.imaginary());
    }
    if (pickled instanceof PyDevice device) {
      return new Value.Device(device.name());
    }
    if (pickled instanceof PickledEnum member) {
      return enumMember(member);
    }
    return pickled instanceof UnsupportedTensor tensor
        ? new Unreadable(tensor.kind())
        : new Unreadable(pickled.getClass().getSimpleName());
  }

  private Value enumMember(PickledEnum pickled) {
    Optional<ClassDef> type = machine.library().findClass(pickled.className());
    Value value = plain(pickled.value());
    Value member =
        type.isEmpty()
            ? null
            : machine.attributes().memberOf(new ClassRef(pickled.className(), type.get()), value);
    return member == null ? new Unreadable(pickled.className()) : member;
  }

  // --- objects

  private Value.Obj object(PickledObject pickled, String path) {
    ClassDef type = machine.library().findClass(pickled.className()).orElse(null);
    boolean isModule = type != null && type.kind() == ClassDef.Kind.MODULE;
    Value.Obj object = new Value.Obj(pickled.className(), path, new LinkedHashMap<>(), isModule);
    seen.put(pickled, object);
    if (pickled.attributes().isEmpty() && pickled.state() != null) {
      restore(object, pickled.state());
    } else {
      pickled.attributes().forEach((name, value) -> attribute(object, name, value));
    }
    return object;
  }

  private void attribute(Value.Obj object, String name, Object pickled) {
    Owner owner = new Owner(object.path(), name);
    Value value = value(pickled, owner, ModuleLoader::parameter);
    // The model is converted for inference, whatever mode it was saved in.
    boolean isMode = object.isModule() && name.equals("training") && value instanceof Value.Bool;
    object.attributes().put(name, isMode ? Value.of(false) : value);
    if (isMode && ((Value.Bool) value).value()) {
      machine.attributes().addTraining(object);
    }
  }

  private static TensorHandle parameter(Owner owner, TensorData data) {
    return StoredTensor.of(owner.path(), owner.attribute(), data);
  }

  /** A class with a state of its own makes its attributes itself. */
  private void restore(Value.Obj object, Object state) {
    Optional<FunctionDef> method = machine.library().findMethod(object.className(), "__setstate__");
    if (method.isEmpty()) {
      return;
    }
    Owner owner = new Owner(object.path(), "state");
    Value value = value(state, owner, ModuleLoader::parameter);
    CallSite site = new CallSite(object.path(), object.className(), "data.pkl");
    machine
        .calls()
        .invoke(
            method.get(), object, List.of(value), Map.of(), Frame.outermost().callee(object), site);
  }
}
