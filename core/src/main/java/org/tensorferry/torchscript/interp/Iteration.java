package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.torchscript.interp.Callables.Range;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/** What {@code for} runs over, and the functions that make such things. */
final class Iteration {

  private final Builtins builtins;
  private final Work work;

  Iteration(Builtins builtins, Work work) {
    this.builtins = builtins;
    this.work = work;
  }

  /** {@code range}, {@code enumerate}, {@code zip}, {@code reversed}, {@code tuple}; else null. */
  @Nullable Value call(Arguments a) {
    return switch (a.name()) {
      case "range" -> range(a);
      case "enumerate" -> enumerate(a);
      case "zip" -> zip(a);
      case "reversed" -> reversed(a);
      case "tuple" ->
          a.count() == 0 ? Value.tuple(List.of()) : Value.tuple(list(a.at(0), a.site()));
      case "list" -> a.count() == 0 ? Value.list(List.of()) : Value.list(list(a.at(0), a.site()));
      default -> null;
    };
  }

  private static Value range(Arguments a) {
    if (a.isUnknown()) {
      throw new Stopped();
    }
    long step = a.count() > 2 ? Conditions.rounds(a.integer(2).value(), a.site()) : 1;
    if (step == 0) {
      throw Refusal.invalid(a.site(), "A range has step 0");
    }
    Dim first = a.integer(0).value();
    return a.count() == 1
        ? new Range(Dim.ZERO, first, 1)
        : new Range(first, a.integer(1).value(), step);
  }

  private Value enumerate(Arguments a) {
    long start = a.known(1, 0);
    List<Value> pairs = new ArrayList<>();
    for (Value element : list(a.at(0), a.site())) {
      pairs.add(Value.tuple(List.of(Value.of(start + pairs.size()), element)));
    }
    return Value.list(pairs);
  }

  private Value zip(Arguments a) {
    List<List<Value>> columns =
        a.positional().stream().map(column -> list(column, a.site())).toList();
    int rows = columns.stream().mapToInt(List::size).min().orElse(0);
    List<Value> zipped = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      int index = row;
      zipped.add(Value.tuple(columns.stream().map(column -> column.get(index)).toList()));
    }
    return Value.list(zipped);
  }

  private Value reversed(Arguments a) {
    List<Value> elements = new ArrayList<>(list(a.at(0), a.site()));
    Collections.reverse(elements);
    return Value.list(elements);
  }

  /** Number of rounds of a loop over a value. */
  long rounds(Value value, CallSite site) {
    return value instanceof Range range
        ? Conditions.rounds(range.length(), site)
        : list(value, site).size();
  }

  /** All elements now: a loop sees the list as it is when it begins. */
  List<Value> list(Value value, CallSite site) {
    work.value(value, site);
    List<Value> sequence = ListBuiltins.sequence(value);
    if (DynamicLists.isDynamic(value)) {
      Conditions.rounds(DynamicLists.length(value), site);
    }
    if (sequence != null) {
      return List.copyOf(sequence);
    }
    if (value instanceof Range range) {
      return list(range, site);
    }
    if (value instanceof Value.DictOf dict) {
      return List.copyOf(dict.elements().keySet());
    }
    if (value instanceof Value.Str text) {
      return text.value()
          .codePoints()
          .<Value>mapToObj(c -> Value.of(Character.toString(c)))
          .toList();
    }
    if (value instanceof Value.Obj object && object.isModule()) {
      return object.attributes().values().stream()
          .filter(child -> child instanceof Value.Obj module && module.isModule())
          .toList();
    }
    if (value instanceof Tensor tensor) {
      return rows(tensor, site);
    }
    if (value instanceof Value.Unknown) {
      throw new Stopped();
    }
    throw Refusal.invalid(site, "A loop runs over a value of type " + value.typeName());
  }

  private List<Value> list(Range range, CallSite site) {
    long length = Conditions.rounds(range.length(), site);
    if (length > Work.LONGEST_LIST) {
      throw Refusal.of(
          site,
          "A range of " + length + " numbers is made a list",
          "the limit is " + Work.LONGEST_LIST,
          "use torch.arange");
    }
    work.numbers(length, site);
    List<Value> elements = new ArrayList<>();
    for (long i = 0; i < length; i++) {
      elements.add(new Value.Int(range.at(Dim.of(i))));
    }
    return elements;
  }

  /** What a loop over it takes one by one at run time, as a list; null where all are known. */
  static @Nullable Value rows(Value value) {
    if (value instanceof Tensor tensor && tensor.shape().rank() > 0) {
      return tensor.shape().dim(0).isKnown()
          ? null
          : Value.list(List.of(new Value.Rows(tensor, 0)));
    }
    return DynamicLists.isDynamic(value) ? value : null;
  }

  private List<Value> rows(Tensor tensor, CallSite site) {
    if (tensor.shape().rank() == 0) {
      throw Refusal.invalid(site, "A loop runs over a tensor of rank 0");
    }
    long count = Conditions.rounds(tensor.shape().dim(0), site);
    Work.limitList(count, site);
    List<Value> rows = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      rows.add(
          builtins.call("aten::select", List.of(tensor, Value.of(0), Value.of(i)), Map.of(), site));
    }
    return rows;
  }
}
