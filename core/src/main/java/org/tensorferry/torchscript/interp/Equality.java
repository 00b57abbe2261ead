package org.tensorferry.torchscript.interp;

import java.util.List;
import org.tensorferry.torchscript.syntax.CompareOperator;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/** Python's {@code ==} on values that are no tensors. */
final class Equality {

  private final Numbers numbers;
  private final Conditions conditions;
  private final Work work;

  Equality(Numbers numbers, Conditions conditions, Work work) {
    this.numbers = numbers;
    this.conditions = conditions;
    this.work = work;
  }

  /** A bool, which may depend on dynamic dims. */
  Value equal(Value left, Value right, CallSite site) {
    work.comparison(site);
    if (left instanceof Value.Unknown || right instanceof Value.Unknown) {
      return Value.unknown();
    }
    if (Numbers.isNumber(left) && Numbers.isNumber(right)) {
      return numbers.compare(CompareOperator.EQUAL, left, right, site);
    }
    if (left instanceof Value.ListOf a && right instanceof Value.ListOf b) {
      return elements(a.elements(), b.elements(), site);
    }
    if (left instanceof Value.TupleOf a && right instanceof Value.TupleOf b) {
      return elements(a.elements(), b.elements(), site);
    }
    if (left instanceof Value.DictOf a && right instanceof Value.DictOf b) {
      if (!a.elements().keySet().equals(b.elements().keySet())) {
        return Value.of(false);
      }
      return elements(
          List.copyOf(a.elements().values()),
          a.elements().keySet().stream().map(key -> b.elements().getOrDefault(key, key)).toList(),
          site);
    }
    if (left instanceof Tensor && right instanceof Tensor && left != right) {
      throw Refusal.dataDependent(site, "Tensors are compared to find one in a list");
    }
    return Value.of(left.equals(right));
  }

  /** As {@link #equal}, decided now. */
  boolean isEqual(Value left, Value right, CallSite site) {
    return conditions.decide(equal(left, right, site), site);
  }

  /** All pairs are equal; one open comparison stays open, several are decided by the examples. */
  private Value elements(List<Value> left, List<Value> right, CallSite site) {
    if (left.size() != right.size()) {
      return Value.of(false);
    }
    Value open = Value.of(true);
    for (int i = 0; i < left.size(); i++) {
      Value equal = equal(left.get(i), right.get(i), site);
      if (equal instanceof Value.Bool known && !known.value()) {
        return known;
      }
      if (equal instanceof Value.Bool) {
        continue;
      }
      if (!(open instanceof Value.Bool) && !conditions.decide(open, site)) {
        return Value.of(false);
      }
      open = equal;
    }
    return open;
  }
}
