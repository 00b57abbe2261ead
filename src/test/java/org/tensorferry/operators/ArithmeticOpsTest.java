package org.tensorferry.operators;

import java.util.List;

/** Sums, products, quotients and powers: types, signs and rounding. */
final class ArithmeticOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    for (String name : List.of("fmod", "remainder")) {
      c.op("torch." + name + "(x, 0.3)", bf16(64));
      c.op("torch." + name + "(x, 0.3)", f16(64));
    }
    // Not by True: where libtorch has seen the shapes it drops a product with one, and its type.
    c.op("torch.mul(x, False)", bool(4));
    c.op("torch.add(x, True)", bool(4));
    sums(c);
    products(c);
    quotients(c);
    remainders(c);
    powers(c);
  }

  private static void sums(Cases c) {
    c.op("torch.add(x, y)", f32(2, 3), f32(2, 3));
    c.op("torch.add(x, y)", f32(2, 3), f32(3));
    c.op("torch.add(x, y)", f32(2, 1), f32(1, 3));
    c.op("torch.add(x, y)", f32(), f32());
    c.op("torch.add(x, y)", i64(2, 3), f32(3));
    c.op("torch.add(x, y)", i32(2), i64(2));
    c.op("torch.add(x, y)", u8(2), i8(2));
    c.op("torch.add(x, y)", f32(2), f64());
    c.op("torch.add(x, y)", i64(2), f64());
    c.op("torch.add(x, y)", f16(3), bf16(3));
    c.op("torch.add(x, y)", bool(4), bool(4));
    c.op("torch.add(x, y)", bool(4), u8(4));
    c.op("torch.add(x, y, alpha=2)", f32(2, 3), i64(3));
    c.op("torch.add(x, y, alpha=-1.5)", f32(2, 3), f32(3));
    c.op("torch.add(x, 2)", f32(2, 3));
    c.op("torch.add(x, 2.5)", i64(3));
    c.op("torch.add(x, 2, 3)", i32(3));
    c.op("torch.add(x, 1)", u8(3).values(255, 0, 254));
    c.program(
        "add_ keeps the type",
        "def forward(self, x: Tensor) -> Tensor:\n  y = torch.add_(torch.mul(x, 1), 2)\n  return y\n",
        i32(3));
    c.program(
        "add_ changes the argument",
        "def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:\n  y = torch.add_(x, 1)\n  return (x, torch.mul(x, 2))\n",
        f32(2, 3));
    c.op("torch._add_relu(x, y)", f32(2, 3), f32(2, 3));
    c.op("torch._add_relu(x, 1, 2)", f32(2, 3));
    for (String name : List.of("sub", "subtract")) {
      c.op("torch." + name + "(x, y)", f32(2, 3), f32(3));
      c.op("torch." + name + "(x, y, alpha=3)", i64(2, 3), i32(3));
      c.op("torch." + name + "(x, 1.5)", i64(3));
      c.op("torch." + name + "(x, 1, 2)", f32(3));
    }
    c.op("torch.sub(x, 1)", u8(3).values(0, 1, 2));
    c.op("torch.rsub(x, y)", f32(3), f32(3));
    c.op("torch.rsub(x, y, alpha=2)", i64(3), f32(3));
    c.op("torch.rsub(x, 1)", f32(3));
    c.op("torch.rsub(x, 1, 3)", f32(3));
    c.op("torch.addcmul(x, y, z)", f32(2, 3), f32(3), f32(2, 1));
    c.op("torch.addcmul(x, y, z, value=0.5)", f16(3), f16(3), f16(3));
    c.op("torch.addcmul(x, y, z, value=2)", i64(3), i64(3), i64(3));
    c.op("torch.addcdiv(x, y, z)", f32(2, 3), f32(3), f32(2, 1).positive());
    c.op("torch.addcdiv(x, y, z, value=-2.5)", f32(3), f32(3), f32(3).positive());
    c.op("torch.lerp(x, y, 0.25)", f32(2, 3), f32(2, 3));
    c.op("torch.lerp(x, y, 0.75)", f64(3), f64(3));
    c.op("torch.lerp(x, y, z)", f32(2, 3), f32(3), f32(2, 1));
    c.op("torch.lerp(x, y, z)", f16(4), f16(4), f16(4).between(0, 1));
  }

  private static void products(Cases c) {
    for (String name : List.of("mul", "multiply")) {
      c.op("torch." + name + "(x, y)", f32(2, 3), f32(3));
      c.op("torch." + name + "(x, 2.5)", i64(3));
    }
    c.op("torch.mul(x, y)", bool(4), bool(4));
    c.op("torch.mul(x, y)", bool(4), f32(4));
    c.op("torch.mul(x, y)", u8(3).values(200, 16, 3), u8(3).values(2, 16, 3));
    c.op("torch.mul(x, y)", bf16(4), bf16(4));
    c.op("torch.mul(x, y)", c64(4), c64(4)).tolerance(1e-5);
    c.op("torch.mul(x, 3)", i8(3));
    c.op("torch.square(x)", f32(2, 3));
    c.op("torch.square(x)", i32(3));
    c.op("torch.square(x)", f16(3));
    c.op("torch.ldexp(x, y)", f32(4), i64(4));
    c.op("torch.ldexp(x, y)", f32(1, 1).values(1), f16(3).values(-1.5322265625, 0.59, 2.46));
    c.op("torch.ldexp(x, y)", f16(4), f16(4));
  }

  private static void quotients(Cases c) {
    for (String name : List.of("div", "divide", "true_divide")) {
      c.op("torch." + name + "(x, y)", f32(2, 3), f32(3).positive());
      c.op("torch." + name + "(x, 3)", i64(4));
    }
    c.op("torch.div(x, y)", i64(4), i32(4).positive());
    c.op("torch.div(x, y)", u8(4), u8(4).positive());
    c.op("torch.div(x, y)", f32(3).values(1, 0, -1), f32(3).values(0, 0, 0));
    c.op("torch.div(x, y)", f16(4), f16(4).positive());
    for (String name : List.of("div", "divide")) {
      c.op("torch." + name + "(x, y, rounding_mode=\"trunc\")", f32(8), f32(8));
      c.op("torch." + name + "(x, 3, rounding_mode=\"floor\")", i64(8));
    }
    c.op("torch.div(x, y, rounding_mode=\"trunc\")", i64(8), i64(8).positive());
    c.op("torch.div(x, y, rounding_mode=\"trunc\")", i8(8), i8(8).positive());
    c.op("torch.div(x, y, rounding_mode=\"floor\")", i32(8), i32(8).positive());
    c.op("torch.div(x, -2, rounding_mode=\"floor\")", i16(8));
    c.op("torch.div(x, y, rounding_mode=\"floor\")", f32(8), f32(8));
    c.op("torch.div(x, y, rounding_mode=\"floor\")", f64(8), f64(8));
    c.op("torch.div(x, y, rounding_mode=None)", i64(3), i64(3).positive());
    c.op("torch.floor_divide(x, y)", f32(8), f32(8));
    c.op("torch.floor_divide(x, 0.1)", f32(3).values(1, 2, -1));
    c.op("torch.floor_divide(x, y)", f32(3).values(1, -1, 0), f32(3).values(0, 0, 0));
    c.op("torch.floor_divide(x, y)", i64(4).values(7, -7, 7, -7), i64(4).values(2, 2, -2, -2));
    c.op("torch.floor_divide(x, 4)", u8(4));
    c.op("torch.div(x, float(\"-inf\"), rounding_mode=\"floor\")", f32(3).values(1, -1, 0));
    c.op("torch.floor_divide(x, float(\"inf\"))", f32(3).values(1, -1, Double.POSITIVE_INFINITY));
    c.op("torch.reciprocal(x)", f32(3).positive());
    c.op("torch.reciprocal(x)", i64(3).positive());
    c.op("torch.reciprocal(x)", f16(3).positive());
  }

  private static void remainders(Cases c) {
    for (String name : List.of("fmod", "remainder")) {
      c.op("torch." + name + "(x, y)", f32(8), f32(8));
      c.op("torch." + name + "(x, y)", i64(4).values(7, -7, 7, -7), i64(4).values(3, 3, -3, -3));
      c.op("torch." + name + "(x, y)", i8(8), i8(8).positive());
      c.op("torch." + name + "(x, 3)", i32(8));
      c.op("torch." + name + "(x, -1.5)", f64(8));
      c.op("torch." + name + "(x, 0.7)", f16(8)).tolerance(5e-3);
    }
    c.op("torch.fmod(x, y)", f32(2).values(1e8, -1e8), f32(2).values(3, 7));
    c.op("torch.remainder(7, x)", i64(3).positive());
  }

  private static void powers(Cases c) {
    c.op(
        "torch.pow(x, y)", i64(6).values(1, -1, -1, 2, 0, 3), i64(6).values(-3, -3, -2, -1, -1, 2));
    c.op("torch.pow(-1, x)", i16(3).values(-3, 2, 0));
    c.op("torch.pow(x, y)", f32(2, 3).positive(), f32(3));
    c.op("torch.pow(x, y)", i64(4), i64(4).below(5));
    c.op("torch.pow(x, y)", u8(3).values(3, 2, 7), u8(3).values(5, 9, 3));
    for (double exponent : new double[] {2, 0.5, 3, -1, -2, -0.5, 1, 0, 1.7, 2.5}) {
      c.op("torch.pow(x, " + exponent + ")", f32(4).positive());
    }
    c.op("torch.pow(x, 3)", f32(4));
    c.op("torch.pow(x, 2)", i32(4));
    c.op("torch.pow(x, 5)", i64(4));
    c.op("torch.pow(x, 2)", f16(4));
    c.op("torch.pow(x, 2.5)", i64(4).positive());
    c.op("torch.pow(2, x)", f32(4));
    c.op("torch.pow(2, x)", i64(4).below(6));
    c.op("torch.float_power(x, 2)", f32(4));
    c.op("torch.float_power(2, x)", f32(4));
    c.op("torch.float_power(x, y)", i64(4).positive(), f32(4));
  }
}
