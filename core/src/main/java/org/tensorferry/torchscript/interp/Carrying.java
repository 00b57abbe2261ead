package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.tensor.DType;
import org.tensorferry.torchscript.interp.Callables.Maybe;
import org.tensorferry.torchscript.interp.Callables.Uninitialized;
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

/** Makes of a value the tensors that carry it out of a region, as its {@link Slot} says. */
final class Carrying {

  private final Operators operators;
  private final Regions regions;
  private final RuntimeNumbers runtime;
  private final CallSite site;

  Carrying(Operators operators, RuntimeNumbers runtime, CallSite site) {
    this.operators = operators;
    this.regions = operators.regions();
    this.runtime = runtime;
    this.site = site;
  }

  /** The tensors that carry a value, computed in the region that is open. */
  List<TensorHandle> handles(Slot slot, Value value) {
    List<TensorHandle> handles = new ArrayList<>();
    carry(slot, value, handles);
    return handles;
  }

  private void carry(Slot slot, Value value, List<TensorHandle> handles) {
    if (slot instanceof OfTensor tensor) {
      handles.add(
          value instanceof Uninitialized
              ? zeros(tensor)
              : ((Tensor) runtime.forOperator(value, site)).read());
    } else if (slot instanceof OfNumber number) {
      handles.add(scalar(value, number.dtype()));
    } else if (slot instanceof Of several) {
      List<Value> elements =
          value instanceof Uninitialized ? List.of() : ListBuiltins.sequence(value);
      for (int i = 0; i < several.elements().size(); i++) {
        Value element =
            elements == null || elements.isEmpty() ? new Uninitialized() : elements.get(i);
        carry(several.elements().get(i), element, handles);
      }
    } else if (slot instanceof Slot.OfDict dict) {
      List<Value> values =
          value instanceof Value.DictOf of ? List.copyOf(of.elements().values()) : List.of();
      for (int i = 0; i < dict.keys().size(); i++) {
        carry(
            dict.values().get(i), values.isEmpty() ? new Uninitialized() : values.get(i), handles);
      }
    } else if (slot instanceof Slot.OfObject object) {
      for (int i = 0; i < object.names().size(); i++) {
        Value attribute =
            value instanceof Value.Obj of
                ? Objects.requireNonNull(of.attributes().get(object.names().get(i)))
                : new Uninitialized();
        carry(object.values().get(i), attribute, handles);
      }
    } else if (slot instanceof OfOptional optional) {
      Value isGiven = value instanceof Maybe maybe ? maybe.isGiven() : Value.of(true);
      @Nullable Value given = value instanceof Uninitialized ? null : Join.given(value);
      handles.add(scalar(given == null ? Value.of(false) : isGiven, DType.BOOL));
      carry(optional.value(), given == null ? new Uninitialized() : given, handles);
    } else if (slot instanceof OfGrowing growing) {
      carryList(growing, value, handles);
    }
  }

  private TensorHandle scalar(Value value, DType dtype) {
    if (value instanceof Uninitialized) {
      Value zero = dtype == DType.BOOL ? Value.of(false) : Value.of(0);
      return operators.scalar(zero, dtype);
    }
    return operators.scalar(runtime.forOperator(value, site), dtype);
  }

  private TensorHandle zeros(OfTensor like) {
    List<Value> sizes = new ArrayList<>();
    for (Dim dim : like.shape().dims()) {
      sizes.add(regions.isKnownHere(dim) ? new Value.Int(dim) : Value.of(0));
    }
    Value zeros =
        operators.call(
            "aten::zeros",
            List.of(Value.list(sizes)),
            Map.of("dtype", Value.of(like.dtype().torchCode())),
            site);
    return ((Tensor) zeros).read();
  }

  private void carryList(OfGrowing growing, Value value, List<TensorHandle> handles) {
    List<Value> elements =
        value instanceof Uninitialized ? List.of() : ListBuiltins.sequence(value);
    if (elements != null && Join.holds(elements, Value.Growing.class)) {
      Value.Growing list = (Value.Growing) elements.get(0);
      handles.add(list.list());
      handles.add(operators.scalar(new Value.Int(list.length()), DType.INT64));
      return;
    }
    TensorHandle list = regions.emptyList(growing.dtype());
    int count = 0;
    if (elements != null) {
      for (Value element : elements) {
        list = regions.append(list, ((Tensor) runtime.forOperator(element, site)).read());
        count++;
      }
    }
    handles.add(list);
    handles.add(operators.scalar(Value.of(count), DType.INT64));
  }
}
