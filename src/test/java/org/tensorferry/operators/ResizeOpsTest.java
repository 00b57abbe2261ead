package org.tensorferry.operators;

import java.util.List;

/** Resampling, by size and by scale factor, and sampling at given positions. */
final class ResizeOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    // Short fractions, and one whose product is a unit below a whole number at some sizes.
    for (String factor : List.of("0.6", "1.7", "0.1", "0.29", "0.3333333333333333")) {
      c.op("torch.upsample_nearest1d(x, None, [" + factor + "])", f32(1, 2, 100));
      c.op("torch.upsample_linear1d(x, None, False, [" + factor + "])", f32(1, 2, 100))
          .tolerance(1e-5);
      c.op("torch.upsample_bilinear2d(x, None, True, [" + factor + ", 0.5])", f32(1, 2, 20, 30))
          .tolerance(1e-5);
    }
    nearest(c);
    linear(c);
    cubic(c);
    grids(c);
    patches(c);
  }

  private static void nearest(Cases c) {
    for (String name : List.of("torch.upsample_nearest", "torch._upsample_nearest_exact")) {
      c.op(name + "1d(x, [9])", f32(2, 3, 4));
      c.op(name + "1d(x, [3])", f32(2, 3, 7));
      c.op(name + "1d(x, None, [2.])", f32(2, 3, 4));
      c.op(name + "1d(x, None, [1.5])", f32(2, 3, 5));
      c.op(name + "2d(x, [8, 10])", f32(2, 3, 4, 5));
      c.op(name + "2d(x, [7, 3])", f32(2, 3, 4, 5));
      c.op(name + "2d(x, [8, 10], 2., 2.)", f32(2, 3, 4, 5));
      c.op(name + "2d(x, None, [2., 3.])", f32(2, 3, 4, 5));
      c.op(name + "2d(x, None, [0.75, 1.5])", f32(2, 3, 7, 5));
      c.op(name + "2d(x, None, [1.7, 1.7])", f32(2, 3, 7, 5));
      c.op(name + "2d(x, None, [0.6, 0.7])", f32(2, 3, 15, 10)); // 15 * 0.6 rounds to 9
      c.op(name + "2d(x, None, [2., 2.])", u8(2, 3, 4, 5));
      c.op(name + "2d(x, None, [2., 2.])", f64(2, 3, 4, 5));
      c.op(name + "2d(x, None, [2., 2.])", f16(2, 3, 4, 5));
      c.op(name + "2d(x, [torch.size(x, 2) * 2, 7])", f32(2, 3, 4, 5))
          .named(name + "2d by a dynamic size");
      c.op(name + "3d(x, [4, 3, 7])", f32(2, 3, 2, 3, 4));
      c.op(name + "3d(x, None, [2., 2., 2.])", f32(2, 3, 2, 3, 4));
    }
  }

  private static void linear(Cases c) {
    for (String align : List.of("False", "True")) {
      c.op("torch.upsample_linear1d(x, [9], " + align + ")", f32(2, 3, 4));
      c.op("torch.upsample_linear1d(x, [2], " + align + ", 2.)", f32(1, 1, 2)); // left alone
      c.op("torch.upsample_linear1d(x, None, " + align + ", [2.5])", f32(2, 3, 5));
      c.op("torch.upsample_bilinear2d(x, [8, 9], " + align + ")", f32(2, 3, 4, 5));
      c.op("torch.upsample_bilinear2d(x, [3, 2], " + align + ")", f32(2, 3, 6, 5));
      c.op("torch.upsample_bilinear2d(x, [1, 1], " + align + ")", f32(2, 3, 6, 5));
      c.op("torch.upsample_bilinear2d(x, [8, 10], " + align + ", 2., 2.)", f32(2, 3, 4, 5));
      c.op("torch.upsample_bilinear2d(x, None, " + align + ", [2., 2.])", f32(2, 3, 4, 5));
      c.op("torch.upsample_bilinear2d(x, None, " + align + ", [0.5, 1.25])", f32(2, 3, 5, 7));
      c.op("torch.upsample_bilinear2d(x, [8, 9], " + align + ")", f64(2, 3, 4, 5));
      c.op("torch.upsample_bilinear2d(x, [8, 9], " + align + ")", f16(2, 3, 4, 5));
      c.op("torch.upsample_trilinear3d(x, [4, 5, 3], " + align + ")", f32(2, 3, 2, 3, 4))
          .tolerance(5e-6);
      c.op("torch.upsample_trilinear3d(x, None, " + align + ", [2., 2., 2.])", f32(1, 2, 2, 3, 4));
    }
    c.op(
            "torch.upsample_bilinear2d(x, [torch.size(y, 0), torch.size(y, 1)], False)",
            f32(2, 3, 4, 5),
            f32(7, 9))
        .named("bilinear to the size of another tensor");
    c.op("torch._upsample_bilinear2d_aa(x, [3, 4], False)", f32(2, 3, 9, 7));
    c.op("torch._upsample_bilinear2d_aa(x, [11, 9], False)", f32(2, 3, 4, 7));
    c.refused("torch._upsample_bilinear2d_aa(x, [3, 4], True)", "positions leave", f32(2, 3, 9, 7));
    c.op("torch.upsample_trilinear3d(x, [2, 1, 4], False, 2.0)", f32(1, 1, 2, 1, 1).fixed());
    c.op("torch.upsample_bilinear2d(x, [3, 8], False, 2.0, 2.0)", f32(1, 2, 3, 4).fixed());
    c.refused("torch._upsample_bilinear2d_aa(x, [4, 4], False)", "float32 only", f64(1, 1, 1, 1));
    c.op("torch._upsample_bilinear2d_aa(x, None, False, [0.5, 0.5])", f32(2, 3, 8, 7));
    c.refused(
        "torch.upsample_bilinear2d(x, [3, 4], False)", "rounds in its own way", u8(1, 3, 8, 7));
  }

  private static void cubic(Cases c) {
    for (String align : List.of("False", "True")) {
      c.op("torch.upsample_bicubic2d(x, [8, 9], " + align + ")", f32(2, 3, 4, 5)).tolerance(1e-5);
      c.op("torch.upsample_bicubic2d(x, [3, 2], " + align + ")", f32(2, 3, 6, 5)).tolerance(1e-5);
      c.op("torch.upsample_bicubic2d(x, None, " + align + ", [1.5, 2.])", f32(2, 3, 5, 5))
          .tolerance(1e-5);
      c.op("torch.upsample_bicubic2d(x, [8, 9], " + align + ")", f64(2, 3, 4, 5));
    }
    c.op("torch._upsample_bicubic2d_aa(x, [3, 4], False)", f32(2, 3, 9, 7));
    c.op("torch._upsample_bicubic2d_aa(x, None, False, [0.5, 0.5])", f32(2, 3, 8, 7));
  }

  private static void grids(Cases c) {
    for (int interpolation = 0; interpolation < 3; interpolation++) {
      for (int padding = 0; padding < 3; padding++) {
        for (String align : List.of("False", "True")) {
          String rest = "(x, y, " + interpolation + ", " + padding + ", " + align + ")";
          c.op("torch.grid_sampler" + rest, f32(2, 3, 5, 6), f32(2, 4, 3, 2).fixed(3))
              .tolerance(5e-6);
          if (interpolation < 2) {
            c.op("torch.grid_sampler" + rest, f32(2, 3, 3, 5, 6), f32(2, 4, 3, 2, 3).fixed(4))
                .named("volume: torch.grid_sampler" + rest)
                .tolerance(5e-6);
          }
        }
      }
    }
    c.op("torch.grid_sampler_2d(x, y, 0, 0, False)", f32(2, 3, 5, 6), f32(2, 4, 3, 2).fixed(3))
        .tolerance(5e-6);
    c.op(
            "torch.grid_sampler_3d(x, y, 0, 0, False)",
            f32(2, 3, 5, 6, 4),
            f32(2, 4, 3, 2, 3).fixed(4))
        .tolerance(5e-6);
    for (String align : List.of("False", "True")) {
      c.op("torch.affine_grid_generator(x, [2, 3, 4, 5], " + align + ")", f32(2, 2, 3).fixed());
      c.op("torch.affine_grid_generator(x, [2, 3, 4, 5, 6], " + align + ")", f32(2, 3, 4).fixed());
      c.op("torch.affine_grid_generator(x, [2, 3, 1, 5], " + align + ")", f32(2, 2, 3).fixed());
    }
    c.op(
            "torch.affine_grid_generator(x, torch.size(y), False)",
            f32(2, 2, 3).fixed(),
            f32(2, 3, 4, 5).fixed(0))
        .named("affine grid of a dynamic size");
  }

  private static void patches(Cases c) {
    c.op("torch.im2col(x, [2, 3], [1, 1], [0, 0], [1, 1])", f32(2, 3, 5, 6));
    c.op("torch.im2col(x, [2, 2], [2, 1], [1, 2], [2, 3])", f32(2, 3, 5, 6));
    c.op("torch.im2col(x, [2, 2], [1, 1], [0, 0], [2, 2])", f32(3, 4, 6));
    c.op("torch.col2im(x, [5, 6], [2, 3], [1, 1], [0, 0], [1, 1])", f32(2, 18, 16).fixed(1, 2));
    c.op("torch.col2im(x, [5, 6], [2, 2], [2, 1], [1, 2], [2, 3])", f32(2, 12, 9).fixed(1, 2));
    c.op("torch.col2im(x, [4, 6], [2, 2], [1, 1], [0, 0], [2, 2])", f32(12, 6).fixed(0, 1));
  }
}
