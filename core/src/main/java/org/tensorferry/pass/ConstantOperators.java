package org.tensorferry.pass;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;
import org.tensorferry.tf.Literal;
import org.tensorferry.tf.TfNode;
import org.tensorferry.tf.TfValue;

/**
 * What TensorFlow's operators make of constants: moves of elements, integers, and those operations
 * on floats that IEEE 754 rounds correctly. A float32 that is computed in double precision and
 * rounded once is that very result, since a double has more than twice its digits.
 */
final class ConstantOperators {

  private interface Operator {
    /** Empty where the operator is used in a way that is not known here. */
    Optional<List<Literal>> apply(TfNode node);
  }

  private static final Map<String, Operator> ALL = all();

  private ConstantOperators() {}

  /** The results of a node of constants and known shapes; empty where they are not known. */
  static Optional<List<Literal>> evaluate(TfNode node) {
    @Nullable Operator operator = ALL.get(node.op());
    return operator == null ? Optional.empty() : operator.apply(node);
  }

  private static Map<String, Operator> all() {
    Map<String, Operator> all = new HashMap<>();
    all.put("Shape", ConstantOperators::shape);
    for (String op : List.of("Reshape", "ExpandDims", "Squeeze", "Identity", "StopGradient")) {
      all.put(op, node -> one(new Literal(node.output().dtype(), sizes(node), bytes(node, 0))));
    }
    all.put("Transpose", ConstantOperators::transpose);
    all.put("Slice", ConstantOperators::slice);
    all.put("StridedSlice", ConstantOperators::stridedSlice);
    all.put("Split", ConstantOperators::split);
    all.put("Unpack", ConstantOperators::unpack);
    all.put("Fill", node -> one(broadcast(literal(node, 1), sizes(node))));
    all.put("BroadcastTo", node -> one(broadcast(literal(node, 0), sizes(node))));
    all.put("Pack", ConstantOperators::pack);
    all.put("ConcatV2", ConstantOperators::concat);
    all.put("Cast", ConstantOperators::cast);
    all.put("SelectV2", ConstantOperators::select);
    unary(all, "Neg", x -> -x);
    unary(all, "Sqrt", Math::sqrt);
    unary(all, "Reciprocal", x -> 1 / x);
    unary(all, "Square", x -> x * x);
    all.put("LogicalNot", node -> integers(node, (a, b) -> 1 - a, 0, 0));
    binary(all, "AddV2", Long::sum, Double::sum);
    binary(all, "Sub", (a, b) -> a - b, (a, b) -> a - b);
    binary(all, "Mul", (a, b) -> a * b, (a, b) -> a * b);
    binary(all, "Maximum", Math::max, Math::max);
    binary(all, "Minimum", Math::min, Math::min);
    all.put("RealDiv", node -> floats(node, (a, b) -> a / b));
    for (String op : List.of("FloorDiv", "FloorMod")) {
      LongBinaryOperator operation = op.equals("FloorDiv") ? Math::floorDiv : Math::floorMod;
      all.put(
          op,
          node ->
              isWhole(node, 1) && Arrays.stream(literal(node, 1).longs()).allMatch(b -> b != 0)
                  ? integers(node, operation, 0, 1)
                  : Optional.empty());
    }
    comparison(all, "Equal", (a, b) -> a == b ? 1 : 0);
    comparison(all, "NotEqual", (a, b) -> a != b ? 1 : 0);
    comparison(all, "Less", (a, b) -> a < b ? 1 : 0);
    comparison(all, "LessEqual", (a, b) -> a <= b ? 1 : 0);
    comparison(all, "Greater", (a, b) -> a > b ? 1 : 0);
    comparison(all, "GreaterEqual", (a, b) -> a >= b ? 1 : 0);
    all.put("LogicalAnd", node -> integers(node, (a, b) -> a & b, 0, 1));
    all.put("LogicalOr", node -> integers(node, (a, b) -> a | b, 0, 1));
    return Map.copyOf(all);
  }

  // --- numbers

  private static void unary(Map<String, Operator> all, String op, DoubleUnaryOperator operation) {
    all.put(op, node -> floats(node, (a, b) -> operation.applyAsDouble(a), 0, 0));
  }

  private static void binary(
      Map<String, Operator> all,
      String op,
      LongBinaryOperator ofIntegers,
      DoubleBinaryOperator ofFloats) {
    all.put(
        op,
        node -> isWhole(node, 0) ? integers(node, ofIntegers, 0, 1) : floats(node, ofFloats, 0, 1));
  }

  private static void comparison(
      Map<String, Operator> all, String op, DoubleBinaryOperator operation) {
    all.put(
        op,
        node -> {
          boolean isExact = isFloat(literal(node, 0).dtype()) || isWhole(node, 0);
          return isExact && literal(node, 0).dtype() != DType.INT64
              ? floats(node, operation, 0, 1)
              : Optional.empty();
        });
  }

  private static Optional<List<Literal>> floats(TfNode node, DoubleBinaryOperator operation) {
    return floats(node, operation, 0, 1);
  }

  /** Not for the short types, which TensorFlow rounds twice. */
  private static Optional<List<Literal>> floats(
      TfNode node, DoubleBinaryOperator operation, int left, int right) {
    DType dtype = node.output().dtype();
    if (!isFloat(dtype) && dtype != DType.BOOL) {
      return Optional.empty();
    }
    long[] shape = sizes(node);
    double[] a = doubles(broadcast(literal(node, left), shape));
    double[] b = left == right ? a : doubles(broadcast(literal(node, right), shape));
    if (Arrays.stream(a).anyMatch(Double::isNaN) || Arrays.stream(b).anyMatch(Double::isNaN)) {
      return Optional.empty();
    }
    double[] values =
        IntStream.range(0, a.length)
            .mapToDouble(i -> operation.applyAsDouble(a[i], b[i]))
            .toArray();
    return one(Literal.of(dtype, shape, values));
  }

  private static Optional<List<Literal>> integers(
      TfNode node, LongBinaryOperator operation, int left, int right) {
    long[] shape = sizes(node);
    long[] a = broadcast(literal(node, left), shape).longs();
    long[] b = left == right ? a : broadcast(literal(node, right), shape).longs();
    long[] values =
        IntStream.range(0, a.length).mapToLong(i -> operation.applyAsLong(a[i], b[i])).toArray();
    return one(Literal.ofLongs(node.output().dtype(), shape, values));
  }

  private static Optional<List<Literal>> cast(TfNode node) {
    Literal x = literal(node, 0);
    DType dtype = node.output().dtype();
    if (x.dtype().isInteger() || x.dtype() == DType.BOOL) {
      if (dtype.isInteger() || dtype == DType.BOOL) {
        return one(Literal.ofLongs(dtype, x.shape(), x.longs()));
      }
      if (isFloat(dtype) && Arrays.stream(x.longs()).allMatch(v -> Math.abs(v) < 1L << 24)) {
        return one(
            Literal.of(dtype, x.shape(), Arrays.stream(x.longs()).asDoubleStream().toArray()));
      }
    }
    return isFloat(x.dtype()) && isFloat(dtype)
        ? one(Literal.of(dtype, x.shape(), doubles(x)))
        : Optional.empty();
  }

  private static boolean isFloat(DType dtype) {
    return dtype == DType.FLOAT32 || dtype == DType.FLOAT64;
  }

  private static boolean isWhole(TfNode node, int input) {
    DType dtype = literal(node, input).dtype();
    return dtype.isInteger() || dtype == DType.BOOL;
  }

  static double[] doubles(Literal x) {
    return TensorData.of(x.dtype(), x.shape(), x.bytes()).toDoubles();
  }

  // --- moves

  private static Optional<List<Literal>> shape(TfNode node) {
    return node.input(0).shape().isKnown()
        ? one(
            Literal.ofLongs(
                node.output().dtype(),
                new long[] {node.input(0).rank()},
                node.input(0).shape().known()))
        : Optional.empty();
  }

  private static Optional<List<Literal>> transpose(TfNode node) {
    int[] axes =
        Arrays.stream(literal(node, 1).longs()).mapToInt(axis -> Math.toIntExact(axis)).toArray();
    Literal x = literal(node, 0);
    byte[] moved = TensorData.of(x.dtype(), x.shape(), x.bytes()).permute(axes).toBytes();
    return one(new Literal(x.dtype(), sizes(node), moved));
  }

  private static Optional<List<Literal>> slice(TfNode node) {
    return one(box(literal(node, 0), literal(node, 1).longs(), sizes(node)));
  }

  /** One element of a vector, as a size is read from a shape. */
  private static Optional<List<Literal>> stridedSlice(TfNode node) {
    Literal x = literal(node, 0);
    boolean isOne =
        x.shape().length == 1
            && node.output().rank() == 0
            && Long.valueOf(1).equals(node.attributes().get("shrink_axis_mask"));
    if (!isOne) {
      return Optional.empty();
    }
    long at = literal(node, 1).longs()[0];
    Literal element = box(x, new long[] {at < 0 ? at + x.shape()[0] : at}, new long[] {1});
    return one(new Literal(x.dtype(), new long[0], element.bytes()));
  }

  private static Optional<List<Literal>> split(TfNode node) {
    long axis = literal(node, 0).longs()[0];
    Literal x = literal(node, 1);
    int at = Math.toIntExact(axis < 0 ? axis + x.shape().length : axis);
    return Optional.of(parts(node, x, at));
  }

  private static Optional<List<Literal>> unpack(TfNode node) {
    Literal x = literal(node, 0);
    long axis = (Long) node.attributes().getOrDefault("axis", 0L);
    List<Literal> parts =
        parts(node, x, Math.toIntExact(axis < 0 ? axis + x.shape().length : axis));
    return Optional.of(
        parts.stream().map(part -> new Literal(x.dtype(), sizes(node), part.bytes())).toList());
  }

  private static List<Literal> parts(TfNode node, Literal x, int axis) {
    int count = node.outputs().size();
    List<Literal> parts = new ArrayList<>();
    long[] size = x.shape().clone();
    size[axis] /= Math.max(count, 1);
    for (int i = 0; i < count; i++) {
      long[] begin = new long[size.length];
      begin[axis] = i * size[axis];
      parts.add(box(x, begin, size));
    }
    return parts;
  }

  private static Optional<List<Literal>> pack(TfNode node) {
    boolean isFirst = Long.valueOf(0).equals(node.attributes().getOrDefault("axis", 0L));
    return isFirst ? one(joined(node, node.inputs())) : Optional.empty();
  }

  private static Optional<List<Literal>> concat(TfNode node) {
    int last = node.inputs().size() - 1;
    boolean isFirst = literal(node, last).longs()[0] == 0;
    return isFirst ? one(joined(node, node.inputs().subList(0, last))) : Optional.empty();
  }

  /** Along the first axis, elements stand one after another. */
  private static Literal joined(TfNode node, List<TfValue> parts) {
    byte[] all = new byte[parts.stream().mapToInt(part -> literal(part).bytes().length).sum()];
    int at = 0;
    for (TfValue part : parts) {
      byte[] bytes = literal(part).bytes();
      System.arraycopy(bytes, 0, all, at, bytes.length);
      at += bytes.length;
    }
    return new Literal(node.output().dtype(), sizes(node), all);
  }

  private static Optional<List<Literal>> select(TfNode node) {
    long[] shape = sizes(node);
    long[] condition = broadcast(literal(node, 0), shape).longs();
    byte[] whenTrue = broadcast(literal(node, 1), shape).bytes();
    byte[] chosen = broadcast(literal(node, 2), shape).bytes().clone();
    int bytes = node.output().dtype().bytes();
    for (int i = 0; i < condition.length; i++) {
      if (condition[i] != 0) {
        System.arraycopy(whenTrue, i * bytes, chosen, i * bytes, bytes);
      }
    }
    return one(new Literal(node.output().dtype(), shape, chosen));
  }

  private static Literal box(Literal x, long[] begin, long[] size) {
    TensorSource part = TensorData.of(x.dtype(), x.shape(), x.bytes());
    for (int axis = 0; axis < size.length; axis++) {
      part = part.narrow(axis, begin[axis], size[axis]);
    }
    return new Literal(x.dtype(), size, part.toBytes());
  }

  private static Literal broadcast(Literal x, long[] shape) {
    if (Arrays.equals(x.shape(), shape)) {
      return x;
    }
    int bytes = x.dtype().bytes();
    int count = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int axis = x.shape().length - 1; axis >= 0; axis--) {
      strides[axis + shape.length - x.shape().length] = x.shape()[axis] == 1 ? 0 : stride;
      stride *= x.shape()[axis];
    }
    byte[] all = new byte[Math.multiplyExact(count, bytes)];
    for (int i = 0; i < count; i++) {
      long rest = i;
      long from = 0;
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        from += rest % shape[axis] * strides[axis];
        rest /= shape[axis];
      }
      System.arraycopy(x.bytes(), Math.toIntExact(from * bytes), all, i * bytes, bytes);
    }
    return new Literal(x.dtype(), shape, all);
  }

  private static Optional<List<Literal>> one(Literal literal) {
    return Optional.of(List.of(literal));
  }

  private static long[] sizes(TfNode node) {
    return node.output().shape().known();
  }

  private static byte[] bytes(TfNode node, int input) {
    return literal(node, input).bytes();
  }

  private static Literal literal(TfNode node, int input) {
    return literal(node.input(input));
  }

  static boolean isConstant(TfValue value) {
    return value.node().is("Const");
  }

  /** The value of a constant. */
  static Literal literal(TfValue constant) {
    return (Literal) Objects.requireNonNull(constant.node().attributes().get("value"));
  }
}
