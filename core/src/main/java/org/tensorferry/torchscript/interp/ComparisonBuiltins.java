package org.tensorferry.torchscript.interp;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorferry.torchscript.interp.Callables.Maybe;
import org.tensorferry.torchscript.syntax.CompareOperator;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/** Comparison, identity and negation of values that are no tensors. */
final class ComparisonBuiltins {

  private final Numbers numbers;
  private final Conditions conditions;
  private final Equality equality;

  ComparisonBuiltins(Numbers numbers, Conditions conditions, Equality equality) {
    this.numbers = numbers;
    this.conditions = conditions;
    this.equality = equality;
  }

  void addTo(Builtins.Table table) {
    table.row("eq", a -> noTensor(a) ? equality.equal(a.at(0), a.at(1), a.site()) : null);
    table.row(
        "ne",
        a ->
            noTensor(a)
                ? conditions.not(equality.equal(a.at(0), a.at(1), a.site()), a.site())
                : null);
    ordering(table, CompareOperator.LESS);
    ordering(table, CompareOperator.LESS_EQUAL);
    ordering(table, CompareOperator.GREATER);
    ordering(table, CompareOperator.GREATER_EQUAL);
    table.row("__is__", a -> isSame(a.at(0), a.at(1), a.site()));
    table.row("__isnot__", a -> conditions.not(isSame(a.at(0), a.at(1), a.site()), a.site()));
    table.row("__not__", a -> conditions.not(a.at(0), a.site()));
    table.row("any", a -> anyOrAll(a, true));
    table.row("all", a -> anyOrAll(a, false));
  }

  private void ordering(Builtins.Table table, CompareOperator operator) {
    table.row(operator.function(), a -> compare(a, operator));
  }

  private @Nullable Value compare(Arguments a, CompareOperator operator) {
    Value left = a.at(0);
    Value right = a.at(1);
    if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
      return numbers.compare(operator, left, right, a.site());
    }
    if (left instanceof Value.Str x && right instanceof Value.Str y) {
      return Value.of(DimRelation.holds(operator, x.value().compareTo(y.value())));
    }
    if (left instanceof Value.ListOf x && right instanceof Value.ListOf y) {
      return lexicographic(a, operator, x.elements(), y.elements());
    }
    return left instanceof Value.TupleOf x && right instanceof Value.TupleOf y
        ? lexicographic(a, operator, x.elements(), y.elements())
        : null;
  }

  private Value lexicographic(
      Arguments a, CompareOperator operator, List<Value> left, List<Value> right) {
    int common = Math.min(left.size(), right.size());
    for (int i = 0; i < common; i++) {
      if (!equality.isEqual(left.get(i), right.get(i), a.site())) {
        Arguments pair =
            new Arguments(a.name(), List.of(left.get(i), right.get(i)), a.named(), a.site());
        Value decided = compare(pair, operator);
        return decided == null ? Value.of(false) : decided;
      }
    }
    return Value.of(DimRelation.holds(operator, Integer.compare(left.size(), right.size())));
  }

  /** {@code is}: None is one object, numbers and strings are what they equal. */
  private Value isSame(Value left, Value right, CallSite site) {
    if (left instanceof Maybe maybe && right instanceof Value.None) {
      return conditions.isNone(maybe, site);
    }
    return right instanceof Maybe && left instanceof Value.None
        ? isSame(right, left, site)
        : Value.of(left.equals(right));
  }

  private static boolean noTensor(Arguments a) {
    return a.count() >= 2 && !(a.at(0) instanceof Tensor) && !(a.at(1) instanceof Tensor);
  }

  /** Of a list of bools or numbers; of a tensor it is an operator. */
  private @Nullable Value anyOrAll(Arguments a, boolean any) {
    Value.ListOf list = a.list(0);
    if (list == null) {
      return null;
    }
    for (Value element : list.elements()) {
      if (conditions.decide(element, a.site()) == any) {
        return Value.of(any);
      }
    }
    return Value.of(!any);
  }
}
