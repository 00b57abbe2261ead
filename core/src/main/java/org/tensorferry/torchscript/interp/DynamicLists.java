package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.value.Operators;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/** Lists whose length is known only when the model runs: what code may do with them. */
final class DynamicLists {

  private final Operators operators;
  private final RuntimeNumbers runtime;

  DynamicLists(Operators operators, RuntimeNumbers runtime) {
    this.operators = operators;
    this.runtime = runtime;
  }

  /** Whether an argument is such a list. */
  static boolean isIn(Arguments a) {
    return a.positional().stream().anyMatch(DynamicLists::isDynamic)
        || a.named().values().stream().anyMatch(DynamicLists::isDynamic);
  }

  static boolean isDynamic(Value value) {
    return value instanceof Value.ListOf list
        && (Join.holds(list.elements(), Value.Growing.class)
            || Join.holds(list.elements(), Value.Rows.class));
  }

  /** How many elements it has. */
  static Dim length(Value value) {
    Value only = ((Value.ListOf) value).elements().get(0);
    return only instanceof Value.Growing list ? list.length() : ((Value.Rows) only).length();
  }

  /** The slices of a tensor along an axis of dynamic size; null for any other call. */
  @Nullable Value unbind(Arguments a) {
    Tensor tensor = a.tensor(0);
    if (tensor == null || !a.name().equals("aten::unbind") || tensor.shape().rank() == 0) {
      return null;
    }
    Value dim = a.optional(1, "dim");
    int rank = tensor.shape().rank();
    int axis = dim instanceof Value.Int i ? Math.floorMod((int) i.value().known(), rank) : 0;
    return tensor.shape().dim(axis).isKnown()
        ? null
        : Value.list(List.of(new Value.Rows(tensor, axis)));
  }

  /** An element of a list of known length at an index that is not; null for any other call. */
  @Nullable Value pick(Arguments a) {
    List<Value> elements = a.count() == 2 ? ListBuiltins.sequence(a.at(0)) : null;
    if (elements == null || !a.name().equals("aten::__getitem__")) {
      return null;
    }
    boolean isOpen = a.at(1) instanceof Value.Int index && !index.value().isKnown();
    if (!isOpen || elements.isEmpty() || !elements.stream().allMatch(Tensor.class::isInstance)) {
      return null;
    }
    Value all = operators.call("aten::stack", List.of(Value.list(elements)), Map.of(), a.site());
    return operators.call("aten::select", List.of(all, Value.of(0), a.at(1)), Map.of(), a.site());
  }

  Value call(Arguments a) {
    return switch (a.name()) {
      case "aten::len" -> new Value.Int(length(a.at(0)));
      case "aten::__getitem__" -> element(a.at(0), a.integer(1).value(), a);
      case "aten::append" -> append(a, List.of(a.at(1)));
      case "aten::extend", "aten::add_" -> append(a, elements(a, 1));
      case "aten::stack" -> stack(a);
      case "aten::cat", "aten::concat", "aten::concatenate" -> cat(a);
      default -> throw refuse(a, "`" + a.name() + "` needs to know how many they are");
    };
  }

  private static RuntimeException refuse(Arguments a, String why) {
    return Refusal.of(
        a.site(),
        "A list whose length depends on data is used in a way that a graph has no operator for",
        why,
        "append to it, take its length or an element, or join it with torch.stack or torch.cat");
  }

  private static List<Value> elements(Arguments a, int index) {
    if (a.at(index) instanceof Value.ListOf list && !isDynamic(list)) {
      return list.elements();
    }
    throw refuse(a, "a list of unknown length is appended to another");
  }

  Value element(Value list, Dim index, Arguments a) {
    Value only = ((Value.ListOf) list).elements().get(0);
    if (only instanceof Value.Rows rows) {
      return operators.call(
          "aten::select",
          List.of(rows.tensor(), Value.of(rows.axis()), new Value.Int(index)),
          Map.of(),
          a.site());
    }
    Value.Growing growing = (Value.Growing) only;
    Dim position = index.atMost().orElse(0) < 0 ? index.plus(growing.length()) : index;
    return Tensor.of(
        operators
            .regions()
            .element(growing.list(), position, growing.dtype(), renewed(growing.shape())));
  }

  private Shape renewed(Shape shape) {
    return new Shape(
        shape.dims().stream()
            .map(d -> operators.regions().isKnownHere(d) ? d : operators.regions().freshSize())
            .toList());
  }

  private Value append(Arguments a, List<Value> added) {
    Value.ListOf list = a.requireList(0);
    if (!(list.elements().get(0) instanceof Value.Growing growing)) {
      throw refuse(a, "the slices of a tensor are appended to");
    }
    for (Value element : List.copyOf(added)) {
      if (!(element instanceof Tensor tensor)
          || tensor.dtype() != growing.dtype()
          || tensor.shape().rank() != growing.shape().rank()) {
        throw refuse(a, "it holds tensors of " + growing.dtype() + growing.shape());
      }
      Tensor ready = (Tensor) runtime.forOperator(tensor, a.site());
      growing =
          new Value.Growing(
              operators.regions().append(growing.list(), ready.read()),
              growing.length().plus(1),
              growing.dtype(),
              new Join(operators, runtime, a.site()).common(growing.shape(), tensor.shape()));
    }
    list.elements().set(0, growing);
    return list;
  }

  private Value.Growing growing(Arguments a) {
    if (a.at(0) instanceof Value.ListOf list
        && list.elements().get(0) instanceof Value.Growing growing) {
      return growing;
    }
    throw refuse(a, "the slices of a tensor are joined again");
  }

  private static int axis(Arguments a, int rank) {
    Value dim = a.optional(1, a.named().containsKey("axis") ? "axis" : "dim");
    return dim instanceof Value.Int i ? Math.floorMod((int) i.value().known(), rank) : 0;
  }

  private Value stack(Arguments a) {
    Value.Growing list = growing(a);
    Tensor stacked =
        Tensor.of(
            operators
                .regions()
                .stack(list.list(), list.length(), list.dtype(), renewed(list.shape())));
    return moved(a, stacked, axis(a, list.shape().rank() + 1));
  }

  /** The first axis put at another place. */
  private Value moved(Arguments a, Tensor tensor, int axis) {
    return axis == 0
        ? tensor
        : operators.call(
            "aten::movedim", List.of(tensor, Value.of(0), Value.of(axis)), Map.of(), a.site());
  }

  private Value cat(Arguments a) {
    Value.Growing list = growing(a);
    Shape shape = list.shape();
    int axis = axis(a, shape.rank());
    boolean isUniform = shape.dims().stream().allMatch(operators.regions()::isKnownHere);
    if (!isUniform && axis == 0) {
      return Tensor.of(operators.regions().join(list.list(), list.dtype(), shape));
    }
    if (!isUniform) {
      throw refuse(a, "elements of different sizes are joined along axis " + axis);
    }
    Tensor stacked =
        Tensor.of(operators.regions().stack(list.list(), list.length(), list.dtype(), shape));
    List<Value> sizes = new ArrayList<>();
    for (int i = 0; i < shape.rank(); i++) {
      Dim size = i == axis ? shape.dim(i).times(list.length()) : shape.dim(i);
      sizes.add(new Value.Int(size));
    }
    return operators.call(
        "aten::reshape", List.of(moved(a, stacked, axis), Value.list(sizes)), Map.of(), a.site());
  }
}
