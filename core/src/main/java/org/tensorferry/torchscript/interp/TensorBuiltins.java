package org.tensorferry.torchscript.interp;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.value.Operators;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/** What is known of a tensor without its values: sizes, type, memory; and numbers taken from it. */
final class TensorBuiltins {

  private static final long CONTIGUOUS_FORMAT = 0;
  private static final long MOST_LISTED = 4096;

  private final Operators operators;
  private final Numbers numbers;
  private final Conditions conditions;
  private final Predicate<Tensor> isTrained;

  /**
   * The family.
   *
   * @param isTrained true for tensors of the file that require a gradient
   */
  TensorBuiltins(
      Operators operators, Numbers numbers, Conditions conditions, Predicate<Tensor> isTrained) {
    this.operators = operators;
    this.numbers = numbers;
    this.conditions = conditions;
    this.isTrained = isTrained;
  }

  void addTo(Builtins.Table table) {
    table.row("size", this::size);
    table.row("prim::shape", this::size);
    metadata(table, "dim", t -> Value.of(t.shape().rank()));
    metadata(table, "ndimension", t -> Value.of(t.shape().rank()));
    metadata(table, "prim::ndim", t -> Value.of(t.shape().rank()));
    metadata(table, "numel", t -> new Value.Int(t.shape().numel()));
    metadata(table, "nelement", t -> new Value.Int(t.shape().numel()));
    metadata(table, "element_size", t -> Value.of(t.dtype().bytes()));
    metadata(table, "prim::itemsize", t -> Value.of(t.dtype().bytes()));
    metadata(table, "prim::nbytes", t -> new Value.Int(t.shape().numel().times(t.dtype().bytes())));
    metadata(table, "prim::dtype", t -> Value.of(t.dtype().torchCode()));
    metadata(table, "is_floating_point", t -> Value.of(t.dtype().isFloating()));
    metadata(table, "is_complex", t -> Value.of(t.dtype().isComplex()));
    metadata(table, "is_signed", t -> Value.of(isSigned(t)));
    metadata(table, "prim::requires_grad", t -> Value.of(isTrained.test(t)));
    // Nothing is computed for gradients, so every tensor is a leaf.
    metadata(table, "prim::is_leaf", t -> Value.of(true));
    metadata(table, "is_leaf", t -> Value.of(true));
    metadata(table, "prim::is_nested", t -> Value.of(operators.isNested(t.read())));
    metadata(table, "get_device", t -> Value.of(-1));
    table.row("_nested_tensor_from_mask_left_aligned", this::isLeftAligned);
    table.row("len", this::length);
    table.row("stride", this::stride);
    table.row("is_contiguous", this::isContiguous);
    table.row("is_same_size", this::isSameSize);
    table.row("prim::T", a -> on(a, t -> transposed(a, t)));
    table.row("numpy_T", a -> on(a, t -> transposed(a, t)));
    table.row("prim::data", a -> on(a, t -> operator(a, "aten::detach", List.of(t))));
    table.row("item", a -> on(a, t -> item(a, t)));
    table.row("_local_scalar_dense", a -> on(a, t -> item(a, t)));
    table.row("ScalarImplicit", a -> on(a, t -> item(a, t)));
    table.row("Int", a -> on(a, t -> toInt(a, item(a, t))));
    table.row("IntImplicit", a -> on(a, t -> toInt(a, item(a, t))));
    table.row("Float", a -> on(a, t -> toFloat(a, item(a, t))));
    table.row("FloatImplicit", a -> on(a, t -> toFloat(a, item(a, t))));
    table.row("Bool", a -> on(a, t -> conditions.toBool(t, a.site())));
    table.row("is_nonzero", a -> on(a, t -> conditions.toBool(t, a.site())));
    table.row("prim::tolist", a -> on(a, t -> toList(a, t)));
    table.row("tolist", a -> on(a, t -> toList(a, t)));
  }

  private static @Nullable Value on(Arguments a, Function<Tensor, Value> function) {
    Tensor tensor = a.tensor(0);
    return tensor == null ? null : function.apply(tensor);
  }

  private static void metadata(
      Builtins.Table table, String name, Function<Tensor, Value> function) {
    table.row(name, a -> on(a, function));
  }

  private Value operator(Arguments a, String name, List<Value> arguments) {
    return operators.call(name, arguments, Map.of(), a.site());
  }

  /**
   * Torch's encoder asks this before it makes a nested tensor, and computes the same from a padded
   * one but for the places that padding leaves out. It is taken to be true; the rule for nested
   * tensors looks at the mask itself when the model runs.
   */
  private Value isLeftAligned(Arguments a) {
    Value answer = operators.call(a.name(), a.positional(), a.named(), a.site());
    boolean isEncoder = a.site().place().contains("torch/nn/modules/transformer");
    return answer instanceof Value.RuntimeNumber && isEncoder ? Value.of(true) : answer;
  }

  private static boolean isSigned(Tensor tensor) {
    return switch (tensor.dtype()) {
      case UINT8, BOOL -> false;
      default -> true;
    };
  }

  // --- sizes

  private @Nullable Value size(Arguments a) {
    Tensor tensor = a.tensor(0);
    if (tensor == null) {
      return null;
    }
    Value axis = a.optional(1, "dim");
    if (axis instanceof Value.None) {
      return ints(tensor.shape().dims());
    }
    return new Value.Int(tensor.shape().dim(axis(a, axis, tensor.shape())));
  }

  private static int axis(Arguments a, Value axis, Shape shape) {
    if (!(axis instanceof Value.Int integer) || !integer.value().isKnown()) {
      throw a.wrong(1, "a known int", axis);
    }
    long number = integer.value().known();
    if (number < -shape.rank() || number >= shape.rank()) {
      throw Refusal.of(
          a.site(),
          "Axis " + number + " is out of range for a tensor of shape " + shape,
          "the code expects a tensor of another rank",
          "check the shapes given in --input");
    }
    return (int) number;
  }

  private static Value ints(List<Dim> dims) {
    return Value.list(dims.stream().map(Value.Int::new).toList());
  }

  private @Nullable Value length(Arguments a) {
    return on(
        a,
        tensor -> {
          if (tensor.shape().rank() == 0) {
            throw Refusal.invalid(a.site(), "A tensor of rank 0 has no length");
          }
          return new Value.Int(tensor.shape().dim(0));
        });
  }

  // --- memory

  private @Nullable Value stride(Arguments a) {
    Tensor tensor = a.tensor(0);
    if (tensor == null) {
      return null;
    }
    if (!tensor.isContiguous()) {
      throw Refusal.of(
          a.site(),
          "The code reads the strides of a tensor that is a view",
          "TensorFlow has no strides to compare them with",
          "call `.contiguous()` first");
    }
    List<Dim> strides = new ArrayList<>();
    Dim step = Dim.ONE;
    for (int i = tensor.shape().rank() - 1; i >= 0; i--) {
      strides.add(0, step);
      // Torch counts an axis without elements as one element wide.
      step = step.times(tensor.shape().dim(i).max(Dim.ONE));
    }
    Value axis = a.optional(1, "dim");
    return axis instanceof Value.None
        ? ints(strides)
        : new Value.Int(
            strides.get(Math.floorMod(axis(a, axis, tensor.shape()), tensor.shape().rank())));
  }

  private @Nullable Value isContiguous(Arguments a) {
    Tensor tensor = a.tensor(0);
    if (tensor == null) {
      return null;
    }
    Value format = a.optional(1, "memory_format");
    boolean rowMajor =
        format instanceof Value.None
            || (format instanceof Value.Int code && code.value().is(CONTIGUOUS_FORMAT));
    return Value.of(rowMajor && tensor.isContiguous());
  }

  private @Nullable Value isSameSize(Arguments a) {
    Tensor left = a.tensor(0);
    Tensor right = a.tensor(1);
    return left == null || right == null
        ? null
        : Value.of(left.shape().dims().equals(right.shape().dims()));
  }

  /** {@code x.T}: all axes in reverse. */
  private Value transposed(Arguments a, Tensor tensor) {
    List<Value> axes = new ArrayList<>();
    for (int axis = tensor.shape().rank() - 1; axis >= 0; axis--) {
      axes.add(Value.of(axis));
    }
    return operator(a, "aten::permute", List.of(tensor, Value.list(axes)));
  }

  // --- numbers

  private Value item(Arguments a, Tensor tensor) {
    return numbers.runtime().item(tensor, a.site());
  }

  private Value toInt(Arguments a, Value number) {
    return number instanceof Value.Unknown ? number : numbers.toInt(number, a.site());
  }

  private Value toFloat(Arguments a, Value number) {
    return number instanceof Value.Unknown ? number : numbers.toFloat(number, a.site());
  }

  private Value toList(Arguments a, Tensor tensor) {
    Shape shape = tensor.shape();
    if (shape.rank() == 0) {
      return item(a, tensor);
    }
    if (!shape.numel().isKnown() || shape.numel().known() > MOST_LISTED) {
      throw Refusal.of(
          a.site(),
          "A tensor of shape " + shape + " is turned into a list",
          "every element becomes a number of its own, at most " + MOST_LISTED,
          "use tensor operators instead of `.tolist()`");
    }
    List<Value> elements = new ArrayList<>();
    for (long i = 0; i < shape.dim(0).known(); i++) {
      Value row = operator(a, "aten::select", List.of(tensor, Value.of(0), Value.of(i)));
      elements.add(row instanceof Tensor part ? toList(a, part) : row);
    }
    return Value.list(elements);
  }
}
