package org.tensorferry.operators;

import java.util.List;

/** Differences of neighbours and integrals by trapezoids. */
final class DifferenceOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    c.op("torch.trapz(x, y)", bf16(2, 3), f32(3)).tolerance(2e-2);
    c.op(
        "torch.cumulative_trapezoid(x, y)",
        bf16(1, 1, 5).values(0.095703125, 2.609375, -2.515625, 0.44140625, -0.2236328125),
        f32(1, 2, 5).values(4, -0.0, 2, 4, 0, 3, -0.0, 3, -0.0, -0.0));
    c.op("torch.trapz(x, y)", f32(7), u8(7).values(9, 0, 5, 9, 0, 0, 0));
    c.op("torch.diff(x, 1, -1, y)", f32(2, 3), c64(2, 1));
    c.op("torch.trapz(x, y, dim=1)", f32(2, 3, 4), f32(3, 1));
    c.op("torch.trapezoid(x, y)", f32(1, 1, 5), f32(1, 1, 1, 1));
    c.op("torch.diff(x)", f32(2, 4));
    c.op("torch.diff(x, 2, 0)", i64(4, 3));
    c.op("torch.diff(x, 3, 0)", f32(5));
    c.op("torch.diff(x, 0, 0, y)", f32(5), f32(5));
    c.op("torch.diff(x, 3)", f32(3));
    c.op("torch.diff(x, 5)", f32(3));
    c.op("torch.diff(x)", bool(5));
    c.op("torch.diff(x, 1, 1, y, z)", f32(2, 3), f32(2, 1), f32(2, 2));
    for (String name : List.of("trapezoid", "trapz", "cumulative_trapezoid")) {
      c.op("torch." + name + "(x, dx=0.5)", f32(2, 4));
      c.op("torch." + name + "(x, dim=0)", f32(3, 2));
      c.op("torch." + name + "(x, y, dim=0)", f32(3, 2), f32(3));
      c.op("torch." + name + "(x, y)", f32(2, 4), f32(2, 4));
    }
  }
}
