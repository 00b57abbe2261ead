package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** The same elements several times. */
final class RepeatOps {

  private RepeatOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.of("repeat(Tensor self, int[] repeats) -> Tensor", RepeatOps::repeat),
        AtenRule.of(
            "repeat_interleave.Tensor(Tensor repeats, *, int? output_size=None) -> Tensor",
            RepeatOps::indices),
        AtenRule.of(
            "repeat_interleave.self_int(Tensor self, int repeats, int? dim=None, *, int?"
                + " output_size=None) -> Tensor",
            RepeatOps::interleave),
        AtenRule.of(
            "repeat_interleave.self_Tensor(Tensor self, Tensor repeats, int? dim=None, *, int?"
                + " output_size=None) -> Tensor",
            RepeatOps::interleaveByTensor),
        AtenRule.of("tile(Tensor self, int[] dims) -> Tensor", RepeatOps::tile));
  }

  // --- the whole

  static TfValue repeat(OpArgs a, TfGraph tf) {
    List<Dim> repeats = a.dims("repeats");
    TfValue x = a.tensor("self");
    if (repeats.size() < x.rank()) {
      throw a.refuse("there are fewer repeats than axes", "give a number for each axis");
    }
    return repeated(tf, x, repeats);
  }

  static TfValue tile(OpArgs a, TfGraph tf) {
    return repeated(tf, a.tensor("self"), a.dims("dims"));
  }

  /** Axes and repeats are matched from the last one; what is missing counts as 1. */
  private static TfValue repeated(TfGraph tf, TfValue x, List<Dim> given) {
    List<Dim> repeats = new ArrayList<>(given);
    while (repeats.size() < x.rank()) {
      repeats.add(0, Dim.ONE);
    }
    Shape from = x.shape();
    while (from.rank() < repeats.size()) {
      from = from.insert(0, Dim.ONE);
    }
    TfValue whole = tf.reshape(x, from);
    if (repeats.stream().allMatch(Dim.ONE::equals)) {
      return whole;
    }
    List<Dim> sizes = new ArrayList<>();
    for (int i = 0; i < repeats.size(); i++) {
      sizes.add(from.dim(i).times(repeats.get(i)));
    }
    return tf.op("Tile", whole, tf.sizes(new Shape(repeats))).shape(new Shape(sizes)).get();
  }

  // --- each element

  private record Along(TfValue x, int axis) {}

  /** Without an axis the elements are taken as one row. */
  private static Along along(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    if (!a.isGiven("dim") || x.rank() == 0) {
      a.ignore("dim");
      return new Along(Axes.flat(tf, x), 0);
    }
    return new Along(x, a.axis("dim", x.rank()));
  }

  static TfValue interleave(OpArgs a, TfGraph tf) {
    a.ignore("output_size");
    Along along = along(a, tf);
    Dim repeats = a.dim("repeats");
    Shape shape = along.x().shape();
    TfValue apart = tf.expandDims(along.x(), along.axis() + 1);
    TfValue wide = tf.broadcastTo(apart, apart.shape().with(along.axis() + 1, repeats));
    return tf.reshape(wide, shape.with(along.axis(), shape.dim(along.axis()).times(repeats)));
  }

  static TfValue interleaveByTensor(OpArgs a, TfGraph tf) {
    Along along = along(a, tf);
    TfValue repeats = tf.broadcastTo(a.tensor("repeats"), Shape.of(along.x().dim(along.axis())));
    return tf.gather(along.x(), indices(a, tf, repeats), along.axis());
  }

  static TfValue indices(OpArgs a, TfGraph tf) {
    TfValue repeats = a.tensor("repeats");
    return tf.cast(indices(a, tf, repeats), repeats.dtype());
  }

  /** Index i as often as repeats[i] says, in order. */
  private static TfValue indices(OpArgs a, TfGraph tf, TfValue repeats) {
    long[] known = tf.constantInts(repeats).orElse(null);
    if (known != null && repeats.dim(0).is(known.length)) {
      a.ignore("output_size");
      return tf.ints(
          IntStream.range(0, known.length)
              .flatMap(i -> IntStream.generate(() -> i).limit(known[i]))
              .toArray());
    }
    TfValue ends = tf.op("Cumsum", tf.cast(repeats, DType.INT64), tf.dim(Dim.ZERO)).get();
    return SearchOps.places(tf, ends, tf.range(total(a, tf, repeats), DType.INT64), true);
  }

  private static Dim total(OpArgs a, TfGraph tf, TfValue repeats) {
    if (a.isGiven("output_size")) {
      return a.dim("output_size");
    }
    TfValue sum = tf.sum(tf.cast(repeats, DType.INT64), false, 0);
    return Dim.of(tf.symbol(sum, OptionalLong.empty(), 0));
  }
}
