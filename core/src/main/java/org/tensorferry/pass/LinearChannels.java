package org.tensorferry.pass;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.Literal;
import org.tensorferry.tf.OpBuilder;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfNode;
import org.tensorferry.tf.TfValue;

/**
 * A convolution or matrix product with a constant kernel whose channels are the last axis, and what
 * scales and shifts them behind it.
 *
 * @param cores the operator; of a grouped convolution the parts that {@code join} puts together
 * @param join the ConcatV2 behind them; null where there is one core
 * @param views what changes the axes before the last one: Reshape, Squeeze, ExpandDims
 * @param scale of each channel
 * @param shift of each channel, after the scale
 */
record LinearChannels(
    List<TfNode> cores, @Nullable TfNode join, List<TfNode> views, double[] scale, double[] shift) {

  /** The input that is the kernel. */
  private static final Map<String, Integer> KERNELS =
      Map.of(
          "Conv2D", 1,
          "DepthwiseConv2dNative", 1,
          "Conv3D", 1,
          "MatMul", 1,
          "BatchMatMulV2", 1,
          "Conv2DBackpropInput", 1,
          "Conv3DBackpropInputV2", 1);

  private static final Set<String> BACKWARDS =
      Set.of("Conv2DBackpropInput", "Conv3DBackpropInputV2");

  /** Operators that TensorFlow's kernels take together with a BiasAdd and an activation. */
  private static final Set<String> FUSED = Set.of("Conv2D", "DepthwiseConv2dNative", "MatMul");

  private static final double SMALLEST = 1e-12;

  private static final double LARGEST = 1e12;

  private static final Set<String> VIEWS = Set.of("Reshape", "Squeeze", "ExpandDims");

  /**
   * What a value is the result of, where nothing else needs what stands between.
   *
   * @return empty where it is no such operator
   */
  static Optional<LinearChannels> of(ScaleFolding graph, TfValue value) {
    List<TfNode> views = new ArrayList<>();
    double @Nullable [] shift = null;
    TfValue at = value;
    while (graph.isUsedOnce(at)) {
      TfNode node = at.node();
      if (VIEWS.contains(node.op()) && keepsLast(node)) {
        views.add(0, node);
        at = node.input(0);
      } else if ((node.is("BiasAdd") || node.is("AddV2")) && shift == null) {
        int constant = ConstantOperators.isConstant(node.input(1)) ? 1 : 0;
        TfValue operand = node.input(1 - constant);
        shift = perChannel(node.input(constant), operand);
        if (shift == null || !operand.shape().equals(at.shape())) {
          return Optional.empty();
        }
        at = operand;
      } else {
        return cores(graph, node).map(new Found(node, views, shift)::linear);
      }
    }
    return Optional.empty();
  }

  private record Found(TfNode last, List<TfNode> views, double @Nullable [] shift) {
    LinearChannels linear(List<TfNode> cores) {
      int channels = cores.stream().mapToInt(LinearChannels::channels).sum();
      double[] ones = new double[channels];
      Arrays.fill(ones, 1);
      return new LinearChannels(
          cores,
          last.is("ConcatV2") ? last : null,
          views,
          ones,
          shift == null ? new double[channels] : shift);
    }
  }

  private static Optional<List<TfNode>> cores(ScaleFolding graph, TfNode node) {
    if (!node.is("ConcatV2")) {
      return Optional.of(node).filter(LinearChannels::isCore).map(List::of);
    }
    List<TfValue> parts = node.inputs().subList(0, node.inputs().size() - 1);
    long axis = ConstantOperators.literal(node.input(parts.size())).longs()[0];
    boolean joins =
        Math.floorMod(axis, (long) node.output().rank()) == node.output().rank() - 1
            && parts.stream().allMatch(part -> graph.isUsedOnce(part) && isCore(part.node()));
    return joins ? Optional.of(parts.stream().map(TfValue::node).toList()) : Optional.empty();
  }

  private static boolean isCore(TfNode node) {
    Map<String, Object> attributes = node.attributes();
    return KERNELS.containsKey(node.op())
        && node.output().dtype() == DType.FLOAT32
        && ConstantOperators.isConstant(node.input(1))
        && !String.valueOf(attributes.get("data_format")).startsWith("NC")
        && node.output().dim(node.output().rank() - 1).is(channels(node));
  }

  private static int channels(TfNode core) {
    long[] kernel = ConstantOperators.literal(core.input(1)).shape();
    int last = kernel.length - 1;
    long channels =
        core.is("DepthwiseConv2dNative")
            ? kernel[last - 1] * kernel[last]
            : endsWithInputs(core) ? kernel[last - 1] : kernel[last];
    return Math.toIntExact(channels);
  }

  /** Whether the channels of the input stand behind those of the result in a kernel. */
  private static boolean endsWithInputs(TfNode core) {
    return BACKWARDS.contains(core.op())
        || Boolean.TRUE.equals(core.attributes().get("transpose_b"))
        || Boolean.TRUE.equals(core.attributes().get("adj_y"));
  }

  private static boolean keepsLast(TfNode view) {
    TfValue input = view.input(0);
    int rank = view.output().rank();
    return rank > 0
        && input.rank() > 0
        && input.dim(input.rank() - 1).isKnown()
        && view.output().dim(rank - 1).equals(input.dim(input.rank() - 1));
  }

  /**
   * A constant operand as one number for each channel of a value.
   *
   * @return null where it is no constant, or differs along another axis
   */
  static double @Nullable [] perChannel(TfValue constant, TfValue value) {
    if (!ConstantOperators.isConstant(constant)
        || constant.dtype() != DType.FLOAT32
        || value.rank() == 0
        || !value.dim(value.rank() - 1).isKnown()) {
      return null;
    }
    int channels = Math.toIntExact(value.dim(value.rank() - 1).known());
    Literal literal = ConstantOperators.literal(constant);
    double[] numbers = ConstantOperators.doubles(literal);
    if (numbers.length == 1) {
      double[] all = new double[channels];
      Arrays.fill(all, numbers[0]);
      return all;
    }
    long[] shape = literal.shape();
    boolean isLast = numbers.length == channels && shape[shape.length - 1] == channels;
    return isLast ? numbers : null;
  }

  /**
   * Whether a kernel can hold the scale: it is finite, and so far from the ends of float32 that a
   * weight keeps all its digits.
   */
  boolean isExact() {
    return Arrays.stream(scale)
        .map(Math::abs)
        .allMatch(number -> number == 0 || (number > SMALLEST && number < LARGEST));
  }

  /** The same with more behind it. */
  LinearChannels then(double[] moreScale, double[] moreShift) {
    double[] scales = new double[scale.length];
    double[] shifts = new double[scale.length];
    for (int i = 0; i < scale.length; i++) {
      scales[i] = scale[i] * moreScale[i];
      shifts[i] = shift[i] * moreScale[i] + moreShift[i];
    }
    return new LinearChannels(cores, join, views, scales, shifts);
  }

  /** Adds it to the graph, with its scale in the kernel. */
  TfValue emit(TfGraph tf) {
    List<TfValue> parts = new ArrayList<>();
    int first = 0;
    for (TfNode core : cores) {
      int channels = channels(core);
      List<TfValue> inputs = new ArrayList<>(core.inputs());
      inputs.set(1, tf.constant(scaled(core, Arrays.copyOfRange(scale, first, first + channels))));
      parts.add(copy(tf, core, inputs));
      first += channels;
    }
    TfValue value = parts.get(0);
    if (join != null) {
      List<TfValue> inputs = new ArrayList<>(parts);
      inputs.add(join.input(parts.size()));
      value = copy(tf, join, inputs);
    }
    if (Arrays.stream(shift).anyMatch(number -> number != 0)) {
      Literal bias = Literal.of(DType.FLOAT32, new long[] {shift.length}, shift);
      boolean isFused = join == null && FUSED.contains(cores.get(0).op());
      value = tf.op(isFused ? "BiasAdd" : "AddV2", value, tf.constant(bias)).get();
    }
    for (TfNode view : views) {
      List<TfValue> inputs = new ArrayList<>(view.inputs());
      inputs.set(0, value);
      value = copy(tf, view, inputs);
    }
    return value;
  }

  private static Literal scaled(TfNode core, double[] scale) {
    Literal kernel = ConstantOperators.literal(core.input(1));
    if (Arrays.stream(scale).allMatch(number -> number == 1)) {
      return kernel;
    }
    long[] shape = kernel.shape();
    int inner = endsWithInputs(core) ? Math.toIntExact(shape[shape.length - 1]) : 1;
    byte[] bytes = new byte[kernel.bytes().length];
    ByteBuffer from = ByteBuffer.wrap(kernel.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer to = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; from.hasRemaining(); i++) {
      to.putFloat((float) (from.getFloat() * scale[i / inner % scale.length]));
    }
    return new Literal(kernel.dtype(), shape, bytes);
  }

  private static TfValue copy(TfGraph tf, TfNode node, List<TfValue> inputs) {
    OpBuilder builder =
        tf.op(node.op()).inputs(inputs).shape(node.output().shape()).name(node.name());
    node.attributes().forEach(builder::attr);
    return builder.get();
  }
}
