package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorferry.tensor.DType;
import org.tensorferry.torchscript.syntax.Expr;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/**
 * {@code x[...]} as a human writes it. On a tensor it is select, slice, unsqueeze and index, in the
 * order of torch's compiler (torch/csrc/jit/frontend/ir_emitter.cpp, emitMultidimSlicing).
 */
final class Subscripts {

  private final Machine machine;
  private final Expressions expressions;

  Subscripts(Machine machine, Expressions expressions) {
    this.machine = machine;
    this.expressions = expressions;
  }

  Value read(Value object, List<Expr> indices, CallSite site) {
    if (object instanceof Tensor tensor) {
      Indexed indexed = indexed(tensor, indices, site);
      return indexed.tensors().isEmpty()
          ? indexed.view()
          : call(site, "aten::index", indexed.view(), Value.list(indexed.tensors()));
    }
    if (object instanceof Value.Unknown) {
      return object;
    }
    Expr index = single(indices, site);
    if (index instanceof Expr.Slice slice) {
      return call(
          site,
          "aten::slice",
          object,
          bound(slice.lower()),
          bound(slice.upper()),
          slice.step().isPresent() ? expressions.evaluate(slice.step().get()) : Value.of(1));
    }
    Value key = expressions.evaluate(index);
    if (object instanceof Value.Obj instance) {
      return ofObject(instance, key, site);
    }
    return call(site, "aten::__getitem__", object, key);
  }

  private Value ofObject(Value.Obj object, Value key, CallSite site) {
    Value child = machine.attributes().find(object, Text.str(key, site), site);
    if (object.isModule() && child != null) {
      return child;
    }
    Value method = machine.attributes().get(object, "__getitem__", site);
    return machine.calls().call(method, List.of(key), Map.of(), expressions.frame(), site);
  }

  void write(Value object, List<Expr> indices, Value value, CallSite site) {
    if (object instanceof Tensor tensor) {
      write(tensor, indices, value, site);
    } else if (object instanceof Value.Obj) {
      Value key = expressions.evaluate(single(indices, site));
      Value method = machine.attributes().get(object, "__setitem__", site);
      machine.calls().call(method, List.of(key, value), Map.of(), expressions.frame(), site);
    } else if (!(object instanceof Value.Unknown)) {
      Value key = expressions.evaluate(single(indices, site));
      call(site, "aten::_set_item", object, key, value);
    }
  }

  private void write(Tensor tensor, List<Expr> indices, Value value, CallSite site) {
    Indexed indexed = indexed(tensor, indices, site);
    if (!indexed.tensors().isEmpty()) {
      Value source =
          value instanceof Tensor
              ? value
              : machine
                  .builtins()
                  .call(
                      "aten::tensor",
                      List.of(value),
                      Map.of("dtype", Value.of(tensor.dtype().torchCode())),
                      site);
      call(site, "aten::index_put_", indexed.view(), Value.list(indexed.tensors()), source);
    } else if (value instanceof Tensor) {
      call(site, "aten::copy_", indexed.view(), value);
    } else {
      call(site, "aten::fill_", indexed.view(), value);
    }
  }

  /**
   * A view by ints and slices, and what is left to index it with.
   *
   * @param tensors one for each leading axis, None where an axis is taken whole; empty for none
   */
  private record Indexed(Value view, List<Value> tensors) {}

  private Indexed indexed(Tensor tensor, List<Expr> indices, CallSite site) {
    List<Value> tensors = new ArrayList<>();
    Value view = tensor;
    int axis = 0;
    List<@Nullable Value> keys = keys(indices);
    for (int i = 0; i < indices.size(); i++) {
      Value key = keys.get(i);
      if (indices.get(i) instanceof Expr.EllipsisLiteral) {
        axis += tensor.shape().rank() - consumed(keys);
      } else if (indices.get(i) instanceof Expr.Slice slice) {
        view = sliced(view, axis++, slice, site);
      } else if (key instanceof Value.None) {
        view = call(site, "aten::unsqueeze", view, Value.of(axis++));
      } else if (key instanceof Value.Int) {
        view = call(site, "aten::select", view, Value.of(axis), key);
      } else if (key instanceof Tensor || key instanceof Value.ListOf) {
        while (tensors.size() < axis) {
          tensors.add(Value.none());
        }
        Value index = key instanceof Tensor ? key : call(site, "aten::tensor", key);
        tensors.add(index);
        axis += axes(index);
      } else if (key instanceof Value.Unknown) {
        return new Indexed(key, List.of());
      } else {
        throw Refusal.invalid(
            site, "A tensor is indexed by " + (key == null ? "nothing" : key.typeName()));
      }
    }
    return new Indexed(view, tensors);
  }

  private List<@Nullable Value> keys(List<Expr> indices) {
    List<@Nullable Value> keys = new ArrayList<>();
    for (Expr index : indices) {
      boolean isKey = !(index instanceof Expr.Slice) && !(index instanceof Expr.EllipsisLiteral);
      keys.add(isKey ? expressions.evaluate(index) : null);
    }
    return keys;
  }

  /**
   * How many axes of the tensor the indices take; the ellipsis, null here like a slice, takes the
   * rest.
   */
  private static int consumed(List<@Nullable Value> keys) {
    int axes = -1;
    for (Value key : keys) {
      axes +=
          key == null || key instanceof Value.Int ? 1 : key instanceof Value.None ? 0 : axes(key);
    }
    return axes;
  }

  /** A mask takes as many axes as it has. */
  private static int axes(Value index) {
    return index instanceof Tensor mask && mask.dtype() == DType.BOOL ? mask.shape().rank() : 1;
  }

  private Value sliced(Value view, int axis, Expr.Slice slice, CallSite site) {
    boolean whole = slice.lower().isEmpty() && slice.upper().isEmpty() && slice.step().isEmpty();
    return whole
        ? view
        : call(
            site,
            "aten::slice",
            view,
            Value.of(axis),
            bound(slice.lower()),
            bound(slice.upper()),
            slice.step().isPresent() ? expressions.evaluate(slice.step().get()) : Value.of(1));
  }

  private Value bound(Optional<Expr> bound) {
    return bound.isPresent() ? expressions.evaluate(bound.get()) : Value.none();
  }

  private static Expr single(List<Expr> indices, CallSite site) {
    if (indices.size() != 1) {
      throw Refusal.invalid(site, "Only tensors take several indices");
    }
    return indices.get(0);
  }

  private Value call(CallSite site, String name, Value... arguments) {
    return machine.builtins().call(name, List.of(arguments), Map.of(), site);
  }
}
