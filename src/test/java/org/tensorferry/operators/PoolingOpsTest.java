package org.tensorferry.operators;

/** Pooling: padding that counts or does not, windows beyond the edge, dilation. */
final class PoolingOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    c.op("torch.max_pool1d(x, 3, 2, 1)", f32(2, 3, 9));
    c.op("torch.max_pool1d(x, 3, 1, 0, 2)", f32(2, 3, 9));
    c.op("torch.max_pool2d(x, 2)", f32(2, 3, 7, 8));
    c.op("torch.max_pool2d(x, [3, 2], [2, 1], [1, 0])", f32(2, 3, 7, 8));
    c.op("torch.max_pool2d(x, 3, 2, 1, [1, 2])", f32(2, 3, 9, 10));
    c.op("torch.max_pool2d(x, 3, 2, 0, 1, True)", f32(2, 3, 8, 9));
    c.op("torch.max_pool2d(x, 3, 3, 1, 1, True)", f32(2, 3, 8, 9));
    c.op("torch.max_pool2d(x, 3, 1, 1)", f32(3, 7, 8));
    c.op("torch.max_pool2d(x, 2)", f64(1, 2, 4, 4));
    c.op("torch.max_pool3d(x, 2, 2, 1)", f32(1, 2, 5, 6, 7));
    c.op("torch.max_pool3d(x, 2)", f16(1, 2, 4, 4, 4));
    c.op("torch.max_pool3d(x, 2)", bf16(1, 2, 4, 4, 4));
    c.op("torch.max_pool3d(x, 2)", f64(1, 2, 4, 4, 4));
    c.op("torch.avg_pool1d(x, 3, 2, 1)", f32(2, 3, 9));
    c.op("torch.avg_pool1d(x, 3, 2, 1, False, False)", f32(2, 3, 9));
    c.op("torch.avg_pool2d(x, 2)", f32(2, 3, 7, 8));
    c.op("torch.avg_pool2d(x, [3, 2], [2, 1], [1, 0])", f32(2, 3, 7, 8));
    c.op("torch.avg_pool2d(x, 3, 2, 1, False, False)", f32(2, 3, 7, 8));
    c.op("torch.avg_pool2d(x, 3, 2, 1, True, False)", f32(2, 3, 8, 9));
    c.op("torch.avg_pool2d(x, 3, 2, 1, True, True)", f32(2, 3, 8, 9));
    c.op("torch.avg_pool2d(x, 3, 2, 1, False, True, 5)", f32(2, 3, 7, 8));
    c.op("torch.avg_pool2d(x, 2)", f32(3, 7, 8));
    c.op("torch.avg_pool2d(x, [7, 6], [2, 3], [3, 1])", f32(2, 3, 17, 18));
    c.op("torch.avg_pool3d(x, 2, 1, 1, False, False)", f32(1, 2, 4, 5, 6));
    c.op("torch.max_pool1d(x, 2, 3, 1, 1, True)", f32(2, 3, 8));
    c.op("torch.max_pool1d(x, 3, 2, 1, 2, True)", f32(2, 3, 9));
    c.op("torch.max_pool2d(x, [2, 5], [4, 3], [1, 2], 1, True)", f32(2, 3, 8, 9));
    c.op("torch.max_pool3d(x, 2, [2, 3, 1], [0, 1, 1], 1, True)", f32(1, 2, 5, 6, 7));
    c.op("torch.avg_pool1d(x, 3, 2, 1, True, True)", f32(2, 3, 8));
    c.op("torch.avg_pool1d(x, 2, 3, 1, True, False)", f32(2, 3, 8));
    c.op("torch.avg_pool2d(x, 3, 2, 0, True)", f32(2, 3, 8, 9));
    c.op("torch.avg_pool2d(x, [2, 5], [4, 3], [1, 2], True, True)", f32(2, 3, 8, 9));
    c.op("torch.avg_pool2d(x, 3, 2, 1, True, True, 4)", f32(2, 3, 8, 9));
    c.op("torch.avg_pool3d(x, 3, 2, 1, True, True)", f32(1, 2, 4, 5, 6));
    c.op("torch.avg_pool3d(x, 3, 2, 1, True, False)", f64(1, 2, 4, 5, 6));
  }
}
