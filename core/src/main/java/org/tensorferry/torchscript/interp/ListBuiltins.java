package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.torchscript.syntax.CompareOperator;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Value;

/** Lists and tuples. */
final class ListBuiltins {

  private final Numbers numbers;
  private final Conditions conditions;
  private final Equality equality;
  private final Work work;

  ListBuiltins(Numbers numbers, Conditions conditions, Equality equality, Work work) {
    this.numbers = numbers;
    this.conditions = conditions;
    this.equality = equality;
    this.work = work;
  }

  void addTo(Builtins.Table table) {
    table.row("len", this::length);
    table.row("__getitem__", this::element);
    table.row("prim::TupleIndex", this::element);
    table.row("_set_item", this::setElement);
    table.row("slice", this::slice);
    table.row("append", a -> a.list(0) == null ? null : add(a, List.of(a.at(1))));
    table.row("extend", a -> a.list(0) == null ? null : add(a, elements(a, 1)));
    table.row("add_", a -> a.list(0) == null ? null : add(a, elements(a, 1)));
    table.row("add", this::concat);
    table.row("mul", this::repeat);
    table.row("mul_", this::repeatInPlace);
    table.row("insert", this::insert);
    table.row("pop", this::pop);
    table.row("Delete", this::delete);
    table.row("remove", this::remove);
    table.row("clear", a -> a.list(0) == null ? null : cleared(a.requireList(0)));
    table.row("reverse", this::reverse);
    table.row("copy", a -> a.list(0) == null ? null : Value.list(elements(a, 0)));
    table.row("list", this::toList);
    table.row("index", this::index);
    table.row("count", this::count);
    table.row("__contains__", this::contains);
    table.row("sort", this::sort);
    table.row("sorted", this::sorted);
    table.row("sum", this::sum);
    table.row("prim::ListUnpack", a -> a.at(0));
    table.row("prim::TupleUnpack", a -> a.at(0));
    table.row("prim::rangelist", this::rangeList);
  }

  static @Nullable List<Value> sequence(Value value) {
    if (value instanceof Value.ListOf list) {
      return list.elements();
    }
    return value instanceof Value.TupleOf tuple ? tuple.elements() : null;
  }

  private static List<Value> elements(Arguments a, int index) {
    List<Value> elements = sequence(a.at(index));
    if (elements == null) {
      throw a.wrong(index, "a list", a.at(index));
    }
    return elements;
  }

  private @Nullable Value length(Arguments a) {
    List<Value> elements = sequence(a.at(0));
    return elements == null ? null : Value.of(elements.size());
  }

  private @Nullable Value element(Arguments a) {
    List<Value> elements = sequence(a.at(0));
    return elements == null ? null : elements.get(position(a, elements.size()));
  }

  /** Argument 1 as a position from the front. */
  private static int position(Arguments a, int size) {
    long index = a.known(1);
    long position = index < 0 ? index + size : index;
    if (position < 0 || position >= size) {
      throw Refusal.of(
          a.site(),
          "Index " + index + " is out of range for a list of " + size,
          "the code reads past the end, as it would in torch with inputs of these sizes",
          "check the sizes given in --input");
    }
    return (int) position;
  }

  private @Nullable Value setElement(Arguments a) {
    Value.ListOf list = a.list(0);
    if (list == null) {
      return null;
    }
    list.elements().set(position(a, list.elements().size()), a.at(2));
    return list;
  }

  private @Nullable Value slice(Arguments a) {
    List<Value> elements = sequence(a.at(0));
    if (elements == null) {
      return null;
    }
    List<Value> cut = slice(elements, a);
    return a.at(0) instanceof Value.ListOf ? Value.list(cut) : Value.tuple(cut);
  }

  private static <T> List<T> slice(List<T> elements, Arguments a) {
    List<T> cut = new ArrayList<>();
    forEachIndex(elements.size(), a, i -> cut.add(elements.get(i)));
    return cut;
  }

  /** Takes indices one by one. */
  @FunctionalInterface
  interface IndexSink {
    void take(int index);
  }

  /** The indices of {@code [start:end:step]}, arguments 1 to 3, of a sequence. */
  static void forEachIndex(int size, Arguments a, IndexSink sink) {
    long step = a.known(3, 1);
    if (step == 0) {
      throw Refusal.invalid(a.site(), "A slice has step 0");
    }
    long from = bounded(a.known(1, step > 0 ? 0 : Long.MAX_VALUE), size, step);
    long to = bounded(a.known(2, step > 0 ? Long.MAX_VALUE : Long.MIN_VALUE), size, step);
    for (long i = from; step > 0 ? i < to : i > to; i += step) {
      sink.take((int) i);
    }
  }

  private static long bounded(long index, int size, long step) {
    long position = index < 0 && index != Long.MIN_VALUE ? index + size : index;
    long least = step > 0 ? 0 : -1;
    long most = step > 0 ? size : size - 1L;
    return Math.max(least, Math.min(position, most));
  }

  private static Value add(Arguments a, List<Value> added) {
    Value.ListOf list = a.requireList(0);
    Work.limitList((long) list.elements().size() + added.size(), a.site());
    list.elements().addAll(List.copyOf(added));
    return list;
  }

  private @Nullable Value concat(Arguments a) {
    List<Value> left = sequence(a.at(0));
    List<Value> right = a.count() > 1 ? sequence(a.at(1)) : null;
    if (left == null || right == null) {
      return null;
    }
    Work.limitList((long) left.size() + right.size(), a.site());
    List<Value> all = new ArrayList<>(left);
    all.addAll(right);
    return a.at(0) instanceof Value.ListOf ? Value.list(all) : Value.tuple(all);
  }

  private @Nullable Value repeat(Arguments a) {
    boolean listFirst = a.at(0) instanceof Value.ListOf;
    if (!listFirst && !(a.count() > 1 && a.at(1) instanceof Value.ListOf)) {
      return null;
    }
    List<Value> elements = elements(a, listFirst ? 0 : 1);
    long times = Math.max(0, a.known(listFirst ? 1 : 0));
    Work.limitList(Work.times(times, elements.size()), a.site());
    List<Value> all = new ArrayList<>();
    for (long i = 0; i < times && !elements.isEmpty(); i++) {
      all.addAll(elements);
    }
    return Value.list(all);
  }

  private @Nullable Value repeatInPlace(Arguments a) {
    Value.ListOf list = a.list(0);
    Value repeated = list == null ? null : repeat(a);
    if (list == null || !(repeated instanceof Value.ListOf all)) {
      return null;
    }
    list.elements().clear();
    list.elements().addAll(all.elements());
    return list;
  }

  private @Nullable Value insert(Arguments a) {
    Value.ListOf list = a.list(0);
    if (list == null) {
      return null;
    }
    int size = list.elements().size();
    Work.limitList(size + 1L, a.site());
    long index = a.known(1);
    long position = Math.max(0, Math.min(index < 0 ? index + size : index, size));
    list.elements().add((int) position, a.at(2));
    return Value.none();
  }

  private @Nullable Value pop(Arguments a) {
    Value.ListOf list = a.list(0);
    if (list == null) {
      return null;
    }
    Arguments last =
        a.count() > 1
            ? a
            : new Arguments(a.name(), List.of(list, Value.of(-1)), a.named(), a.site());
    return list.elements().remove(position(last, list.elements().size()));
  }

  private @Nullable Value delete(Arguments a) {
    return pop(a) == null ? null : Value.none();
  }

  private static Value cleared(Value.ListOf list) {
    list.elements().clear();
    return Value.none();
  }

  private @Nullable Value reverse(Arguments a) {
    Value.ListOf list = a.list(0);
    if (list == null) {
      return null;
    }
    Collections.reverse(list.elements());
    return Value.none();
  }

  private @Nullable Value toList(Arguments a) {
    if (a.at(0) instanceof Value.Str text) {
      return Value.list(
          text.value().codePoints().mapToObj(c -> Value.of(Character.toString(c))).toList());
    }
    List<Value> elements = sequence(a.at(0));
    return elements == null ? null : Value.list(elements);
  }

  private int find(Arguments a) {
    List<Value> elements = elements(a, 0);
    for (int i = 0; i < elements.size(); i++) {
      if (equality.isEqual(elements.get(i), a.at(1), a.site())) {
        return i;
      }
    }
    return -1;
  }

  private int require(Arguments a) {
    int index = find(a);
    if (index < 0) {
      throw Refusal.invalid(a.site(), "`" + a.at(1) + "` is not in the list");
    }
    return index;
  }

  private @Nullable Value index(Arguments a) {
    return a.list(0) == null ? null : Value.of(require(a));
  }

  private @Nullable Value remove(Arguments a) {
    Value.ListOf list = a.list(0);
    if (list == null) {
      return null;
    }
    list.elements().remove(require(a));
    return Value.none();
  }

  private @Nullable Value count(Arguments a) {
    return a.list(0) == null
        ? null
        : Value.of(
            elements(a, 0).stream().filter(e -> equality.isEqual(e, a.at(1), a.site())).count());
  }

  private @Nullable Value contains(Arguments a) {
    return sequence(a.at(0)) == null ? null : Value.of(find(a) >= 0);
  }

  private @Nullable Value sort(Arguments a) {
    Value.ListOf list = a.list(0);
    if (list == null) {
      return null;
    }
    List<Value> sorted = sorted(list.elements(), a.flag(1, "reverse", false), a.site());
    list.elements().clear();
    list.elements().addAll(sorted);
    return Value.none();
  }

  private @Nullable Value sorted(Arguments a) {
    List<Value> elements = sequence(a.at(0));
    return elements == null
        ? null
        : Value.list(sorted(elements, a.flag(1, "reverse", false), a.site()));
  }

  private List<Value> sorted(List<Value> elements, boolean reverse, CallSite site) {
    Comparator<Value> order = (x, y) -> order(x, y, site);
    return elements.stream().sorted(reverse ? order.reversed() : order).toList();
  }

  private int order(Value left, Value right, CallSite site) {
    work.comparison(site);
    if (left instanceof Value.Str a && right instanceof Value.Str b) {
      return a.value().compareTo(b.value());
    }
    List<Value> a = sequence(left);
    List<Value> b = sequence(right);
    if (a != null && b != null) {
      for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
        int order = order(a.get(i), b.get(i), site);
        if (order != 0) {
          return order;
        }
      }
      return Integer.compare(a.size(), b.size());
    }
    if (!Numbers.isNumber(left) || !Numbers.isNumber(right)) {
      throw Refusal.invalid(site, "A list of " + left.typeName() + " can't be sorted");
    }
    if (conditions.decide(numbers.compare(CompareOperator.LESS, left, right, site), site)) {
      return -1;
    }
    return conditions.decide(numbers.compare(CompareOperator.LESS, right, left, site), site)
        ? 1
        : 0;
  }

  private @Nullable Value sum(Arguments a) {
    Value.ListOf list = a.list(0);
    if (list == null || !list.elements().stream().allMatch(Numbers::isNumber)) {
      return null;
    }
    Value sum = Value.of(0);
    for (Value element : list.elements()) {
      sum = numbers.apply(Arithmetic.ADD, sum, element, a.site());
    }
    return sum;
  }

  private Value rangeList(Arguments a) {
    long count = Conditions.rounds(a.integer(0).value(), a.site());
    Work.limitList(count, a.site());
    work.numbers(count, a.site());
    List<Value> numbersUpTo = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      numbersUpTo.add(new Value.Int(Dim.of(i)));
    }
    return Value.list(numbersUpTo);
  }
}
