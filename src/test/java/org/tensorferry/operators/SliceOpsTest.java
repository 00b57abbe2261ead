package org.tensorferry.operators;

/** Views of a part of the elements, and tensors with such a part replaced. */
final class SliceOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    slices(c);
    indices(c);
    diagonals(c);
    windows(c);
    copies(c);
    writes(c);
  }

  private static void slices(Cases c) {
    String[] bounds = {
      "1, 3",
      "None, 2",
      "2, None",
      "-2, None",
      "None, -1",
      "1, -1",
      "0, 100",
      "-100, 100",
      "3, 1",
      "5, 7",
      "-1, -3",
      "0, 9223372036854775807",
      "-9223372036854775807, 2",
      "0, 0"
    };
    for (String range : bounds) {
      c.op("torch.slice(x, 1, " + range + ", 1)", f32(2, 4, 3));
      c.op("torch.slice(x, 1, " + range + ", 2)", f32(2, 4, 3));
    }
    c.op("torch.slice(x)", f32(2, 3));
    c.op("torch.slice(x, -1, 1)", i64(2, 3));
    c.op("torch.slice(x, 0, 1, 7, 3)", f32(9));
    c.op("torch.slice(x, 0, x.size(0) - 2)", f32(5));
    c.op("torch.slice(x, 0, y.size(0))", f32(5), f32(3));
    c.op("torch.slice(x, 0, None, y.size(0) - 4)", f32(5), f32(3));
    c.op("torch.slice(x, 0, None, y.size(0) - z.size(0))", f32(6), f32(3), f32(5));
    c.op("torch.slice(x, 0, 0, 2, 0)", f32(5)).refused("must be positive");
    c.op("torch.narrow(x, 1, 1, 2)", f32(2, 4));
    c.op("torch.narrow(x, 1, -3, 2)", f32(2, 4));
    c.op("torch.narrow(x, 0, 0, x.size(0) - 1)", f32(4));
    c.op("torch.narrow(x, 0, 2, 3)", f32(4)).refused("does not fit");
    c.op("torch.narrow(x, 0, y, 2)", f32(4), i64().values(1));
    c.op("torch.narrow(x, 0, y, 2)", f32(4), i64().values(-3)).named("narrow from the end");
  }

  private static void indices(Cases c) {
    c.op("torch.select(x, 0, 1)", f32(2, 3));
    c.op("torch.select(x, 1, -1)", f32(2, 3));
    c.op("torch.select(x, -1, 0)", bool(2, 3));
    c.op("torch.select(x, 0, x.size(0) - 1)", f32(3));
    c.op("torch.select(x, 0, y.size(0) - 4)", f32(5), f32(3));
    c.op("torch.select(x, 0, 3)", f32(3)).refused("out of range");
    c.op("torch.select(x, 0, -4)", f32(3)).refused("out of range");
    c.op("torch.select(x, 0, 0)", f32()).refused("rank 0");
  }

  private static void diagonals(Cases c) {
    c.op("torch.diagonal(x, -5)", f32(3, 4));
    c.op("torch.diagonal(x, 2)", f32(3, 4));
    c.program(
        "write beyond a diagonal",
        """
        def forward(self, x: Tensor) -> Tensor:
          y = torch.mul(x, 1)
          z = torch.add_(torch.diagonal(y, 3), 1)
          w = torch.add_(torch.diagonal(y, -1), 1)
          return y
        """,
        f32(3, 2));
    c.op("torch.diagonal(x)", f32(3, 4));
    c.op("torch.diagonal(x, 1)", f32(3, 4));
    c.op("torch.diagonal(x, -2)", i64(3, 4));
    c.op("torch.diagonal(x, 5)", f32(3, 4)).staticOnly("larger sizes have such a diagonal");
    c.op("torch.diagonal(x, 0, 0, 2)", f32(3, 2, 4));
    c.op("torch.diagonal(x, 0, -1, 1)", bool(3, 2, 4));
    c.op("torch.diagonal(x, 0, 1, -1)", f32(3, 3)).refused("same axis");
    c.op("torch.diagonal_scatter(x, y)", f32(3, 3), f32(3));
    c.op("torch.diagonal_scatter(x, y, 1, 2, 0)", f32(3, 2, 4).fixed(), f32(2, 2).fixed());
    c.op("torch.fill_diagonal_(x, 5)", f32(3, 4));
    c.op("torch.fill_diagonal_(x, 5)", i64(4, 3));
    c.op("torch.fill_diagonal_(x, 5, True)", f32(4, 3)).refused("must be False");
    c.op("torch.fill_diagonal_(x, 5)", f32(3, 3, 3)).refused("only matrices");
  }

  private static void windows(Cases c) {
    c.op("torch.unfold(x, 0, 3, 1)", f32(7));
    c.op("torch.unfold(x, 1, 2, 2)", f32(2, 5, 3));
    c.op("torch.unfold(x, -1, 4, 3)", f32(2, 10));
    c.op("torch.unfold(x, 0, 8, 1)", f32(7)).refused("does not fit");
    c.op("torch.unfold(x, 0, 1, 1)", f32());
    c.op("torch.as_strided(x, [3, 2], [2, 1])", f32(8));
    c.op("torch.as_strided(x, [2, 3], [1, 2], 1)", f32(2, 4));
    c.op("torch.as_strided(x, [x.size(0) - 1, 2], [1, 1])", f32(8));
    c.op("torch.as_strided(torch.slice(x, 0, 1), [2], [1], 1)", f32(8));
    c.op("torch.as_strided(torch.slice(x, 0, 1), [2], [1])", f32(8)).refused("memory below");
    c.op("torch.as_strided(torch.transpose(x, 0, 1), [3, 4], [2, 1])", f32(4, 3).fixed(0, 1));
    c.op(
            "torch.as_strided(torch.transpose(x, 0, 1).reshape([1, 3, 4]), [2, 2], [3, 1], 2)",
            f32(4, 3).fixed(0, 1))
        .named("as_strided of what reshape copied");
    c.op(
            "torch.as_strided(torch.transpose(x, 1, 2).reshape([2, 5, 3]), [2, 2, 3], [3, 12, 1])",
            f32(1, 5, 2, 3).fixed(0, 1, 2, 3))
        .named("as_strided of a view whose axes are reordered");
    c.op("torch.as_strided(x, [9], [1])", f32(8)).refused("beyond the tensor");
  }

  private static void copies(Cases c) {
    c.op("torch.diagonal_copy(x, 1)", f32(3, 4));
    c.op("torch.narrow_copy(x, 1, 1, 2)", f32(2, 4));
    c.op("torch.select_copy(x, 1, 1)", f32(2, 4));
    c.op("torch.slice_copy(x, 1, 1, 3)", f32(2, 4));
    c.op("torch.select_scatter(x, y, 0, 1)", f32(3, 2), f32(2));
    c.op("torch.select_scatter(x, y, 1, -1)", f32(3, 2), f32(3));
    c.op("torch.slice_scatter(x, y, 0, 1, 3)", f32(4, 2).fixed(), f32(2, 2).fixed());
    c.op("torch.slice_scatter(x, y, 1, -3, None, 2)", f32(2, 5).fixed(), f32(2, 2).fixed());
  }

  private static void writes(Cases c) {
    c.program(
        "write into nothing",
        """
        def forward(self, x: Tensor) -> Tensor:
          y = torch.mul(x, 1)
          z = torch.add_(torch.slice(y, 0, 2, 2), 1)
          w = torch.add_(torch.slice(y, 0, 5, 9), 1)
          return y
        """,
        f32(3, 2));
    String[] targets = {
      "torch.select(y, 0, 1)",
      "torch.select(y, 1, -1)",
      "torch.slice(y, 0, 1)",
      "torch.slice(y, 1, 1, -1)",
      "torch.slice(y, 1, None, None, 2)",
      "torch.slice(y, 1, 1, -1, 3)",
      "torch.slice(y, 0, 5)",
      "torch.narrow(y, 1, 1, 2)",
      "torch.diagonal(y, 1)",
      "torch.diagonal(y, 0, 1, 0)",
      "torch.select(torch.slice(torch.transpose(y, 0, 1), 0, 1, 3), 1, 0)"
    };
    for (String target : targets) {
      String body =
          "def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:\n"
              + "  y = torch.clone(x)\n"
              + ("  v = " + target + "\n")
              + "  w = torch.mul_(v, 2)\n"
              + "  u = torch.add_(torch.slice(y, 1, 0, 2), 1)\n"
              + "  return (y, v)\n";
      c.program("writing to " + target, body, f32(4, 5));
    }
    c.program(
        "assigning a row, a column and a block",
        """
        def forward(self, x: Tensor, y: Tensor) -> Tensor:
          z = torch.zeros([4, 5])
          a = torch.copy_(torch.select(z, 0, 1), y)
          b = torch.copy_(torch.slice(torch.slice(z, 0, 2), 1, 1, 3), torch.tensor(7))
          d = torch.fill_(torch.select(torch.select(z, 0, 0), 0, 0), torch.select(y, 0, 0))
          return torch.add(z, x)
        """,
        f32(4, 5).fixed(),
        f32(5).fixed());
    c.program(
            "windows are not written",
            """
            def forward(self, x: Tensor) -> Tensor:
              y = torch.add_(torch.unfold(x, 0, 2, 1), 1)
              return x
            """,
            f32(5))
        .refused("share one place in memory");
  }
}
