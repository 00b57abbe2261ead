package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.tf.OpBuilder;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * A convolution over the plane of [N, H, W, C], in forms that TensorFlow both runs and
 * differentiates on every CPU, with oneDNN and without.
 *
 * <p>What it stays clear of, in TensorFlow 2.18 to 2.21 (docs/tensorflow-faults.md): depthwise
 * convolutions that pad explicitly, stride unequally or dilate; gradients of grouped and of dilated
 * convolutions.
 *
 * @param groups of the channels
 * @param strides down and across
 * @param dilations down and across
 */
record PlanarConvolution(Dim groups, int[] strides, int[] dilations) {

  /**
   * Groups for each channel of a group from which on a sum over the channels of a group is faster
   * than a convolution for each group.
   */
  private static final int MANY_SMALL_GROUPS = 8;

  /**
   * Emits the convolution.
   *
   * @param kernel [h, w, in/groups, out]
   * @param pads zeros above, below, left and right
   */
  TfValue emit(TfGraph tf, TfValue x, TfValue kernel, int[] pads) {
    int[] apart = dilations.clone();
    for (int i = 0; i < 2; i++) {
      apart[i] = kernel.dim(i).is(1) ? 1 : apart[i];
    }
    if (apart[0] == 1 && apart[1] == 1) {
      return undilated(tf, x, kernel, pads);
    }
    return strides[0] == 1 && strides[1] == 1
        ? interlaced(tf, x, kernel, pads, apart)
        : undilated(tf, x, tf.dilate(kernel, apart), pads);
  }

  /** Every d-th row and column is a plane of its own, on which dilation d is none. */
  private TfValue interlaced(TfGraph tf, TfValue x, TfValue kernel, int[] pads, int[] apart) {
    Dim[] extra = new Dim[2];
    Dim batch = x.dim(0).times((long) apart[0] * apart[1]);
    Shape inner = x.shape().with(0, batch);
    Shape outer = x.shape().with(3, kernel.dim(3));
    for (int i = 0; i < 2; i++) {
      Dim size = x.dim(i + 1).plus(pads[2 * i]).plus(pads[2 * i + 1]);
      Dim blocks = size.ceilDiv(apart[i]);
      extra[i] = blocks.times(apart[i]).minus(size);
      inner = inner.with(i + 1, blocks);
      outer = outer.with(i + 1, size.minus(kernel.dim(i).minus(1).times(apart[i])));
    }
    TfValue block = tf.ints(apart);
    TfValue padding =
        tf.sizes(
            Shape.of(
                Dim.of(pads[0]), extra[0].plus(pads[1]), Dim.of(pads[2]), extra[1].plus(pads[3])));
    TfValue crops = tf.sizes(Shape.of(Dim.ZERO, extra[0], Dim.ZERO, extra[1]));
    Shape pairs = Shape.of(2, 2);
    TfValue planes =
        tf.op("SpaceToBatchND", x, block, tf.reshape(padding, pairs)).shape(inner).get();
    TfValue out = undilated(tf, planes, kernel, new int[4]);
    return tf.op("BatchToSpaceND", out, block, tf.reshape(crops, pairs)).shape(outer).get();
  }

  private TfValue undilated(TfGraph tf, TfValue x, TfValue kernel, int[] pads) {
    if (groups.is(1)) {
      return dense(tf, x, kernel, pads);
    }
    if (x.dim(-1).equals(groups)) {
      Dim multiplier = kernel.dim(3).floorDiv(groups);
      TfValue filter = tf.reshape(kernel, kernel.dim(0), kernel.dim(1), groups, multiplier);
      return depthwise(tf, x, filter, pads);
    }
    if (!groups.isKnown()) {
      return dense(tf, x, kernel, pads); // its gradient needs oneDNN
    }
    return groups.known() >= MANY_SMALL_GROUPS * kernel.dim(2).known()
        ? byChannelOfGroup(tf, x, kernel, pads)
        : byGroup(tf, x, kernel, pads);
  }

  private TfValue byGroup(TfGraph tf, TfValue x, TfValue kernel, int[] pads) {
    int count = Math.toIntExact(groups.known());
    List<TfValue> inputs = tf.split(x, 3, count);
    List<TfValue> kernels = tf.split(kernel, 3, count);
    List<TfValue> outputs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      outputs.add(dense(tf, inputs.get(i), kernels.get(i), pads));
    }
    return tf.concat(outputs, 3);
  }

  /** The i-th channels of all groups are the input of one depthwise convolution. */
  private TfValue byChannelOfGroup(TfGraph tf, TfValue x, TfValue kernel, int[] pads) {
    Dim size = kernel.dim(2);
    Dim multiplier = kernel.dim(3).floorDiv(groups);
    TfValue inputs = tf.reshape(x, x.dim(0), x.dim(1), x.dim(2), groups, size);
    TfValue kernels = tf.reshape(kernel, kernel.dim(0), kernel.dim(1), size, groups, multiplier);
    List<TfValue> channels = tf.unstack(inputs, 4);
    List<TfValue> filters = tf.unstack(kernels, 2);
    TfValue sum = depthwise(tf, channels.get(0), filters.get(0), pads);
    for (int i = 1; i < channels.size(); i++) {
      sum = tf.add(sum, depthwise(tf, channels.get(i), filters.get(i), pads));
    }
    return sum;
  }

  private TfValue dense(TfGraph tf, TfValue x, TfValue kernel, int[] pads) {
    OpBuilder op = tf.op("Conv2D", x, kernel).ints("strides", 1, strides[0], strides[1], 1);
    if (isValid(pads)) {
      return op.attr("padding", "VALID").get();
    }
    if (isSame(x, kernel, pads)) {
      return op.attr("padding", "SAME").get();
    }
    return op.attr("padding", "EXPLICIT")
        .ints("explicit_paddings", 0, 0, pads[0], pads[1], pads[2], pads[3], 0, 0)
        .get();
  }

  /**
   * Pads by an operator of its own: with a bias added after it, the optimizer fuses a depthwise
   * convolution of explicit padding and loses the padding, and oneDNN then ends the process.
   */
  private TfValue depthwise(TfGraph tf, TfValue x, TfValue filter, int[] pads) {
    if (strides[0] != strides[1]) {
      return phases(tf, x, filter, pads);
    }
    if (!isValid(pads) && isSame(x, filter, pads)) {
      return depthwise(tf, x, filter, strides[0], "SAME");
    }
    TfValue padded = padded(tf, x, pads, Dim.of(pads[1]), Dim.of(pads[3]));
    return depthwise(tf, padded, filter, strides[0], "VALID");
  }

  private static TfValue depthwise(
      TfGraph tf, TfValue x, TfValue filter, int stride, String padding) {
    return tf.op("DepthwiseConv2dNative", x, filter)
        .ints("strides", 1, stride, stride, 1)
        .attr("padding", padding)
        .get();
  }

  private static TfValue padded(TfGraph tf, TfValue x, int[] pads, Dim below, Dim right) {
    Padding padding =
        new Padding(
            List.of(Dim.ZERO, Dim.of(pads[0]), Dim.of(pads[2]), Dim.ZERO),
            List.of(Dim.ZERO, below, right, Dim.ZERO));
    return padding.constant(tf, x, tf.scalar(x.dtype(), 0));
  }

  /**
   * Unequal strides as convolutions of one stride, the least common multiple: each gives every r-th
   * row and every q-th column of the result.
   */
  private TfValue phases(TfGraph tf, TfValue x, TfValue filter, int[] pads) {
    int common = leastCommonMultiple(strides[0], strides[1]);
    Dim[] windows = new Dim[2];
    Dim[] perPhase = new Dim[2];
    Dim[] after = new Dim[2];
    for (int i = 0; i < 2; i++) {
      Dim size = x.dim(i + 1).plus(pads[2 * i]);
      Dim reach = filter.dim(i);
      int count = common / strides[i];
      windows[i] = size.plus(pads[2 * i + 1]).minus(reach).floorDiv(strides[i]).plus(1);
      perPhase[i] = windows[i].ceilDiv(count);
      // So much that the last phase has as many windows as the first; negative cuts the rest off.
      after[i] = perPhase[i].times(count).minus(1).times(strides[i]).plus(reach).minus(size);
    }
    TfValue padded = padded(tf, x, pads, after[0], after[1]);
    List<TfValue> rows = new ArrayList<>();
    for (int r = 0; r < common / strides[0]; r++) {
      TfValue below = phase(tf, padded, filter, perPhase, common, 0, r * strides[0]);
      List<TfValue> columns = new ArrayList<>();
      for (int q = 0; q < common / strides[1]; q++) {
        TfValue right = phase(tf, below, filter, perPhase, common, 1, q * strides[1]);
        columns.add(depthwise(tf, right, filter, common, "VALID"));
      }
      rows.add(interleave(tf, columns, 2, windows[1]));
    }
    return interleave(tf, rows, 1, windows[0]);
  }

  private static TfValue phase(
      TfGraph tf, TfValue x, TfValue filter, Dim[] windows, int stride, int i, int from) {
    Dim size = windows[i].minus(1).times(stride).plus(filter.dim(i));
    return tf.slice(x, i + 1, Dim.of(from), size);
  }

  private static TfValue interleave(TfGraph tf, List<TfValue> parts, int axis, Dim size) {
    if (parts.size() == 1) {
      return parts.get(0);
    }
    TfValue stacked = tf.stack(parts, axis + 1);
    Shape shape = parts.get(0).shape();
    Dim joined = shape.dim(axis).times(parts.size());
    return tf.slice(tf.reshape(stacked, shape.with(axis, joined)), axis, Dim.ZERO, size);
  }

  private static int leastCommonMultiple(int a, int b) {
    int multiple = a;
    while (multiple % b != 0) {
      multiple += a;
    }
    return multiple;
  }

  private static boolean isValid(int[] pads) {
    return Arrays.stream(pads).allMatch(pad -> pad == 0);
  }

  /** Whether TensorFlow's SAME pads just so; its odd zero goes after. */
  private boolean isSame(TfValue x, TfValue kernel, int[] pads) {
    for (int i = 0; i < 2; i++) {
      Dim size = x.dim(i + 1);
      int stride = strides[i];
      if (stride != 1 && !size.isKnown()) {
        return false;
      }
      long behindLast =
          stride == 1 ? 1 : size.known() - (size.ceilDiv(stride).known() - 1) * stride;
      long total = Math.max(kernel.dim(i).known() - behindLast, 0);
      if (pads[2 * i] != total / 2 || pads[2 * i + 1] != total - total / 2) {
        return false;
      }
    }
    return true;
  }
}
