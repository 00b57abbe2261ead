package org.tensorferry.operators;

import org.tensorferry.archive.TorchProgram;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/**
 * Tensors of rank 0 in type promotion: which of them libtorch takes for plain numbers, and which
 * keep their type. An int64 tensor times a float64 number is float32, times a tensor of rank 0
 * float64.
 */
final class NumberConstantsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    operators(c);
    bools(c);
    ways(c);
    joins(c);
    notConstant(c);
    types(c);
  }

  /** c0 is 2.5 in float64, c1 3 in float64, c2 1 in int64, c3 true, c4 0.1 in float16. */
  private static Case model(Cases c, String code, Input... inputs) {
    StringBuilder arguments = new StringBuilder();
    for (int i = 0; i < inputs.length; i++) {
      arguments.append(", ").append("xyz".charAt(i)).append(": Tensor");
    }
    String source = code.replace("(ARGS)", "(self" + arguments + ")");
    return c.program(code.replace("\n", "; ") + inputs[0].dtype(), source, inputs)
        .with(NumberConstantsTest::attributes);
  }

  private static TorchProgram attributes(TorchProgram program) {
    program.literal(scalar(DType.FLOAT64, 2.5));
    program.literal(scalar(DType.FLOAT64, 3));
    program.literal(scalar(DType.INT64, 1));
    program.literal(scalar(DType.BOOL, 1));
    program.literal(scalar(DType.FLOAT16, 0.1));
    return program
        .buffer("b", scalar(DType.FLOAT64, 2.5))
        .attribute("t", "Tensor", scalar(DType.FLOAT64, 2.5))
        .attribute("flag", "bool", true);
  }

  private static HostTensor scalar(DType dtype, double value) {
    return HostTensor.generate(dtype, new long[0], i -> value);
  }

  private static void expression(Cases c, String expression, Input... inputs) {
    model(c, "def forward(ARGS) -> Tensor:\n  return " + expression + "\n", inputs);
  }

  private static void operators(Cases c) {
    for (String name : "mul multiply add sub subtract div divide true_divide".split(" ")) {
      expression(c, "torch." + name + "(x, CONSTANTS.c0)", i64(3));
      expression(c, "torch." + name + "(CONSTANTS.c0, x)", i64(3));
    }
    expression(c, "torch.add(x, CONSTANTS.c0, alpha=2)", i64(3));
    expression(c, "torch.sub(x, CONSTANTS.c0, alpha=2)", i64(3));
    expression(c, "torch.mul(torch.rsub(x, 1), CONSTANTS.c0)", i64(3));
    for (String name :
        "rsub pow maximum fmod remainder atan2 eq lt floor_divide hypot fmax xlogy".split(" ")) {
      expression(c, "torch." + name + "(x, CONSTANTS.c0)", i64(3).positive());
    }
    expression(c, "torch.div(x, CONSTANTS.c0, rounding_mode=\"floor\")", i64(3));
    expression(c, "torch.mul_(torch.to(x, 6), CONSTANTS.c0)", i64(3));
    expression(c, "torch.where(torch.gt(x, 0), x, CONSTANTS.c0)", i64(3));
    expression(c, "torch.where(torch.gt(x, 0), CONSTANTS.c0, CONSTANTS.c1)", i64(3));
    expression(c, "torch.cat([x, torch.unsqueeze(CONSTANTS.c0, 0)])", i64(3));
    expression(c, "torch.stack([CONSTANTS.c0, CONSTANTS.c1])", i64(3));
    expression(c, "torch.lerp(x, y, CONSTANTS.c4)", f32(3), f32(3));
    expression(c, "torch.addcmul(x, CONSTANTS.c0, CONSTANTS.c1)", f32(3));
    expression(c, "torch.matmul(torch.mul(x, CONSTANTS.c0), y)", i64(2, 2), f32(2, 2));
  }

  /** A bool is an int where an operator takes a number. */
  private static void bools(Cases c) {
    for (String call : new String[] {"add", "eq", "bitwise_and", "remainder", "pow"}) {
      expression(c, "torch." + call + "(x, True)", bool(3));
    }
    expression(c, "torch.where(x, True, False)", bool(3));
    expression(c, "torch.full([2], True)", bool(3));
    expression(c, "torch.add(x, torch.gt(torch.size(x, 0), 1))", bool(3));
  }

  private static void ways(Cases c) {
    model(
        c, "def forward(ARGS) -> Tensor:\n  a = CONSTANTS.c0\n  return torch.mul(x, a)\n", i64(3));
    model(
        c,
        "def forward(ARGS) -> Tensor:\n  return (self).go(x, CONSTANTS.c0, )\n"
            + "def go(self, x: Tensor, y: Tensor) -> Tensor:\n  return torch.mul(x, y)\n",
        i64(3));
    model(
        c,
        "def forward(ARGS) -> Tensor:\n  return (self).go(x, CONSTANTS.c0, )\n"
            + "def go(self, x: Tensor, y: Optional[Tensor]) -> Tensor:\n"
            + "  if torch.__isnot__(y, None):\n    z = torch.mul(x, unchecked_cast(Tensor, y))\n"
            + "  else:\n    z = x\n  return z\n",
        i64(3));
    model(
        c,
        "def forward(ARGS) -> Tensor:\n  return torch.mul(x, (self).go())\n"
            + "def go(self) -> Tensor:\n  return CONSTANTS.c0\n",
        i64(3));
    expression(c, "torch.mul(x, ((CONSTANTS.c0, CONSTANTS.c1))[0])", i64(3));
    expression(c, "torch.mul(x, [CONSTANTS.c0, CONSTANTS.c1][1])", i64(3));
    expression(c, "torch.mul(x, {\"a\": CONSTANTS.c0}[\"a\"])", i64(3));
    expression(c, "torch.mul(x, annotate(Tensor, CONSTANTS.c0))", i64(3));
    expression(
        c,
        "torch.mul(x, unchecked_cast(Tensor, annotate(Optional[Tensor], CONSTANTS.c0)))",
        i64(3));
    model(
        c,
        "def forward(ARGS) -> Tensor:\n  a, b = [CONSTANTS.c0, CONSTANTS.c1]\n"
            + "  return torch.mul(x, a)\n",
        i64(3));
    model(
        c,
        "def forward(ARGS) -> Tensor:\n  y = CONSTANTS.c1\n  for i in range(2):\n"
            + "    x = torch.mul(x, y)\n  return x\n",
        i64(3));
  }

  private static void joins(Cases c) {
    for (String condition :
        new String[] {
          "torch.gt(torch.size(x, 0), 1)",
          "self.flag",
          "self.training",
          "True",
          "torch.__is__(x, None)"
        }) {
      model(
          c,
          "def forward(ARGS) -> Tensor:\n  if "
              + condition
              + ":\n    y = CONSTANTS.c0\n  else:\n    y = CONSTANTS.c1\n  return torch.mul(x, y)\n",
          i64(3));
    }
    model(
        c,
        "def forward(ARGS) -> Tensor:\n  if torch.gt(torch.size(x, 0), 1):\n    y = CONSTANTS.c0\n"
            + "  else:\n    y = CONSTANTS.c0\n  return torch.mul(x, y)\n",
        i64(3));
    model(
        c,
        "def forward(ARGS) -> Tensor:\n  if torch.gt(torch.size(x, 0), 1):\n"
            + "    y = torch.mul(x, CONSTANTS.c0)\n  else:\n    y = x\n  return y\n",
        i64(3));
    model(
        c,
        "def forward(ARGS) -> Tensor:\n  y = CONSTANTS.c0\n  z = x\n  for i in range(2):\n"
            + "    z, y = torch.mul(x, y), CONSTANTS.c1\n  return z\n",
        i64(3));
    model(
        c,
        "def forward(ARGS) -> Tensor:\n  y, z = (self).go()\n  return torch.mul(x, y)\n"
            + "def go(self) -> Tuple[Tensor, Tensor]:\n  return (CONSTANTS.c0, CONSTANTS.c1)\n",
        i64(3));
  }

  /** Tensors of rank 0 that are no constants of the graph keep their type. */
  private static void notConstant(Cases c) {
    for (String scalar :
        new String[] {
          "self.b",
          "self.t",
          "torch.clone(CONSTANTS.c0)",
          "torch.detach(CONSTANTS.c0)",
          "torch.to(CONSTANTS.c0, 7)",
          "torch.to(CONSTANTS.c0, dtype=7)",
          "torch.to(CONSTANTS.c0, torch.device(\"cpu\"), 7)",
          "torch.add(CONSTANTS.c0, CONSTANTS.c1)",
          "torch.neg(CONSTANTS.c0)",
          "torch.tensor(2.5, dtype=7)",
          "torch.tensor(2.5)",
          "torch.scalar_tensor(2.5)",
          "torch.full([], 2.5, dtype=7)",
          "torch.full([], 2.5)",
          "torch.ones([], dtype=7)",
          "ops.prim.NumToTensor(2.5)",
          "ops.prim.NumToTensor(torch.size(x, 0))",
          "torch.sum(torch.to(x, 7))",
          "torch.item(CONSTANTS.c0)",
          "float(CONSTANTS.c0)",
          "int(CONSTANTS.c0)",
          "torch.item(torch.sum(torch.to(x, 7)))",
          "torch.select(torch.to(x, 7), 0, 0)"
        }) {
      for (Input input : new Input[] {i64(3), f16(3)}) {
        expression(c, "torch.mul(x, " + scalar + ")", input);
      }
      expression(c, "torch.sub(1, torch.mul(torch.select(x, 0, 1), " + scalar + "))", f32(3));
    }
    model(
        c,
        "def forward(ARGS) -> Tensor:\n  return torch.mul(x, y)\n",
        i64(3),
        Input.random(DType.FLOAT64));
  }

  /** Libtorch itself fails where the second operand is a bool. */
  private static final int BOOL = 3;

  private static void types(Cases c) {
    for (int constant = 2; constant < 5; constant++) {
      for (Input input : new Input[] {bool(3), u8(3), i32(3), bf16(3), f32(3)}) {
        if (constant != BOOL) {
          expression(c, "torch.add(x, CONSTANTS.c" + constant + ", alpha=1)", input);
          expression(c, "torch.div(torch.select(x, 0, 0), CONSTANTS.c" + constant + ")", input);
        }
        expression(c, "torch.add(CONSTANTS.c" + constant + ", x, alpha=1)", input);
      }
    }
  }
}
