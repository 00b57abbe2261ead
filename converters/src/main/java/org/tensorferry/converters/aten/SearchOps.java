package org.tensorferry.converters.aten;

import java.util.List;
import java.util.OptionalLong;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Places of values in sorted sequences, membership, and counts by intervals. */
final class SearchOps {

  private SearchOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // sorted sequences
        AtenRule.of(
            "bucketize.Scalar(Scalar self, Tensor boundaries, *, bool out_int32=False, bool"
                + " right=False) -> Tensor",
            SearchOps::bucketize),
        AtenRule.of(
            "bucketize.Tensor(Tensor self, Tensor boundaries, *, bool out_int32=False, bool"
                + " right=False) -> Tensor",
            SearchOps::bucketize),
        AtenRule.of(
            "searchsorted.Scalar(Tensor sorted_sequence, Scalar self, *, bool out_int32=False,"
                + " bool right=False, str? side=None, Tensor? sorter=None) -> Tensor",
            SearchOps::searchSorted),
        AtenRule.of(
            "searchsorted.Tensor(Tensor sorted_sequence, Tensor self, *, bool out_int32=False,"
                + " bool right=False, str? side=None, Tensor? sorter=None) -> Tensor",
            SearchOps::searchSorted),

        // membership
        AtenRule.of(
            "isin.Scalar_Tensor(Scalar element, Tensor test_elements, *, bool"
                + " assume_unique=False, bool invert=False) -> Tensor",
            (a, tf) -> isIn(a, tf, "element", "test_elements")),
        AtenRule.of(
            "isin.Tensor_Scalar(Tensor elements, Scalar test_element, *, bool"
                + " assume_unique=False, bool invert=False) -> Tensor",
            (a, tf) -> isIn(a, tf, "elements", "test_element")),
        AtenRule.of(
            "isin.Tensor_Tensor(Tensor elements, Tensor test_elements, *, bool"
                + " assume_unique=False, bool invert=False) -> Tensor",
            (a, tf) -> isIn(a, tf, "elements", "test_elements")),

        // counts
        AtenRule.of(
            "bincount(Tensor self, Tensor? weights=None, int minlength=0) -> Tensor",
            SearchOps::binCount),
        AtenRule.refused(
            "histogram.bin_ct(Tensor self, int bins=100, *, float[]? range=None, Tensor?"
                + " weight=None, bool density=False) -> (Tensor hist, Tensor bin_edges)",
            "its intervals come with it and TensorFlow has no operator",
            "use torch.histc"),
        AtenRule.refused(
            "histogram.bins_tensor(Tensor self, Tensor bins, *, Tensor? weight=None, bool"
                + " density=False) -> (Tensor hist, Tensor bin_edges)",
            "TensorFlow has no histogram over given intervals",
            "use torch.histc"),
        AtenRule.of(
            "histc(Tensor self, int bins=100, Scalar min=0, Scalar max=0) -> Tensor",
            SearchOps::histogram));
  }

  // --- sorted sequences

  static TfValue bucketize(OpArgs a, TfGraph tf) {
    DType dtype = Kernels.accumulator(a.promote("self", "boundaries"));
    TfValue places =
        places(tf, a.operand("boundaries", dtype), a.operand("self", dtype), a.flag("right"));
    return a.flag("out_int32") ? places : tf.cast(places, DType.INT64);
  }

  static TfValue searchSorted(OpArgs a, TfGraph tf) {
    DType dtype = Kernels.accumulator(a.promote("sorted_sequence", "self"));
    TfValue sequence = a.operand("sorted_sequence", dtype);
    if (a.isGiven("sorter")) {
      sequence = Sorting.pick(tf, sequence, a.tensor("sorter"));
    }
    boolean right = a.flag("right") || (a.isGiven("side") && a.text("side").equals("right"));
    TfValue places = places(tf, sequence, a.operand("self", dtype), right);
    return a.flag("out_int32") ? places : tf.cast(places, DType.INT64);
  }

  /**
   * Where values would be inserted along the last axis of a sorted sequence, as int32: before equal
   * elements or, right, behind them. One sequence for all values, or one for each row of them.
   */
  static TfValue places(TfGraph tf, TfValue sequence, TfValue values, boolean right) {
    Dim rows =
        sequence.rank() == 1 ? Dim.ONE : sequence.shape().slice(0, sequence.rank() - 1).numel();
    Dim columns = sequence.rank() == 1 ? values.shape().numel() : values.dim(-1);
    TfValue table = tf.reshape(sequence, rows, sequence.dim(-1));
    TfValue wanted = tf.reshape(values, rows, columns);
    TfValue found =
        tf.op(right ? "UpperBound" : "LowerBound", table, wanted)
            .shape(Shape.of(rows, columns))
            .get();
    return tf.reshape(found, values.shape());
  }

  // --- membership

  private static TfValue isIn(OpArgs a, TfGraph tf, String elements, String among) {
    a.ignore("assume_unique");
    DType dtype = a.promote(elements, among);
    TfValue x = a.operand(elements, dtype);
    TfValue set = Axes.flat(tf, a.operand(among, dtype));
    TfValue same = tf.binary("Equal", tf.expandDims(x, x.rank()), set);
    TfValue found = tf.reduce("Any", same, false, x.rank());
    return a.flag("invert") ? tf.unary("LogicalNot", found) : found;
  }

  // --- counts

  /** Counts, or sums of weights, of 0, 1, ... up to the greatest element. */
  static TfValue binCount(OpArgs a, TfGraph tf) {
    TfValue x = Indices.integers(tf, a.tensor("self"));
    TfValue weights =
        a.optionalTensor("weights")
            .map(w -> w.dtype() == DType.FLOAT32 ? w : tf.cast(w, DType.FLOAT64))
            .orElseGet(() -> tf.fill(x.shape(), DType.INT64, 1));
    if (x.dim(0).is(0)) {
      // torch looks at no weights then, neither for their number nor for their type.
      return tf.fill(Shape.of(a.dim("minlength")), DType.INT64, 0);
    }
    TfValue needed = tf.add(tf.reduce("Max", x, false, 0), 1);
    TfValue least = tf.cast(tf.dim(a.dim("minlength")), x.dtype());
    Dim size = Dim.of(tf.symbol(tf.maximum(needed, least), OptionalLong.empty(), 0));
    return tf.op("UnsortedSegmentSum", weights, x, tf.dim(size)).shape(Shape.of(size)).get();
  }

  /** Equal intervals from min to max, the last one closed; where these are equal, of the data. */
  static TfValue histogram(OpArgs a, TfGraph tf) {
    TfValue x = Axes.flat(tf, a.tensor("self"));
    DType dtype = x.dtype();
    int bins = a.integer("bins");
    boolean ofData = a.number("min") == a.number("max");
    TfValue low = ofData ? tf.reduce("Min", x, false, 0) : a.operand("min", dtype);
    TfValue high = ofData ? tf.reduce("Max", x, false, 0) : a.operand("max", dtype);
    TfValue same = tf.binary("Equal", low, high);
    TfValue from = tf.select(same, tf.add(low, -1), low);
    TfValue to = tf.select(same, tf.add(high, 1), high);
    TfValue place = tf.mul(tf.div(tf.sub(x, from), tf.sub(to, from)), bins);
    TfValue bin = tf.minimum(tf.unary("Floor", place), tf.scalar(dtype, bins - 1));
    TfValue inside =
        tf.binary("LogicalAnd", tf.binary("GreaterEqual", x, from), tf.binary("LessEqual", x, to));
    // Negative segments are dropped.
    TfValue segment = tf.select(inside, tf.cast(bin, DType.INT32), tf.scalar(DType.INT32, -1));
    return tf.op(
            "UnsortedSegmentSum", tf.cast(inside, dtype), segment, tf.scalar(DType.INT32, bins))
        .shape(Shape.of(bins))
        .get();
  }
}
