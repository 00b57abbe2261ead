package org.tensorferry.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Dim;
import org.tensorferry.keras.TargetVariable;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.tf.Literal;
import org.tensorferry.tf.TfNode;
import org.tensorferry.tf.TfValue;

/**
 * Follows every axis of a Keras model from where torch would have channels first, to the weights
 * that are used along it. Behind a convolution torch has [N, C, spatial...] where Keras has [N,
 * spatial..., C]; a reshape that joins axes keeps each side's own order, so that rows of the next
 * matrix stand in another order.
 */
final class AxisOrders {

  private static final Set<String> CONVOLUTIONS =
      Set.of(
          "Conv2D",
          "Conv3D",
          "DepthwiseConv2dNative",
          "Conv2DBackpropInput",
          "Conv3DBackpropInputV2");

  /** Keep the meaning of every axis, and change sizes. */
  private static final Set<String> RESIZING =
      Set.of(
          "MaxPool",
          "AvgPool",
          "MaxPool3D",
          "AvgPool3D",
          "Pad",
          "PadV2",
          "MirrorPad",
          "Slice",
          "StridedSlice",
          "ResizeBilinear",
          "ResizeNearestNeighbor",
          "BroadcastTo",
          "Tile");

  private static final Set<String> REDUCTIONS =
      Set.of("Sum", "Mean", "Prod", "Max", "Min", "All", "Any");

  private static final Set<String> PRODUCTS = Set.of("MatMul", "BatchMatMulV2");

  /**
   * A part of an axis.
   *
   * @param place where it stands in torch's order of axes; parts of one axis further on
   */
  record Part(List<Integer> place, long size) {}

  /** An axis as its parts, outermost first; null where they can't be followed. */
  private record Axis(@Nullable List<Part> parts) {
    static Axis one(int place, Dim size) {
      return new Axis(List.of(new Part(List.of(place), size.isKnown() ? size.known() : -1)));
    }
  }

  private final Network network;
  private final Map<TfValue, List<Axis>> axes = new HashMap<>();
  private final Map<TfValue, Set<PortedVariable>> weights = new HashMap<>();
  private final Map<TargetVariable, AxisOrder> orders = new LinkedHashMap<>();

  private AxisOrders(Network network) {
    this.network = network;
  }

  /** For each variable the order of the elements of the axis that is joined, where one is. */
  static Map<TargetVariable, AxisOrder> of(Network network) {
    AxisOrders orders = new AxisOrders(network);
    Map<TfNode, PortedVariable> handles = new HashMap<>();
    network.model().graph().variables().forEach((variable, node) -> handles.put(node, variable));
    for (TfNode node : network.model().graph().nodes()) {
      orders.visit(node, handles);
    }
    return orders.orders;
  }

  static int compare(List<Integer> a, List<Integer> b) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      int order = Integer.compare(a.get(i), b.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(a.size(), b.size());
  }

  private void visit(TfNode node, Map<TfNode, PortedVariable> handles) {
    if (handles.containsKey(node)) {
      return;
    }
    Set<PortedVariable> used = new LinkedHashSet<>();
    List<TfValue> data = new ArrayList<>();
    for (TfValue input : node.inputs()) {
      PortedVariable variable = handles.get(input.node());
      if (variable != null) {
        used.add(variable);
      } else if (axes.containsKey(input)) {
        data.add(input);
      } else {
        used.addAll(weights.getOrDefault(input, Set.of()));
      }
    }
    if (node.isArgument() || (!data.isEmpty() && !node.is("Shape"))) {
      for (TfValue value : node.outputs()) {
        axes.put(value, follow(node, value, data, used));
      }
    } else {
      node.outputs().forEach(value -> weights.put(value, used));
    }
  }

  // --- fresh axes

  /** Torch has the axes as they are. */
  private static List<Axis> same(TfValue value) {
    List<Axis> all = new ArrayList<>();
    for (int i = 0; i < value.rank(); i++) {
      all.add(Axis.one(i, value.dim(i)));
    }
    return all;
  }

  /** Torch has the last axis behind the batch. */
  private static List<Axis> channelsLast(TfValue value) {
    List<Axis> all = new ArrayList<>();
    for (int i = 0; i < value.rank(); i++) {
      boolean isLast = i == value.rank() - 1;
      all.add(Axis.one(i == 0 ? 0 : isLast ? 1 : i + 1, value.dim(i)));
    }
    return all;
  }

  // --- operators

  private List<Axis> follow(
      TfNode node, TfValue value, List<TfValue> data, Set<PortedVariable> used) {
    if (node.isArgument()) {
      return value.rank() >= 4 ? channelsLast(value) : same(value);
    }
    List<Axis> first = Objects.requireNonNull(axes.get(data.get(0)));
    String op = node.op();
    if (CONVOLUTIONS.contains(op)) {
      require(used, first.get(first.size() - 1), true);
      return channelsLast(value);
    }
    if (PRODUCTS.contains(op) && data.size() == 1 && node.input(0).equals(data.get(0))) {
      require(used, first.get(first.size() - 1), false);
      return same(value);
    }
    if (op.equals("Transpose")) {
      Optional<long[]> order = constant(node.input(1));
      return order.isPresent()
          ? Arrays.stream(order.get()).mapToObj(axis -> first.get((int) axis)).toList()
          : unknown(value);
    }
    if (op.equals("Reshape")) {
      return reshaped(data.get(0), first, value);
    }
    if (op.equals("ExpandDims") || op.equals("Squeeze")) {
      return reshaped(data.get(0), first, value);
    }
    if (REDUCTIONS.contains(op)) {
      return reduced(node, first, value);
    }
    if (RESIZING.contains(op)) {
      return resized(first, value);
    }
    if (op.equals("ConcatV2")) {
      return joined(data, value);
    }
    boolean keepsAxes = data.stream().allMatch(input -> fits(input, value));
    return keepsAxes ? elementwise(data, used, value, node) : same(value);
  }

  private static boolean fits(TfValue input, TfValue value) {
    for (int i = 1; i <= input.rank(); i++) {
      boolean isEqual =
          i <= value.rank() && (input.dim(-i).equals(value.dim(-i)) || input.dim(-i).is(1));
      if (!isEqual) {
        return false;
      }
    }
    return true;
  }

  private static List<Axis> unknown(TfValue value) {
    return new ArrayList<>(java.util.Collections.nCopies(value.rank(), new Axis(null)));
  }

  private static Optional<long[]> constant(TfValue value) {
    return value.node().is("Const")
            && value.node().attributes().get("value") instanceof Literal literal
            && literal.dtype().isInteger()
        ? Optional.of(literal.longs())
        : Optional.empty();
  }

  /** Each axis of the result is that of the operand that has it. */
  private List<Axis> elementwise(
      List<TfValue> data, Set<PortedVariable> used, TfValue value, TfNode node) {
    List<Axis> all = same(value);
    for (int i = 1; i <= value.rank(); i++) {
      for (TfValue input : data) {
        boolean isWhole = i <= input.rank() && !input.dim(-i).is(1);
        if (isWhole) {
          List<Axis> of = Objects.requireNonNull(axes.get(input));
          all.set(value.rank() - i, of.get(of.size() - i));
          break;
        }
      }
    }
    if (!used.isEmpty()) {
      for (TfValue input : node.inputs()) {
        Set<PortedVariable> own = weights.getOrDefault(input, Set.of());
        for (int i = 1; i <= input.rank() && !own.isEmpty(); i++) {
          if (!input.dim(-i).is(1) && i <= all.size()) {
            require(own, all.get(all.size() - i), false);
          }
        }
      }
    }
    return all;
  }

  /** Splits and joins axes of equal products; what does neither can't be followed. */
  private static List<Axis> reshaped(TfValue from, List<Axis> before, TfValue to) {
    List<Axis> after = new ArrayList<>();
    List<Part> left = new ArrayList<>();
    int next = 0;
    boolean isLost = false;
    for (int i = 0; i < to.rank(); i++) {
      Dim size = to.dim(i);
      if (size.is(1)) {
        after.add(new Axis(List.of()));
        continue;
      }
      boolean isAlone = left.isEmpty() && next < from.rank() && from.dim(next).equals(size);
      while (left.isEmpty() && next < from.rank() && from.dim(next).is(1)) {
        next++;
        isAlone = next < from.rank() && from.dim(next).equals(size);
      }
      if (isAlone) {
        after.add(before.get(next++));
        continue;
      }
      if (isLost || !size.isKnown()) {
        isLost = true;
        after.add(new Axis(null));
        continue;
      }
      List<Part> taken = new ArrayList<>();
      long product = 1;
      while (product < size.known() && !isLost) {
        if (left.isEmpty()) {
          boolean hasMore = next < from.rank() && from.dim(next).isKnown();
          List<Part> parts = hasMore ? before.get(next++).parts() : null;
          isLost = parts == null;
          left.addAll(parts == null ? List.of() : parts);
          continue;
        }
        Part part = left.remove(0);
        long needed = size.known() / product;
        if (part.size() <= needed && part.size() > 0 && needed % part.size() == 0) {
          taken.add(part);
          product *= part.size();
        } else if (part.size() > 0 && part.size() % needed == 0) {
          taken.add(new Part(inner(part.place(), 0), needed));
          left.add(0, new Part(inner(part.place(), 1), part.size() / needed));
          product *= needed;
        } else {
          isLost = true;
        }
      }
      after.add(isLost ? new Axis(null) : new Axis(taken));
    }
    return after;
  }

  private static List<Integer> inner(List<Integer> place, int index) {
    List<Integer> deeper = new ArrayList<>(place);
    deeper.add(index);
    return deeper;
  }

  private static List<Axis> reduced(TfNode node, List<Axis> before, TfValue value) {
    Optional<long[]> over = constant(node.input(1));
    if (over.isEmpty()) {
      return unknown(value);
    }
    boolean keeps = Boolean.TRUE.equals(node.attributes().get("keep_dims"));
    List<Axis> after = new ArrayList<>();
    for (int i = 0; i < before.size(); i++) {
      int axis = i;
      boolean isReduced =
          Arrays.stream(over.get()).anyMatch(a -> (a < 0 ? a + before.size() : a) == axis);
      if (!isReduced) {
        after.add(before.get(i));
      } else if (keeps) {
        after.add(new Axis(List.of()));
      }
    }
    return after;
  }

  private static List<Axis> resized(List<Axis> before, TfValue value) {
    if (before.size() != value.rank()) {
      return unknown(value);
    }
    List<Axis> after = new ArrayList<>();
    for (int i = 0; i < value.rank(); i++) {
      List<Part> parts = before.get(i).parts();
      Dim size = value.dim(i);
      boolean isPlain = parts != null && parts.size() == 1;
      long known = size.isKnown() ? size.known() : -1;
      boolean isEqual =
          parts != null && parts.stream().mapToLong(Part::size).reduce(1, (a, b) -> a * b) == known;
      after.add(
          isPlain
              ? new Axis(List.of(new Part(Objects.requireNonNull(parts).get(0).place(), known)))
              : isEqual ? before.get(i) : new Axis(null));
    }
    return after;
  }

  /** Along an axis of one part the parts follow one another on both sides. */
  private List<Axis> joined(List<TfValue> data, TfValue value) {
    List<Axis> first = Objects.requireNonNull(axes.get(data.get(0)));
    List<Axis> after = new ArrayList<>();
    for (int i = 0; i < value.rank(); i++) {
      int axis = i;
      boolean isJoined =
          data.size() > 1 && data.stream().anyMatch(d -> !d.dim(axis).equals(value.dim(axis)));
      boolean isPlain =
          data.stream()
              .map(d -> Objects.requireNonNull(axes.get(d)).get(axis).parts())
              .allMatch(parts -> parts != null && inOrder(parts));
      if (!isJoined) {
        after.add(first.get(i));
      } else if (isPlain) {
        List<Part> parts = Objects.requireNonNull(first.get(i).parts());
        List<Integer> place = parts.isEmpty() ? List.of(i) : parts.get(0).place();
        long size = value.dim(i).isKnown() ? value.dim(i).known() : -1;
        after.add(new Axis(List.of(new Part(place, size))));
      } else {
        after.add(new Axis(null));
      }
    }
    return after;
  }

  private static boolean inOrder(List<Part> parts) {
    return AxisOrder.of(parts).isSame();
  }

  // --- weights

  /** Notes the order of an axis that weights are used along. */
  private void require(Set<PortedVariable> used, Axis axis, boolean isConvolution) {
    AxisOrder order =
        axis.parts() == null
            ? AxisOrder.UNKNOWN
            : AxisOrder.of(Objects.requireNonNull(axis.parts()));
    boolean isPlain = order.isSame();
    for (PortedVariable variable : used) {
      TargetVariable target = network.variables().get(variable);
      if (!isPlain && target != null) {
        orders.merge(
            target,
            isConvolution ? AxisOrder.UNKNOWN : order,
            (a, b) -> a.equals(b) ? a : AxisOrder.UNKNOWN);
      }
    }
  }

  /** The parts of an axis, for messages. */
  static String text(AxisOrder order) {
    return IntStream.range(0, order.sizes().size())
        .mapToObj(i -> Long.toString(order.sizes().get(i)))
        .toList()
        .toString();
  }
}
