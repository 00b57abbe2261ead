package org.tensorferry.operators;

import java.util.List;

/** Rounding, sign and magnitude. */
final class RoundingOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    c.program(
        "positive is the tensor itself",
        "def forward(self, x: Tensor) -> Tensor:\n  y = torch.sign_(torch.positive(x))\n  return x\n",
        f64(1, 4));
    double[] halves = {-2.5, -1.5, -0.5, -0.2, 0, 0.2, 0.5, 1.5, 2.5};
    for (String name : List.of("ceil", "floor", "round", "trunc", "fix")) {
      c.op("torch." + name + "(x)", f32(9).values(halves));
      c.op("torch." + name + "(x)", f16(9).values(halves));
      c.op("torch." + name + "(x)", i64(3));
      c.op("torch." + name + "(x)", f64(2, 3));
      c.op("torch." + name + "(x)", f32(3).values(Double.NaN, Double.POSITIVE_INFINITY, -1e30));
    }
    c.op("torch.frac(x)", f32(9).values(halves));
    c.op("torch.round(x, decimals=2)", f32(8));
    c.op("torch.round(x, decimals=-1)", f32(8).between(-99, 99));
    c.op("torch.special_round(x, decimals=1)", f64(8));
    c.op("torch.special_round(x)", f32(8));
    for (String name : List.of("abs", "absolute")) {
      c.op("torch." + name + "(x)", f32(2, 3));
      c.op("torch." + name + "(x)", i8(4));
      c.op("torch." + name + "(x)", u8(4));
      c.op("torch." + name + "(x)", c64(4)).tolerance(1e-5);
    }
    for (String name : List.of("neg", "negative")) {
      c.op("torch." + name + "(x)", f32(2, 3));
      c.op("torch." + name + "(x)", i16(4));
      c.op("torch." + name + "(x)", u8(4));
    }
    c.op("torch.positive(x)", f32(3));
    double[] special = {-2, -0.0, 0, 3, Double.NaN, Double.NEGATIVE_INFINITY};
    for (String name : List.of("sign", "sgn", "signbit")) {
      c.op("torch." + name + "(x)", f32(6).values(special));
      c.op("torch." + name + "(x)", i32(4));
      c.op("torch." + name + "(x)", u8(4));
      c.op("torch." + name + "(x)", bool(4));
    }
    c.op("torch.sign(x)", f16(3));
    c.op("torch.copysign(x, y)", f32(6), f32(6).values(special));
    c.op("torch.copysign(x, y)", i64(3), f64(3));
    c.op("torch.copysign(x, -1)", f32(3));
    c.op("torch.copysign(x, y)", f16(4), f16(4));
    c.op("torch.fake_quantize_per_tensor_affine(x, 0.05, 3, 0, 255)", f32(4, 9));
    c.op(
        "torch.fake_quantize_per_tensor_affine(x, y, z, -8, 7)",
        f32(4),
        f32(1).values(0.5),
        f32(1).values(-1.75));
    c.op("torch.fake_quantize_per_tensor_affine(x, 0.3, 0, -8, 7)", f32(4, 9));
    c.op(
        "torch.fake_quantize_per_tensor_affine(x, y, z, -128, 127)",
        f32(4, 9),
        f32(1).values(0.04),
        i32(1).values(-5));
    c.op(
        "torch.fake_quantize_per_channel_affine(x, y, z, 1, -127, 127)",
        f32(4, 3).fixed(1),
        f32(3).values(0.01, 0.02, 0.5),
        i32(3).values(0, 3, -7));
  }
}
