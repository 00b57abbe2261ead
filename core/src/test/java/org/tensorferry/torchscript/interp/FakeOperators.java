package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.dim.Symbol;
import org.tensorferry.tensor.DType;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.KnownScalar;
import org.tensorferry.value.Operators;
import org.tensorferry.value.Regions;
import org.tensorferry.value.StoredTensor;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.TensorHandle;
import org.tensorferry.value.Value;

/**
 * Operators that record calls and know shapes alone, of a few operators: enough to follow the
 * interpreter without any rule. In-place forms change the cell, {@code select} is a view.
 */
final class FakeOperators implements Operators {

  /** A tensor with a name that tells how it came to be. */
  record Handle(String name, DType dtype, Shape shape) implements TensorHandle {
    @Override
    public String toString() {
      return name;
    }
  }

  final List<String> calls = new ArrayList<>();
  final List<CallSite> sites = new ArrayList<>();
  final Set<String> withoutRule = new HashSet<>();
  private int results;
  private int symbols;

  static Tensor tensor(String name, DType dtype, Dim... dims) {
    return Tensor.of(new Handle(name, dtype, Shape.of(dims)));
  }

  @Override
  public Value call(String name, List<Value> args, Map<String, Value> kwargs, CallSite site) {
    calls.add(name + "(" + arguments(args, kwargs) + ")");
    sites.add(site);
    if (withoutRule.contains(name) || args.stream().anyMatch(Value.Unknown.class::isInstance)) {
      return Value.unknown();
    }
    if (name.endsWith("_") && args.get(0) instanceof Tensor target) {
      target.write(handle(name, target.dtype(), target.shape()));
      return target;
    }
    return result(name, args);
  }

  private Value result(String name, List<Value> args) {
    Tensor self = args.get(0) instanceof Tensor tensor ? tensor : tensor("?", DType.FLOAT32);
    return switch (name) {
      case "aten::select" -> self.view(new Select(axis(args, self.shape())));
      case "aten::unbind" -> Value.list(List.of(fresh(name, self), fresh(name, self)));
      case "aten::reshape", "aten::view" ->
          Tensor.of(handle(name, self.dtype(), sizes(args.get(1))));
      case "aten::to" ->
          args.get(1) instanceof Value.Int code
              ? Tensor.of(
                  handle(name, DType.ofTorchCode(code.value().known()).orElseThrow(), self.shape()))
              : fresh(name, self);
      case "aten::max", "aten::sum", "aten::any" ->
          Tensor.of(
              handle(name, name.equals("aten::any") ? DType.BOOL : self.dtype(), Shape.SCALAR));
      case "aten::eq", "aten::ne", "aten::lt", "aten::le", "aten::gt", "aten::ge" ->
          Tensor.of(handle(name, DType.BOOL, self.shape()));
      case "aten::zeros", "aten::full" ->
          Tensor.of(handle(name, DType.FLOAT32, sizes(args.get(0))));
      case "aten::tensor" -> tensor(name, DType.INT64, Dim.of(2));
      default -> fresh(name, self);
    };
  }

  /** A view that knows which axis it took away. */
  private record Select(int axis) implements Tensor.View {
    @Override
    public boolean beginsWithBase() {
      return false;
    }

    @Override
    public TensorHandle read(TensorHandle base) {
      return new Handle(base + "[]", base.dtype(), base.shape().remove(axis));
    }

    @Override
    public TensorHandle write(TensorHandle base, TensorHandle changed) {
      return new Handle(base + "'", base.dtype(), base.shape());
    }

    @Override
    public boolean isContiguous(Shape base, Shape view) {
      return axis == 0;
    }
  }

  private static int axis(List<Value> args, Shape shape) {
    int axis = (int) ((Value.Int) args.get(1)).value().known();
    return axis < 0 ? axis + shape.rank() : axis;
  }

  private static Shape sizes(Value list) {
    return new Shape(
        ((Value.ListOf) list).elements().stream().map(size -> ((Value.Int) size).value()).toList());
  }

  private Value fresh(String name, Tensor like) {
    return Tensor.of(handle(name, like.dtype(), like.shape()));
  }

  private Handle handle(String name, DType dtype, Shape shape) {
    return new Handle(name.substring(name.indexOf("::") + 2) + results++, dtype, shape);
  }

  private static String arguments(List<Value> args, Map<String, Value> kwargs) {
    List<String> texts = new ArrayList<>(args.stream().map(FakeOperators::text).toList());
    kwargs.forEach((name, value) -> texts.add(name + "=" + text(value)));
    return String.join(", ", texts);
  }

  static String text(Value value) {
    if (value instanceof Tensor tensor) {
      return tensor.read() instanceof KnownScalar known
          ? "tensor(" + text(known.value()) + ", " + known.dtype() + ")"
          : tensor.read().toString();
    }
    if (value instanceof Value.RuntimeNumber number) {
      String example =
          number.example().isPresent() ? " e.g. " + number.example().getAsDouble() : "";
      return number.kind() + "<" + number.handle() + example + ">";
    }
    if (value instanceof Value.ListOf list) {
      return list.elements().stream()
          .map(FakeOperators::text)
          .collect(Collectors.joining(", ", "[", "]"));
    }
    if (value instanceof Value.TupleOf tuple) {
      return tuple.elements().stream()
          .map(FakeOperators::text)
          .collect(Collectors.joining(", ", "(", ")"));
    }
    if (value instanceof Value.DictOf dict) {
      return dict.elements().entrySet().stream()
          .map(entry -> text(entry.getKey()) + ": " + text(entry.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    return value instanceof Value.Unknown
        ? "unknown"
        : Text.repr(value, new CallSite("", "", "a test"));
  }

  @Override
  public Symbol symbol(TensorHandle scalar, OptionalLong example, long min) {
    return new Symbol("n" + symbols++, example, min, false);
  }

  @Override
  public Regions regions() {
    throw new UnsupportedOperationException("no regions");
  }

  @Override
  public TensorHandle scalar(Value number, DType dtype) {
    return new Handle("scalar(" + text(number) + ")", dtype, Shape.SCALAR);
  }

  @Override
  public boolean isNested(TensorHandle tensor) {
    return false;
  }

  @Override
  public Optional<Value> known(TensorHandle scalar) {
    return scalar instanceof StoredTensor stored
            && stored.isConstant()
            && stored.shape().rank() == 0
            && stored.dtype().isInteger()
        ? Optional.of(Value.of(stored.data().toLongs()[0]))
        : Optional.empty();
  }
}
