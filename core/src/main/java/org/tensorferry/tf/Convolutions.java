package org.tensorferry.tf;

import java.util.List;
import org.tensorferry.dim.Dim;
import org.tensorferry.dim.Shape;

/** Sizes of windowed operators in channels-last layout: N, spatial axes, C. */
final class Convolutions {

  private Convolutions() {}

  /** Sizes of a convolution that gives a number of channels. */
  static List<Shape> shape(
      Shape input,
      Shape filter,
      Dim channels,
      List<Long> strides,
      List<Long> dilations,
      String padding,
      List<Long> explicit) {
    Shape out = input.with(-1, channels);
    return List.of(windows(out, filter, strides, dilations, padding, explicit));
  }

  static List<Shape> pool(Shape input, List<Long> ksize, List<Long> strides, String padding) {
    Shape window =
        Shape.of(ksize.subList(1, ksize.size()).stream().mapToLong(Long::longValue).toArray());
    return List.of(windows(input, window, strides, List.of(), padding, List.of()));
  }

  private static Shape windows(
      Shape shape,
      Shape window,
      List<Long> strides,
      List<Long> dilations,
      String padding,
      List<Long> explicit) {
    Shape out = shape;
    for (int axis = 1; axis < shape.rank() - 1; axis++) {
      long stride = strides.get(axis);
      if (padding.equals("SAME")) {
        out = out.with(axis, shape.dim(axis).ceilDiv(stride));
        continue;
      }
      long dilation = dilations.isEmpty() ? 1 : dilations.get(axis);
      long pads = explicit.isEmpty() ? 0 : explicit.get(2 * axis) + explicit.get(2 * axis + 1);
      Dim covered = window.dim(axis - 1).minus(1).times(dilation).plus(1);
      out = out.with(axis, shape.dim(axis).plus(pads).minus(covered).floorDiv(stride).plus(1));
    }
    return out;
  }
}
