package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/**
 * Everything that the code of a running function can change: its variables, and the lists, dicts,
 * objects and tensors that it can reach. A branch and the body of a loop are followed from one
 * state; what they change is found by comparing.
 */
final class State {

  /** A place that holds a value which code may replace. */
  sealed interface Place permits Variable, Attribute, Content, Entries, Storage {
    /** What the place holds now; null for a variable that does not exist. */
    @Nullable Value get();

    void set(Value value);
  }

  /** A variable of the function. */
  record Variable(Frame frame, String name) implements Place {
    @Override
    public @Nullable Value get() {
      return frame.find(name);
    }

    @Override
    public void set(Value value) {
      frame.set(name, value);
    }

    @Override
    public String toString() {
      return "`" + name + "`";
    }
  }

  /** An attribute of an object. */
  record Attribute(Value.Obj object, String name) implements Place {
    @Override
    public @Nullable Value get() {
      return object.attributes().get(name);
    }

    @Override
    public void set(Value value) {
      object.attributes().put(name, value);
    }

    @Override
    public String toString() {
      return "`" + (object.path().isEmpty() ? name : object.path() + "." + name) + "`";
    }
  }

  /** The elements of a list, as a tuple. */
  record Content(Value.ListOf list) implements Place {
    @Override
    public Value get() {
      return Value.tuple(list.elements());
    }

    @Override
    public void set(Value value) {
      list.elements().clear();
      list.elements().addAll(((Value.TupleOf) value).elements());
    }

    @Override
    public String toString() {
      return "a list";
    }
  }

  /** The entries of a dict, as a tuple of keys and values. */
  record Entries(Value.DictOf dict) implements Place {
    @Override
    public Value get() {
      List<Value> all = new ArrayList<>(dict.elements().keySet());
      all.addAll(dict.elements().values());
      return Value.tuple(all);
    }

    @Override
    public void set(Value value) {
      List<Value> all = ((Value.TupleOf) value).elements();
      dict.elements().clear();
      for (int i = 0; i < all.size() / 2; i++) {
        dict.elements().put(all.get(i), all.get(all.size() / 2 + i));
      }
    }

    @Override
    public String toString() {
      return "a dict";
    }
  }

  /** What a tensor and its views hold; one place for all that share the storage. */
  record Storage(Object key, Tensor tensor) implements Place {
    @Override
    public Value get() {
      return Tensor.of(tensor.storage());
    }

    @Override
    public void set(Value value) {
      tensor.replaceStorage(((Tensor) value).read());
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Storage storage && storage.key == key;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(key);
    }

    @Override
    public String toString() {
      return "a tensor that is changed in place";
    }
  }

  private final Frame frame;
  private final Map<String, Value> variables;
  private final Map<Value.Obj, Map<String, Value>> objects = new LinkedHashMap<>();
  private final Map<Value.ListOf, List<Value>> lists = new LinkedHashMap<>();
  private final Map<Value.DictOf, Map<Value, Value>> dicts = new LinkedHashMap<>();
  private final Map<Tensor, Tensor.Saved> tensors = new LinkedHashMap<>();
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private State(Frame frame) {
    this.frame = frame;
    this.variables = new LinkedHashMap<>(frame.variables());
  }

  /** The state now. */
  static State of(Frame frame) {
    State state = new State(frame);
    state.variables.values().forEach(state::reach);
    return state;
  }

  private void reach(Value value) {
    if (value instanceof Tensor tensor) {
      if (seen.add(tensor)) {
        tensors.put(tensor, tensor.save());
      }
    } else if (value instanceof Value.TupleOf tuple) {
      tuple.elements().forEach(this::reach);
    } else if (value instanceof Value.ListOf list && seen.add(list)) {
      lists.put(list, List.copyOf(list.elements()));
      list.elements().forEach(this::reach);
    } else if (value instanceof Value.DictOf dict && seen.add(dict)) {
      dicts.put(dict, new LinkedHashMap<>(dict.elements()));
      dict.elements().values().forEach(this::reach);
    } else if (value instanceof Value.Obj object && seen.add(object)) {
      objects.put(object, new LinkedHashMap<>(object.attributes()));
      object.attributes().values().forEach(this::reach);
    } else if (value instanceof Callables.Maybe maybe) {
      reach(maybe.value());
    } else if (value instanceof Value.Rows rows) {
      reach(rows.tensor());
    } else if (value instanceof Callables.Method method) {
      reach(method.self());
    } else if (value instanceof Callables.Operator operator) {
      operator.bound().forEach(this::reach);
    }
  }

  /** Whether a variable is a tensor of another rank on either way of a branch or loop. */
  boolean hasTornRank() {
    return variables.values().stream()
        .anyMatch(value -> value instanceof Callables.Torn torn && torn.byRank());
  }

  /** Puts everything back. */
  void restore() {
    frame.variables().clear();
    frame.variables().putAll(variables);
    objects.forEach(
        (object, attributes) -> {
          object.attributes().clear();
          object.attributes().putAll(attributes);
        });
    lists.forEach(
        (list, elements) -> {
          list.elements().clear();
          list.elements().addAll(elements);
        });
    dicts.forEach(
        (dict, entries) -> {
          dict.elements().clear();
          dict.elements().putAll(entries);
        });
    tensors.values().forEach(Tensor.Saved::restore);
  }

  /** Whether a place held something in this state that code could reach. */
  boolean had(Place place) {
    return !(place instanceof Variable variable) || variables.containsKey(variable.name());
  }

  /**
   * The places whose values are others now, with what they hold now. Views show that now, in the
   * region that is open, and need not be read when it is closed.
   */
  Map<Place, Value> changes() {
    Map<Place, Value> changes = places();
    changes.values().forEach(State::refresh);
    return changes;
  }

  private static void refresh(Value value) {
    if (value instanceof Tensor tensor) {
      tensor.refresh();
    } else if (value instanceof Value.TupleOf tuple) {
      tuple.elements().forEach(State::refresh);
    } else if (value instanceof Value.ListOf list) {
      list.elements().forEach(State::refresh);
    }
  }

  private Map<Place, Value> places() {
    Map<Place, Value> changes = new LinkedHashMap<>();
    frame
        .variables()
        .forEach(
            (name, value) -> {
              if (!same(variables.get(name), value)) {
                changes.put(new Variable(frame, name), value);
              }
            });
    objects.forEach(
        (object, before) ->
            object
                .attributes()
                .forEach(
                    (name, value) -> {
                      if (!same(before.get(name), value)) {
                        changes.put(new Attribute(object, name), value);
                      }
                    }));
    lists.forEach(
        (list, before) -> {
          if (!same(before, list.elements())) {
            Content content = new Content(list);
            changes.put(content, content.get());
          }
        });
    dicts.forEach(
        (dict, before) -> {
          boolean changed =
              !List.copyOf(before.keySet()).equals(List.copyOf(dict.elements().keySet()))
                  || !same(List.copyOf(before.values()), List.copyOf(dict.elements().values()));
          if (changed) {
            Entries entries = new Entries(dict);
            changes.put(entries, entries.get());
          }
        });
    tensors.forEach(
        (tensor, before) -> {
          TensorHandle now = tensor.storage();
          if (now != before.storage() && !now.equals(before.storage())) {
            Storage storage = new Storage(tensor.storageKey(), tensor);
            changes.putIfAbsent(storage, storage.get());
          }
        });
    return changes;
  }

  /** The tensors that may have been changed since, through another name. */
  List<Tensor> uncertain() {
    return tensors.entrySet().stream()
        .filter(entry -> entry.getValue().becameUncertain())
        .map(Map.Entry::getKey)
        .toList();
  }

  private static boolean same(List<Value> before, List<Value> now) {
    if (before.size() != now.size()) {
      return false;
    }
    for (int i = 0; i < now.size(); i++) {
      if (!same(before.get(i), now.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** Values with an identity are the same object, the others are equal. */
  static boolean same(@Nullable Value before, @Nullable Value now) {
    if (before instanceof Value.TupleOf a && now instanceof Value.TupleOf b) {
      return same(a.elements(), b.elements());
    }
    return before == now || (!(before instanceof Tensor) && Objects.equals(before, now));
  }
}
