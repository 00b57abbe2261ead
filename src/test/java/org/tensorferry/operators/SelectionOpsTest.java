package org.tensorferry.operators;

import java.util.List;

/** Choices by condition, by size and by what a number is. */
final class SelectionOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    byCondition(c);
    bySize(c);
    byKind(c);
  }

  private static void byCondition(Cases c) {
    c.op("torch.where(x, y, z)", bool(2, 3), f32(2, 3), f32(3));
    c.op("torch.where(x, y, z)", bool(2, 1), i64(3), f32());
    c.op("torch.where(x, y, z)", bool(3), f16(3), f32(3));
    c.op("torch.where(x, y, 2)", bool(3), f32(3));
    c.op("torch.where(x, 2.5, y)", bool(3), i64(3));
    c.op("torch.where(x, 1, 0)", bool(3));
    c.op("torch.where(x, 1.0, 0.5)", bool(3));
    c.op("torch.where(x, True, False)", bool(3));
    c.op("torch.where(x, True, y)", bool(3), bool(3));
    c.op("torch.where(x, True, y)", bool(3), u8(3));
    c.op("torch.masked_fill(x, y, 2)", f32(2, 3), bool(3));
    c.op("torch.masked_fill(x, y, -1e30)", f32(2, 3), bool(2, 1));
    c.op("torch.masked_fill(x, y, z)", i64(2, 3), bool(2, 3), i64());
    c.op("torch.masked_fill(x, y, 1)", bool(3), bool(3));
    c.op("torch.masked_fill(x, y, 0.5)", f32(3), bool(2, 3));
    c.program(
        "masked_fill_",
        "def forward(self, x: Tensor, y: Tensor) -> Tensor:\n  z = torch.masked_fill_(x, y, 9)\n  return x\n",
        f32(2, 3),
        bool(2, 3));
    c.op("torch.heaviside(x, y)", f32(4).values(-1, 0, 2, Double.NaN), f32(4));
    c.op("torch.heaviside(x, y)", i64(3), i64());
  }

  private static void bySize(Cases c) {
    for (String name : List.of("clamp", "clip")) {
      c.op("torch." + name + "(x, -0.5, 0.5)", f32(2, 3));
      c.op("torch." + name + "(x, y, z)", f32(2, 3), f32(3), f32(2, 1));
    }
    c.op("torch.clamp(x, 0, 6)", f32(3));
    c.op("torch.clamp(x, 1)", i64(4));
    c.op("torch.clamp(x, None, 1)", f16(4));
    c.op("torch.clamp(x, 0.5, 2.5)", i64(4));
    c.op("torch.clamp(x, 1, -1)", f32(4));
    c.op("torch.clamp(x, -1, 1)", f32(2).values(Double.NaN, 5));
    c.op("torch.clamp(x, None, y)", f32(3), f32(3));
    c.op("torch.clamp_max(x, 1)", f32(4));
    c.op("torch.clamp_max(x, y)", f32(2, 3), f32(3));
    c.op("torch.clamp_min(x, 0)", i32(4));
    c.op("torch.clamp_min(x, y)", f32(2, 3), f32(3));
    for (String name : List.of("max", "maximum", "min", "minimum", "fmax", "fmin")) {
      c.op("torch." + name + "(x, y)", f32(2, 3), f32(3));
      c.op("torch." + name + "(x, y)", i64(3), f32(3));
      c.op("torch." + name + "(x, y)", bool(4), bool(4));
      c.op("torch." + name + "(x, y)", u8(4), u8(4));
      c.op(
          "torch." + name + "(x, y)",
          f32(3).values(Double.NaN, 1, 2),
          f32(3).values(1, Double.NaN, 3));
      // TensorFlow's optimizer would make a leaky ReLU of them.
      c.op("torch." + name + "(x, x * 2.0)", f32(4));
      c.op("torch." + name + "(x * 0.1, x)", f32(4));
    }
  }

  private static void byKind(Cases c) {
    c.op("torch.nan_to_num(x)", c64(4));
    c.op(
        "torch.nan_to_num(torch.complex(x, y), 1.5, 2.5)",
        f32(3).values(Double.NaN, 1, Double.POSITIVE_INFINITY),
        f32(3).values(1, Double.NEGATIVE_INFINITY, Double.NaN));
    double[] kinds = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, 1};
    c.op("torch.nan_to_num(x)", f32(4).values(kinds));
    c.op("torch.nan_to_num(x)", f16(4).values(kinds));
    c.op("torch.nan_to_num(x, 1.0, 2.0, -3.0)", f64(4).values(kinds));
    c.op("torch.nan_to_num(x, 1.0)", i64(3));
    c.op("torch.nextafter(x, y)", f32(3), f32(3));
    c.op("torch.nextafter(x, y)", f64(3), f64(3));
  }
}
