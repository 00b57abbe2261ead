package org.tensorferry.operators;

import java.util.Arrays;
import java.util.List;

/** Sums, products, extremes and tests: axes, kept dims, types, NaN and ties. */
final class ReductionOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    c.op("torch.any(x, [])", i64(1));
    c.op("torch.all(x, [])", f32(2, 1));
    sums(c);
    extremes(c);
    indices(c);
    tests(c);
  }

  private static void sums(Cases c) {
    for (String name : List.of("sum", "mean", "nansum", "nanmean", "prod")) {
      c.op("torch." + name + "(x)", f32(2, 3));
      c.op("torch." + name + "(x)", f32());
      c.op("torch." + name + "(x)", f16(2, 3));
      c.op("torch." + name + "(x, dtype=7)", f32(2, 3));
    }
    for (String name : List.of("sum", "mean", "nansum", "nanmean")) {
      c.op("torch." + name + "(x, [1])", f32(2, 3));
      c.op("torch." + name + "(x, [-1], True)", f32(2, 3, 4));
      c.op("torch." + name + "(x, [0, 2])", f32(2, 3, 4));
      c.op("torch." + name + "(x, [2, 0], True)", f32(2, 3, 4));
      c.op("torch." + name + "(x, None, True)", f32(2, 3));
      c.op("torch." + name + "(x, [0])", f32());
      c.op("torch." + name + "(x, [1], False, dtype=7)", f32(2, 3));
      c.op("torch." + name + "(x, [1])", f32(2, 2).values(1, Double.NaN, Double.NaN, Double.NaN));
    }
    for (String name : List.of("sum", "prod")) {
      c.op("torch." + name + "(x)", i32(4));
      c.op("torch." + name + "(x)", bool(4));
      c.op("torch." + name + "(x)", u8(4));
      c.op("torch." + name + "(x, dtype=6)", i64(4));
    }
    c.op("torch.sum(x, [])", f32(2, 3));
    c.op("torch.sum(x, 1)", f32(2, 3));
    c.op("torch.mean(x, dtype=6)", i64(4));
    c.op("torch.prod(x, 1)", f32(2, 3));
    c.op("torch.prod(x, -1, True)", i64(2, 3));
    c.op("torch.prod(x, 0, False, dtype=7)", f32(2, 3));
    c.op("torch.count_nonzero(x)", f32(4).values(0, 1, Double.NaN, -0.0));
    c.op("torch.count_nonzero(x, 1)", i64(2, 3).below(2));
    c.op("torch.count_nonzero(x, [0, 1])", bool(2, 3));
  }

  private static void extremes(Cases c) {
    for (String name : List.of("amax", "amin")) {
      c.op("torch." + name + "(x)", f32(2, 3));
      c.op("torch." + name + "(x, [1])", f32(2, 3));
      c.op("torch." + name + "(x, [0, -1], True)", f32(2, 3, 4));
      c.op("torch." + name + "(x, [0])", bool(3));
      c.op("torch." + name + "(x)", f32(2).values(Double.NaN, 1));
    }
    for (String name : List.of("max", "min")) {
      c.op("torch." + name + "(x)", f32(2, 3));
      c.op("torch." + name + "(x)", u8(4));
      c.op("torch." + name + "(x)", bool(4));
      c.op("torch." + name + "(x)", f32(3).values(1, Double.NaN, 3));
      both(c, "torch." + name + "(x, 1)", f32(2, 3));
      both(c, "torch." + name + "(x, -2, True)", i64(2, 3, 4));
      both(c, "torch." + name + "(x, 0)", f32());
      both(c, "torch." + name + "(x, 0)", bool(4));
      both(c, "torch." + name + "(x, 0)", f32(4).values(1, Double.NaN, 3, Double.NaN));
      both(c, "torch." + name + "(x, 0)", i64(4).values(2, 2, 2, 2));
    }
    both(c, "torch.aminmax(x)", f32(2, 3));
    both(c, "torch.aminmax(x, dim=1, keepdim=True)", f32(2, 3));
    both(c, "torch._aminmax(x)", f32(2, 3));
    both(c, "torch._aminmax(x, 1)", f32(2, 3));
  }

  private static void indices(Cases c) {
    for (String name : List.of("argmax", "argmin")) {
      c.op("torch." + name + "(x)", f32(2, 3));
      c.op("torch." + name + "(x, None, True)", f32(2, 3));
      c.op("torch." + name + "(x, 1)", f32(2, 3));
      c.op("torch." + name + "(x, -1, True)", i64(2, 3));
      c.op("torch." + name + "(x, 0)", f32());
      c.op("torch." + name + "(x, 0)", f32(4).values(1, Double.NaN, 3, Double.NaN));
      c.op("torch." + name + "(x, 0)", f32(4).values(1, 3, 3, 1)).named(name + " of equals");
      c.op("torch." + name + "(x)", f16(2, 3));
    }
  }

  private static void tests(Cases c) {
    for (String name : List.of("all", "any")) {
      c.op("torch." + name + "(x)", bool(2, 3));
      c.op("torch." + name + "(x)", f32(3).values(0, Double.NaN, 1));
      c.op("torch." + name + "(x)", u8(3));
      c.op("torch." + name + "(x, 1)", bool(2, 3));
      c.op("torch." + name + "(x, -1, True)", i64(2, 3).below(2));
      c.op("torch." + name + "(x, [0, 1])", bool(2, 3));
      c.op("torch." + name + "(x, 0)", bool());
    }
  }

  private static void both(Cases c, String call, Input x) {
    c.program(
        call + " of " + x.dtype() + Arrays.toString(x.shape()) + " #" + c.all().size(),
        "def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:\n  a, b = "
            + call
            + "\n  return (a, b)\n",
        x);
  }
}
