package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/**
 * The evaluated arguments of one call.
 *
 * @param name what is called, {@code aten::size}
 */
record Arguments(String name, List<Value> positional, Map<String, Value> named, CallSite site) {

  int count() {
    return positional.size();
  }

  Value at(int index) {
    if (index >= positional.size()) {
      throw Refusal.invalid(
          site, "`" + name + "` is called with " + count() + " arguments, which is too few");
    }
    return positional.get(index);
  }

  /** An argument by position or name; null where it is left out. */
  @Nullable Value find(int index, String parameter) {
    return index < positional.size() ? positional.get(index) : named.get(parameter);
  }

  /** An argument by position or name, or None. */
  Value optional(int index, String parameter) {
    Value value = find(index, parameter);
    return value == null ? Value.none() : value;
  }

  boolean flag(int index, String parameter, boolean otherwise) {
    Value value = find(index, parameter);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Value.Bool bool) {
      return bool.value();
    }
    throw wrong(index, "a bool", value);
  }

  @Nullable Tensor tensor(int index) {
    return index < positional.size() && positional.get(index) instanceof Tensor tensor
        ? tensor
        : null;
  }

  Value.@Nullable ListOf list(int index) {
    return index < positional.size() && positional.get(index) instanceof Value.ListOf list
        ? list
        : null;
  }

  @Nullable String text(int index) {
    return index < positional.size() && positional.get(index) instanceof Value.Str text
        ? text.value()
        : null;
  }

  /** A string that must be there. */
  String requireText(int index) {
    String text = text(index);
    if (text == null) {
      throw wrong(index, "a str", at(index));
    }
    return text;
  }

  Value.ListOf requireList(int index) {
    Value.ListOf list = list(index);
    if (list == null) {
      throw wrong(index, "a list", at(index));
    }
    return list;
  }

  Value.Int integer(int index) {
    Value value = at(index);
    if (value instanceof Value.Int integer) {
      return integer;
    }
    if (value instanceof Value.Bool bool) {
      return Value.of(bool.value() ? 1 : 0);
    }
    throw wrong(index, "an int", value);
  }

  /** An integer that must be known now. */
  long known(int index) {
    Value.Int integer = integer(index);
    if (!integer.value().isKnown()) {
      throw Refusal.of(
          site,
          "`" + name + "` needs a fixed number, but got `" + integer + "`",
          "it depends on a dynamic dim",
          "give that dim a fixed size in --input");
    }
    return integer.value().known();
  }

  long known(int index, long otherwise) {
    return index < positional.size() && !(positional.get(index) instanceof Value.None)
        ? known(index)
        : otherwise;
  }

  boolean isUnknown() {
    return positional.stream().anyMatch(Value.Unknown.class::isInstance)
        || named.values().stream().anyMatch(Value.Unknown.class::isInstance);
  }

  /** The same call with other leading arguments. */
  Arguments prepend(List<Value> leading) {
    if (leading.isEmpty()) {
      return this;
    }
    List<Value> all = new ArrayList<>(leading);
    all.addAll(positional);
    return new Arguments(name, all, named, site);
  }

  Arguments called(String otherName) {
    return new Arguments(otherName, positional, named, site);
  }

  RuntimeException wrong(int index, String wanted, Value found) {
    return Refusal.invalid(
        site,
        "`"
            + name
            + "` needs "
            + wanted
            + " as argument "
            + (index + 1)
            + ", but got "
            + found.typeName());
  }
}
