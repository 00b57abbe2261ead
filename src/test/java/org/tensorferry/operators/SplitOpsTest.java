package org.tensorferry.operators;

import java.util.Arrays;

/** An axis cut into parts, each a view. */
final class SplitOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    list(c, "torch.chunk(x, 2)", 2, f32(4, 3));
    list(c, "torch.chunk(x, 3, -1)", 3, f32(2, 7));
    list(c, "torch.chunk(x, 4, 1)", 3, f32(2, 6)).staticOnly("the number of chunks depends on it");
    list(c, "torch.unsafe_chunk(x, 2, 1)", 2, f32(2, 6));
    list(c, "torch.split(x, 2)", 3, f32(5, 2));
    list(c, "torch.split(x, 2, -1)", 2, i64(3, 4));
    list(c, "torch.split(x, x.size(1) // 2, 1)", 2, f32(3, 4));
    list(c, "torch.split(x, [1, 3], 1)", 2, f32(2, 4).fixed());
    list(c, "torch.split(x, [1, x.size(1) - 1], 1)", 2, f32(2, 4));
    list(c, "torch.unsafe_split(x, 2)", 2, f32(4));
    list(c, "torch.split_with_sizes(x, [2, 1, 1], 0)", 3, f32(4, 2).fixed());
    list(c, "torch.unsafe_split_with_sizes(x, [2, 2])", 2, f32(4).fixed());
    c.refused("torch.split_with_sizes(x, [2, 3])[0]", "do not add up", f32(4));
    list(c, "torch.unbind(x)", 2, f32(2, 3).fixed());
    list(c, "torch.unbind(x, -1)", 3, bool(2, 3).fixed());
    list(c, "torch.tensor_split(x, 3)", 3, f32(7, 2));
    list(c, "torch.tensor_split(x, 2, 1)", 2, f32(3, 5));
    list(c, "torch.tensor_split(x, [1, 3])", 3, f32(5, 2));
    list(c, "torch.tensor_split(x, [1, -1, 9], 1)", 4, f32(2, 5));
    list(c, "torch.tensor_split(x, [3, 1])", 3, f32(5));
    list(c, "torch.tensor_split(x, torch.tensor([1, 3]))", 3, f32(5));
    list(c, "torch.tensor_split(x, torch.tensor(2))", 2, f32(5));
    c.refused("torch.tensor_split(x, y)[0]", "depends on data", f32(5), i64(2));
    list(c, "torch.hsplit(x, 2)", 2, f32(3, 4).fixed());
    list(c, "torch.hsplit(x, [1])", 2, f32(4));
    list(c, "torch.vsplit(x, 2)", 2, f32(4, 3).fixed());
    list(c, "torch.vsplit(x, [1, 2])", 3, f32(4, 3));
    list(c, "torch.dsplit(x, 2)", 2, f32(2, 3, 4).fixed());
    list(c, "torch.dsplit(x, [1])", 2, f32(2, 3, 4));
    for (String parts :
        new String[] {
          "torch.chunk(y, 2, 1)",
          "torch.split(y, [1, 3], 1)",
          "torch.unbind(y, 1)",
          "torch.tensor_split(y, [1, 2], 0)"
        }) {
      String body =
          "def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:\n"
              + "  y = torch.clone(x)\n"
              + ("  v = " + parts + "\n")
              + "  w = torch.mul_(v[1], 2)\n"
              + "  u = torch.add_(y, 1)\n"
              + "  return (y, v[0])\n";
      c.program("writing to a part of " + parts, body, f32(3, 4).fixed());
    }
  }

  /** A program that returns every element of a list. */
  private static Case list(Cases c, String expression, int count, Input input) {
    StringBuilder types = new StringBuilder();
    StringBuilder names = new StringBuilder();
    for (int i = 0; i < count; i++) {
      types.append(i == 0 ? "" : ", ").append("Tensor");
      names.append(i == 0 ? "" : ", ").append("p").append(i);
    }
    String source =
        ("def forward(self, x: Tensor) -> Tuple[" + types + "]:\n")
            + ("  " + names + ", = " + expression + "\n")
            + ("  return (" + names + ")\n");
    return c.program(expression + " " + Arrays.toString(input.shape()), source, input);
  }
}
