package org.tensorferry.tf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;

/**
 * Output shapes of operators whose shapes follow from their inputs' shapes, constants and
 * attributes.
 */
final class ShapeInference {

  private ShapeInference() {}

  /** One call whose output shapes are asked. */
  private record Call(
      String op, List<TfValue> inputs, Map<String, Object> attributes, TfGraph graph) {
    Shape shape(int input) {
      return inputs.get(input).shape();
    }

    long integer(String attribute, long otherwise) {
      return (Long) attributes.getOrDefault(attribute, otherwise);
    }

    boolean flag(String attribute) {
      return (Boolean) attributes.getOrDefault(attribute, false);
    }

    String text(String attribute, String otherwise) {
      return (String) attributes.getOrDefault(attribute, otherwise);
    }

    @SuppressWarnings("unchecked")
    List<Long> integers(String attribute, List<Long> otherwise) {
      return (List<Long>) attributes.getOrDefault(attribute, otherwise);
    }

    long[] constant(int input) {
      return constantInts(inputs.get(input))
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      op
                          + ": input "
                          + input
                          + " is not constant; the rule must give the output shape"));
    }
  }

  private interface Inference {
    List<Shape> infer(Call call);
  }

  private static final Map<String, Inference> RULES = rules();

  static List<Shape> infer(
      String op, List<TfValue> inputs, Map<String, Object> attributes, TfGraph graph) {
    @Nullable Inference rule = RULES.get(op);
    if (rule == null) {
      throw new IllegalArgumentException(
          "the output shape of "
              + op
              + " can't be inferred; the rule must give it with shape(...)");
    }
    return rule.infer(new Call(op, inputs, attributes, graph));
  }

  /** The integers of a constant. */
  static Optional<long[]> constantInts(TfValue value) {
    if (!value.node().is("Const")) {
      return Optional.empty();
    }
    Literal literal = (Literal) Objects.requireNonNull(value.node().attributes().get("value"));
    return literal.dtype().isInteger() || literal.dtype() == DType.BOOL
        ? Optional.of(literal.longs())
        : Optional.empty();
  }

  private static Map<String, Inference> rules() {
    Map<String, Inference> rules = new HashMap<>();
    Inference first = call -> List.of(call.shape(0));
    for (String op :
        ("Abs Acos Acosh Asin Asinh Atan Atanh BesselI0 BesselI0e BesselI1 BesselI1e BiasAdd Bucketize Cast Ceil Conj Cos Cosh"
                + " Cumprod Cumsum CumulativeLogsumexp Digamma Elu Erf Erfc Erfinv Exp Expm1 Floor FFT FFT2D FFT3D IFFT IFFT2D IFFT3D Identity Invert IsFinite IsInf IsNan"
                + " LRN LeakyRelu Lgamma Log Log1p LogSoftmax LogicalNot MatrixBandPart MatrixInverse Ndtri Neg OnesLike"
                + " Reciprocal Relu Relu6 Rint Round Rsqrt ReverseV2 ReverseSequence Roll Selu Sigmoid Sign Sin Sinh Softmax Softplus Softsign"
                + " Sqrt Square StopGradient Tan Tanh ZerosLike Real Imag ComplexAbs Angle Cholesky EnsureShape TensorScatterAdd"
                + " TensorScatterMax TensorScatterMin TensorScatterSub TensorScatterUpdate TensorStridedSliceUpdate MatrixSetDiagV3 Cross InvertPermutation")
            .split(" ")) {
      rules.put(op, first);
    }
    for (String op :
        ("AddV2 Atan2 BitwiseAnd BitwiseOr BitwiseXor Complex Div Equal FloorDiv FloorMod Greater GreaterEqual Igamma Igammac"
                + " LeftShift Less LessEqual LogicalAnd LogicalOr Maximum Minimum Mod Mul NextAfter NotEqual Polygamma Pow"
                + " RealDiv RightShift SquaredDifference Sub TruncateDiv TruncateMod Xdivy Xlog1py Xlogy Zeta")
            .split(" ")) {
      rules.put(op, call -> List.of(broadcast(call.shape(0), call.shape(1), call.graph())));
    }
    for (String op : Set.of("Sum", "Mean", "Prod", "Max", "Min", "All", "Any")) {
      rules.put(op, ShapeInference::reduction);
    }
    rules.put(
        "SelectV2",
        call ->
            List.of(
                broadcast(
                    broadcast(call.shape(0), call.shape(1), call.graph()),
                    call.shape(2),
                    call.graph())));
    rules.put("ClipByValue", first);
    rules.put("AddN", first);
    rules.put(
        "ArgMax", call -> List.of(call.shape(0).remove(Math.toIntExact(call.constant(1)[0]))));
    rules.put(
        "ArgMin", call -> List.of(call.shape(0).remove(Math.toIntExact(call.constant(1)[0]))));
    rules.put("MatMul", ShapeInference::matMul);
    rules.put("BatchMatMulV2", ShapeInference::batchMatMul);
    rules.put("Transpose", call -> List.of(call.shape(0).permute(ints(call.constant(1)))));
    rules.put("ConcatV2", ShapeInference::concat);
    rules.put(
        "Pack",
        call ->
            List.of(
                call.shape(0)
                    .insert(
                        axis(call.integer("axis", 0), call.shape(0).rank() + 1),
                        Dim.of(call.inputs().size()))));
    rules.put(
        "Unpack",
        call ->
            Collections.nCopies(
                Math.toIntExact(call.integer("num", 0)),
                call.shape(0).remove(Math.toIntExact(call.integer("axis", 0)))));
    rules.put("Split", ShapeInference::split);
    rules.put(
        "ExpandDims",
        call ->
            List.of(
                call.shape(0)
                    .insert(axis(call.constant(1)[0], call.shape(0).rank() + 1), Dim.ONE)));
    rules.put("Squeeze", ShapeInference::squeeze);
    rules.put("Shape", call -> List.of(Shape.of(call.shape(0).rank())));
    rules.put("Size", call -> List.of(Shape.SCALAR));
    rules.put("Rank", call -> List.of(Shape.SCALAR));
    rules.put("Pad", ShapeInference::pad);
    rules.put("PadV2", ShapeInference::pad);
    rules.put("MirrorPad", call -> List.of(mirrorPad(call)));
    rules.put("GatherV2", ShapeInference::gather);
    rules.put(
        "GatherNd",
        call ->
            List.of(
                call.shape(1)
                    .slice(0, call.shape(1).rank() - 1)
                    .concat(
                        call.shape(0)
                            .slice(
                                Math.toIntExact(call.shape(1).dim(-1).known()),
                                call.shape(0).rank()))));
    rules.put(
        "OneHot",
        call ->
            List.of(
                call.shape(0)
                    .insert(
                        axis(call.integer("axis", -1), call.shape(0).rank() + 1),
                        Dim.of(call.constant(1)[0]))));
    Inference convolution = call -> convolution(call, call.shape(1).dim(-1));
    rules.put("Conv2D", convolution);
    rules.put("Conv3D", convolution);
    rules.put(
        "DepthwiseConv2dNative",
        call -> convolution(call, call.shape(1).dim(-1).times(call.shape(1).dim(-2))));
    for (String pool : Set.of("MaxPool", "AvgPool", "MaxPool3D", "AvgPool3D")) {
      rules.put(
          pool,
          call ->
              Convolutions.pool(
                  call.shape(0),
                  call.integers("ksize", List.of()),
                  call.integers("strides", List.of()),
                  call.text("padding", "")));
    }
    rules.put(
        "FusedBatchNormV3",
        call ->
            List.of(
                call.shape(0),
                call.shape(1),
                call.shape(1),
                call.shape(1),
                call.shape(1),
                Shape.of(0)));
    rules.put("TopKV2", call -> topK(call));
    rules.put(
        "MatrixDiagPartV3",
        call ->
            List.of(
                call.shape(0)
                    .slice(0, call.shape(0).rank() - 2)
                    .concat(Shape.of(call.shape(0).dim(-1).min(call.shape(0).dim(-2))))));
    rules.put("ResizeBilinear", ShapeInference::resize);
    rules.put("ResizeNearestNeighbor", ShapeInference::resize);
    rules.put("LinSpace", call -> List.of(Shape.of(call.constant(2)[0])));
    return Map.copyOf(rules);
  }

  private static List<Shape> convolution(Call call, Dim channels) {
    return Convolutions.shape(
        call.shape(0),
        call.shape(1),
        channels,
        call.integers("strides", List.of()),
        call.integers("dilations", List.of()),
        call.text("padding", ""),
        call.integers("explicit_paddings", List.of()));
  }

  /** The shape of an element-wise result, by the rules that torch and TensorFlow share. */
  static Shape broadcast(Shape a, Shape b, TfGraph graph) {
    List<Dim> dims = new ArrayList<>();
    int rank = Math.max(a.rank(), b.rank());
    for (int i = 0; i < rank; i++) {
      int ofA = i - rank + a.rank();
      int ofB = i - rank + b.rank();
      if (ofA < 0) {
        dims.add(b.dim(ofB));
      } else if (ofB < 0) {
        dims.add(a.dim(ofA));
      } else {
        dims.add(broadcast(a.dim(ofA), b.dim(ofB), graph));
      }
    }
    return new Shape(dims);
  }

  private static Dim broadcast(Dim a, Dim b, TfGraph graph) {
    if (a.equals(b) || b.is(1)) {
      return a;
    }
    if (a.is(1)) {
      return b;
    }
    if (a.isKnown() && b.isKnown()) {
      throw new IllegalArgumentException("sizes " + a + " and " + b + " do not broadcast");
    }
    // A known size above one is the result whether the dynamic one is equal or 1.
    if (a.isKnown() || b.isKnown()) {
      return a.isKnown() ? a : b;
    }
    boolean oneA = a.example().equals(OptionalLong.of(1));
    boolean oneB = b.example().equals(OptionalLong.of(1));
    if (oneA != oneB) {
      return oneA ? b : a;
    }
    graph.assumeEqual(a, b);
    return a;
  }

  private static List<Shape> reduction(Call call) {
    Shape shape = call.shape(0);
    boolean[] reduced = new boolean[shape.rank()];
    for (long axis : call.constant(1)) {
      reduced[axis(axis, shape.rank())] = true;
    }
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < shape.rank(); i++) {
      if (!reduced[i]) {
        dims.add(shape.dim(i));
      } else if (call.flag("keep_dims")) {
        dims.add(Dim.ONE);
      }
    }
    return List.of(new Shape(dims));
  }

  private static List<Shape> matMul(Call call) {
    Dim rows = call.shape(0).dim(call.flag("transpose_a") ? 1 : 0);
    Dim columns = call.shape(1).dim(call.flag("transpose_b") ? 0 : 1);
    requireEqual(
        call,
        call.shape(0).dim(call.flag("transpose_a") ? 0 : 1),
        call.shape(1).dim(call.flag("transpose_b") ? 1 : 0));
    return List.of(Shape.of(rows, columns));
  }

  private static List<Shape> batchMatMul(Call call) {
    Shape a = call.shape(0);
    Shape b = call.shape(1);
    Shape batch = broadcast(a.slice(0, a.rank() - 2), b.slice(0, b.rank() - 2), call.graph());
    requireEqual(call, a.dim(call.flag("adj_x") ? -2 : -1), b.dim(call.flag("adj_y") ? -1 : -2));
    return List.of(
        batch.concat(
            Shape.of(a.dim(call.flag("adj_x") ? -1 : -2), b.dim(call.flag("adj_y") ? -2 : -1))));
  }

  private static void requireEqual(Call call, Dim a, Dim b) {
    if (a.isKnown() && b.isKnown() && !a.equals(b)) {
      throw new IllegalArgumentException(
          call.op() + ": sizes " + a + " and " + b + " must be equal");
    }
  }

  private static List<Shape> concat(Call call) {
    int axis = axis(call.constant(call.inputs().size() - 1)[0], call.shape(0).rank());
    Dim size = Dim.ZERO;
    for (int i = 0; i < call.inputs().size() - 1; i++) {
      size = size.plus(call.shape(i).dim(axis));
    }
    return List.of(call.shape(0).with(axis, size));
  }

  private static List<Shape> split(Call call) {
    int axis = axis(call.constant(0)[0], call.shape(1).rank());
    long parts = call.integer("num_split", 1);
    Shape part = call.shape(1).with(axis, call.shape(1).dim(axis).floorDiv(parts));
    return Collections.nCopies(Math.toIntExact(parts), part);
  }

  private static List<Shape> squeeze(Call call) {
    Shape shape = call.shape(0);
    List<Integer> axes =
        call.integers("squeeze_dims", List.of()).stream().map(a -> axis(a, shape.rank())).toList();
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < shape.rank(); i++) {
      boolean drop = axes.isEmpty() ? shape.dim(i).is(1) : axes.contains(i);
      if (!drop) {
        dims.add(shape.dim(i));
      }
    }
    return List.of(new Shape(dims));
  }

  private static List<Shape> pad(Call call) {
    long[] paddings = call.constant(1);
    Shape shape = call.shape(0);
    for (int i = 0; i < shape.rank(); i++) {
      shape = shape.with(i, shape.dim(i).plus(paddings[2 * i] + paddings[2 * i + 1]));
    }
    return List.of(shape);
  }

  private static Shape mirrorPad(Call call) {
    return pad(call).get(0);
  }

  private static List<Shape> gather(Call call) {
    Shape params = call.shape(0);
    int axis = axis(call.constant(2)[0], params.rank());
    int batch = Math.toIntExact(call.integer("batch_dims", 0));
    Shape indices = call.shape(1);
    return List.of(
        params
            .slice(0, axis)
            .concat(indices.slice(batch, indices.rank()))
            .concat(params.slice(axis + 1, params.rank())));
  }

  private static List<Shape> topK(Call call) {
    Shape shape = call.shape(0).with(-1, call.constant(1)[0]);
    return List.of(shape, shape);
  }

  private static List<Shape> resize(Call call) {
    long[] size = call.constant(1);
    return List.of(call.shape(0).with(1, size[0]).with(2, size[1]));
  }

  private static int axis(long axis, int rank) {
    return Math.toIntExact(axis < 0 ? axis + rank : axis);
  }

  private static int[] ints(long[] values) {
    return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
  }
}
