package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.Promotion;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/** Tensors made of numbers and sizes. */
final class FactoryOps {

  private static final String OPTIONS =
      "ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None";
  private static final String NEW = ", *, " + OPTIONS + ") -> Tensor";
  private static final String LIKE =
      ", *, " + OPTIONS + ", MemoryFormat? memory_format=None) -> Tensor";
  private static final String OF_DATA =
      ", *, ScalarType? dtype=None, Device? device=None, bool requires_grad=False) -> Tensor";

  private FactoryOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // of given sizes
        AtenRule.of("empty.memory_format(int[] size" + LIKE, sized(0)),
        AtenRule.of("empty_permuted(int[] size, int[] physical_layout" + NEW, sized(0)),
        AtenRule.of("empty_strided(int[] size, int[] stride" + NEW, sized(0)),
        AtenRule.of("eye(int n" + NEW, FactoryOps::eye),
        AtenRule.of("eye.m(int n, int m" + NEW, FactoryOps::eye),
        AtenRule.of("full(int[] size, Scalar fill_value" + NEW, FactoryOps::full),
        AtenRule.of("ones(int[] size" + NEW, sized(1)),
        AtenRule.of("zeros(int[] size" + NEW, sized(0)),

        // of another tensor's sizes and type
        AtenRule.of("empty_like(Tensor self" + LIKE, like(0)),
        AtenRule.of("full_like(Tensor self, Scalar fill_value" + LIKE, FactoryOps::full),
        AtenRule.of("ones_like(Tensor self" + LIKE, like(1)),
        AtenRule.of("zeros_like(Tensor self" + LIKE, like(0)),

        // of another tensor's type
        AtenRule.of("new_empty(Tensor self, int[] size" + NEW, sized(0)),
        AtenRule.of("new_empty_strided(Tensor self, int[] size, int[] stride" + NEW, sized(0)),
        AtenRule.of("new_full(Tensor self, int[] size, Scalar fill_value" + NEW, FactoryOps::full),
        AtenRule.of("new_ones(Tensor self, int[] size" + NEW, sized(1)),
        AtenRule.of("new_zeros(Tensor self, int[] size" + NEW, sized(0)),

        // of sizes
        AtenRule.of("_shape_as_tensor(Tensor self) -> Tensor", FactoryOps::sizes),

        // of numbers
        AtenRule.aliasWhereSame(
            "as_tensor(Tensor data, *, ScalarType? dtype=None, Device? device=None) -> Tensor",
            (a, tf) ->
                tf.cast(a.tensor("data"), a.dtype("dtype").orElse(a.tensor("data").dtype()))),
        AtenRule.of(
            "as_tensor.list(Any data, *, ScalarType? dtype=None, Device? device=None) -> Tensor",
            FactoryOps::data),
        AtenRule.of("scalar_tensor(Scalar s" + NEW, FactoryOps::scalarTensor),
        AtenRule.of("tensor(Any data" + OF_DATA, FactoryOps::data));
  }

  // --- one value everywhere

  private static AtenRule.One sized(double value) {
    return (a, tf) -> {
      Stream.of("stride", "physical_layout").filter(a::has).forEach(a::ignore);
      return tf.fill(new Shape(a.dims("size")), dtype(a, DType.FLOAT32), value);
    };
  }

  private static AtenRule.One like(double value) {
    return (a, tf) -> tf.fill(a.shape("self"), dtype(a, DType.FLOAT32), value);
  }

  /** The type that is asked for, else that of self, else a default. */
  private static DType dtype(OpArgs a, DType otherwise) {
    DType natural = a.has("self") ? a.tensor("self").dtype() : otherwise;
    return a.dtype("dtype").orElse(natural);
  }

  static TfValue full(OpArgs a, TfGraph tf) {
    DType dtype = dtype(a, a.operand("fill_value").dtype());
    Shape shape = a.has("size") ? new Shape(a.dims("size")) : a.shape("self");
    return tf.fill(shape, a.operand("fill_value", dtype));
  }

  static TfValue eye(OpArgs a, TfGraph tf) {
    Dim rows = a.dim("n");
    Dim columns = a.has("m") ? a.dim("m") : rows;
    TfValue diagonal = Diagonals.mask(tf, rows, columns, "Equal", Dim.ZERO);
    return tf.cast(diagonal, dtype(a, DType.FLOAT32));
  }

  /** The sizes of a tensor, int64 [rank]. */
  static TfValue sizes(OpArgs a, TfGraph tf) {
    Shape shape = a.shape("self");
    return shape.rank() == 0
        ? tf.zeros(Shape.of(0), DType.INT64)
        : tf.cast(tf.sizes(shape), DType.INT64);
  }

  // --- numbers

  static TfValue scalarTensor(OpArgs a, TfGraph tf) {
    return a.operand("s", dtype(a, DType.FLOAT32));
  }

  /** A number, or lists of lists of numbers, of which all have one length. */
  static TfValue data(OpArgs a, TfGraph tf) {
    if (a.has("requires_grad")) {
      a.ignore("requires_grad");
    }
    Value data = a.value("data");
    if (data instanceof Tensor) {
      DType own = a.tensor("data").dtype();
      return tf.cast(a.tensor("data"), a.dtype("dtype").orElse(own));
    }
    List<Value> numbers = new ArrayList<>();
    Shape shape = shape(data);
    requireSmall(a, shape);
    flatten(a, data, numbers);
    Optional<DType> wanted = a.dtype("dtype");
    if (numbers.isEmpty() && wanted.isEmpty()) {
      throw a.refuse("an empty list does not say its type", "pass dtype");
    }
    DType dtype = wanted.orElseGet(() -> typeOf(numbers));
    List<TfValue> elements = numbers.stream().map(n -> a.scalar(n, dtype)).toList();
    if (shape.rank() == 0) {
      return elements.get(0);
    }
    return numbers.isEmpty()
        ? tf.zeros(shape, dtype)
        : tf.reshape(Constants.vector(tf, elements), shape);
  }

  /** Data keeps the type of its numbers; only as an operand is a bool an integer. */
  private static DType typeOf(List<Value> numbers) {
    return numbers.stream().allMatch(FactoryOps::isBool) ? DType.BOOL : Promotion.of(numbers);
  }

  private static boolean isBool(Value number) {
    return number instanceof Value.Bool
        || (number instanceof Value.RuntimeNumber computed
            && computed.kind() == Value.RuntimeNumber.Kind.BOOL);
  }

  /** Lists may share their elements, so that a few make up more numbers than there is memory. */
  private static void requireSmall(OpArgs a, Shape shape) {
    long lists = 1;
    for (Dim size : shape.dims()) {
      lists = Limits.product(lists, Math.max(1, size.known()));
    }
    Limits.numbers(a, lists);
  }

  private static void flatten(OpArgs a, Value data, List<Value> numbers) {
    if (data instanceof Value.ListOf list) {
      Shape first = list.elements().isEmpty() ? Shape.SCALAR : shape(list.elements().get(0));
      if (!list.elements().stream().allMatch(element -> shape(element).equals(first))) {
        throw a.refuse("the inner lists differ in length", "");
      }
      list.elements().forEach(element -> flatten(a, element, numbers));
    } else {
      numbers.add(data);
    }
  }

  private static Shape shape(Value data) {
    if (!(data instanceof Value.ListOf list)) {
      return Shape.SCALAR;
    }
    Shape inner = list.elements().isEmpty() ? Shape.SCALAR : shape(list.elements().get(0));
    return inner.insert(0, Dim.of(list.elements().size()));
  }
}
