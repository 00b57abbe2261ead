package org.tensorferry.operators;

import java.util.Arrays;
import java.util.List;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** Products of matrices. */
final class LinearOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    grouped(c);
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

  /** libtorch knows the operators of groups no earlier than 2.8; groups end at 1, 1 and 4. */
  private static void grouped(Cases c) {
    Input ends = i32(3).values(1, 1, 4).fixed(0);
    Input rows = f32(4, 2).fixed(0, 1);
    c.op("torch._grouped_mm(x, y, z)", rows, f32(3, 2, 5).fixed(0, 1), ends)
        .by(in -> groupedRows(in, 4, 2));
    c.op("ops.transformers.grouped_mm_fallback(x, y, z)", rows, f32(3, 2, 5).fixed(0, 1), ends)
        .by(in -> groupedRows(in, 4, 2));
    c.op(
            "torch._grouped_mm(y.transpose(1, 2), x.transpose(0, 1), z).transpose(0, 1)",
            rows,
            f32(3, 2, 5).fixed(0, 1),
            ends)
        .by(in -> groupedRows(in, 4, 2));
    c.op("torch._grouped_mm(x, y, z)", f32(2, 4).fixed(1), f32(4, 5).fixed(0), ends)
        .by(LinearOpsTest::groupedSums);
    c.op("torch._grouped_mm(x, y) - torch.bmm(x, y)", f32(3, 4, 2), f32(3, 2, 5))
        .by(in -> HostTensor.generate(DType.FLOAT32, product(in), i -> 0));
    c.refused("torch._grouped_mm(x, y)", "`offs` is missing", f32(4, 2), f32(3, 2, 5));
  }

  private static long[] product(List<HostTensor> in) {
    return new long[] {in.get(0).shape()[0], in.get(0).shape()[1], in.get(1).shape()[2]};
  }

  private static int group(List<HostTensor> in, int row) {
    int group = 0;
    while (in.get(2).get(group) <= row) {
      group++;
    }
    return group;
  }

  private static HostTensor groupedRows(List<HostTensor> in, int rows, int inner) {
    int n = (int) in.get(1).shape()[2];
    return HostTensor.generate(
        DType.FLOAT32,
        new long[] {rows, n},
        i -> {
          int row = i / n;
          double sum = 0;
          for (int k = 0; k < inner; k++) {
            int matrix = (group(in, row) * inner + k) * n + (i % n);
            sum += in.get(0).get(row * inner + k) * in.get(1).get(matrix);
          }
          return sum;
        });
  }

  /** Each group's columns of x times its rows of y. */
  private static HostTensor groupedSums(List<HostTensor> in) {
    int m = (int) in.get(0).shape()[0];
    int n = (int) in.get(1).shape()[1];
    return HostTensor.generate(
        DType.FLOAT32,
        new long[] {3, m, n},
        i -> {
          int row = i / n % m;
          int column = i % n;
          double sum = 0;
          for (int k = 0; k < 4; k++) {
            if (group(in, k) == i / n / m) {
              sum += in.get(0).get(row * 4 + k) * in.get(1).get(k * n + column);
            }
          }
          return sum;
        });
  }
}
