package org.tensorferry.converters.aten;

import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * An axis cut into bins of almost equal size that may overlap: bin i is [floor(i size / bins),
 * ceil((i + 1) size / bins)) (ATen/native/AdaptivePooling.h).
 *
 * @param axis the axis
 * @param indices int32 [bins, widest]: elements of each bin, the last one repeated
 * @param isReal bool [bins, widest]: false for the repetitions
 * @param counts int32 [bins]: elements of each bin
 */
record Bins(int axis, TfValue indices, TfValue isReal, TfValue counts) {

  static Bins of(TfGraph tf, int axis, Dim size, Dim bins) {
    TfValue number = tf.range(bins, DType.INT32);
    TfValue all = tf.dim(size);
    TfValue by = tf.dim(bins);
    TfValue start = tf.binary("FloorDiv", tf.mul(number, all), by);
    TfValue next = tf.mul(tf.add(number, 1), all);
    TfValue end = tf.binary("FloorDiv", tf.add(next, tf.dim(bins.minus(1))), by);
    TfValue within = tf.range(widest(size, bins), DType.INT32);
    TfValue raw = tf.add(tf.expandDims(start, 1), within);
    TfValue last = tf.expandDims(tf.add(end, -1), 1);
    return new Bins(
        axis, tf.minimum(raw, last), tf.binary("LessEqual", raw, last), tf.sub(end, start));
  }

  /** A bin begins up to one element before and ends up to one after size / bins elements. */
  private static Dim widest(Dim size, Dim bins) {
    if (!size.isKnown() || !bins.isKnown()) {
      return size.plus(bins).minus(1).floorDiv(bins).plus(1);
    }
    long most = 0;
    long count = bins.known();
    for (long i = 0; i < count; i++) {
      long start = i * size.known() / count;
      long end = ((i + 1) * size.known() + count - 1) / count;
      most = Math.max(most, end - start);
    }
    return Dim.of(most);
  }

  /** The same bins along another axis. */
  Bins at(int otherAxis) {
    return new Bins(otherAxis, indices, isReal, counts);
  }

  /** Replaces the axis by two: bins, and the elements of each. */
  TfValue gather(TfGraph tf, TfValue x) {
    return tf.gather(x, indices, axis);
  }

  TfValue max(TfGraph tf, TfValue x) {
    return Kernels.reduce(tf, "Max", gather(tf, x), false, axis + 1);
  }

  TfValue mean(TfGraph tf, TfValue x) {
    TfValue all = gather(tf, x);
    TfValue real = tf.select(trailing(tf, isReal, x), all, tf.scalar(x.dtype(), 0));
    TfValue sum = Kernels.reduce(tf, "Sum", real, false, axis + 1);
    return tf.div(sum, trailing(tf, tf.cast(counts, x.dtype()), x));
  }

  /** Adds axes of size 1 for those that follow {@link #axis} in x. */
  private TfValue trailing(TfGraph tf, TfValue value, TfValue x) {
    Shape shape = value.shape();
    for (int i = axis + 1; i < x.rank(); i++) {
      shape = shape.insert(shape.rank(), Dim.ONE);
    }
    return tf.reshape(value, shape);
  }
}
