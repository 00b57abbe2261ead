package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.AtenRule.Contiguity;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;
import org.tensorferry.value.Promotion;

/** Several tensors made into one, or fitted to each other. */
final class JoinOps {

  private JoinOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // along an axis
        AtenRule.of("cat(Tensor[] tensors, int dim=0) -> Tensor", JoinOps::cat),
        AtenRule.of("column_stack(Tensor[] tensors) -> Tensor", JoinOps::columnStack),
        AtenRule.of("concat(Tensor[] tensors, int dim=0) -> Tensor", JoinOps::cat),
        AtenRule.of("concatenate(Tensor[] tensors, int dim=0) -> Tensor", JoinOps::cat),
        AtenRule.of("dstack(Tensor[] tensors) -> Tensor", (a, tf) -> stackAtLeast(a, tf, 3, 2)),
        AtenRule.of("hstack(Tensor[] tensors) -> Tensor", JoinOps::hstack),
        AtenRule.of("row_stack(Tensor[] tensors) -> Tensor", (a, tf) -> stackAtLeast(a, tf, 2, 0)),
        AtenRule.of("stack(Tensor[] tensors, int dim=0) -> Tensor", JoinOps::stack),
        AtenRule.of("vstack(Tensor[] tensors) -> Tensor", (a, tf) -> stackAtLeast(a, tf, 2, 0)),

        // on a diagonal, in a grid
        AtenRule.of("block_diag(Tensor[] tensors) -> Tensor", JoinOps::blockDiagonal),
        AtenRule.of("cartesian_prod(Tensor[] tensors) -> Tensor", JoinOps::cartesianProduct),
        AtenRule.of(
            "combinations(Tensor self, int r=2, bool with_replacement=False) -> Tensor",
            JoinOps::combinations),
        expandedEach("meshgrid(Tensor[] tensors) -> Tensor[]", JoinOps::meshgrid),
        expandedEach(
            "meshgrid.indexing(Tensor[] tensors, *, str indexing) -> Tensor[]", JoinOps::meshgrid),

        // fitted to each other
        atLeastEach("atleast_1d.Sequence(Tensor[] tensors) -> Tensor[]", 1),
        atLeastEach("atleast_2d.Sequence(Tensor[] tensors) -> Tensor[]", 2),
        atLeastEach("atleast_3d.Sequence(Tensor[] tensors) -> Tensor[]", 3),
        expandedEach("broadcast_tensors(Tensor[] tensors) -> Tensor[]", JoinOps::broadcast));
  }

  /** Views that repeat elements. */
  private static AtenRule expandedEach(String schema, AtenRule.ReadEach read) {
    return AtenRule.viewOfEach(
        schema,
        read,
        (a, tf, x, changed) -> ViewOps.undoExpand(a, tf, x.shape(), changed),
        Contiguity.UNLESS_REPEATED);
  }

  private static AtenRule atLeastEach(String schema, int rank) {
    return AtenRule.viewOfEach(
        schema,
        (a, tf, x, i) -> {
          a.ignore("tensors");
          return atLeast(tf, x, rank);
        },
        (a, tf, x, changed) -> tf.reshape(changed, x.shape()),
        Contiguity.KEPT);
  }

  private static List<TfValue> promoted(OpArgs a, TfGraph tf) {
    DType dtype = a.promote("tensors");
    return a.tensors("tensors").stream().map(x -> tf.cast(x, dtype)).toList();
  }

  /** Numbers become vectors before their types are promoted, and so count as much as others. */
  private static List<TfValue> promoted(OpArgs a, TfGraph tf, UnaryOperator<TfValue> fit) {
    List<TfValue> fitted = a.tensors("tensors").stream().map(fit).toList();
    DType dtype =
        fitted.stream()
            .map(TfValue::dtype)
            .reduce(Promotion::promote)
            .orElseGet(() -> DType.FLOAT32);
    return fitted.stream().map(x -> tf.cast(x, dtype)).toList();
  }

  // --- along an axis

  /** Tensors of shape [0] may stand among tensors of any shape. */
  static TfValue cat(OpArgs a, TfGraph tf) {
    List<TfValue> all = promoted(a, tf);
    Shape empty = Shape.of(0);
    List<TfValue> parts = all.stream().filter(x -> !x.shape().equals(empty)).toList();
    if (parts.isEmpty()) {
      a.ignore("dim");
      return all.get(0);
    }
    int rank = parts.get(0).rank();
    if (rank == 0 || parts.stream().anyMatch(x -> x.rank() != rank)) {
      throw a.refuse("the tensors must have one rank of at least 1", "use torch.stack");
    }
    return tf.concat(parts, a.axis("dim", rank));
  }

  static TfValue stack(OpArgs a, TfGraph tf) {
    List<TfValue> parts = promoted(a, tf);
    return tf.stack(parts, a.axis("dim", parts.get(0).rank() + 1));
  }

  private static TfValue atLeast(TfGraph tf, TfValue x, int rank) {
    return tf.reshape(x, ViewOps.atLeast(rank, x.shape()));
  }

  private static TfValue stackAtLeast(OpArgs a, TfGraph tf, int rank, int axis) {
    return tf.concat(promoted(a, tf, x -> atLeast(tf, x, rank)), axis);
  }

  static TfValue hstack(OpArgs a, TfGraph tf) {
    List<TfValue> parts = promoted(a, tf, x -> atLeast(tf, x, 1));
    return tf.concat(parts, parts.get(0).rank() == 1 ? 0 : 1);
  }

  /** Vectors are columns. */
  static TfValue columnStack(OpArgs a, TfGraph tf) {
    List<TfValue> parts =
        promoted(a, tf, x -> x.rank() > 1 ? x : tf.reshape(x, x.shape().numel(), Dim.ONE));
    return tf.concat(parts, 1);
  }

  // --- on a diagonal, in a grid

  static TfValue blockDiagonal(OpArgs a, TfGraph tf) {
    List<TfValue> blocks = promoted(a, tf).stream().map(x -> atLeast(tf, x, 2)).toList();
    Dim width = blocks.stream().map(x -> x.dim(1)).reduce(Dim.ZERO, Dim::plus);
    List<TfValue> rows = new ArrayList<>();
    Dim before = Dim.ZERO;
    for (TfValue block : blocks) {
      Dim after = width.minus(before).minus(block.dim(1));
      rows.add(
          tf.concat(
              List.of(
                  tf.zeros(Shape.of(block.dim(0), before), block.dtype()),
                  block,
                  tf.zeros(Shape.of(block.dim(0), after), block.dtype())),
              1));
      before = before.plus(block.dim(1));
    }
    return tf.concat(rows, 0);
  }

  static TfValue cartesianProduct(OpArgs a, TfGraph tf) {
    List<TfValue> vectors = promoted(a, tf);
    if (vectors.size() == 1) {
      return vectors.get(0);
    }
    TfValue grid = tf.stack(grid(tf, vectors), vectors.size());
    Dim count = grid.shape().slice(0, vectors.size()).numel();
    return tf.reshape(grid, count, Dim.of(vectors.size()));
  }

  /** With {@code xy} the first vector varies along columns, the second along rows. */
  static TfValue meshgrid(OpArgs a, TfGraph tf, TfValue vector, int i) {
    List<Dim> sizes = new ArrayList<>();
    a.tensors("tensors").forEach(x -> sizes.add(x.shape().numel()));
    int axis = i;
    if (a.has("indexing") && a.text("indexing").equals("xy") && sizes.size() > 1) {
      Collections.swap(sizes, 0, 1);
      axis = i < 2 ? 1 - i : i;
    }
    return gridOf(tf, vector, axis, new Shape(sizes));
  }

  /** Vector i varies along axis i. */
  private static List<TfValue> grid(TfGraph tf, List<TfValue> vectors) {
    Shape shape = new Shape(vectors.stream().map(x -> x.dim(0)).toList());
    List<TfValue> grid = new ArrayList<>();
    for (int i = 0; i < vectors.size(); i++) {
      grid.add(gridOf(tf, vectors.get(i), i, shape));
    }
    return grid;
  }

  private static TfValue gridOf(TfGraph tf, TfValue vector, int axis, Shape shape) {
    Dim[] sizes = new Dim[shape.rank()];
    Arrays.fill(sizes, Dim.ONE);
    sizes[axis] = shape.dim(axis);
    return tf.broadcastTo(tf.reshape(vector, sizes), shape);
  }

  static TfValue combinations(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    if (!x.dim(0).isKnown()) {
      throw a.refuse("it needs a fixed size, not `" + x.dim(0) + "`", "fix that dim in --input");
    }
    int size = Math.toIntExact(x.dim(0).known());
    int length = a.integer("r");
    List<int[]> found = new ArrayList<>();
    boolean repeat = a.flag("with_replacement");
    Limits.numbers(a, Limits.product(length, count(size, length, repeat)));
    collect(size, new int[length], 0, repeat, found);
    int[] flat = found.stream().flatMapToInt(Arrays::stream).toArray();
    TfValue indices = tf.reshape(tf.ints(flat), Shape.of(found.size(), length));
    return tf.gather(x, indices, 0);
  }

  /** How many tuples there are, at least: n choose r, which stops growing where it is too many. */
  private static long count(long size, int length, boolean repeat) {
    long choices = repeat ? size + length - 1 : size;
    double count = 1;
    for (int i = 0; i < length && count > 0 && count < Integer.MAX_VALUE; i++) {
      count = count * (choices - i) / (i + 1);
    }
    return (long) Math.max(0, count);
  }

  /** All ascending index tuples that begin as the given one does up to a position. */
  private static void collect(int size, int[] tuple, int at, boolean repeat, List<int[]> found) {
    if (at == tuple.length) {
      found.add(tuple.clone());
      return;
    }
    int first = at == 0 ? 0 : tuple[at - 1] + (repeat ? 0 : 1);
    int last = repeat ? size - 1 : size - (tuple.length - at);
    for (int i = first; i <= last; i++) {
      tuple[at] = i;
      collect(size, tuple, at + 1, repeat, found);
    }
  }

  // --- fitted to each other

  static TfValue broadcast(OpArgs a, TfGraph tf, TfValue x, int i) {
    Shape shape =
        a.tensors("tensors").stream().map(TfValue::shape).reduce(Shape.SCALAR, tf::broadcast);
    return tf.broadcastTo(x, shape);
  }
}
