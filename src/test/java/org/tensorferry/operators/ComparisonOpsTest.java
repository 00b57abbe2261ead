package org.tensorferry.operators;

import java.util.List;

/** Comparisons and kinds of numbers. */
final class ComparisonOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    for (String name :
        List.of(
            "eq",
            "ge",
            "greater",
            "greater_equal",
            "gt",
            "le",
            "less",
            "less_equal",
            "lt",
            "ne",
            "not_equal")) {
      c.op("torch." + name + "(x, y)", i64(2, 3).below(3), i64(3).below(3));
      c.op("torch." + name + "(x, y)", f32(4), f64(4));
      c.op("torch." + name + "(x, y)", bool(4), bool(4));
      c.op("torch." + name + "(x, 1.5)", i64(4).below(3));
      c.op("torch." + name + "(x, 2)", u8(4).below(4));
      c.op("torch." + name + "(x, 0)", f32(3).values(Double.NaN, 0, -1));
    }
    c.program(
        "eq_ writes numbers",
        "def forward(self, x: Tensor) -> Tensor:\n  return torch.eq_(x, 1)\n",
        f32(3).values(1, 2, 1));
    double nan = Double.NaN;
    double infinity = Double.POSITIVE_INFINITY;
    c.op(
        "torch.isclose(x, y)",
        f32(5).values(1, 1, nan, infinity, 0),
        f32(5).values(1.000001, 1.1, nan, infinity, 1e-9));
    c.op(
        "torch.isclose(x, y, 0.2, 0.1, True)",
        f64(5).values(1, 1, nan, infinity, 0),
        f64(5).values(1.25, 2, nan, -infinity, 0.05));
    c.op("torch.isclose(x, y)", i64(3).below(2), i64(3).below(2));
    c.op("torch.isclose(x, torch.mul(x, y))", c64(3), f32(3).values(1, 1.1, 1));
    c.op("torch.isclose(torch.complex(x, y), torch.complex(x, y + 1e-9))", f32(3), f32(3));
    double[] kinds = {nan, infinity, -infinity, 1};
    for (String name : List.of("isfinite", "isinf", "isnan")) {
      c.op("torch." + name + "(torch.complex(x, y))", f32(4).values(kinds), f32(4))
          .named(name + " of complex numbers");
      c.op("torch." + name + "(torch.complex(x, y))", f32(4), f32(4).values(kinds))
          .named(name + " of imaginary parts");
    }
    for (String call : List.of("torch.allclose(x, y)", "torch.equal(x, y)")) {
      c.program(
          call + " of equals",
          "def forward(self, x: Tensor) -> Tensor:\n  y = torch.mul(x, 1)\n  return torch.mul(x, "
              + call
              + ")\n",
          f32(3));
      c.program(
          call + " of others",
          "def forward(self, x: Tensor) -> Tensor:\n  y = torch.add(x, 1)\n  return torch.mul(x, "
              + call
              + ")\n",
          f32(3));
    }
    for (String name : List.of("isfinite", "isinf", "isnan", "isneginf", "isposinf")) {
      c.op("torch." + name + "(x)", f32(4).values(nan, infinity, -infinity, 1));
      c.op("torch." + name + "(x)", f16(4).values(nan, infinity, -infinity, 1));
      c.op("torch." + name + "(x)", i64(3));
    }
  }
}
