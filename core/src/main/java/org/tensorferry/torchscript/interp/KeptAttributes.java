package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.error.Problem;
import org.tensorferry.source.Kept;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.StoredTensor;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/**
 * Attributes of modules that calls change and that are no tensors of the file. One call is to the
 * next what one round of a loop is: what the attribute held before the first and what it holds
 * after one tell which variables carry it, and the code is followed again until these suffice.
 */
final class KeptAttributes {

  /** Elements of a tensor that a variable begins with. */
  private static final long LARGEST = 1 << 24;

  /** What variables hold, by path. */
  private record Slots(Map<String, Slot> byPath) implements Kept {}

  /** An attribute and what it held when the method began, which code may change meanwhile. */
  private record Before(Value.Obj owner, String name, Value value, Value copy, List<Object> seen) {}

  private final Machine machine;
  private final Value.Obj root;
  private final Map<String, Before> before = new LinkedHashMap<>();
  private final List<StoredTensor> variables = new ArrayList<>();
  private Map<String, Slot> slots = Map.of();
  private final List<Problem> lost = new ArrayList<>();

  KeptAttributes(Machine machine, Value.Obj root) {
    this.machine = machine;
    this.root = root;
  }

  /** Binds what is kept to variables, and remembers what every attribute holds. */
  List<StoredTensor> begin(Kept kept) {
    slots = kept instanceof Slots known ? known.byPath() : Map.of();
    collect(root, Collections.newSetFromMap(new IdentityHashMap<>()));
    return List.copyOf(variables);
  }

  /** Remembers attributes once variables are known to the graph: their values may be read now. */
  private void collect(Value.Obj object, Set<Value.Obj> seen) {
    if (!seen.add(object)) {
      return;
    }
    for (String name : List.copyOf(object.attributes().keySet())) {
      Value value = Objects.requireNonNull(object.attributes().get(name));
      if (value instanceof Value.Obj child) {
        collect(child, seen);
        continue;
      }
      String path = object.path().isEmpty() ? name : object.path() + "." + name;
      @Nullable Slot slot = slots.get(path);
      if (slot != null) {
        List<TensorData> data = new ArrayList<>();
        initial(slot, value, data);
        for (int i = 0; i < data.size(); i++) {
          String part = data.size() == 1 ? name : name + "." + i;
          variables.add(StoredTensor.of(object.path(), part, data.get(i)));
        }
      }
      before.put(path, new Before(object, name, value, copy(value), seen(value)));
    }
  }

  /** Puts variables where the attributes were. */
  void bind() {
    List<TensorHandle> handles = new ArrayList<>(variables);
    Iterator<TensorHandle> all = handles.iterator();
    for (String path : List.copyOf(before.keySet())) {
      @Nullable Slot slot = slots.get(path);
      if (slot != null) {
        Before held = Objects.requireNonNull(before.get(path));
        Value value = join(path).bind(slot, all);
        held.owner().attributes().put(held.name(), value);
        before.put(path, new Before(held.owner(), held.name(), value, copy(value), seen(value)));
      }
    }
  }

  private Join join(String path) {
    return new Join(machine.operators(), machine.numbers().runtime(), site(path));
  }

  private static CallSite site(String path) {
    return new CallSite("", "", "the attribute `" + path + "`");
  }

  /** What has to be kept, after a run. */
  Kept kept() {
    lost.clear();
    Map<String, Slot> all = new LinkedHashMap<>(slots);
    before.forEach(
        (path, held) -> {
          @Nullable Value now = held.owner().attributes().get(held.name());
          if (now != null && isChanged(path, held, now)) {
            Slot seen = join(path).slot(held.copy(), now);
            @Nullable Slot known = slots.get(path);
            Slot wider =
                known == null ? seen : new Widening(machine.operators().regions()).of(known, seen);
            if (isFixed(wider)) {
              all.put(path, wider);
            } else {
              loses(path, held, wider);
            }
          }
        });
    return all.isEmpty() ? Kept.NOTHING : new Slots(all);
  }

  private boolean isChanged(String path, Before held, Value now) {
    boolean isTensor = held.copy() instanceof Tensor && now instanceof Tensor;
    if (isTensor || now instanceof Value.Unknown || seen(now).equals(held.seen())) {
      return false;
    }
    // What is replaced before it is read is another in every call anyway.
    return now == held.value() || machine.stateUpdates().containsKey(path);
  }

  private void loses(String path, Before held, Slot slot) {
    @Nullable CallSite site = machine.stateUpdates().get(path);
    String place = site == null ? "" : site.place();
    if (held.copy() instanceof Value.None) {
      // Mostly what is computed once for the largest size so far.
      machine
          .assumptions()
          .add("the new value of `" + path + "` is not kept from one call to the next", place);
      return;
    }
    Problem problem =
        Problem.of("attribute `" + path + "` is changed while the model runs")
            .because(
                slot instanceof Slot.Torn torn
                    ? "a variable can't keep it for the next call: " + torn.why()
                    : "only tensors of fixed shape are kept between calls, as variables")
            .fix("keep tensors of one shape, or pass it as an argument and return its new value");
    lost.add(place.isEmpty() ? problem : problem.at("line", place));
  }

  List<Problem> lost() {
    return List.copyOf(lost);
  }

  /** What the variables hold in the end. */
  List<TensorHandle> ends() {
    List<TensorHandle> ends = new ArrayList<>();
    before.forEach(
        (path, held) -> {
          @Nullable Slot slot = slots.get(path);
          if (slot != null) {
            Value now = Objects.requireNonNull(held.owner().attributes().get(held.name()));
            ends.addAll(join(path).handles(slot, now));
          }
        });
    return ends;
  }

  private static boolean isFixed(Slot slot) {
    return !(slot instanceof Slot.Torn)
        && !(slot instanceof Slot.OfGrowing)
        && slot.parts().stream()
            .allMatch(
                part ->
                    part.dtype() != DType.VARIANT
                        && part.shape().dims().stream().allMatch(Dim::isKnown)
                        && part.shape().numel().known() <= LARGEST)
        && isFixedWithin(slot);
  }

  private static boolean isFixedWithin(Slot slot) {
    if (slot instanceof Slot.Of several) {
      return several.elements().stream().allMatch(KeptAttributes::isFixed);
    }
    if (slot instanceof Slot.OfDict dict) {
      return dict.values().stream().allMatch(KeptAttributes::isFixed);
    }
    if (slot instanceof Slot.OfObject object) {
      return object.values().stream().allMatch(KeptAttributes::isFixed);
    }
    return !(slot instanceof Slot.OfOptional optional) || isFixed(optional.value());
  }

  // --- copies and comparisons

  /** The value with lists and dicts of its own. */
  private static Value copy(Value value) {
    if (value instanceof Tensor tensor) {
      return Tensor.of(tensor.read());
    }
    if (value instanceof Value.ListOf list) {
      return Value.list(list.elements().stream().map(KeptAttributes::copy).toList());
    }
    if (value instanceof Value.TupleOf tuple) {
      List<Value> elements = tuple.elements().stream().map(KeptAttributes::copy).toList();
      return new Value.TupleOf(elements, tuple.names(), tuple.className());
    }
    if (value instanceof Value.DictOf dict) {
      Value.DictOf copy = new Value.DictOf(new LinkedHashMap<>());
      dict.elements().forEach((key, element) -> copy.elements().put(key, copy(element)));
      return copy;
    }
    return value;
  }

  /** What it is made of, to be compared: the contents of tensors, and all else as it is. */
  private static List<Object> seen(Value value) {
    List<Object> seen = new ArrayList<>();
    see(value, seen);
    return seen;
  }

  private static void see(Value value, List<Object> seen) {
    if (value instanceof Tensor tensor) {
      seen.add(tensor.read());
    } else if (value instanceof Value.ListOf list) {
      seen.add(list.elements().size());
      list.elements().forEach(element -> see(element, seen));
    } else if (value instanceof Value.TupleOf tuple) {
      seen.add(tuple.elements().size());
      tuple.elements().forEach(element -> see(element, seen));
    } else if (value instanceof Value.DictOf dict) {
      seen.add(List.copyOf(dict.elements().keySet()));
      dict.elements().values().forEach(element -> see(element, seen));
    } else if (value instanceof Value.Obj object && !object.isModule()) {
      seen.add(List.copyOf(object.attributes().keySet()));
      object.attributes().values().forEach(attribute -> see(attribute, seen));
    } else if (value instanceof Callables.Maybe maybe) {
      see(maybe.isGiven(), seen);
      see(maybe.value(), seen);
    } else {
      seen.add(value);
    }
  }

  // --- first values

  private static void initial(Slot slot, Value value, List<TensorData> data) {
    if (slot instanceof Slot.OfTensor tensor) {
      boolean isStored = value instanceof Tensor t && t.read() instanceof StoredTensor;
      data.add(
          isStored
              ? ((StoredTensor) ((Tensor) value).read()).data().copy()
              : zeros(tensor.dtype(), tensor.shape()));
    } else if (slot instanceof Slot.OfNumber number) {
      data.add(number(number.dtype(), value));
    } else if (slot instanceof Slot.Of several) {
      List<Value> elements = elements(value);
      for (int i = 0; i < several.elements().size(); i++) {
        initial(several.elements().get(i), element(elements, i), data);
      }
    } else if (slot instanceof Slot.OfDict dict) {
      List<Value> values =
          value instanceof Value.DictOf of ? List.copyOf(of.elements().values()) : List.of();
      for (int i = 0; i < dict.values().size(); i++) {
        initial(dict.values().get(i), element(values, i), data);
      }
    } else if (slot instanceof Slot.OfObject object) {
      List<Value> values =
          value instanceof Value.Obj of ? Join.attributes(of, object.names()) : List.of();
      for (int i = 0; i < object.values().size(); i++) {
        initial(object.values().get(i), element(values, i), data);
      }
    } else if (slot instanceof Slot.OfOptional optional) {
      data.add(number(DType.BOOL, Value.of(!(value instanceof Value.None))));
      initial(optional.value(), value, data);
    }
  }

  private static List<Value> elements(Value value) {
    @Nullable List<Value> sequence = ListBuiltins.sequence(value);
    return sequence == null ? List.of() : sequence;
  }

  private static Value element(List<Value> elements, int index) {
    return elements.isEmpty() ? Value.none() : elements.get(index);
  }

  private static TensorData zeros(DType dtype, Shape shape) {
    long[] sizes = shape.dims().stream().mapToLong(Dim::known).toArray();
    int bytes = Math.toIntExact(shape.numel().known() * dtype.bytes());
    return TensorData.of(dtype, sizes, new byte[bytes]);
  }

  private static TensorData number(DType dtype, Value value) {
    if (value instanceof Value.Int integer && dtype.isInteger()) {
      return TensorData.ofLongs(dtype, new long[0], integer.value().known());
    }
    double number =
        value instanceof Value.Floating floating
            ? floating.value()
            : value instanceof Value.Int integer
                ? integer.value().known()
                : value instanceof Value.Bool bool && bool.value() ? 1 : 0;
    return dtype.isInteger()
        ? TensorData.ofLongs(dtype, new long[0], (long) number)
        : TensorData.ofDoubles(dtype, new long[0], number);
  }
}
