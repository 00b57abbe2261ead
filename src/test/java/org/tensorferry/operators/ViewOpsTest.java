package org.tensorferry.operators;

import java.util.List;

/** The same elements under other sizes or repeated; copies and what stands for them. */
final class ViewOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    c.op("torch.squeeze(x, [])", f32(1, 3));
    otherSizes(c);
    squeezes(c);
    repeated(c);
    copies(c);
    writes(c);
  }

  private static void otherSizes(Cases c) {
    c.op("x.view([6, 2])", f32(3, 4).fixed());
    c.op("x.view([-1, 4])", f32(3, 2, 4));
    c.op("x.view([x.size(0), -1])", f32(3, 2, 4));
    c.op("x.view([x.size(0) * x.size(1), x.size(2)])", f32(3, 2, 4));
    c.op("x.view([x.size(0), x.size(1), 2, -1])", f32(3, 2, 4)).staticOnly("the last size is even");
    c.op("x.view([-1])", f32());
    c.op("x.view([])", f32(1));
    c.op("torch.view(torch.slice(x, 0, 0, 0), [0, 5])", f32(2));
    c.op("x.view([5])", f32(2, 3)).refused("6 elements");
    c.op("x.view([5, -1])", f32(2, 3)).refused("elements");
    c.op("x.view_as(y)", f32(2, 6).fixed(), f32(3, 4).fixed());
    c.op("x.reshape([x.size(1), x.size(0)])", i64(2, 3));
    c.op("torch.reshape(x, [-1])", bool(2, 3));
    c.op("x.reshape_as(y)", f32(2, 3), f32(3, 2));
    c.op("torch.flatten(x)", f32(2, 3, 4));
    c.op("torch.flatten(x, 1)", f32(2, 3, 4));
    c.op("torch.flatten(x, 0, -2)", f32(2, 3, 4));
    c.op("torch.flatten(x, 1, 1)", f32(2, 3, 4));
    c.op("torch.flatten(x)", f32());
    c.op("torch.flatten(x, 2, 1)", f32(2, 3, 4)).refused("stands after");
    c.op("torch.ravel(x)", f32(2, 3));
    c.op("torch._unsafe_view(x, [-1, 3])", f32(2, 2, 3));
    c.op("torch._reshape_alias(x, [6], [1])", f32(2, 3).fixed());
    c.op("torch.unflatten(x, 1, [2, 3])", f32(2, 6).fixed());
    c.op("torch.unflatten(x, -1, [-1, 2])", f32(3, 4)).staticOnly("the size is even");
    c.op("torch.atleast_1d(x)", f32());
    c.op("torch.atleast_2d(x)", f32(3));
    c.op("torch.atleast_3d(x)", f32(3));
    c.op("torch.atleast_3d(x)", f32(2, 3));
    c.op("torch.atleast_3d(x)", f32(2, 3, 4, 5));
    c.refused("torch.resize_(x, [2])", "memory", f32(3));
    c.refused("torch.resize_as_(x, y)", "memory", f32(3), f32(2));
  }

  private static void squeezes(Cases c) {
    c.op("torch.squeeze(x)", f32(1, 3, 1));
    c.op("torch.squeeze(x)", f32());
    c.op("torch.squeeze(x, 0)", f32(1, 3, 1));
    c.op("torch.squeeze(x, 1)", f32(1, 3, 1));
    c.op("torch.squeeze(x, -1)", f32(1, 3, 1));
    c.op("torch.squeeze(x, 0)", f32());
    c.op("torch.squeeze(x, [0, 2])", f32(1, 3, 1));
    c.op("torch.unsqueeze(x, 0)", f32(2, 3));
    c.op("torch.unsqueeze(x, 2)", f32(2, 3));
    c.op("torch.unsqueeze(x, -1)", i64(2, 3));
    c.op("torch.unsqueeze(x, -1)", f32());
    c.op("torch.unsqueeze(x, 3)", f32(2, 3)).refused("out of range");
  }

  private static void repeated(Cases c) {
    c.op("x.expand([2, 3])", f32(1, 3).fixed());
    c.op("x.expand([4, -1, 2])", f32(3, 1));
    c.op("x.expand([x.size(0), 2])", f32(3, 1));
    c.op("x.expand([2, 2])", bool());
    c.op("x.expand_as(y)", f32(3, 1), f32(2, 3, 4));
    c.op("torch.broadcast_to(x, [2, 3])", f32(3).fixed());
  }

  private static void copies(Cases c) {
    c.op("torch.alias(x)", f32(2));
    c.op("torch.clone(x)", f32(2, 3));
    c.op("torch.clone(x, memory_format=0)", f32(2, 3));
    c.op("torch.contiguous(torch.t(x))", f32(2, 3));
    c.op("torch.detach(x)", f32(2, 3));
    c.op("torch.lift(x)", f32(2));
    c.op("torch.lift_fresh(x)", f32(2));
    c.op("torch.lift_fresh_copy(x)", f32(2));
    c.op("torch.copy(x, y)", f32(2, 3), i64(3)).staticOnly("libtorch 2.x only");
    c.op("torch.copy_(x, y)", f32(2, 3), i64(3));
    c.op("torch.copy_(x, 2.5)", i64(2, 3));
    c.op("torch.copy_(x, 2)", f32(2, 3));
    c.op("torch.fill(x, 2)", f32(2, 3));
    c.op("torch.fill_(x, 2.5)", i32(2, 3));
    c.op("torch.fill_(x, y)", f32(2, 3), f32());
    c.op("torch.zero_(x)", bool(2, 3));
  }

  private static void writes(Cases c) {
    reshapes(c);
    c.program(
        "a view and its base change together",
        """
        def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
          y = torch.clone(x)
          v = torch.view(y, [-1])
          w = torch.add_(torch.unsqueeze(torch.squeeze(v), 0), 1)
          u = torch.mul_(y, 2)
          return (y, w)
        """,
        f32(2, 3));
    c.program(
        "reshape of a transposed tensor is a copy",
        """
        def forward(self, x: Tensor) -> Tensor:
          y = torch.clone(x)
          z = torch.add_(torch.reshape(torch.t(y), [-1]), 1)
          w = torch.add_(torch.contiguous(torch.t(y)), 1)
          return y
        """,
        f32(2, 3));
    c.program(
        "contiguous of a contiguous tensor is no copy",
        """
        def forward(self, x: Tensor) -> Tensor:
          y = torch.clone(x)
          z = torch.add_(torch.contiguous(y), 1)
          w = torch.add_(torch.detach(y), 1)
          return y
        """,
        f32(2, 3));
    c.program(
        "views made in place",
        """
        def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:
          y = torch.clone(x)
          v = torch.alias(y)
          z = torch.unsqueeze_(y, 0)
          z = torch.transpose_(y, 1, 2)
          z = torch.add_(y, 1)
          z = torch.squeeze_(y, 0)
          return (y, v)
        """,
        f32(2, 3));
    c.program(
            "an expanded tensor is not written",
            """
            def forward(self, x: Tensor) -> Tensor:
              y = torch.add_(torch.expand(x, [2, 3]), 1)
              return x
            """,
            f32(1, 3))
        .refused("share one place in memory");
  }

  /** Where reshape only splits axes, strides allow a view; where it merges them, it copies. */
  private static void reshapes(Cases c) {
    for (String reshape :
        List.of(
            "reshape(torch.t(y), [4, 2])",
            "reshape(torch.t(y), [2, 2, 1, 2])",
            "reshape(torch.t(y), [-1])",
            "flatten(torch.unsqueeze(torch.t(y), 1), 0, 1)",
            "contiguous(torch.t(y))",
            "ravel(torch.slice(torch.select(y, 0, 1), 0, 0, 4, 2))",
            "flatten(torch.slice(torch.select(y, 0, 1), 0, 0, 4, 2))")) {
      c.program(
              "write into " + reshape,
              "def forward(self, x: Tensor) -> Tensor:\n  y = torch.mul(x, 1)\n  z = torch.add_(torch."
                  + reshape
                  + ", 1)\n  return y\n",
              f32(2, 4))
          .staticOnly("the shapes are fixed ones");
    }
  }
}
