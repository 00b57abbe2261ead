package org.tensorferry.operators;

import java.util.List;

/** Variance, logarithms of sums, covariance. */
final class StatisticsOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    for (String name : List.of("logsumexp", "special_logsumexp")) {
      c.op("torch." + name + "(x, [1])", f32(2, 3));
      c.op("torch." + name + "(x, [0, 1], True)", f32(2, 3));
      c.op(
          "torch." + name + "(x, [0])",
          f32(2).values(Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY));
      c.op("torch." + name + "(x, [0])", f32(3).values(1000, 1000, Double.NEGATIVE_INFINITY));
      c.op("torch." + name + "(x, [0])", f16(4));
      c.op("torch." + name + "(x, [0])", f32());
    }
    for (String name : List.of("std", "var")) {
      c.op("torch." + name + "(x)", f32(2, 3));
      c.op("torch." + name + "(x, False)", f32(2, 3));
      c.op("torch." + name + "(x, [1])", f32(2, 3));
      c.op("torch." + name + "(x, [0, -1], False, True)", f32(2, 3, 4));
      c.op("torch." + name + "(x, [1], correction=2)", f32(2, 4));
      c.op("torch." + name + "(x, None, correction=0, keepdim=True)", f32(2, 3));
      c.op("torch." + name + "(x)", c64(4)).tolerance(1e-5);
      c.op("torch." + name + "(x, 0)", c64(4, 3)).tolerance(1e-5);
      c.op("torch." + name + "(x)", f16(8));
      c.op("torch." + name + "(x)", f64(8));
      c.op("torch." + name + "(x)", f32(1));
    }
    for (String name : List.of("std_mean", "var_mean")) {
      for (String options :
          List.of("", ", False", ", [1]", ", [0], False, True", ", [1], correction=0")) {
        String call = "torch." + name + "(x" + options + ")";
        c.program(
            call,
            "def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:\n  a, b = "
                + call
                + "\n  return (a, b)\n",
            f32(2, 3));
      }
    }
    c.op("torch.cov(x)", f32(3, 5));
    c.op("torch.cov(x, correction=0)", f32(5));
    c.op("torch.corrcoef(x)", f32(3, 5));
    c.op("torch.corrcoef(x)", f32(5));
    c.op("torch.cov(x)", f32(1, 3).fixed());
    c.op("torch.corrcoef(x)", f32(1, 3).fixed());
  }
}
