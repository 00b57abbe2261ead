package org.tensorferry.operators;

import java.util.List;

/** In-place and {@code out=} forms, which follow from plain rows, and numbers that are sizes. */
final class MutationOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    inPlace(c);
    outArguments(c);
    sizes(c);
  }

  /** Each changes x, and a view of x with it. */
  private static void inPlace(Cases c) {
    for (String call :
        List.of(
            "sub_(y, 1)",
            "mul_(y, 2)",
            "div_(y, 4)",
            "pow_(y, 2)",
            "neg_(y)",
            "abs_(y)",
            "floor_(y)",
            "sqrt_(torch.abs_(y))",
            "sigmoid_(y)",
            "clamp_(y, -0.5, 0.5)",
            "clamp_min_(y, 0)",
            "hardtanh_(y, -1, 1)",
            "leaky_relu_(y, 0.2)",
            "elu_(y)",
            "threshold_(y, 0, 1)",
            "hardswish_(y)",
            "silu_(y)",
            "gt_(y, 0)",
            "logical_not_(y)",
            "cumsum_(y, 0)",
            "lerp_(y, y, 0.5)",
            "addcmul_(y, y, y)",
            "remainder_(y, 2)",
            "nan_to_num_(y)",
            "sign_(y)",
            "fmod_(y, 2)",
            "round_(y)",
            "erf_(y)")) {
      c.program(
          call,
          "def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:\n"
              + "  y = torch.select(x, 0, 1)\n  z = torch."
              + call
              + "\n  return (x, z)\n",
          f32(2, 3));
    }
  }

  private static void outArguments(Cases c) {
    for (String call :
        List.of(
            "add(x, x, out=y)",
            "mul(x, 2, out=y)",
            "exp(x, out=y)",
            "maximum(x, y, out=y)",
            "gt(x, 0, out=y)")) {
      c.program(
          call,
          "def forward(self, x: Tensor, y: Tensor) -> Tuple[Tensor, Tensor]:\n"
              + "  z = torch."
              + call
              + "\n  return (y, z)\n",
          f32(2, 3),
          f32(2, 3));
    }
  }

  private static void sizes(Cases c) {
    c.op("torch.div(x, torch.size(x, 1))", f32(2, 3));
    c.op("torch.mul(x, torch.size(x, 1))", i64(2, 3));
    c.op("torch.add(x, x, alpha=torch.size(x, 1))", f32(2, 3));
    c.op("torch.clamp(x, 0, torch.sub(torch.size(x, 1), 1))", i64(2, 3));
    c.op("torch.lt(x, torch.size(x, 0))", i64(2, 3));
    c.op("torch.pow(torch.abs(x), torch.size(x, 0))", f32(2, 3));
    c.op("torch.masked_fill(x, torch.gt(x, 0), torch.size(x, 1))", f32(2, 3));
    c.op("torch.where(torch.gt(x, 0), x, torch.size(x, 1))", f32(2, 3));
    c.op("torch.floor_divide(x, torch.size(x, 1))", i64(2, 3));
    c.op("torch.rsub(x, torch.size(x, 1))", i64(2, 3));
    c.program(
        "topk of half",
        """
        def forward(self, x: Tensor) -> Tensor:
          n = torch.floordiv(torch.size(x, 1), 2)
          a, b = torch.topk(x, n, 1)
          return a
        """,
        f32(2, 6));
  }
}
