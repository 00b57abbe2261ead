package org.tensorferry.torchscript.interp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorferry.value.Value;

/** Dicts. Keys are compared as values; a key that depends on a dynamic dim is refused. */
final class DictBuiltins {

  void addTo(Builtins.Table table) {
    table.row("len", a -> dict(a) == null ? null : Value.of(require(a).size()));
    table.row("__getitem__", this::element);
    table.row("_set_item", this::setElement);
    table.row(
        "__contains__", a -> dict(a) == null ? null : Value.of(require(a).containsKey(key(a, 1))));
    table.row("keys", a -> dict(a) == null ? null : Value.list(List.copyOf(require(a).keySet())));
    table.row("values", a -> dict(a) == null ? null : Value.list(List.copyOf(require(a).values())));
    table.row("items", this::items);
    table.row("get", this::get);
    table.row("pop", this::pop);
    table.row("Delete", this::delete);
    table.row("popitem", this::popItem);
    table.row("setdefault", this::setDefault);
    table.row("update", this::update);
    table.row("clear", this::clear);
    table.row(
        "copy", a -> dict(a) == null ? null : new Value.DictOf(new LinkedHashMap<>(require(a))));
    table.row("dict", this::toDict);
  }

  private static @Nullable Map<Value, Value> dict(Arguments a) {
    return a.at(0) instanceof Value.DictOf dict ? dict.elements() : null;
  }

  private static Map<Value, Value> require(Arguments a) {
    Map<Value, Value> dict = dict(a);
    if (dict == null) {
      throw a.wrong(0, "a dict", a.at(0));
    }
    return dict;
  }

  static Value key(Arguments a, int index) {
    Value key = a.at(index);
    boolean fixed =
        key instanceof Value.Int integer
            ? integer.value().isKnown()
            : !(key instanceof Value.RuntimeNumber);
    if (!fixed) {
      throw Refusal.of(
          a.site(),
          "The dynamic number `" + key + "` is the key of a dict",
          "the keys of a dict must be known while the model is converted",
          "give that dim a fixed size in --input");
    }
    return key;
  }

  private static Value missing(Arguments a, Value key) {
    throw Refusal.of(
        a.site(),
        "The key `" + key + "` is not in the dict",
        "the dict has " + require(a).keySet(),
        "check the keys of the model's inputs");
  }

  private @Nullable Value element(Arguments a) {
    Map<Value, Value> dict = dict(a);
    if (dict == null) {
      return null;
    }
    Value found = dict.get(key(a, 1));
    return found == null ? missing(a, a.at(1)) : found;
  }

  private @Nullable Value setElement(Arguments a) {
    Map<Value, Value> dict = dict(a);
    if (dict == null) {
      return null;
    }
    dict.put(key(a, 1), a.at(2));
    return Value.none();
  }

  private @Nullable Value items(Arguments a) {
    Map<Value, Value> dict = dict(a);
    return dict == null
        ? null
        : Value.list(
            dict.entrySet().stream()
                .map(entry -> Value.tuple(List.of(entry.getKey(), entry.getValue())))
                .toList());
  }

  private @Nullable Value get(Arguments a) {
    Map<Value, Value> dict = dict(a);
    if (dict == null) {
      return null;
    }
    Value found = dict.get(key(a, 1));
    return found == null ? a.optional(2, "default_value") : found;
  }

  private @Nullable Value pop(Arguments a) {
    Map<Value, Value> dict = dict(a);
    if (dict == null) {
      return null;
    }
    Value removed = dict.remove(key(a, 1));
    if (removed != null) {
      return removed;
    }
    return a.count() > 2 ? a.at(2) : missing(a, a.at(1));
  }

  private @Nullable Value delete(Arguments a) {
    return pop(a) == null ? null : Value.none();
  }

  private @Nullable Value popItem(Arguments a) {
    Map<Value, Value> dict = dict(a);
    if (dict == null) {
      return null;
    }
    if (dict.isEmpty()) {
      throw Refusal.invalid(a.site(), "An item is taken from an empty dict");
    }
    Map.Entry<Value, Value> last = List.copyOf(dict.entrySet()).get(dict.size() - 1);
    dict.remove(last.getKey());
    return Value.tuple(List.of(last.getKey(), last.getValue()));
  }

  private @Nullable Value setDefault(Arguments a) {
    Map<Value, Value> dict = dict(a);
    if (dict == null) {
      return null;
    }
    Value before = dict.putIfAbsent(key(a, 1), a.at(2));
    return before == null ? a.at(2) : before;
  }

  private @Nullable Value update(Arguments a) {
    Map<Value, Value> dict = dict(a);
    if (dict == null) {
      return null;
    }
    if (!(a.at(1) instanceof Value.DictOf added)) {
      throw a.wrong(1, "a dict", a.at(1));
    }
    dict.putAll(added.elements());
    return Value.none();
  }

  private @Nullable Value clear(Arguments a) {
    Map<Value, Value> dict = dict(a);
    if (dict == null) {
      return null;
    }
    dict.clear();
    return Value.none();
  }

  /** {@code dict()}, of another dict, or of a list of pairs. */
  private @Nullable Value toDict(Arguments a) {
    LinkedHashMap<Value, Value> dict = new LinkedHashMap<>();
    if (a.count() == 0) {
      return new Value.DictOf(dict);
    }
    if (a.at(0) instanceof Value.DictOf other) {
      dict.putAll(other.elements());
      return new Value.DictOf(dict);
    }
    List<Value> pairs = ListBuiltins.sequence(a.at(0));
    if (pairs == null) {
      return null;
    }
    for (Value pair : pairs) {
      List<Value> entry = ListBuiltins.sequence(pair);
      if (entry == null || entry.size() != 2) {
        throw a.wrong(0, "a list of pairs", pair);
      }
      dict.put(key(new Arguments(a.name(), entry, a.named(), a.site()), 0), entry.get(1));
    }
    return new Value.DictOf(dict);
  }
}
