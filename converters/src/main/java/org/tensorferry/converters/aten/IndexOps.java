package org.tensorferry.converters.aten;

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

/** Elements taken by index tensors and masks. */
final class IndexOps {

  private IndexOps() {}

  static List<AtenRule> rows() {
    return List.of(
        // indexing expressions
        AtenRule.of(
            "_unsafe_index.Tensor(Tensor self, Tensor?[] indices) -> Tensor", IndexOps::index),
        AtenRule.of("index.Tensor(Tensor self, Tensor?[] indices) -> Tensor", IndexOps::index),

        // along an axis
        AtenRule.of(
            "gather(Tensor self, int dim, Tensor index, *, bool sparse_grad=False) -> Tensor",
            IndexOps::gather),
        AtenRule.of(
            "index_select(Tensor self, int dim, Tensor index) -> Tensor", IndexOps::indexSelect),
        AtenRule.of("take(Tensor self, Tensor index) -> Tensor", IndexOps::take),
        AtenRule.of(
            "take_along_dim(Tensor self, Tensor indices, int? dim=None) -> Tensor",
            IndexOps::takeAlong),

        // masks
        AtenRule.of("argwhere(Tensor self) -> Tensor", IndexOps::nonzero),
        AtenRule.of("masked_select(Tensor self, Tensor mask) -> Tensor", IndexOps::maskedSelect),
        AtenRule.of("nonzero(Tensor self) -> Tensor", IndexOps::nonzero),
        AtenRule.several(
            "nonzero_numpy(Tensor self) -> Tensor[]", (a, tf) -> columns(tf, a.tensor("self"))),
        AtenRule.several(
            "where(Tensor condition) -> Tensor[]", (a, tf) -> columns(tf, a.tensor("condition"))),

        // the reverse
        AtenRule.of("one_hot(Tensor self, int num_classes=-1) -> Tensor", IndexOps::oneHot));
  }

  // --- indexing expressions

  static TfValue index(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    return AdvancedIndex.of(a, tf, x, a.optionalTensors("indices")).gather();
  }

  // --- along an axis

  static TfValue indexSelect(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    TfValue index = Indices.integers(tf, a.tensor("index"));
    int axis = a.axis("dim", x.rank());
    if (x.rank() == 0) {
      return x;
    }
    return tf.gather(x, Axes.flat(tf, index), axis);
  }

  static TfValue gather(OpArgs a, TfGraph tf) {
    a.ignore("sparse_grad");
    TfValue x = a.tensor("self");
    TfValue index = Indices.integers(tf, a.tensor("index"));
    int axis = a.axis("dim", x.rank());
    return gather(tf, x, index, axis);
  }

  /**
   * Result [i, j] is x[i, index[i, j]] for the last axis; on the others the index may be smaller.
   */
  static TfValue gather(TfGraph tf, TfValue x, TfValue index, int axis) {
    if (x.rank() == 0 || index.rank() == 0) {
      TfValue found = tf.gather(Axes.flat(tf, x), Axes.flat(tf, index), 0);
      return tf.reshape(found, index.shape());
    }
    TfValue part = x;
    for (int i = 0; i < x.rank(); i++) {
      part = i == axis ? part : tf.slice(part, i, Dim.ZERO, index.dim(i));
    }
    int[] swap = AxisOps.swapped(x.rank(), axis, x.rank() - 1);
    TfValue rows = tf.transpose(part, swap);
    TfValue places = tf.transpose(index, swap);
    TfValue last = tf.scalar(DType.INT32, x.rank() - 1);
    TfValue found = tf.op("GatherV2", rows, places, last).attr("batch_dims", x.rank() - 1).get();
    return tf.transpose(found, swap);
  }

  static TfValue take(OpArgs a, TfGraph tf) {
    TfValue flat = Axes.flat(tf, a.tensor("self"));
    return tf.gather(flat, Indices.wrapped(tf, a.tensor("index"), flat.dim(0)), 0);
  }

  static TfValue takeAlong(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    TfValue index = Indices.integers(tf, a.tensor("indices"));
    if (!a.isGiven("dim")) {
      return tf.gather(Axes.flat(tf, x), Axes.flat(tf, index), 0);
    }
    int axis = a.axis("dim", x.rank());
    Shape common = tf.broadcast(x.shape().with(axis, 1), index.shape().with(axis, 1));
    TfValue whole = tf.broadcastTo(x, common.with(axis, x.dim(axis)));
    return gather(tf, whole, tf.broadcastTo(index, common.with(axis, index.dim(axis))), axis);
  }

  // --- masks

  static TfValue maskedSelect(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    TfValue mask = a.tensor("mask");
    Shape shape = tf.broadcast(x.shape(), mask.shape());
    TfValue flat = Axes.flat(tf, tf.broadcastTo(x, shape));
    TfValue flags = Axes.flat(tf, tf.broadcastTo(mask, shape));
    return tf.gather(flat, Indices.placesOfVector(tf, flags), 0);
  }

  static TfValue nonzero(OpArgs a, TfGraph tf) {
    TfValue x = a.tensor("self");
    return x.rank() == 0
        ? tf.slice(Indices.places(tf, tf.reshape(x, Shape.of(1))), 1, 0, 0)
        : Indices.places(tf, x);
  }

  /** The places of true elements, one vector for each axis. */
  private static List<TfValue> columns(TfGraph tf, TfValue mask) {
    TfValue flags = mask.rank() == 0 ? tf.reshape(mask, Shape.of(1)) : mask;
    return tf.unstack(Indices.places(tf, flags), 1);
  }

  // --- the reverse

  static TfValue oneHot(OpArgs a, TfGraph tf) {
    TfValue x = Indices.integers(tf, a.tensor("self"));
    Dim classes = a.dim("num_classes");
    if (classes.is(-1)) {
      int[] all = IntStream.range(0, x.rank()).toArray();
      TfValue greatest = tf.reduce("Max", x, false, all);
      classes = Dim.of(tf.symbol(tf.add(greatest, 1), OptionalLong.empty(), 1));
    }
    TfValue one = tf.scalar(DType.INT64, 1);
    TfValue zero = tf.scalar(DType.INT64, 0);
    return tf.op("OneHot", x, tf.dim(classes), one, zero)
        .shape(x.shape().insert(x.rank(), classes))
        .get();
  }
}
