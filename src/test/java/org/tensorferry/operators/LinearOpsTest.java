package org.tensorferry.operators;

import java.util.Arrays;

/** Products of matrices. */
final class LinearOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    c.op("torch.mm(x, y)", u8(2, 3), u8(3, 2));
    c.op("torch.matmul(x, y)", i8(2, 3), i8(3));
    c.op("torch.mm(x, y)", f32(2, 3), f32(3, 4));
    c.op("torch.bmm(x, y)", f32(2, 3, 5), f32(2, 5, 4));
    c.op("torch.dot(x, y)", f32(5), f32(5));
    c.op("torch.mv(x, y)", f32(2, 3), f32(3));
    c.op("torch.matmul(x, y)", f32(3), f32(3));
    c.op("torch.matmul(x, y)", f32(3), f32(3, 4));
    c.op("torch.matmul(x, y)", f32(3), f32(2, 3, 4));
    c.op("torch.matmul(x, y)", f32(2, 3), f32(3));
    c.op("torch.matmul(x, y)", f32(2, 5, 3), f32(3));
    c.op("torch.matmul(x, y)", f32(2, 5, 3), f32(3, 4));
    c.op("torch.matmul(x, y)", f32(2, 3), f32(7, 3, 4));
    c.op("torch.matmul(x, y)", f32(7, 1, 2, 3), f32(4, 3, 5));
    c.op("torch.matmul(x, y)", f64(2, 3), f64(3, 4));
    c.op("torch.matmul(x, y)", i64(2, 3), i64(3, 4));
    c.op("torch.addmm(x, y, z)", f32(4), f32(2, 3), f32(3, 4));
    c.op("torch.addmm(x, y, z, beta=0.5, alpha=2)", f32(2, 4), f32(2, 3), f32(3, 4));
    c.op("torch.addmm(x, y, z, beta=0)", f32(2, 4).values(nan(8)), f32(2, 3), f32(3, 4))
        .named("addmm with beta 0 hides NaN");
    c.op("torch.addmv(x, y, z, alpha=2)", f32(2), f32(2, 3), f32(3));
    c.op("torch.addbmm(x, y, z)", f32(2, 4), f32(5, 2, 3), f32(5, 3, 4));
    c.op("torch.baddbmm(x, y, z, beta=2)", f32(5, 2, 4), f32(5, 2, 3), f32(5, 3, 4));
    c.op("torch.linear(x, self.w, self.b)", f32(2, 3))
        .parameter("w", f32(4, 3))
        .parameter("b", f32(4));
    c.op("torch.linear(x, self.w)", f32(2, 5, 3))
        .named("linear without bias")
        .parameter("w", f32(4, 3));
    c.op("torch.linear(x, self.w)", f32(3)).named("linear of a vector").parameter("w", f32(4, 3));
    c.op("torch.linear(x, y)", f32(2, 3), f32(3));
    c.op("torch.embedding(self.w, x)", i64(2, 5).below(7)).parameter("w", f32(7, 3));
    c.op("torch.embedding(self.w, x, 2)", i32(5).below(7))
        .named("embedding with padding")
        .parameter("w", f32(7, 3));
  }

  private static double[] nan(int count) {
    double[] values = new double[count];
    Arrays.fill(values, Double.NaN);
    return values;
  }
}
