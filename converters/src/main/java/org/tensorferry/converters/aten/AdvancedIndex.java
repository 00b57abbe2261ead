package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.Permutations;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * Index tensors on some axes of a tensor, by NumPy's rules: they broadcast to one shape, whose axes
 * stand in the result where the indexed axes stood if these are neighbours, else in front. A mask
 * stands for the indices of its true elements.
 */
final class AdvancedIndex {

  private final TfGraph tf;
  private final TfValue x;
  private final int[] axes;
  private final List<TfValue> indices;
  private final Shape shape;

  private AdvancedIndex(TfGraph tf, TfValue x, int[] axes, List<TfValue> indices) {
    this.tf = tf;
    this.x = x;
    this.axes = axes;
    this.indices = indices;
    this.shape = indices.stream().map(TfValue::shape).reduce(Shape.SCALAR, tf::broadcast);
  }

  /** The tensors of an indexing expression, one for each axis from the first, or none. */
  static AdvancedIndex of(OpArgs a, TfGraph tf, TfValue x, List<Optional<TfValue>> given) {
    List<Integer> axes = new ArrayList<>();
    List<TfValue> indices = new ArrayList<>();
    int axis = 0;
    for (Optional<TfValue> index : given) {
      if (index.isPresent() && isMask(index.get())) {
        for (TfValue column : columns(a, tf, index.get())) {
          axes.add(axis++);
          indices.add(column);
        }
      } else {
        if (axis == x.rank()) {
          throw a.refuse("there are more indices than axes of a tensor of rank " + axis, "");
        }
        if (index.isPresent()) {
          axes.add(axis);
          indices.add(Indices.wrapped(tf, index.get(), x.dim(axis)));
        }
        axis++;
      }
    }
    if (axes.isEmpty()) {
      throw a.refuse("no index is a tensor", "");
    }
    DType type =
        indices.stream().allMatch(i -> i.dtype() == DType.INT32) ? DType.INT32 : DType.INT64;
    return new AdvancedIndex(
        tf,
        x,
        axes.stream().mapToInt(i -> i).toArray(),
        indices.stream().map(index -> tf.cast(index, type)).toList());
  }

  static boolean isMask(TfValue index) {
    return index.dtype() == DType.BOOL || index.dtype() == DType.UINT8;
  }

  private static List<TfValue> columns(OpArgs a, TfGraph tf, TfValue mask) {
    if (mask.rank() == 0) {
      throw a.refuse("a mask of rank 0 is no index", "use torch.where");
    }
    return tf.unstack(Indices.places(tf, mask), 1);
  }

  TfValue gather() {
    if (x.shape().numel().is(0)) {
      // The kernels take no index into nothing, where torch does.
      return tf.zeros(shape.concat(rest()).permute(toResult()), x.dtype());
    }
    if (axes.length == 1) {
      return tf.gather(x, indices.get(0), axes[0]);
    }
    return tf.transpose(tf.op("GatherNd", inFront(x), places()).get(), toResult());
  }

  /** The tensor with other values at the indexed places, or with values added there. */
  TfValue put(TfValue values, boolean accumulate) {
    Shape rest = rest();
    Shape wanted = shape.concat(rest).permute(toResult());
    TfValue fitted = tf.broadcastTo(values, wanted);
    TfValue updates = tf.transpose(fitted, Permutations.inverse(toResult()));
    // The kernel takes no single place for a list of one.
    boolean single = shape.rank() == 0;
    TfValue places = single ? tf.expandDims(places(), 0) : places();
    TfValue rows = single ? tf.expandDims(updates, 0) : updates;
    TfValue changed =
        accumulate
            ? Kernels.scatterSum(tf, inFront(x), places, rows)
            : tf.op("TensorScatterUpdate", inFront(x), places, rows).get();
    return tf.transpose(changed, Permutations.inverse(AxisOps.inFront(x.rank(), axes)));
  }

  private TfValue inFront(TfValue value) {
    return tf.transpose(value, AxisOps.inFront(value.rank(), axes));
  }

  private Shape rest() {
    return x.shape().permute(AxisOps.inFront(x.rank(), axes)).slice(axes.length, x.rank());
  }

  /** One row of coordinates for each element of the broadcast indices. */
  private TfValue places() {
    List<TfValue> columns = indices.stream().map(index -> tf.broadcastTo(index, shape)).toList();
    return tf.stack(columns, shape.rank());
  }

  /** From the order "index axes, other axes" to the order of the result. */
  private int[] toResult() {
    int rank = shape.rank() + x.rank() - axes.length;
    boolean neighbours = axes[axes.length - 1] - axes[0] == axes.length - 1;
    if (!neighbours) {
      return IntStream.range(0, rank).toArray();
    }
    int before = axes[0];
    int[] order = new int[rank];
    for (int i = 0; i < rank; i++) {
      boolean inFront = i < before;
      boolean behind = i >= before + shape.rank();
      order[i] = inFront ? shape.rank() + i : behind ? i : i - before;
    }
    return order;
  }
}
