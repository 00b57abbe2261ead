package org.tensorferry.converters.aten;

import java.util.List;
import java.util.stream.IntStream;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.Permutations;
import org.tensorferry.tf.Literal;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Triangles and diagonals of matrices. */
final class TriangleOps {

  private static final String INDICES =
      "(int row, int col, int offset=0, *, ScalarType? dtype=long, Layout? layout=None, Device?"
          + " device=None, bool? pin_memory=None) -> Tensor";

  private TriangleOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // triangles
        AtenRule.of(
            "tril(Tensor self, int diagonal=0) -> Tensor", (a, tf) -> triangle(a, tf, "LessEqual")),
        AtenRule.of("tril_indices" + INDICES, (a, tf) -> indices(a, tf, true)),
        AtenRule.of(
            "triu(Tensor self, int diagonal=0) -> Tensor",
            (a, tf) -> triangle(a, tf, "GreaterEqual")),
        AtenRule.of("triu_indices" + INDICES, (a, tf) -> indices(a, tf, false)),

        // diagonals
        AtenRule.of("diag(Tensor self, int diagonal=0) -> Tensor", TriangleOps::diag),
        AtenRule.of(
            "diag_embed(Tensor self, int offset=0, int dim1=-2, int dim2=-1) -> Tensor",
            TriangleOps::embed),
        AtenRule.of(
            "diagflat(Tensor self, int offset=0) -> Tensor",
            (a, tf) -> Diagonals.matrix(tf, Axes.flat(tf, a.tensor("self")), a.integer("offset"))));
  }

  // --- triangles

  private static TfValue triangle(OpArgs a, TfGraph tf, String comparison) {
    TfValue x = a.tensor("self");
    if (x.rank() < 2) {
      throw a.refuse("a triangle needs a matrix, not a tensor of rank " + x.rank(), "");
    }
    TfValue inside = Diagonals.mask(tf, x.dim(-2), x.dim(-1), comparison, a.dim("diagonal"));
    return tf.select(inside, x, tf.scalar(x.dtype(), 0));
  }

  /** Rows above columns of the elements of a triangle, row by row. */
  private static TfValue indices(OpArgs a, TfGraph tf, boolean lower) {
    int rows = a.integer("row");
    int columns = a.integer("col");
    int offset = a.integer("offset");
    int[] found =
        IntStream.range(0, Limits.numbers(a, Limits.product(rows, columns)))
            .filter(
                i -> {
                  int distance = i % columns - i / columns;
                  return lower ? distance <= offset : distance >= offset;
                })
            .toArray();
    long[] pairs =
        IntStream.concat(
                IntStream.of(found).map(i -> i / columns),
                IntStream.of(found).map(i -> i % columns))
            .asLongStream()
            .toArray();
    DType dtype = a.dtype("dtype").orElse(DType.INT64);
    return tf.constant(Literal.ofLongs(dtype, new long[] {2, found.length}, pairs));
  }

  // --- diagonals

  static TfValue diag(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    int offset = a.integer("diagonal");
    return x.rank() == 1 ? Diagonals.matrix(tf, x, offset) : Diagonals.part(tf, x, offset);
  }

  static TfValue embed(OpArgs a, TfGraph tf) {
    TfValue matrix = Diagonals.matrix(tf, a.tensor("self"), a.integer("offset"));
    int rank = matrix.rank();
    int[] order = AxisOps.atEnd(rank, a.axis("dim1", rank), a.axis("dim2", rank));
    return tf.transpose(matrix, Permutations.inverse(order));
  }
}
