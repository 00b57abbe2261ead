package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.Permutations;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Views with the axes in another order. */
final class AxisOps {

  private AxisOps() {}

  static List<AtenRule> rows() {
    return List.of(
        conjugated("adjoint(Tensor self) -> Tensor"),
        conjugated("mH(Tensor self) -> Tensor"),
        permuted("mT(Tensor self) -> Tensor", (a, rank) -> swapped(rank, rank - 2, rank - 1)),
        conjugated("matrix_H(Tensor self) -> Tensor"),
        permuted(
            "moveaxis.int(Tensor self, int source, int destination) -> Tensor", AxisOps::moved),
        permuted(
            "moveaxis.intlist(Tensor self, int[] source, int[] destination) -> Tensor",
            AxisOps::moved),
        permuted("movedim.int(Tensor self, int source, int destination) -> Tensor", AxisOps::moved),
        permuted(
            "movedim.intlist(Tensor self, int[] source, int[] destination) -> Tensor",
            AxisOps::moved),
        permuted(
            "permute(Tensor self, int[] dims) -> Tensor",
            (a, rank) -> rank == 0 ? a.ints("dims") : a.axes("dims", rank)),
        permuted(
            "swapaxes(Tensor self, int axis0, int axis1) -> Tensor",
            (a, rank) -> swapped(rank, a.axis("axis0", rank), a.axis("axis1", rank))),
        permuted("swapdims(Tensor self, int dim0, int dim1) -> Tensor", AxisOps::swapped),
        permuted("t(Tensor self) -> Tensor", (a, rank) -> reversed(rank)),
        permuted("transpose.int(Tensor self, int dim0, int dim1) -> Tensor", AxisOps::swapped));
  }

  /** Result axis i is axis {@code order[i]} of self. */
  @FunctionalInterface
  private interface Order {
    int[] of(OpArgs a, int rank);
  }

  private static AtenRule permuted(String schema, Order order) {
    return AtenRule.view(
        schema,
        (a, tf) -> tf.transpose(a.tensor("self"), order.of(a, a.shape("self").rank())),
        (a, tf, changed) ->
            tf.transpose(changed, Permutations.inverse(order.of(a, a.shape("self").rank()))),
        AtenRule.Contiguity.UNLESS_REORDERED);
  }

  /** The conjugate transpose; of real numbers the transpose. */
  private static AtenRule conjugated(String schema) {
    return AtenRule.view(
        schema,
        (a, tf) -> adjoint(tf, a.tensor("self")),
        (a, tf, changed) -> adjoint(tf, changed),
        AtenRule.Contiguity.UNLESS_REORDERED);
  }

  private static TfValue adjoint(TfGraph tf, TfValue x) {
    TfValue transposed = tf.transpose(x, swapped(x.rank(), x.rank() - 2, x.rank() - 1));
    return x.dtype().isComplex() ? tf.unary("Conj", transposed) : transposed;
  }

  private static int[] reversed(int rank) {
    return IntStream.range(0, rank).map(i -> rank - 1 - i).toArray();
  }

  private static int[] swapped(OpArgs a, int rank) {
    return swapped(rank, a.axis("dim0", rank), a.axis("dim1", rank));
  }

  static int[] swapped(int rank, int first, int second) {
    int[] order = IntStream.range(0, rank).toArray();
    if (rank > 0) {
      order[first] = second;
      order[second] = first;
    }
    return order;
  }

  private static int[] moved(OpArgs a, int rank) {
    int[] source = a.axes("source", rank);
    int[] destination = a.axes("destination", rank);
    return rank == 0 ? new int[0] : moved(rank, source, destination);
  }

  /** The axes {@code from} stand at the positions {@code to}; the others keep their order. */
  static int[] moved(int rank, int[] from, int[] to) {
    List<Integer> others = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    others.removeAll(Arrays.stream(from).boxed().toList());
    int[] order = new int[rank];
    Arrays.fill(order, -1);
    for (int i = 0; i < from.length; i++) {
      order[to[i]] = from[i];
    }
    for (int i = 0; i < rank; i++) {
      order[i] = order[i] < 0 ? others.remove(0) : order[i];
    }
    return order;
  }

  /** Axes in another order that begins with the given ones; the others keep their order. */
  static int[] inFront(int rank, int... axes) {
    return moved(rank, axes, IntStream.range(0, axes.length).toArray());
  }

  /** Axes in another order that ends with the given ones; the others keep their order. */
  static int[] atEnd(int rank, int... axes) {
    return moved(rank, axes, IntStream.range(rank - axes.length, rank).toArray());
  }
}
