package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tensorferry.tensor.DType;
import org.tensorferry.torchscript.interp.Callables.Maybe;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Operators;
import org.tensorferry.value.Regions;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/** An operator with an argument that is None or not as the data decides: one call on either way. */
final class Choice {

  /** The operator itself. */
  interface Call {
    Value of(List<Value> positional, Map<String, Value> named);
  }

  private final Operators operators;
  private final RuntimeNumbers runtime;
  private final CallSite site;

  Choice(Operators operators, RuntimeNumbers runtime, CallSite site) {
    this.operators = operators;
    this.runtime = runtime;
    this.site = site;
  }

  /** The first argument of a call that may be None; null where there is none. */
  static @Nullable Maybe in(List<Value> positional, Map<String, Value> named) {
    for (Value value : positional) {
      if (value instanceof Maybe maybe) {
        return maybe;
      }
    }
    for (Value value : named.values()) {
      if (value instanceof Maybe maybe) {
        return maybe;
      }
    }
    return null;
  }

  /** The result of the call that the data decides for. */
  Value call(Maybe maybe, List<Value> positional, Map<String, Value> named, Call call) {
    Regions regions = operators.regions();
    TensorHandle decides = operators.scalar(maybe.isGiven(), DType.BOOL);
    Regions.Region first = regions.openBranch();
    Value given = within(regions, first, () -> with(maybe, maybe.value(), positional, named, call));
    Regions.Region second = regions.openAlternative(first);
    Value none = within(regions, second, () -> with(maybe, Value.none(), positional, named, call));
    if (given instanceof Value.Unknown || none instanceof Value.Unknown) {
      return Value.unknown();
    }
    Join join = new Join(operators, runtime, site);
    Slot slot = join.slot(given, none);
    regions.reopen(first);
    List<TensorHandle> handles = within(regions, first, () -> join.handles(slot, given));
    regions.reopen(second);
    List<TensorHandle> others = within(regions, second, () -> join.handles(slot, none));
    List<TensorHandle> results =
        handles.isEmpty()
            ? List.of()
            : regions.branch(
                decides,
                first,
                handles,
                second,
                others,
                slot.parts().stream().map(Slot.OfTensor::shape).toList());
    return join.bind(slot, results.iterator());
  }

  private static <T> T within(Regions regions, Regions.Region region, Supplier<T> code) {
    try {
      return code.get();
    } finally {
      regions.close(region);
    }
  }

  private static Value with(
      Maybe maybe, Value value, List<Value> positional, Map<String, Value> named, Call call) {
    List<Value> arguments = new ArrayList<>(positional);
    arguments.replaceAll(each -> each == maybe ? value : each);
    Map<String, Value> byName = new LinkedHashMap<>(named);
    byName.replaceAll((name, each) -> each == maybe ? value : each);
    return call.of(arguments, byName);
  }
}
