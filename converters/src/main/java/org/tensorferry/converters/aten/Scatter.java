package org.tensorferry.converters.aten;

import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * Values put at places along one axis of a tensor.
 *
 * @param tf graph to emit into
 * @param base the tensor that is changed, at least a vector
 * @param places coordinates of each value: [..., rank]
 * @param values one for each place
 * @param shape of the result
 */
record Scatter(TfGraph tf, TfValue base, TfValue places, TfValue values, Shape shape) {

  /** What {@code scatter(self, dim, index, source)} puts where; the source may be a number. */
  static Scatter of(OpArgs a, TfGraph tf, String source) {
    TfValue x = a.tensor("self");
    int axis = a.axis("dim", x.rank());
    TfValue base = vector(tf, x);
    TfValue index = vector(tf, Indices.integers(tf, a.tensor("index")));
    TfValue values = vector(tf, a.operand(source, x.dtype()));
    if (source.equals("value")) {
      values = tf.broadcastTo(values, index.shape());
    }
    for (int i = 0; i < index.rank(); i++) {
      values = tf.slice(values, i, Dim.ZERO, index.dim(i));
    }
    return new Scatter(tf, base, Indices.placesAlong(tf, index, axis), values, x.shape());
  }

  private static TfValue vector(TfGraph tf, TfValue x) {
    return x.rank() == 0 ? tf.reshape(x, Shape.of(1)) : x;
  }

  TfValue result() {
    return tf.reshape(base, shape);
  }

  private Scatter onto(TfValue newBase) {
    return new Scatter(tf, newBase, places, values, shape);
  }

  Scatter replace() {
    return reduce("TensorScatterUpdate");
  }

  Scatter sum() {
    return onto(Kernels.scatterSum(tf, base, places, values));
  }

  Scatter reduce(String op) {
    return onto(tf.op(op, base, places, values).get());
  }

  Scatter product() {
    TfValue flat = Axes.flat(tf, Indices.flat(tf, places, base.shape()));
    TfValue size = tf.dim(base.shape().numel());
    TfValue products =
        tf.op("UnsortedSegmentProd", Axes.flat(tf, values), flat, size)
            .shape(Shape.of(base.shape().numel()))
            .get();
    return onto(tf.mul(base, tf.reshape(products, base.shape())));
  }

  /** Floor division for integers, as torch's. */
  Scatter mean(boolean includeSelf) {
    TfValue added = tf.cast(counts(), base.dtype());
    TfValue one = tf.scalar(base.dtype(), 1);
    TfValue divisor = includeSelf ? tf.add(added, one) : tf.maximum(added, one);
    TfValue sum = from(includeSelf, 0).sum().base();
    return onto(tf.binary(base.dtype().isInteger() ? "FloorDiv" : "RealDiv", sum, divisor));
  }

  /** How many values each element gets, as int32. */
  private TfValue counts() {
    TfValue ones = tf.fill(values.shape(), DType.INT32, 1);
    return tf.op("TensorScatterAdd", tf.zeros(base.shape(), DType.INT32), places, ones).get();
  }

  /** Elements that get values begin at the neutral one unless what they held counts too. */
  Scatter from(boolean includeSelf, double neutral) {
    return includeSelf ? this : from(tf.scalar(base.dtype(), neutral));
  }

  Scatter fromExtreme(boolean includeSelf, boolean greatest) {
    return includeSelf ? this : from(Numbers.extreme(tf, base.dtype(), greatest));
  }

  private Scatter from(TfValue neutral) {
    TfValue touched = tf.binary("Greater", counts(), tf.scalar(DType.INT32, 0));
    return onto(tf.select(touched, neutral, base));
  }
}
