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

/** Batches of sequences without their padding, frame after frame, and back. */
final class PackedOps {

  private PackedOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.several(
            "_pack_padded_sequence(Tensor input, Tensor lengths, bool batch_first) -> (Tensor, Tensor)",
            PackedOps::pack),
        AtenRule.several(
            "_pad_packed_sequence(Tensor data, Tensor batch_sizes, bool batch_first, Scalar padding_value, int total_length) -> (Tensor, Tensor)",
            PackedOps::pad));
  }

  /** The lengths are in descending order, as torch demands. */
  static List<TfValue> pack(OpArgs a, TfGraph tf) {
    TfValue input = a.tensor("input");
    TfValue frames = a.flag("batch_first") ? swapped(tf, input) : input;
    TfValue lengths = tf.cast(a.tensor("lengths"), DType.INT32);
    TfValue longest = tf.reduce("Max", lengths, false, 0);
    Dim steps = Dim.of(tf.symbol(longest, OptionalLong.empty(), 1));
    TfValue time = tf.expandDims(tf.range(steps, DType.INT32), 1);
    Packing packing = new Packing(tf.binary("Less", time, tf.expandDims(lengths, 0)));
    TfValue sizes = tf.sum(tf.cast(packing.mask(), DType.INT64), false, 1);
    return List.of(packing.pack(tf, frames), sizes);
  }

  static List<TfValue> pad(OpArgs a, TfGraph tf) {
    TfValue data = a.tensor("data");
    TfValue sizes = a.tensor("batch_sizes");
    TfValue first = tf.cast(tf.pick(sizes, 0, Dim.ZERO), DType.INT32);
    Packing packing = Packing.of(tf, sizes, Dim.of(tf.symbol(first, OptionalLong.empty(), 1)));
    Dim total = a.dim("total_length");
    Dim steps = total.isKnown() && total.known() <= 0 ? sizes.dim(0) : total;
    TfValue padding = a.operand("padding_value", data.dtype());
    TfValue padded = packing.unpack(tf, data, steps, padding);
    TfValue lengths = tf.sum(tf.cast(packing.mask(), DType.INT64), false, 0);
    return List.of(a.flag("batch_first") ? swapped(tf, padded) : padded, lengths);
  }

  /** Exchanges the axes of batch and time. */
  private static TfValue swapped(TfGraph tf, TfValue x) {
    int[] axes = Axes.all(x);
    axes[0] = 1;
    axes[1] = 0;
    return tf.transpose(x, axes);
  }

  /**
   * Which sequences still run in which frame.
   *
   * @param mask [T, N]
   */
  record Packing(TfValue mask) {

    /** From the number of sequences in each frame: the first ones are the longest. */
    static Packing of(TfGraph tf, TfValue batchSizes, Dim batch) {
      TfValue row = tf.expandDims(tf.range(batch, DType.INT32), 0);
      TfValue sizes = tf.expandDims(tf.cast(batchSizes, DType.INT32), 1);
      return new Packing(tf.binary("Less", row, sizes));
    }

    /** The frames [T, N, ...] that count, one behind the other: [sum of the lengths, ...]. */
    TfValue pack(TfGraph tf, TfValue frames) {
      TfValue places = Indices.places(tf, mask);
      Shape packed = frames.shape().slice(2, frames.rank()).insert(0, places.dim(0));
      return tf.op("GatherNd", frames, places).shape(packed).get();
    }

    /** The inverse: [T, N, ...] with padding where no frame stands. */
    TfValue unpack(TfGraph tf, TfValue data, Dim steps, TfValue padding) {
      Shape shape = data.shape().remove(0).insert(0, mask.dim(1)).insert(0, steps);
      TfValue places = tf.op("Where", mask).shape(Shape.of(data.dim(0), Dim.of(2))).get();
      return tf.op("TensorScatterUpdate", tf.fill(shape, padding), places, data).get();
    }
  }
}
