package org.tensorferry.operators;

import java.util.List;

/** Roots, exponentials, logarithms, trigonometry. */
final class MathOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    everywhere(c);
    domains(c);
    pairs(c);
  }

  /** Defined for every number. */
  private static void everywhere(Cases c) {
    for (String name :
        List.of(
            "exp",
            "exp2",
            "special_exp2",
            "expm1",
            "special_expm1",
            "sigmoid",
            "special_expit",
            "arcsinh",
            "asinh",
            "arctan",
            "atan",
            "cos",
            "cosh",
            "sin",
            "sinh",
            "sinc",
            "special_sinc",
            "tan",
            "tanh",
            "deg2rad",
            "rad2deg")) {
      c.op("torch." + name + "(x)", f32(2, 3));
      c.op("torch." + name + "(x)", f64(3));
      c.op("torch." + name + "(x)", i64(3));
      c.op("torch." + name + "(x)", f16(8)).tolerance(4e-3);
    }
    c.op("torch.sigmoid(x)", f32(4).values(-100, 100, Double.NaN, Double.NEGATIVE_INFINITY));
    c.refused("torch.frexp(x)[0]", "floor(torch.log2", f32(3));
    c.op("torch.sigmoid(x)", bf16(4));
    c.op("torch.exp(x)", bool(3));
    c.op("torch.exp(x)", c64(3)).tolerance(1e-5);
    c.op("torch.tanh(x)", f32());
    c.op("torch.sinc(x)", f32(3).values(0, 1e-6, 2.5));
    c.program("exp_", "def forward(self, x: Tensor) -> Tensor:\n  return torch.exp_(x)\n", f32(3));
  }

  /** Defined for some numbers. */
  private static void domains(Cases c) {
    for (String name : List.of("log", "log10", "log1p", "special_log1p", "log2", "sqrt", "rsqrt")) {
      c.op("torch." + name + "(x)", f32(2, 3).positive());
      c.op("torch." + name + "(x)", i64(3).positive());
      c.op("torch." + name + "(x)", f16(4).positive());
      c.op("torch." + name + "(x)", f32(3).values(0, -2, Double.POSITIVE_INFINITY));
    }
    for (String name : List.of("acos", "arccos", "asin", "arcsin", "atanh", "arctanh")) {
      c.op("torch." + name + "(x)", f32(2, 3).between(-0.99, 0.99));
      c.op("torch." + name + "(x)", f64(3).between(-0.99, 0.99));
      c.op("torch." + name + "(x)", i32(3).below(1));
    }
    for (String name : List.of("acosh", "arccosh")) {
      c.op("torch." + name + "(x)", f32(2, 3).between(1.1, 9));
      c.op("torch." + name + "(x)", i64(2).values(1, 5));
    }
    for (String name : List.of("logit", "special_logit")) {
      c.op("torch." + name + "(x)", f32(4).between(0.05, 0.95)).tolerance(1e-5);
      c.op("torch." + name + "(x, 0.1)", f32(3).values(0, 0.5, 1)).tolerance(1e-5);
    }
  }

  private static void pairs(Cases c) {
    for (String name : List.of("atan2", "arctan2", "hypot", "logaddexp", "logaddexp2")) {
      c.op("torch." + name + "(x, y)", f32(2, 3), f32(3));
      c.op("torch." + name + "(x, y)", f64(4), f64(4));
    }
    c.op("torch.atan2(x, y)", i64(3).positive(), i64(3).positive());
    c.op("torch.hypot(x, y)", f32(2).values(3e30, 0), f32(2).values(4e30, 0));
    double infinity = Double.POSITIVE_INFINITY;
    c.op(
        "torch.logaddexp(x, y)",
        f32(3).values(infinity, -infinity, 1),
        f32(3).values(infinity, -infinity, -infinity));
  }
}
