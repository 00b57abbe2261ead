package org.tensorferry.operators;

import java.util.List;

/** Conversions of the element type, and whether they copy. */
final class ConversionOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    c.program(
        "a cast to its own type is the tensor",
        "def forward(self, x: Tensor) -> Tensor:\n  y = torch._cast_Half(x)\n  z = torch.fill_(x, 10)\n  return y\n",
        f16(3));
    for (int code : new int[] {0, 1, 2, 3, 4, 5, 6, 7, 11, 15}) {
      c.op("torch.to(x, " + code + ")", f32(6).values(-2.7, -0.5, 0, 0.5, 1, 2.7))
          .named("float32 to type " + code);
      c.op("torch.to(x, " + code + ")", i64(4).values(-1, 0, 5, 300))
          .named("int64 to type " + code);
      c.op("torch.to(x, " + code + ")", bool(3)).named("bool to type " + code);
    }
    c.op("torch.to(x, 9)", f32(3));
    c.op("torch.to(x, 6, False, True)", f32(3));
    c.op("torch.to(x, torch.device(\"cpu\"), 7)", f32(3));
    c.op("torch.to(x, y)", f32(3), i64(2));
    c.op("torch.to(x, dtype=7, layout=0, device=torch.device(\"cpu\"))", f32(3));
    c.op("torch.to(x, torch.device(\"cpu\"))", f32(3));
    c.op("torch.to(x, torch.device(\"cpu\"), None, False)", f32(3));
    c.op("torch.to(x, None, True)", f32(3));
    c.op("torch.cpu(x)", f32(3));
    c.op("torch.neg(torch.cpu(x))", f32(3));
    c.op("torch.type_as(x, y)", f32(3), f64(2));
    c.op("torch._to_copy(x, dtype=4)", f32(3));
    for (String name : List.of("Byte", "Char", "Double", "Float", "Half", "Int", "Long", "Short")) {
      c.op("torch._cast_" + name + "(x)", f32(3).between(0, 9));
    }
    c.program(
        "to of the same type is the tensor itself",
        "def forward(self, x: Tensor) -> Tensor:\n  y = torch.to(x, 6)\n  z = torch.add_(y, 1)\n  return x\n",
        f32(3));
    c.program(
        "to of another type is a copy",
        "def forward(self, x: Tensor) -> Tensor:\n  y = torch.to(x, 7)\n  z = torch.add_(y, 1)\n  return x\n",
        f32(3));
    c.program(
        "to with copy is a copy",
        "def forward(self, x: Tensor) -> Tensor:\n  y = torch.to(x, 6, False, True)\n  z = torch.add_(y, 1)\n  return x\n",
        f32(3));
  }
}
