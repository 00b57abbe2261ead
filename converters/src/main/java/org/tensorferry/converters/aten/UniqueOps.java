package org.tensorferry.converters.aten;

import java.util.List;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Distinct elements, of a number that is known when the model runs. */
final class UniqueOps {

  private static final String WHOLE_SLICES = "whole slices are compared, which has no counterpart";
  private static final String FLATTEN =
      "use torch.unique without `dim`, or do it outside the model";

  private UniqueOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.several(
            "_unique(Tensor self, bool sorted=True, bool return_inverse=False) -> (Tensor, Tensor)",
            (a, tf) -> sorted(a, tf).subList(0, 2)),
        AtenRule.several(
            "_unique2(Tensor self, bool sorted=True, bool return_inverse=False, bool"
                + " return_counts=False) -> (Tensor, Tensor, Tensor)",
            UniqueOps::sorted),
        AtenRule.several(
            "unique_consecutive(Tensor self, bool return_inverse=False, bool return_counts=False,"
                + " int? dim=None) -> (Tensor, Tensor, Tensor)",
            UniqueOps::consecutive),
        AtenRule.refused(
            "unique_dim(Tensor self, int dim, bool sorted=True, bool return_inverse=False, bool"
                + " return_counts=False) -> (Tensor, Tensor, Tensor)",
            WHOLE_SLICES,
            FLATTEN),
        AtenRule.refused(
            "unique_dim_consecutive(Tensor self, int dim, bool return_inverse=False, bool"
                + " return_counts=False) -> (Tensor, Tensor, Tensor)",
            WHOLE_SLICES,
            FLATTEN));
  }

  /** Torch returns them in order in any case. */
  static List<TfValue> sorted(OpArgs a, TfGraph tf) {
    a.ignore("sorted", "return_inverse");
    if (a.has("return_counts")) {
      a.ignore("return_counts");
    }
    TfValue x = a.tensor("self");
    DType computed = x.dtype() == DType.BOOL ? DType.INT32 : x.dtype();
    TfValue flat = Axes.flat(tf, tf.cast(x, computed));
    Runs runs = Runs.of(tf, Sorting.sorted(tf, flat, false).get(0));
    DType wide = Kernels.accumulator(computed);
    TfValue inverse =
        SearchOps.places(tf, tf.cast(runs.values(), wide), tf.cast(flat, wide), false);
    return List.of(
        tf.cast(runs.values(), x.dtype()),
        tf.cast(tf.reshape(inverse, x.shape()), DType.INT64),
        runs.lengths());
  }

  static List<TfValue> consecutive(OpArgs a, TfGraph tf) {
    a.ignore("return_inverse", "return_counts");
    TfValue x = a.tensor("self");
    if (a.isGiven("dim") && x.rank() != 1) {
      throw a.refuse(WHOLE_SLICES, FLATTEN);
    }
    Runs runs = Runs.of(tf, Axes.flat(tf, x));
    return List.of(runs.values(), tf.reshape(runs.numbers(), x.shape()), runs.lengths());
  }

  /**
   * Runs of equal elements of a vector.
   *
   * @param values one element of each run
   * @param numbers for each element the run that it belongs to
   * @param lengths number of elements of each run
   */
  private record Runs(TfValue values, TfValue numbers, TfValue lengths) {

    static Runs of(TfGraph tf, TfValue x) {
      TfValue index = tf.range(x.dim(0), DType.INT32);
      TfValue zero = tf.scalar(DType.INT32, 0);
      TfValue previous = tf.gather(x, tf.maximum(tf.add(index, -1), zero), 0);
      TfValue first = tf.binary("Equal", index, zero);
      TfValue begins = tf.binary("LogicalOr", first, tf.binary("NotEqual", x, previous));
      TfValue starts = Indices.placesOfVector(tf, begins);
      TfValue flags = tf.cast(begins, DType.INT64);
      TfValue numbers = tf.add(tf.op("Cumsum", flags, tf.scalar(DType.INT32, 0)).get(), -1);
      TfValue end = tf.reshape(tf.cast(tf.dim(x.dim(0)), DType.INT64), Shape.of(1));
      TfValue bounds = tf.concat(List.of(starts, end), 0);
      Dim runs = starts.dim(0);
      TfValue lengths =
          tf.sub(tf.slice(bounds, 0, Dim.ONE, runs), tf.slice(bounds, 0, Dim.ZERO, runs));
      return new Runs(tf.gather(x, starts, 0), numbers, lengths);
    }
  }
}
