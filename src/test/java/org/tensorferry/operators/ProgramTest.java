package org.tensorferry.operators;

import org.tensorferry.archive.TorchProgram;

/** Whole programs: what the interpreter makes of control flow, lists, sizes, views and writes. */
final class ProgramTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    flow(c);
    sizes(c);
    tracedSizes(c);
    mutation(c);
    structures(c);
    classes(c);
    runtimeNumbers(c);
    numbersInResults(c);
    refusals(c);
  }

  /** A forward of x alone with these statements. */
  private static Case body(Cases c, String name, String type, String body, Input... inputs) {
    String[] names = {"x", "y", "z"};
    StringBuilder source = new StringBuilder("def forward(self");
    for (int i = 0; i < inputs.length; i++) {
      source.append(", ").append(names[i]).append(": Tensor");
    }
    source.append(") -> ").append(type).append(":\n").append(body.indent(2));
    return c.program(name, source.toString(), inputs);
  }

  private static void flow(Cases c) {
    body(
        c,
        "branch on rank",
        "Tensor",
        "if x.dim() == 2:\n  x = x + 1\nelse:\n  x = x - 1\nreturn x",
        f32(2, 3));
    body(
        c,
        "branch on size",
        "Tensor",
        "if x.size(0) > 3:\n  x = x + 1\nelse:\n  x = x - 1\nreturn x",
        f32(4, 3));
    body(
        c,
        "branch proved for all sizes",
        "Tensor",
        "if x.size(0) >= 1:\n  x = x + 1\nreturn x",
        f32(4, 3));
    body(
        c,
        "loop over range",
        "Tensor",
        "for i in range(3):\n  x = x * (i + 1)\nreturn x",
        f32(2, 3));
    body(
        c,
        "loop with step",
        "Tensor",
        "for i in range(7, 0, -2):\n  x = x + i\nreturn x",
        f32(2, 3));
    body(
        c,
        "loop over list",
        "Tensor",
        "for s in [0.5, 2.0]:\n  x = x * s + s\nreturn x",
        f32(2, 3));
    body(c, "while", "Tensor", "i = 0\nwhile i < 4:\n  x = x + i\n  i += 1\nreturn x", f32(2, 3));
    body(
        c,
        "break and continue",
        "Tensor",
        "for i in range(9):\n  if i == 1:\n    continue\n  if i == 4:\n    break\n  x = x + i\nreturn x",
        f32(2, 3));
    body(
        c,
        "early return",
        "Tensor",
        "for i in range(9):\n  x = x + i\n  if i == 3:\n    return x\nreturn -x",
        f32(2, 3));
    body(
        c,
        "loop over fixed rows",
        "Tensor",
        "s = x[0]\nfor i in range(1, x.size(0)):\n  s = torch.tanh(s + x[i])\nreturn s",
        f32(4, 3).fixed(0));
    body(
        c,
        "list comprehension",
        "Tensor",
        "parts = [x * i for i in range(3)]\nreturn torch.cat(parts, 1)",
        f32(2, 3));
    body(
        c,
        "zip and enumerate",
        "Tensor",
        "for i, (a, b) in enumerate(zip([1, 2], [3.0, 4.0])):\n  x = x * a + b * i\nreturn x",
        f32(2, 3));
    body(
        c,
        "conditional expression",
        "Tensor",
        "return x if x.size(1) == 3 else -x",
        f32(2, 3).fixed(1));
    body(
        c,
        "float printed as int",
        "Tensor",
        "return torch.clamp(x * 1e12, -10000000000, 10000000000)",
        f32(2, 3));
  }

  private static void sizes(Cases c) {
    c.op("x.view(x.size(0) * x.size(1), -1)", f32(2, 3, 4));
    c.op("x.reshape(-1, x.shape[2])", f32(2, 3, 4));
    c.op("x[:, :x.size(1) // 2]", f32(2, 5));
    c.op("x[:, -(x.size(1) // 2):]", f32(2, 5));
    c.op("x[:, :int(x.size(1) * 0.5)]", f32(2, 5));
    c.op("x[:, :math.ceil(x.size(1) / 3)]".replace("math.ceil", "torch.ceil"), f32(2, 5));
    c.op("x * x.size(1)", f32(2, 5));
    c.op("x / (x.size(1) - 1)", f32(2, 5));
    c.op("x * (x.size(1) / 4)", f32(2, 5));
    c.op("x / torch.sqrt(x.size(1))", f32(2, 5));
    c.op("x + x.numel()", f32(2, 5));
    c.op("x + min(x.size(1), 4)", f32(2, 5));
    c.op("x + max(x.size(0), x.size(1))", f32(2, 5));
    c.op("x + x.size(1) % 4", f32(2, 5));
    c.op("x + (x.size(1) + 3) // 4 * 4", f32(2, 5));
    c.op("x + torch.floordiv(-x.size(1), 2)", f32(2, 5));
    c.op("torch.arange(x.size(1)) + x", f32(2, 5));
    c.op("torch.zeros([x.size(1), 2]) + y", f32(2, 5), f32(2));
    c.op("torch.full([2], x.size(1))", f32(2, 5));
    c.op("x.expand(x.size(1), -1, -1)", f32(2, 5));
    c.op("torch.constant_pad_nd(x, [0, (4 - x.size(1) % 4) % 4], 0.)", f32(2, 5));
    c.op("x.mean() * len(x)", f32(2, 5));
    c.op("torch.where(x > x.size(1) / 10, x, -x)", f32(2, 5));
  }

  private static void tracedSizes(Cases c) {
    String n = "ops.prim.NumToTensor(torch.size(x, 1))";
    c.op(
        "torch.view(x, [int(torch.mul(ops.prim.NumToTensor(torch.size(x, 0)), " + n + "))])",
        f32(2, 6));
    c.op("torch.slice(x, 1, 0, int(torch.floor_divide(" + n + ", torch.tensor(2))))", f32(2, 6));
    c.op(
        "torch.slice(x, 1, 0, int(torch.floor(torch.mul(torch.to(" + n + ", 6), 0.5))))",
        f32(2, 5));
    c.op("torch.mul(x, " + n + ")", f32(2, 6));
    c.op("torch.div(x, torch.sqrt(torch.to(" + n + ", 6)))", f32(2, 6));
    c.op("torch.div(" + n + ", 4)", f32(2, 6));
    c.op("torch.add(" + n + ", 1, alpha=2)", f32(2, 6));
    c.op("torch.rsub(" + n + ", 1)", f32(2, 6));
    c.op("torch.remainder(" + n + ", 4)", f32(2, 6));
  }

  private static void mutation(Cases c) {
    body(c, "write to a row", "Tensor", "x = x + 0\nx[0] = 5.0\nreturn x", f32(2, 3));
    body(c, "write to a column", "Tensor", "x = x * 1\nx[:, 1] = y\nreturn x", f32(2, 3), f32(2));
    body(
        c, "write through two views", "Tensor", "x = x * 1\nx[1][:2].add_(3)\nreturn x", f32(2, 3));
    body(
        c,
        "write through a transposed view",
        "Tensor",
        "x = x * 1\nx.t()[0].mul_(2)\nreturn x",
        f32(2, 3));
    body(
        c,
        "write through view",
        "Tensor",
        "x = x * 1\nx.view(-1)[:2].zero_()\nreturn x",
        f32(2, 3));
    body(
        c,
        "a view sees later writes",
        "Tensor",
        "x = x * 1\nrow = x[0]\nx.add_(1)\nreturn row",
        f32(2, 3));
    body(
        c,
        "a clone does not",
        "Tensor",
        "x = x * 1\nrow = x[0].clone()\nx.add_(1)\nreturn row",
        f32(2, 3));
    body(
        c,
        "reshape of a transposed tensor copies",
        "Tensor",
        "x = x * 1\nz = x.t().reshape(-1)\nz.zero_()\nreturn x",
        f32(2, 3));
    body(
        c,
        "augmented assignment",
        "Tensor",
        "x = x * 1\ny = x\nx += 2\nx *= 3\nreturn y",
        f32(2, 3));
    body(c, "augmented element", "Tensor", "x = x * 1\nx[..., 1:] += 2\nreturn x", f32(2, 3));
    body(
        c,
        "chunks are views",
        "Tensor",
        "x = x * 1\na, b = x.chunk(2, 1)\na.add_(b)\nreturn x",
        f32(2, 4).fixed(1));
    body(
        c,
        "accumulate",
        "Tensor",
        "s = torch.zeros([x.size(0)])\nfor i in range(3):\n  s += x[:, i]\nreturn s",
        f32(2, 3).fixed(1));
    body(c, "unsqueeze in place", "Tensor", "x = x * 1\nx.unsqueeze_(0)\nreturn x", f32(2, 3));
    body(
        c,
        "in place in a branch",
        "Tensor",
        "x = x * 1\nif x.dim() == 2:\n  x.neg_()\nreturn x",
        f32(2, 3));
  }

  private static void structures(Cases c) {
    body(c, "tuple", "Tuple[Tensor, Tensor]", "return x + 1, x - 1", f32(2, 3));
    body(c, "list", "List[Tensor]", "return [x, x + 1, x + 2]", f32(2, 3));
    body(c, "dict", "Dict[str, Tensor]", "d = {'a': x}\nd['b'] = x + 1\nreturn d", f32(2, 3));
    body(
        c,
        "nested",
        "Tuple[Tensor, List[Tensor], Dict[str, Tensor]]",
        "return x, [x + 1, x + 2], {'k': x + 3}",
        f32(2, 3));
    body(
        c,
        "list that is changed",
        "Tensor",
        "l = [x, x + 1]\nl.append(x + 2)\nl.insert(0, x - 1)\nl.reverse()\nm = l.pop()\nreturn torch.stack(l) - m",
        f32(2, 3));
    body(c, "swap", "Tensor", "a, b = x, x + 1\na, b = b, a\nreturn a - 2 * b", f32(2, 3));
    body(
        c,
        "optional",
        "Tensor",
        "z: Optional[Tensor] = None\nif x.dim() == 2:\n  z = x + 1\nif z is not None:\n  x = x + z\nreturn x",
        f32(2, 3));
    body(
        c,
        "split of the list",
        "Tensor",
        "a, b = x.split([1, 2], 1)\nreturn torch.cat([b, a], 1)",
        f32(2, 3).fixed(1));
  }

  private static void classes(Cases c) {
    c.program(
            "submodules and methods",
            """
            def forward(self, x: Tensor) -> Tensor:
              return self.twice(self.inner.forward(x)) + self.bias
            def twice(self, x: Tensor) -> Tensor:
              return x * self.factor
            """,
            f32(2, 3))
        .with(p -> p.attribute("factor", "float", 2.0))
        .parameter("bias", f32(3))
        .with(
            p ->
                p.submodule(
                    "inner",
                    TorchProgram.ofClass("__torch__.Inner")
                        .code(
                            "def forward(self, x: Tensor) -> Tensor:\n  return torch.relu(x)\n")));
  }

  private static void runtimeNumbers(Cases c) {
    c.op("x * x.max().item()", f32(2, 3));
    c.op("x * float(x.sum())", f32(2, 3));
    c.op("x + float(x.sum()) * 2.0", f32(2, 3));
    c.op("x + int(y)", f32(2, 3), i64().values(3));
    c.op("x[:, :int(y)]", f32(2, 5), i64().values(3)).staticOnly("the slice depends on the data");
    c.op("x + int(x.abs().sum())", f32(2, 3));
    body(
        c,
        "check of the data",
        "Tensor",
        "if bool((x > 1000).any()):\n  ops.prim.RaiseException('too large')\nreturn x + 1",
        f32(2, 3));
  }

  private static void numbersInResults(Cases c) {
    body(c, "an int", "Tuple[Tensor, int]", "return x * 2, x.size(0)", f32(2, 3));
    body(c, "a float of sizes", "Tuple[Tensor, float]", "return x, x.size(0) / 4", f32(2, 3));
    body(c, "a known float", "Tuple[float, Tensor]", "return 0.1, x", f32(2, 3));
    body(c, "a known bool", "Tuple[bool, Tensor]", "return x.dim() == 2, x", f32(2, 3));
    body(c, "a bool of sizes", "Tuple[bool, Tensor]", "return x.size(0) > 2, x", f32(2, 3));
    body(c, "a number alone", "int", "return x.size(0) * 3 + 1", f32(2, 3));
    body(c, "a float of data", "Tuple[Tensor, float]", "return x, float(x.sum())", f32(2, 3));
    body(c, "an int of data", "Tuple[Tensor, int]", "return x, int(x.abs().sum())", f32(2, 3));
    body(c, "a bool of data", "Tuple[Tensor, bool]", "return x, bool(x.sum() > 0)", f32(2, 3));
    body(c, "beyond int32", "int", "return int(x) * 3", i64().values(1L << 40));
    body(c, "beyond int32 by a factor", "int", "return int(x) * 65537 - 1", i64().values(1L << 20));
    body(
        c,
        "numbers in lists and dicts",
        "Tuple[List[int], Dict[str, float], Tensor]",
        "return [x.size(0), 7], {'a': x.size(1) * 0.5, 'b': 2.}, x",
        f32(2, 3));
    body(
        c,
        "None between numbers",
        "Tuple[Optional[int], Optional[Tensor], int]",
        "return None, None, x.size(0)",
        f32(2, 3));
    body(
        c,
        "an optional of sizes",
        "Tuple[Tensor, Optional[int]]",
        "n: Optional[int] = None\nif x.dim() == 2:\n  n = x.numel()\nreturn x, n",
        f32(2, 3));
    body(c, "a text beside a tensor", "Tuple[Tensor, str]", "return x, 'done'", f32(2, 3));
  }

  private static void refusals(Cases c) {
    body(
            c,
            "raise",
            "Tensor",
            "if x.dim() == 2:\n  ops.prim.RaiseException('rank')\nreturn x",
            f32(2, 3))
        .refused("The model's own code refuses its inputs");
  }
}
