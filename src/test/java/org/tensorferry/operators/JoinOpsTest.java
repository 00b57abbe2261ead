package org.tensorferry.operators;

import java.util.List;

/** Several tensors made into one, or fitted to each other. */
final class JoinOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    views(c);
    c.op("torch.cat([x, y])", f32(2, 3), f32(4, 3));
    c.op("torch.cat([x, y], -1)", f32(2, 3), f32(2, 5));
    c.op("torch.cat([x, y, z], 1)", i32(2, 3), f32(2, 5), f64(2, 1));
    c.op("torch.cat([x, x > 0])", i64(2, 3));
    c.op("torch.cat([x])", f32(2, 3));
    c.op("torch.cat([torch.zeros([0]), x], 1)", f32(2, 3));
    c.op("torch.cat([torch.zeros([0]), torch.zeros([0])])", f32(2)).named("cat of nothing");
    c.op("torch.cat([x, y])", f32(), f32(2)).refused("rank of at least 1");
    c.op("torch.concat([x, y], 1)", bool(2, 3), bool(2, 3));
    c.op("torch.concatenate([x, y])", f32(2), f32(3));
    c.op("torch.stack([x, y])", f32(2, 3), f32(2, 3));
    c.op("torch.stack([x, y], -1)", f32(2, 3), i64(2, 3));
    c.op("torch.stack([x, y], 1)", f32(2, 3), f32(2, 3));
    c.op("torch.stack([x, y])", f32(), f32());
    c.op("torch.hstack([x, y])", f32(2), f32(3));
    c.op("torch.hstack([x, y])", f32(2, 3), f32(2, 4));
    for (String name : List.of("hstack", "vstack", "dstack", "row_stack", "column_stack")) {
      c.op("torch." + name + "([x, y])", f64(), f32(1).fixed()).named(name + " of a number");
    }
    c.op("torch.vstack([x, y])", f32(3), f32(2, 3));
    c.op("torch.row_stack([x, y])", f32(3), f32(3));
    c.op("torch.dstack([x, y])", f32(3), f32(3));
    c.op("torch.dstack([x, y])", f32(2, 3), f32(2, 3));
    c.op("torch.column_stack([x, y])", f32(3), f32(3, 2));
    c.op("torch.block_diag([x, y, z])", f32(2, 3), f32(), f32(4));
    c.op("torch.cartesian_prod([x, y])", f32(2), f32(3));
    c.op("torch.cartesian_prod([x, y, z])", i64(2), i64(3), i64(4));
    c.op("torch.cartesian_prod([x])", f32(3));
    c.op("torch.combinations(x)", f32(4)).staticOnly("the number of combinations depends on it");
    c.op("torch.combinations(x, 3)", f32(5)).staticOnly("the number of combinations depends on it");
    c.op("torch.combinations(x, 2, True)", f32(3))
        .staticOnly("the number of combinations depends on it");
    for (int i = 0; i < 2; i++) {
      c.op("torch.meshgrid([x, y])[" + i + "]", f32(2), f32(3));
      c.op("torch.meshgrid([x, y], indexing=\"xy\")[" + i + "]", f32(2), f32(3));
      c.op("torch.meshgrid([x, y], indexing=\"ij\")[" + i + "]", i64(2), i64());
      c.op("torch.broadcast_tensors([x, y])[" + i + "]", f32(2, 1), f32(3));
      c.op("torch.atleast_1d([x, y])[" + i + "]", f32(), f32(3));
      c.op("torch.atleast_2d([x, y])[" + i + "]", f32(), f32(3));
      c.op("torch.atleast_3d([x, y])[" + i + "]", f32(), f32(3));
    }
  }

  /** These lists share storage with the tensors that they are made of. */
  private static void views(Cases c) {
    for (String call : List.of("broadcast_tensors", "atleast_1d", "atleast_2d", "atleast_3d")) {
      c.program(
          call + " shares storage",
          "def forward(self, x: Tensor, y: Tensor) -> Tuple[Tensor, Tensor]:\n"
              + "  a = torch.mul(x, 1)\n  list = torch."
              + call
              + "([a, y])\n  b = torch.add_(list[0], 1)\n  c = torch.mul_(a, 2)\n"
              + "  return (a, b)\n",
          f32(2, 3),
          f32(3));
    }
    c.program(
        "meshgrid shares storage",
        """
        def forward(self, x: Tensor, y: Tensor) -> Tuple[Tensor, Tensor]:
          a = torch.mul(x, 1)
          grid = torch.meshgrid([y, a], indexing="xy")
          b = torch.add_(a, 1)
          return (grid[0], grid[1])
        """,
        f32(3),
        f32(2));
    c.program(
            "a write into repeated elements",
            """
            def forward(self, x: Tensor, y: Tensor) -> Tensor:
              list = torch.broadcast_tensors([x, y])
              b = torch.add_(list[1], 1)
              return y
            """,
            f32(2, 3),
            f32(3))
        .refused("several elements share one place");
  }
}
