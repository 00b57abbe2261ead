package org.tensorferry.converters.aten;

import java.util.List;
import java.util.Optional;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * One product for each group of consecutive rows: the experts of a mixture.
 *
 * <p>Which rows a group has is known only when the model runs. Every row is multiplied with the
 * matrices of all groups laid side by side, standing itself in the place of its own group between
 * zeros: one product of fixed shape, which every way to run the graph takes, for as many times the
 * work as there are groups.
 */
final class GroupedOps {

  private GroupedOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.of(
            "_grouped_mm(Tensor self, Tensor mat2, Tensor? offs=None, Tensor? bias=None,"
                + " ScalarType? out_dtype=None) -> Tensor",
            GroupedOps::grouped),
        // The same, where Hugging Face's transformers can't call it
        AtenRule.of(
            "transformers::grouped_mm_fallback(Tensor input, Tensor weight, Tensor offs) -> Tensor",
            (a, tf) -> ofRows(tf, a.tensor("input"), a.tensor("weight"), a.tensor("offs"))));
  }

  static TfValue grouped(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    TfValue y = a.tensor("mat2");
    if (a.isGiven("bias")) {
      throw a.refuse("PyTorch itself takes no `bias` yet", "add the bias to the result");
    }
    DType dtype = a.dtype("out_dtype").orElse(x.dtype());
    return tf.cast(product(a, tf, x, y, a.optionalTensor("offs")), dtype);
  }

  /** What the offsets divide depends on the ranks: the rows, the columns, or what is summed. */
  private static TfValue product(
      OpArgs a, TfGraph tf, TfValue x, TfValue y, Optional<TfValue> ends) {
    if (x.rank() == 3 && y.rank() == 3) {
      return tf.matmul(x, y);
    }
    TfValue offsets =
        ends.orElseThrow(() -> a.refuse("`offs` is missing", "say where each group ends"));
    if (x.rank() == 2 && y.rank() == 3) {
      return ofRows(tf, x, y, offsets);
    }
    if (x.rank() == 3 && y.rank() == 2) {
      TfValue turned = ofRows(tf, tf.transpose(y, 1, 0), tf.transpose(x, 0, 2, 1), offsets);
      return tf.transpose(turned, 1, 0);
    }
    // [G, M, K] with zeros outside of the group's columns, times [K, N].
    TfValue member = tf.expandDims(tf.transpose(members(tf, y.dim(0), offsets), 1, 0), 1);
    TfValue parts = tf.select(member, tf.expandDims(x, 0), tf.scalar(x.dtype(), 0));
    return tf.matmul(
        parts, tf.broadcastTo(tf.expandDims(y, 0), y.shape().insert(0, groups(offsets))));
  }

  /**
   * Rows times the matrix of their group; rows behind the last group give zeros.
   *
   * @param x [S, K]
   * @param matrices [G, K, N]
   * @param ends [G], where each group ends
   */
  private static TfValue ofRows(TfGraph tf, TfValue x, TfValue matrices, TfValue ends) {
    TfValue member = tf.expandDims(members(tf, x.dim(0), ends), 2);
    TfValue parts = tf.select(member, tf.expandDims(x, 1), tf.scalar(x.dtype(), 0));
    Dim wide = matrices.dim(0).times(matrices.dim(1));
    TfValue rows = tf.reshape(parts, Shape.of(x.dim(0), wide));
    return tf.matmul(rows, tf.reshape(matrices, Shape.of(wide, matrices.dim(2))));
  }

  /** [S, G]: whether a row stands before the end of its group and not before that of the last. */
  private static TfValue members(TfGraph tf, Dim rows, TfValue ends) {
    TfValue row = tf.expandDims(tf.range(rows, ends.dtype()), 1);
    TfValue begun = tf.concat(List.of(tf.zeros(Shape.of(1), ends.dtype()), front(tf, ends)), 0);
    return tf.binary(
        "LogicalAnd", tf.binary("GreaterEqual", row, begun), tf.binary("Less", row, ends));
  }

  private static TfValue front(TfGraph tf, TfValue ends) {
    return tf.slice(ends, 0, Dim.ZERO, groups(ends).minus(1));
  }

  private static Dim groups(TfValue ends) {
    return ends.dim(0);
  }
}
