package org.tensorferry.operators;

import java.util.List;

/** Logic of bools and of bits. */
final class LogicOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    for (String name : List.of("and", "or", "xor")) {
      c.op("torch.bitwise_" + name + "(x, y)", i64(2, 3), i64(3));
      c.op("torch.bitwise_" + name + "(x, y)", bool(4), bool(4));
      c.op("torch.bitwise_" + name + "(x, 6)", u8(4));
      c.op("torch.bitwise_" + name + "(6, x)", i32(4));
      c.op("torch.__" + name + "__(x, y)", bool(4), bool(4));
      c.op("torch.__" + name + "__(x, y)", i16(4), i16(4));
      c.op("torch.__" + name + "__(x, 3)", i64(4));
      c.op(
          "torch.logical_" + name + "(x, y)",
          f32(3).values(0, 1, Double.NaN),
          i64(3).values(1, 0, 1));
      c.op("torch.logical_" + name + "(x, y)", bool(2, 3), bool(3));
      c.program(
          "__i" + name + "__",
          "def forward(self, x: Tensor, y: Tensor) -> Tensor:\n  z = torch.__i"
              + name
              + "__(x, y)\n  return x\n",
          bool(4),
          bool(4));
    }
    c.op("torch.bitwise_not(x)", bool(4));
    c.op("torch.bitwise_not(x)", u8(4));
    c.op("torch.bitwise_not(x)", i64(4));
    c.op("torch.logical_not(x)", f32(3).values(0, 0.5, -1));
    c.op("torch.logical_not(x)", bool(3));
    for (String name : List.of("bitwise_left_shift", "bitwise_right_shift")) {
      c.op("torch." + name + "(x, y)", i64(4), i64(4).below(4));
      c.op("torch." + name + "(x, 2)", i32(4));
      c.op("torch." + name + "(100, x)", i64(4).below(4));
    }
    for (String name : List.of("__lshift__", "__rshift__")) {
      c.op("torch." + name + "(x, y)", i64(4), i64(4).below(4));
      c.op("torch." + name + "(x, 2)", i32(4));
    }
    c.op("torch.gcd(x, y)", i64(4).values(12, -18, 0, 7), i64(4).values(18, 12, 0, 0));
    c.op("torch.gcd(x, y)", i32(2, 3), i32(3));
    c.op("torch.lcm(x, y)", i64(4).values(4, -6, 0, 7), i64(4).values(6, 4, 0, 0));
  }
}
