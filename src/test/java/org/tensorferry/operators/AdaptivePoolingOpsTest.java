package org.tensorferry.operators;

import java.util.Arrays;

/** Pooling to a given size, and where maxima stand. */
final class AdaptivePoolingOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    c.op("torch.avg_pool3d(x, [2, 1, 2], [1, 1, 1])", f64(1, 2, 3, 3, 3).fixed());
    // Average
    c.op("torch.adaptive_avg_pool1d(x, [1])", f32(2, 3, 7));
    c.op("torch.adaptive_avg_pool1d(x, [3])", f32(2, 3, 6));
    c.op("torch.adaptive_avg_pool1d(x, [3])", f32(2, 3, 7));
    c.op("torch.adaptive_avg_pool1d(x, [5])", f32(3, 3));
    c.op("torch.adaptive_avg_pool2d(x, [1, 1])", f32(2, 3, 5, 7));
    c.op("torch.adaptive_avg_pool2d(x, [1, 1])", f32(3, 5, 7));
    c.op("torch.adaptive_avg_pool2d(x, [2, 3])", f32(2, 3, 4, 9));
    c.op("torch.adaptive_avg_pool2d(x, [2, 3])", f32(3, 4, 9));
    c.op("torch.adaptive_avg_pool2d(x, [4, 9])", f32(2, 3, 4, 9));
    c.op("torch.adaptive_avg_pool2d(x, [1, 3])", f32(2, 3, 4, 9));
    c.op("torch.adaptive_avg_pool2d(x, [7, 7])", f32(1, 2, 10, 6));
    c.op("torch.adaptive_avg_pool2d(x, [torch.size(x, 2), 3])", f32(2, 3, 4, 9))
        .named("one axis as it is");
    c.op("torch.adaptive_avg_pool2d(x, [3, 3])", f64(1, 2, 7, 6));
    c.op("torch.adaptive_avg_pool2d(x, [3, 3])", f32(1, 1, 5, 5).values(infinite(25)))
        .named("average with infinite elements");
    c.op("torch.adaptive_avg_pool3d(x, [1, 1, 1])", f32(2, 3, 4, 5, 3));
    c.op("torch.adaptive_avg_pool3d(x, [2, 2, 3])", f32(2, 3, 4, 5, 3));
    c.op("torch._adaptive_avg_pool2d(x, [2, 4])", f32(2, 3, 4, 9));
    c.op("torch._adaptive_avg_pool3d(x, [2, 2, 2])", f32(2, 3, 4, 5, 3));
    // Maximum
    maximum(c, "torch.adaptive_max_pool1d(x, [1])", f32(2, 3, 7));
    maximum(c, "torch.adaptive_max_pool1d(x, [3])", f32(2, 3, 7));
    maximum(c, "torch.adaptive_max_pool2d(x, [1, 1])", f32(2, 3, 5, 4));
    maximum(c, "torch.adaptive_max_pool2d(x, [2, 2])", f32(2, 3, 6, 4));
    maximum(c, "torch.adaptive_max_pool2d(x, [3, 2])", f32(3, 5, 7));
    maximum(c, "torch.adaptive_max_pool2d(x, [3, 2])", f64(1, 3, 5, 7));
    maximum(c, "torch.adaptive_max_pool3d(x, [2, 3, 2])", f32(2, 3, 4, 5, 3));
    // Windows with indices
    maximum(c, "torch.max_pool1d_with_indices(x, [3], [2], [1])", f32(2, 3, 7));
    maximum(c, "torch.max_pool2d_with_indices(x, [2, 2])", f32(2, 3, 6, 8));
    maximum(c, "torch.max_pool2d_with_indices(x, [3, 2], [2, 1], [1, 1])", f32(2, 3, 7, 8));
    maximum(c, "torch.max_pool2d_with_indices(x, [2, 2], [1, 2], [0, 0], [2, 3])", f32(3, 7, 8));
    maximum(
        c,
        "torch.max_pool2d_with_indices(x, [3, 3], [2, 2], [1, 1], [1, 1], True)",
        f32(2, 3, 6, 8));
    maximum(c, "torch.max_pool3d_with_indices(x, [2, 2, 2])", f32(1, 2, 4, 5, 4));
    // Unpooling
    c.op(
        "torch.max_unpool2d(x, y, [4, 5])",
        f32(1, 2, 2, 2),
        i64(1, 2, 2, 2).values(0, 3, 6, 19, 1, 2, 11, 10));
    c.op("torch.max_unpool2d(x, y, [4, 5])", f32(1, 2, 2), i64(1, 2, 2).values(0, 3, 6, 19));
    c.op(
        "torch.max_unpool3d(x, y, [2, 2, 3], [2, 2, 2], [0, 0, 0])",
        f32(1, 1, 1, 2, 2),
        i64(1, 1, 1, 2, 2).values(0, 3, 6, 11));
    c.refused(
        "torch.fractional_max_pool2d(x, [2, 2], [3, 3], y)[0]",
        "drawn at random",
        f32(1, 1, 7, 7),
        f32(1, 1, 2));
    c.refused(
        "torch.fractional_max_pool3d(x, [2, 2, 2], [3, 3, 3], y)[0]",
        "drawn at random",
        f32(1, 1, 7, 7, 7),
        f32(1, 1, 3));
  }

  private static double[] infinite(int count) {
    double[] values = new double[count];
    values[0] = Double.POSITIVE_INFINITY;
    return values;
  }

  private static Case maximum(Cases c, String expression, Input x) {
    return c.program(
        expression + " " + x.dtype() + Arrays.toString(x.shape()),
        "def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:\n  return " + expression + "\n",
        x);
  }
}
