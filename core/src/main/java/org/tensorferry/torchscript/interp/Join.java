package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;
import org.tensorferry.torchscript.interp.Callables.Maybe;
import org.tensorferry.torchscript.interp.Callables.Torn;
import org.tensorferry.torchscript.interp.Callables.Uninitialized;
import org.tensorferry.torchscript.interp.Slot.Counted;
import org.tensorferry.torchscript.interp.Slot.Known;
import org.tensorferry.torchscript.interp.Slot.Of;
import org.tensorferry.torchscript.interp.Slot.OfGrowing;
import org.tensorferry.torchscript.interp.Slot.OfNumber;
import org.tensorferry.torchscript.interp.Slot.OfOptional;
import org.tensorferry.torchscript.interp.Slot.OfTensor;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Operators;
import org.tensorferry.value.Regions;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;
import org.tensorferry.value.Value.RuntimeNumber;

/** Joins what a place holds on two ways through the code. */
final class Join {

  private static final long LEAST = Integer.MIN_VALUE;

  private final Operators operators;
  private final Regions regions;
  private final RuntimeNumbers runtime;
  private final CallSite site;

  /** One tensor under two names stays one. */
  private final Map<List<Integer>, Slot> tensors = new HashMap<>();

  private final List<Value> kept = new ArrayList<>();

  /** The tensors that a slot's tensor is one of, where it is not another in every case. */
  private final IdentityHashMap<Slot, List<Tensor>> origins = new IdentityHashMap<>();

  private final List<List<Tensor>> sharing = new ArrayList<>();

  Join(Operators operators, RuntimeNumbers runtime, CallSite site) {
    this.operators = operators;
    this.regions = operators.regions();
    this.runtime = runtime;
    this.site = site;
  }

  // --- what two values have in common

  /** To be asked while the region around both ways is open. */
  Slot slot(Value a, Value b) {
    if (State.same(a, b) && isKnown(a)) {
      return new Known(a);
    }
    if (a instanceof Uninitialized) {
      return slot(b, b, true);
    }
    if (b instanceof Uninitialized) {
      return slot(a, a, true);
    }
    return slot(a, b, false);
  }

  /** Known and made of nothing that exists in a closed region only. */
  private boolean isKnown(Value value) {
    if (value instanceof Value.Int integer) {
      return regions.isKnownHere(integer.value());
    }
    return !(value instanceof RuntimeNumber);
  }

  private Slot slot(Value a, Value b, boolean oneWay) {
    if (a instanceof Tensor x && b instanceof Tensor y) {
      return tensor(x, y);
    }
    if (Numbers.isNumber(a) && Numbers.isNumber(b)) {
      return number(a, b);
    }
    if (a instanceof Value.TupleOf x && b instanceof Value.TupleOf y) {
      return elements(x, x.elements(), y.elements(), oneWay);
    }
    if (a instanceof Value.ListOf x && b instanceof Value.ListOf y) {
      return elements(x, x.elements(), y.elements(), oneWay);
    }
    if (a instanceof Value.DictOf x && b instanceof Value.DictOf y) {
      return dict(x, y, oneWay);
    }
    if (a instanceof Value.Obj x && b instanceof Value.Obj y && !x.isModule()) {
      return object(x, y, oneWay);
    }
    if (State.same(a, b)) {
      return new Known(a);
    }
    if (mayBeNone(a) || mayBeNone(b)) {
      return optional(a, b);
    }
    return new Slot.Torn(
        "it is " + a.typeName() + " on one way and " + b.typeName() + " on the other");
  }

  private static boolean mayBeNone(Value value) {
    return value instanceof Value.None || value instanceof Maybe;
  }

  /** What a value is where it is not None; null for None. */
  static @Nullable Value given(Value value) {
    return value instanceof Maybe maybe
        ? maybe.value()
        : value instanceof Value.None ? null : value;
  }

  private Slot optional(Value a, Value b) {
    @Nullable Value x = given(a);
    @Nullable Value y = given(b);
    Value some = Objects.requireNonNull(x == null ? y : x);
    Slot slot = x != null && y != null ? slot(x, y) : slot(some, some, true);
    return slot instanceof Slot.Torn ? slot : new OfOptional(slot);
  }

  private Slot dict(Value.DictOf a, Value.DictOf b, boolean oneWay) {
    List<Value> keys = List.copyOf(a.elements().keySet());
    if (!keys.equals(List.copyOf(b.elements().keySet()))) {
      return new Slot.Torn("it is a dict of other keys on either way");
    }
    Value like = Value.tuple(List.of());
    Slot slots =
        elements(
            like, List.copyOf(a.elements().values()), List.copyOf(b.elements().values()), oneWay);
    return slots instanceof Of of ? new Slot.OfDict(keys, of.elements()) : slots;
  }

  private Slot object(Value.Obj a, Value.Obj b, boolean oneWay) {
    List<String> names = List.copyOf(a.attributes().keySet());
    if (!a.className().equals(b.className())
        || !a.attributes().keySet().equals(b.attributes().keySet())) {
      return new Slot.Torn("it is an object of another class on either way");
    }
    Slot slots =
        elements(Value.tuple(List.of()), attributes(a, names), attributes(b, names), oneWay);
    return slots instanceof Of of ? new Slot.OfObject(a.className(), names, of.elements()) : slots;
  }

  static List<Value> attributes(Value.Obj object, List<String> names) {
    return names.stream()
        .map(name -> Objects.requireNonNull(object.attributes().get(name)))
        .toList();
  }

  private Slot tensor(Tensor a, Tensor b) {
    List<Integer> key = List.of(index(a), index(b));
    return tensors.computeIfAbsent(key, k -> fresh(a, b));
  }

  private int index(Value value) {
    for (int i = 0; i < kept.size(); i++) {
      if (kept.get(i) == value) {
        return i;
      }
    }
    kept.add(value);
    return kept.size() - 1;
  }

  private Slot fresh(Tensor a, Tensor b) {
    if (a.dtype() != b.dtype()) {
      return new Slot.Torn(
          "it is a tensor of " + a.dtype() + " on one way and of " + b.dtype() + " on the other");
    }
    Shape x = a.shapeSeen();
    Shape y = b.shapeSeen();
    if (x.rank() != y.rank()) {
      return new Slot.Torn("its shape is " + x + " on one way and " + y + " on the other", true);
    }
    OfTensor slot = new OfTensor(a.dtype(), common(x, y));
    origins.put(slot, List.of(a, b));
    return slot;
  }

  /** Says what the tensor of a slot may be the same as. */
  void comesFrom(Slot slot, Value value) {
    if (slot instanceof OfTensor && value instanceof Tensor tensor) {
      origins.merge(slot, List.of(tensor), Join::both);
    } else if (slot instanceof Of several && ListBuiltins.sequence(value) != null) {
      List<Value> elements = Objects.requireNonNull(ListBuiltins.sequence(value));
      for (int i = 0; i < Math.min(elements.size(), several.elements().size()); i++) {
        comesFrom(several.elements().get(i), elements.get(i));
      }
    }
  }

  /** To be called when every place has its value: says which tensors may be one. */
  void settle() {
    sharing.forEach(pair -> pair.get(0).mayShareStorage(pair.get(1)));
    sharing.clear();
  }

  private static <T> List<T> both(List<T> a, List<T> b) {
    List<T> both = new ArrayList<>(a);
    both.addAll(b);
    return both;
  }

  /** Equal sizes; those that are not, or that only a closed region knows, are fresh symbols. */
  Shape common(Shape a, Shape b) {
    List<Dim> dims = new ArrayList<>();
    for (int axis = 0; axis < a.rank(); axis++) {
      boolean same = a.dim(axis).equals(b.dim(axis)) && regions.isKnownHere(a.dim(axis));
      dims.add(same ? a.dim(axis) : regions.freshSize());
    }
    return new Shape(dims);
  }

  private Slot number(Value a, Value b) {
    Dim x = a instanceof Value.Int i ? i.value() : null;
    Dim y = b instanceof Value.Int i ? i.value() : null;
    if (x != null && y != null) {
      long least = Math.min(x.atLeast().orElse(LEAST), y.atLeast().orElse(LEAST));
      return new OfNumber(DType.INT64, Math.max(least, LEAST));
    }
    if (isBool(a) && isBool(b)) {
      return new OfNumber(DType.BOOL, 0);
    }
    if (isComplex(a) || isComplex(b) || isBool(a) || isBool(b)) {
      return new Slot.Torn(
          "it is " + a.typeName() + " on one way and " + b.typeName() + " on the other");
    }
    return new OfNumber(DType.FLOAT64, 0);
  }

  private static boolean isBool(Value value) {
    return value instanceof Value.Bool
        || (value instanceof RuntimeNumber number && number.kind() == RuntimeNumber.Kind.BOOL);
  }

  private static boolean isComplex(Value value) {
    return value instanceof Value.Complex
        || (value instanceof RuntimeNumber number && number.kind() == RuntimeNumber.Kind.COMPLEX);
  }

  private Slot elements(Value like, List<Value> a, List<Value> b, boolean oneWay) {
    boolean grows = holds(a, Value.Growing.class) || holds(b, Value.Growing.class);
    if (grows || (a.size() != b.size() && !holds(a, Value.Rows.class))) {
      return growing(a, b);
    }
    if (a.size() != b.size()) {
      return new Slot.Torn("it is a list of another length on either way");
    }
    List<Slot> slots = new ArrayList<>();
    for (int i = 0; i < a.size(); i++) {
      slots.add(oneWay ? slot(a.get(i), a.get(i), true) : slot(a.get(i), b.get(i)));
    }
    for (Slot slot : slots) {
      if (slot instanceof Slot.Torn torn) {
        return torn;
      }
    }
    return new Of(slots, like);
  }

  static boolean holds(List<Value> elements, Class<? extends Value> kind) {
    return elements.size() == 1 && kind.isInstance(elements.get(0));
  }

  private Slot growing(List<Value> a, List<Value> b) {
    List<Value> all = new ArrayList<>(a);
    all.addAll(b);
    @Nullable DType dtype = null;
    @Nullable Shape shape = null;
    for (Value element : all) {
      DType of;
      Shape size;
      if (element instanceof Tensor tensor) {
        of = tensor.dtype();
        size = tensor.shapeSeen();
      } else if (element instanceof Value.Growing list) {
        of = list.dtype();
        size = list.shape();
      } else {
        return new Slot.Torn(
            "it is a list of another length on either way, and holds " + element.typeName());
      }
      if (shape != null && (of != dtype || size.rank() != shape.rank())) {
        return new Slot.Torn("it is a list of tensors of different dtypes or ranks");
      }
      dtype = of;
      shape = common(shape == null ? size : shape, size);
    }
    return dtype == null || shape == null
        ? new Slot.Torn("it is a list of which nothing is known")
        : new OfGrowing(dtype, shape);
  }

  // --- to and from the tensors that carry it

  /** The tensors that carry a value, computed in the region that is open. */
  List<TensorHandle> handles(Slot slot, Value value) {
    return new Carrying(operators, runtime, site).handles(slot, value);
  }

  /** The value that tensors carry, in the region that is open. */
  Value bind(Slot slot, Iterator<TensorHandle> handles) {
    return bind(slot, handles, new IdentityHashMap<>());
  }

  /** As {@link #bind(Slot, Iterator)}; what is one slot in several places is one tensor. */
  Value bind(Slot slot, Iterator<TensorHandle> handles, IdentityHashMap<Slot, Value> bound) {
    if (slot instanceof OfTensor) {
      Tensor tensor = Tensor.of(handles.next());
      origins.getOrDefault(slot, List.of()).forEach(o -> sharing.add(List.of(tensor, o)));
      @Nullable Value before = bound.putIfAbsent(slot, tensor);
      return before == null ? tensor : before;
    }
    if (slot instanceof OfNumber number) {
      return number(number, handles.next());
    }
    if (slot instanceof Of several) {
      List<Value> elements =
          several.elements().stream().map(element -> bind(element, handles, bound)).toList();
      return Slot.like(several.like(), elements);
    }
    if (slot instanceof Slot.OfDict dict) {
      Value.DictOf value = new Value.DictOf(new LinkedHashMap<>());
      for (int i = 0; i < dict.keys().size(); i++) {
        value.elements().put(dict.keys().get(i), bind(dict.values().get(i), handles, bound));
      }
      return value;
    }
    if (slot instanceof Slot.OfObject object) {
      Map<String, Value> attributes = new LinkedHashMap<>();
      for (int i = 0; i < object.names().size(); i++) {
        attributes.put(object.names().get(i), bind(object.values().get(i), handles, bound));
      }
      return new Value.Obj(object.className(), "", attributes, false);
    }
    if (slot instanceof OfOptional optional) {
      Value isGiven = number(new OfNumber(DType.BOOL, 0), handles.next());
      return new Maybe(isGiven, bind(optional.value(), handles, bound));
    }
    if (slot instanceof OfGrowing growing) {
      TensorHandle list = handles.next();
      Dim length = Dim.of(operators.symbol(handles.next(), OptionalLong.empty(), 0));
      return Value.tuple(
          List.of(new Value.Growing(list, length, growing.dtype(), growing.shape())));
    }
    if (slot instanceof Slot.Torn torn) {
      return new Torn(torn.why(), torn.byRank(), site.place());
    }
    if (slot instanceof Known known) {
      return known.value();
    }
    throw new IllegalStateException("bound by its loop: " + slot);
  }

  private Value number(OfNumber number, TensorHandle handle) {
    return switch (number.dtype()) {
      case INT64 ->
          new Value.Int(Dim.of(operators.symbol(handle, OptionalLong.empty(), number.least())));
      case BOOL -> new RuntimeNumber(RuntimeNumber.Kind.BOOL, handle, OptionalDouble.empty());
      default -> new RuntimeNumber(RuntimeNumber.Kind.FLOAT, handle, OptionalDouble.empty());
    };
  }

  /** The value of an int that changes by the same step. */
  static Value at(Counted counted, Dim round) {
    return new Value.Int(counted.first().plus(round.times(counted.step())));
  }
}
