package org.tensorferry.converters.aten;

import java.util.List;
import org.tensorferry.dim.Dim;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Sorting, and what is found in a sorted order. */
final class OrderOps {

  private OrderOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // orders
        AtenRule.of(
            "argsort(Tensor self, int dim=-1, bool descending=False) -> Tensor",
            (a, tf) -> sort(a, tf).get(1)),
        AtenRule.of(
            "argsort.stable(Tensor self, *, bool stable, int dim=-1, bool descending=False) ->"
                + " Tensor",
            (a, tf) -> sort(a, tf).get(1)),
        AtenRule.of(
            "msort(Tensor self) -> Tensor",
            (a, tf) ->
                Axes.along(
                    tf, a.tensor("self"), 0, last -> Sorting.sorted(tf, last, false).get(0))),
        AtenRule.several(
            "sort(Tensor self, int dim=-1, bool descending=False) -> (Tensor values, Tensor"
                + " indices)",
            OrderOps::sort),
        AtenRule.several(
            "sort.stable(Tensor self, *, bool? stable, int dim=-1, bool descending=False) ->"
                + " (Tensor values, Tensor indices)",
            OrderOps::sort),
        AtenRule.several(
            "topk(Tensor self, int k, int dim=-1, bool largest=True, bool sorted=True) -> (Tensor"
                + " values, Tensor indices)",
            OrderOps::topk),

        // ranks
        AtenRule.several(
            "kthvalue(Tensor self, int k, int dim=-1, bool keepdim=False) -> (Tensor values,"
                + " Tensor indices)",
            OrderOps::kthValue),
        AtenRule.of("median(Tensor self) -> Tensor", OrderOps::medianOfAll),
        AtenRule.several(
            "median.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor"
                + " indices)",
            OrderOps::median),
        AtenRule.several(
            "mode(Tensor self, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)",
            OrderOps::mode),
        AtenRule.of("nanmedian(Tensor self) -> Tensor", OrderOps::nanMedianOfAll),
        AtenRule.several(
            "nanmedian.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor"
                + " indices)",
            OrderOps::nanMedian),
        AtenRule.refused(
            "nanquantile(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str"
                + " interpolation='linear') -> Tensor",
            "how many numbers a row holds is data-dependent",
            "use torch.quantile on data without NaN, or torch.nanmedian"),
        AtenRule.refused(
            "nanquantile.scalar(Tensor self, float q, int? dim=None, bool keepdim=False, *, str"
                + " interpolation='linear') -> Tensor",
            "how many numbers a row holds is data-dependent",
            "use torch.quantile on data without NaN, or torch.nanmedian"),
        AtenRule.of(
            "quantile(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str"
                + " interpolation='linear') -> Tensor",
            OrderOps::quantile),
        AtenRule.of(
            "quantile.scalar(Tensor self, float q, int? dim=None, bool keepdim=False, *, str"
                + " interpolation='linear') -> Tensor",
            OrderOps::quantile));
  }

  // --- orders

  static List<TfValue> sort(OpArgs a, TfGraph tf) {
    if (a.has("stable")) {
      a.ignore("stable");
    }
    TfValue x = a.tensor("self");
    boolean descending = a.flag("descending");
    int axis = a.axis("dim", x.rank());
    return Axes.alongAll(tf, x, axis, last -> Sorting.sorted(tf, last, descending));
  }

  /** Sorted even where the caller does not ask for it. */
  static List<TfValue> topk(OpArgs a, TfGraph tf) {
    a.ignore("sorted");
    TfValue x = a.tensor("self");
    Dim k = a.dim("k");
    boolean largest = a.flag("largest");
    int axis = a.axis("dim", x.rank());
    return Axes.alongAll(tf, x, axis, last -> Sorting.first(tf, last, k, largest));
  }

  // --- ranks

  static List<TfValue> kthValue(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    Dim rank = a.dim("k").minus(1);
    int axis = a.axis("dim", x.rank());
    return Axes.reduce(tf, x, axis, a.flag("keepdim"), last -> Sorting.atRank(tf, last, rank));
  }

  static TfValue medianOfAll(OpArgs a, TfGraph tf) {
    TfValue x = Axes.flat(tf, a.tensor("self"));
    return tf.squeeze(median(tf, x).get(0), 0);
  }

  static List<TfValue> median(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    int axis = a.axis("dim", x.rank());
    return Axes.reduce(tf, x, axis, a.flag("keepdim"), last -> median(tf, last));
  }

  /** The lower of the two in the middle; a NaN where there is one. */
  private static List<TfValue> median(TfGraph tf, TfValue x) {
    Dim middle = x.dim(-1).minus(1).floorDiv(2);
    List<TfValue> found = Sorting.atRank(tf, x, middle);
    if (!x.dtype().isFloating()) {
      return found;
    }
    int axis = x.rank() - 1;
    TfValue nan = tf.unary("IsNan", x);
    TfValue anyNan = tf.reduce("Any", nan, true, axis);
    TfValue firstNan =
        tf.op("ArgMax", tf.cast(nan, DType.INT32), tf.scalar(DType.INT32, axis)).get();
    return List.of(
        tf.select(anyNan, tf.scalar(x.dtype(), Double.NaN), found.get(0)),
        tf.select(anyNan, tf.expandDims(firstNan, axis), found.get(1)));
  }

  static TfValue nanMedianOfAll(OpArgs a, TfGraph tf) {
    TfValue x = Axes.flat(tf, a.tensor("self"));
    return tf.squeeze(nanMedian(tf, x).get(0), 0);
  }

  static List<TfValue> nanMedian(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    int axis = a.axis("dim", x.rank());
    return Axes.reduce(tf, x, axis, a.flag("keepdim"), last -> nanMedian(tf, last));
  }

  /** The lower middle of the numbers: NaN goes last, and does not count. */
  private static List<TfValue> nanMedian(TfGraph tf, TfValue x) {
    if (!x.dtype().isFloating()) {
      return median(tf, x);
    }
    int axis = x.rank() - 1;
    TfValue nan = tf.unary("IsNan", x);
    TfValue infinity = tf.scalar(x.dtype(), Double.POSITIVE_INFINITY);
    List<TfValue> sorted = Sorting.sorted(tf, tf.select(nan, infinity, x), false);
    TfValue isNumber = tf.unary("LogicalNot", nan);
    TfValue count = tf.sum(tf.cast(isNumber, DType.INT32), true, axis);
    TfValue one = tf.scalar(DType.INT32, 1);
    TfValue less = tf.maximum(tf.sub(count, one), tf.scalar(DType.INT32, 0));
    TfValue middle = tf.binary("FloorDiv", less, tf.scalar(DType.INT32, 2));
    TfValue value = Sorting.pick(tf, sorted.get(0), middle);
    TfValue none = tf.binary("Equal", count, tf.scalar(DType.INT32, 0));
    return List.of(
        tf.select(none, tf.scalar(x.dtype(), Double.NaN), value),
        Sorting.pick(tf, sorted.get(1), middle));
  }

  static List<TfValue> mode(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    int axis = a.axis("dim", x.rank());
    return Axes.reduce(tf, x, axis, a.flag("keepdim"), last -> mode(tf, last));
  }

  /** The least of the most frequent elements, with the last of its indices; n by n comparisons. */
  private static List<TfValue> mode(TfGraph tf, TfValue x) {
    int axis = x.rank() - 1;
    TfValue number = x.dtype() == DType.BOOL ? tf.cast(x, DType.INT32) : x;
    TfValue same = tf.binary("Equal", tf.expandDims(number, axis), tf.expandDims(number, axis + 1));
    TfValue counts = tf.sum(tf.cast(same, DType.INT32), false, axis + 1);
    TfValue frequent = tf.binary("Equal", counts, tf.reduce("Max", counts, true, axis));
    TfValue greatest = Numbers.extreme(tf, number.dtype(), true);
    TfValue value = tf.reduce("Min", tf.select(frequent, number, greatest), true, axis);
    TfValue steps = tf.range(x.dim(-1), DType.INT64);
    TfValue none = tf.scalar(DType.INT64, -1);
    TfValue places = tf.select(tf.binary("Equal", number, value), steps, none);
    return List.of(tf.cast(value, x.dtype()), tf.reduce("Max", places, true, axis));
  }

  // --- quantiles

  static TfValue quantile(OpArgs a, TfGraph tf) {
    TfValue self = a.tensor("self");
    TfValue x = a.isGiven("dim") && self.rank() > 0 ? self : Axes.flat(tf, self);
    int axis = a.isGiven("dim") ? a.axis("dim", self.rank()) : 0;
    TfValue q = a.operand("q", x.dtype());
    String interpolation = a.text("interpolation");
    TfValue places = q.rank() == 0 ? tf.expandDims(q, 0) : q;
    TfValue found = Axes.along(tf, x, axis, last -> quantile(a, tf, last, places, interpolation));
    // The quantiles come first in the result, the reduced axis goes or keeps size 1.
    TfValue front = moveToFront(tf, found, axis);
    TfValue reduced = q.rank() == 0 ? tf.squeeze(front, 0) : front;
    if (!a.flag("keepdim")) {
      return reduced;
    }
    if (a.isGiven("dim")) {
      return self.rank() == 0 ? reduced : tf.expandDims(reduced, axis + q.rank());
    }
    TfValue kept = reduced;
    for (int i = 0; i < self.rank(); i++) {
      kept = tf.expandDims(kept, q.rank());
    }
    return kept;
  }

  private static TfValue moveToFront(TfGraph tf, TfValue x, int axis) {
    int[] order = new int[x.rank()];
    order[0] = axis;
    for (int i = 0, next = 1; i < x.rank(); i++) {
      if (i != axis) {
        order[next++] = i;
      }
    }
    return tf.transpose(x, order);
  }

  /** Between the neighbours of q (n - 1) in the sorted order; NaN where there is one. */
  private static TfValue quantile(
      OpArgs a, TfGraph tf, TfValue x, TfValue q, String interpolation) {
    int axis = x.rank() - 1;
    TfValue sorted = Sorting.sorted(tf, x, false).get(0);
    TfValue last = tf.cast(tf.dim(x.dim(-1).minus(1)), x.dtype());
    TfValue rank = tf.mul(q, last);
    TfValue below = tf.unary("Floor", rank);
    TfValue lower = tf.gather(sorted, tf.cast(below, DType.INT32), axis);
    TfValue upper = tf.gather(sorted, tf.cast(tf.unary("Ceil", rank), DType.INT32), axis);
    TfValue weight = tf.sub(rank, below);
    TfValue between =
        switch (interpolation) {
          case "linear" -> tf.add(lower, tf.mul(tf.sub(upper, lower), weight));
          case "lower" -> lower;
          case "higher" -> upper;
          case "midpoint" -> tf.mul(tf.add(lower, upper), 0.5);
          case "nearest" -> tf.gather(sorted, tf.cast(tf.unary("Round", rank), DType.INT32), axis);
          default -> throw a.refuse("torch knows no interpolation `" + interpolation + "`", "");
        };
    TfValue anyNan = tf.reduce("Any", tf.unary("IsNan", x), true, axis);
    return tf.select(anyNan, tf.scalar(x.dtype(), Double.NaN), between);
  }
}
