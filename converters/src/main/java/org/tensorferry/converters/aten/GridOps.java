package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.List;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/** Sampling at positions that a tensor gives. */
final class GridOps {

  private static final String SAMPLER =
      "(Tensor input, Tensor grid, int interpolation_mode, int padding_mode, bool align_corners) -> Tensor";

  private GridOps() {}

  static List<AtenRule> rows() {
    return List.of(
        AtenRule.of(
            "affine_grid_generator(Tensor theta, int[] size, bool align_corners) -> Tensor",
            GridOps::affineGrid),
        AtenRule.of("grid_sampler" + SAMPLER, GridOps::sample),
        AtenRule.of("grid_sampler_2d" + SAMPLER, GridOps::sample),
        AtenRule.of("grid_sampler_3d" + SAMPLER, GridOps::sample));
  }

  /** Positions in [-1, 1] as rows (x, y[, z], 1), times theta transposed. */
  static TfValue affineGrid(OpArgs a, TfGraph tf) {
    TfValue theta = a.tensor("theta");
    List<Dim> size = a.dims("size");
    Shape plane = new Shape(size.subList(2, size.size()));
    int axes = plane.rank();
    boolean align = a.flag("align_corners");
    List<TfValue> coordinates = new ArrayList<>();
    for (int i = axes - 1; i >= 0; i--) {
      TfValue along = steps(tf, plane.dim(i), align, theta.dtype());
      Shape shape = Shape.of(plane.dim(i));
      for (int k = i + 1; k < axes; k++) {
        shape = shape.insert(1, Dim.ONE);
      }
      coordinates.add(tf.broadcastTo(tf.reshape(along, shape), plane));
    }
    coordinates.add(tf.fill(plane, theta.dtype(), 1));
    TfValue rows = tf.reshape(tf.stack(coordinates, axes), plane.numel(), Dim.of(axes + 1L));
    TfValue grid = tf.matmul(tf.expandDims(rows, 0), theta, false, true);
    return tf.reshape(grid, Shape.of(theta.dim(0)).concat(plane).concat(Shape.of(axes)));
  }

  /** -1 to 1: at the centres of the first and last element, or at their outer borders. */
  private static TfValue steps(TfGraph tf, Dim count, boolean align, DType dtype) {
    if (align && count.is(1)) {
      return tf.fill(Shape.of(1), dtype, 0);
    }
    TfValue index = tf.range(count, dtype);
    TfValue span = tf.cast(tf.dim(align ? count.minus(1) : count), dtype);
    TfValue doubled = tf.mul(align ? index : tf.add(index, 0.5), 2);
    return tf.add(tf.div(doubled, span), -1);
  }

  static TfValue sample(OpArgs a, TfGraph tf) {
    TfValue input = a.tensor("input");
    GridSampler sampler =
        new GridSampler(
            input,
            input.shape().slice(2, input.rank()),
            a.integer("padding_mode"),
            a.flag("align_corners"));
    TfValue grid = a.tensor("grid");
    return switch (a.integer("interpolation_mode")) {
      case 0 -> sampler.linear(tf, grid);
      case 1 -> sampler.nearest(tf, grid);
      default -> sampler.cubic(tf, grid);
    };
  }
}
