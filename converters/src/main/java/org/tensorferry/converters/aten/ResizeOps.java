package org.tensorferry.converters.aten;

import java.util.ArrayList;
import java.util.List;
import org.tensorferry.dim.Shape;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.OpArgs;
import org.tensorferry.tensor.DType;
import org.tensorferry.tf.OpBuilder;
import org.tensorferry.tf.TfGraph;
import org.tensorferry.tf.TfValue;

/**
 * Resampling of the spatial axes. Two axes take TensorFlow's resize operators where these agree.
 */
final class ResizeOps {

  private ResizeOps() {}

  static List<AtenRule> rows() {
    List<AtenRule> rows = new ArrayList<>();
    addRows(rows, "_upsample_bicubic2d_aa", 2, true, (a, tf) -> antialiased(a, tf, "keyscubic"));
    addRows(rows, "_upsample_bilinear2d_aa", 2, true, (a, tf) -> antialiased(a, tf, "triangle"));
    addRows(rows, "_upsample_nearest_exact1d", 1, false, ResizeOps::nearestExact);
    addRows(rows, "_upsample_nearest_exact2d", 2, false, ResizeOps::nearestExact);
    addRows(rows, "_upsample_nearest_exact3d", 3, false, ResizeOps::nearestExact);
    addRows(rows, "upsample_bicubic2d", 2, true, ResizeOps::cubic);
    addRows(rows, "upsample_bilinear2d", 2, true, ResizeOps::linear);
    addRows(rows, "upsample_linear1d", 1, true, ResizeOps::linear);
    addRows(rows, "upsample_nearest1d", 1, false, ResizeOps::nearest);
    addRows(rows, "upsample_nearest2d", 2, false, ResizeOps::nearest);
    addRows(rows, "upsample_nearest3d", 3, false, ResizeOps::nearest);
    addRows(rows, "upsample_trilinear3d", 3, true, ResizeOps::linear);
    return List.copyOf(rows);
  }

  /** By size with the scales beside it, and by size or scales. */
  private static void addRows(
      List<AtenRule> rows, String name, int axes, boolean aligns, AtenRule.One rule) {
    String align = aligns ? ", bool align_corners" : "";
    String scales =
        switch (axes) {
          case 1 -> ", float? scales=None";
          case 2 -> ", float? scales_h=None, float? scales_w=None";
          default -> ", float? scales_d=None, float? scales_h=None, float? scales_w=None";
        };
    rows.add(
        AtenRule.of(
            name + "(Tensor self, int[" + axes + "] output_size" + align + scales + ") -> Tensor",
            rule));
    rows.add(
        AtenRule.of(
            name
                + ".vec(Tensor input, int[]? output_size"
                + align
                + ", float[]? scale_factors) -> Tensor",
            rule));
  }

  static TfValue nearest(OpArgs a, TfGraph tf) {
    Resize resize = Resize.read(a, tf);
    return isPlain(resize)
        ? plane(tf, resize, "ResizeNearestNeighbor", false)
        : eachAxis(tf, resize, (axis, x) -> axis.nearest(tf, x, false));
  }

  static TfValue nearestExact(OpArgs a, TfGraph tf) {
    Resize resize = Resize.read(a, tf);
    return isPlain(resize)
        ? plane(tf, resize, "ResizeNearestNeighbor", true)
        : eachAxis(tf, resize, (axis, x) -> axis.nearest(tf, x, true));
  }

  static TfValue linear(OpArgs a, TfGraph tf) {
    Resize resize = Resize.read(a, tf);
    requireFloating(a, resize.input());
    // The operator always gives float32.
    return isPlain(resize) && resize.input().dtype() == DType.FLOAT32
        ? plane(tf, resize, "ResizeBilinear", !resize.alignCorners())
        : eachAxis(tf, resize, (axis, x) -> axis.linear(tf, x));
  }

  /** TensorFlow's own bicubic resize has a = -0.5, not -0.75. */
  static TfValue cubic(OpArgs a, TfGraph tf) {
    Resize resize = Resize.read(a, tf);
    requireFloating(a, resize.input());
    return eachAxis(tf, resize, (axis, x) -> axis.cubic(tf, x));
  }

  /** The kernel widens with the scale where the image shrinks. */
  private static TfValue antialiased(OpArgs a, TfGraph tf, String kernel) {
    Resize resize = Resize.read(a, tf);
    requireFloating(a, resize.input());
    if (resize.alignCorners()) {
      throw a.refuse(
          "with `align_corners` its positions leave the image", "set align_corners=False");
    }
    TfValue x = resize.input();
    if (x.dtype() == DType.FLOAT64) {
      throw a.refuse(
          "TensorFlow resizes with antialiasing in float32 only",
          "convert the input to float32 before it is resized");
    }
    List<Resize.Axis> axes = resize.axes(tf, DType.FLOAT32);
    TfValue one = tf.scalar(DType.FLOAT32, 1);
    List<TfValue> inverse = axes.stream().map(axis -> tf.div(one, axis.scale())).toList();
    return tf.channelsLast(
        tf.cast(x, DType.FLOAT32),
        nhwc ->
            tf.op(
                    "ScaleAndTranslate",
                    nhwc,
                    tf.sizes(new Shape(resize.sizes())),
                    tf.stack(inverse, 0),
                    tf.fill(Shape.of(2), DType.FLOAT32, 0))
                .attr("kernel_type", kernel)
                .attr("antialias", true)
                .shape(resized(nhwc, resize))
                .get());
  }

  private static void requireFloating(OpArgs a, TfValue x) {
    if (!x.dtype().isFloating()) {
      throw a.refuse(
          "the input is " + x.dtype() + ", for which torch rounds in its own way",
          "convert the input to float32 before it is resized");
    }
  }

  /** Two axes whose coordinates follow from the sizes alone. */
  private static boolean isPlain(Resize resize) {
    return resize.sizes().size() == 2 && resize.isBySizes();
  }

  private static TfValue plane(TfGraph tf, Resize resize, String op, boolean halfPixel) {
    return tf.channelsLast(
        resize.input(),
        nhwc -> {
          OpBuilder builder = tf.op(op, nhwc, tf.sizes(new Shape(resize.sizes())));
          return builder
              .attr("half_pixel_centers", halfPixel)
              .attr("align_corners", resize.alignCorners())
              .shape(resized(nhwc, resize))
              .get();
        });
  }

  private static Shape resized(TfValue nhwc, Resize resize) {
    return nhwc.shape().with(1, resize.sizes().get(0)).with(2, resize.sizes().get(1));
  }

  /** Resamples along one axis. */
  private interface AlongAxis {
    TfValue emit(Resize.Axis axis, TfValue x);
  }

  /** One axis after another; half types in float32, as torch does. */
  private static TfValue eachAxis(TfGraph tf, Resize resize, AlongAxis operator) {
    return Kernels.wide(
        tf,
        resize.input(),
        wide -> {
          TfValue result = wide;
          for (Resize.Axis axis : resize.axes(tf, coordinates(wide.dtype()))) {
            result = operator.emit(axis, result);
          }
          return result;
        });
  }

  /** Torch computes coordinates in the type of the elements, in float32 at least. */
  private static DType coordinates(DType dtype) {
    return dtype == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
  }
}
