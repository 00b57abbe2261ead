package org.tensorferry.operators;

/** Triangles and diagonals of matrices. */
final class TriangleOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    for (String name : new String[] {"tril", "triu"}) {
      for (int diagonal : new int[] {0, 1, -1, 5, -5}) {
        c.op("torch." + name + "(x, " + diagonal + ")", f32(3, 4));
        c.op("torch." + name + "_indices(3, 4, " + diagonal + ")", f32(1));
      }
      c.op("torch." + name + "(x)", bool(2, 4, 3));
      c.op("torch." + name + "(x)", i64(4, 4));
      c.op("torch." + name + "_(x)", f32(2).values(Double.NaN, 1)).refused("needs a matrix");
      c.op("torch." + name + "(torch.ones([x.size(0), x.size(0)]), 1)", f32(3));
      c.op("torch." + name + "_indices(3, 3, 0, dtype=3)", f32(1));
    }
    c.op("torch.tril(x)", f32(2, 2).values(Double.NaN, Double.NaN, 1, Double.POSITIVE_INFINITY));
    c.op("torch.diag(x)", f32(3));
    c.op("torch.diag(x, 2)", i64(3));
    c.op("torch.diag(x, -1)", f32(3));
    c.op("torch.diag(x)", f32(3, 4));
    c.op("torch.diag(x, -1)", f32(3, 4));
    c.op("torch.diag_embed(x)", f32(2, 3));
    c.op("torch.diag_embed(x, 1, 0, 2)", f32(2, 3));
    c.op("torch.diag_embed(x, -2, -1, 0)", bool(2, 3));
    c.op("torch.diagflat(x)", f32(2, 3));
    c.op("torch.diagflat(x, 1)", f32());
  }
}
