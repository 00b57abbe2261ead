package org.tensorferry.converters.aten;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.NestedTensors.Rows;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * Into and out of nested tensors, as torch.nn.TransformerEncoder uses them in inference
 * (ATen/native/nested/NestedTensorTransformerFunctions.cpp). What is computed between is in {@link
 * TransformerLayer}.
 */
public final class NestedOps {

  private static final String ZEROS =
      "places that the padding mask leaves out are 0 after the encoder, as without gradients";

  private NestedOps() {}

  public static List<AtenRule> rows() {
    return List.of(
        AtenRule.of(
            "_nested_tensor_from_mask(Tensor t, Tensor mask, bool mask_check=True) -> Tensor",
            NestedOps::fromMask),
        AtenRule.of(
            "_nested_tensor_from_mask_left_aligned(Tensor t, Tensor mask) -> bool",
            NestedOps::isLeftAligned),
        AtenRule.of(
            "nested_to_padded_tensor(Tensor self, float padding, int[]? output_size=None) -> Tensor",
            NestedOps::toPadded),
        AtenRule.of(
            "to_padded_tensor(Tensor self, float padding, int[]? output_size=None) -> Tensor",
            NestedOps::toPadded));
  }

  /** The first elements of each row, as many as the row of the mask has true ones. */
  private static TfValue fromMask(OpArgs a, TfGraph tf) {
    a.ignore("mask_check");
    TfValue t = a.tensor("t");
    TfValue mask = tf.cast(a.tensor("mask"), DType.BOOL);
    tf.assumptions().add(ZEROS, tf.origin().place());
    Optional<TfValue> nested = a.nestedWhere();
    // Where the code asked first, a mask with holes leads to a tensor that is not nested.
    TfValue present = nested.isPresent() ? mask : leading(tf, mask);
    TfValue kept =
        nested
            .map(is -> tf.binary("LogicalOr", present, tf.unary("LogicalNot", is)))
            .orElse(present);
    return zeroed(a, tf, t, new Rows(present, kept));
  }

  /** True where no row of the mask has a true element after a false one. */
  private static TfValue isLeftAligned(OpArgs a, TfGraph tf) {
    a.ignore("t");
    TfValue mask = tf.cast(a.tensor("mask"), DType.BOOL);
    return a.nestedWhere(
        tf.reduce("All", tf.binary("Equal", mask, leading(tf, mask)), false, 0, 1));
  }

  /** As many true elements in each row, but in front. */
  private static TfValue leading(TfGraph tf, TfValue mask) {
    TfValue lengths = tf.sum(tf.cast(mask, DType.INT32), true, 1);
    return tf.binary("Less", tf.range(mask.dim(1), DType.INT32), lengths);
  }

  /** Zero outside of the rows, and nested. */
  static TfValue zeroed(OpArgs a, TfGraph tf, TfValue x, Rows rows) {
    TfValue kept = tf.expandDims(rows.kept(), 2);
    return a.nested(tf.select(kept, x, tf.scalar(x.dtype(), 0)), rows);
  }

  /** Minus infinity for keys outside of the rows; scores are [N, heads, T, T]. */
  static TfValue present(OpArgs a, TfGraph tf, TfValue scores, Rows rows) {
    if (a.isGiven("mask")) {
      throw a.refuse("a nested tensor has a mask too", "pass padded tensors with the mask");
    }
    Shape keys = Shape.of(rows.present().dim(0), Dim.ONE, Dim.ONE, rows.present().dim(1));
    TfValue absent = tf.unary("LogicalNot", tf.reshape(rows.present(), keys));
    return AttentionOps.withoutMasked(tf, scores, absent);
  }

  private static TfValue toPadded(OpArgs a, TfGraph tf) {
    Rows rows =
        a.rows("self")
            .orElseThrow(
                () -> a.refuse("`self` is no nested tensor", "leave the call out: it is padded"));
    TfValue x = a.tensor("self");
    double padding = a.number("padding");
    TfValue kept = tf.expandDims(rows.kept(), 2);
    TfValue filled =
        padding == 0 ? tf.unary("Identity", x) : tf.select(kept, x, tf.scalar(x.dtype(), padding));
    return a.isGiven("output_size") ? sized(a, tf, filled, padding) : cut(tf, filled, rows);
  }

  /** Padded further where a fixed size is greater than the one before. */
  private static TfValue sized(OpArgs a, TfGraph tf, TfValue x, double padding) {
    List<Dim> size = a.dims("output_size");
    int[] paddings = new int[2 * x.rank()];
    for (int axis = 0; axis < x.rank(); axis++) {
      Dim more = size.get(axis).minus(x.dim(axis));
      if (more.isKnown() && more.known() < 0) {
        throw a.refuse(
            "`output_size` is " + size + ", and the tensor was padded to " + x.shape(),
            "pad to the size that the tensor had before");
      }
      paddings[2 * axis + 1] = more.isKnown() ? Math.toIntExact(more.known()) : 0;
    }
    boolean isLarger = IntStream.of(paddings).anyMatch(p -> p > 0);
    TfValue padded = isLarger ? tf.pad(x, tf.scalar(x.dtype(), padding), paddings) : x;
    // Sizes that can't be compared now are taken to be equal, and that is recorded.
    tf.broadcast(new Shape(size), padded.shape());
    return padded;
  }

  /** Without a size all rows are as long as the longest of them. */
  private static TfValue cut(TfGraph tf, TfValue x, Rows rows) {
    TfValue lengths = tf.sum(tf.cast(rows.present(), DType.INT32), false, 1);
    Dim longest = Dim.of(tf.symbol(tf.reduce("Max", lengths, false, 0), OptionalLong.empty(), 0));
    return tf.slice(x, 1, Dim.ZERO, longest);
  }
}
