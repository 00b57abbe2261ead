package org.tensorferry.operators;

import java.util.Arrays;
import java.util.List;

/** Running sums, products and extremes. */
final class ScanOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    for (String name : List.of("cumsum", "cumprod")) {
      c.op("torch." + name + "(x, 1)", f32(2, 3));
      c.op("torch." + name + "(x, -2)", i32(2, 3));
      c.op("torch." + name + "(x, 0)", bool(4));
      c.op("torch." + name + "(x, 0, dtype=7)", f32(4));
      c.op("torch." + name + "(x, 0)", f32());
      c.op("torch." + name + "(x, 0)", f16(4));
    }
    for (String name : List.of("cummax", "cummin")) {
      for (Input x : List.of(f32(2, 3), i64(2, 5).below(3), f64(4, 2))) {
        both(c, "torch." + name + "(x, 1)", x);
        both(c, "torch." + name + "(x, 0)", x);
      }
      both(c, "torch." + name + "(x, 0)", f32(6).values(1, 3, 2, Double.NaN, 5, 0));
      both(c, "torch." + name + "(x, 0)", bool(6));
      both(c, "torch." + name + "(x, 0)", f32());
    }
    c.op("torch.logcumsumexp(x, 1)", f32(2, 3));
    c.op("torch._logcumsumexp(x, 0)", f64(2, 3));
  }

  private static void both(Cases c, String call, Input x) {
    c.program(
        call + " of " + x.dtype() + Arrays.toString(x.shape()),
        "def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:\n  a, b = "
            + call
            + "\n  return (a, b)\n",
        x);
  }
}
