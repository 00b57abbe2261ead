package org.tensorferry.operators;

/** Elements taken by index tensors and masks. */
final class IndexOpsTest extends OperatorTest {

  private static final String ANY = "annotate(List[Optional[Tensor]], ";

  @Override
  protected void cases(Cases c) {
    indices(c);
    masks(c);
    alongAnAxis(c);
    c.op("torch.one_hot(x, 5)", i64(2, 3).below(5));
    c.op("torch.one_hot(x)", i64(4).below(5));
    c.op("torch.one_hot(x, y.size(0))", i64().below(5), f32(7));
  }

  private static void indices(Cases c) {
    index(c, "[y]", f32(5, 3), i64(4).below(5));
    index(c, "[y]", f32(5, 3), i64(4).values(-1, 0, -5, 2)).named("negative indices");
    index(c, "[y]", f32(5, 3), i32(2, 2).below(5));
    index(c, "[y]", f32(5, 3), i64().values(-2));
    index(c, "[None, y]", bool(2, 5), i64(3).below(5));
    index(c, "[None, None, y]", f32(2, 3, 5), i64(2, 4).below(5));
    index(c, "[y, z]", f32(5, 3, 2), i64(4).below(5), i64(4).below(3));
    index(c, "[y, z]", f32(5, 3), i64(4, 1).below(5), i64(3).values(-1, 0, 1));
    index(c, "[None, y, z]", f32(2, 5, 3), i64(4).below(5), i32(4).below(3));
    index(c, "[None, y, z]", f32(2, 5, 3, 4), i64(2, 2).below(5), i64(2).below(3));
    index(c, "[y, None, z]", f32(5, 2, 3), i64(4).below(5), i64(4).below(3));
    index(c, "[None, y, None, z]", f32(2, 5, 2, 3), i64(4).below(5), i64().values(-1));
    index(c, "[y, z, w]", i64(5, 2, 3), i64(4).below(5), i64(4).below(2), i64(4).below(3));
    index(c, "[torch.tensor([2, 0, -1])]", f32(5, 3));
    index(c, "[torch.arange(x.size(0)), y]", f32(4, 3), i64(4).below(3));
    c.op("torch._unsafe_index(x, [y])", f32(5, 3), i64(4).below(5)).staticOnly("libtorch 2.x only");
    c.op("torch.index(x, " + ANY + "[y, z, y]))", f32(5, 3), i64(4).below(3), i64(4).below(3))
        .refused("more indices than axes");
  }

  private static Case index(Cases c, String indices, Input... inputs) {
    return c.op("torch.index(x, " + ANY + indices + "))", inputs);
  }

  private static void masks(Cases c) {
    index(c, "[y]", f32(4, 3), bool(4));
    index(c, "[y]", f32(4, 3), bool(4, 3));
    index(c, "[y]", f32(4, 3), u8(4).below(2));
    index(c, "[None, y]", i64(2, 4, 3), bool(4));
    index(c, "[y, z]", f32(3, 4), bool(3).values(1, 0, 1), i64().values(-1));
    index(c, "[x > 0]", f32(4, 3));
    index(c, "[y]", f32(3), bool()).refused("rank 0");
    c.op("torch.add(torch.sum(torch.index(x, " + ANY + "[x > 0]))), 1)", f32(4, 3));
    c.op("torch.masked_select(x, x > 0)", f32(4, 3));
    c.op("torch.masked_select(x, y)", f32(4, 1), bool(3));
    c.op("torch.nonzero(x)", f32(3, 2).values(0, 1, Double.NaN, 0, -1, 0));
    c.op("torch.nonzero(x)", bool(7));
    c.op("torch.nonzero(x)", f32());
    c.op("torch.argwhere(x > 0)", i64(2, 3));
    c.op("torch.index(torch.zeros([3, 1, 0]), [x, y])", i64(1, 1).values(1), i64(1, 1).values(0))
        .named("index of nothing");
    c.op("torch.squeeze(torch.where(x)[0])", bool(3)).refused("depends on data");
    c.op("torch.argwhere(torch.complex(x, y))", f32(3).values(0, 0, 1), f32(3).values(0, 2, 0));
    c.op("torch.where(x)[1]", bool(3, 4));
    c.op("torch.where(x)[0]", f32());
    c.op("torch.nonzero_numpy(x)[0]", i64(5).below(2));
    c.program(
        "the count of true elements",
        """
        def forward(self, x: Tensor) -> Tensor:
          found = torch.masked_select(x, torch.gt(x, 0))
          n = torch.size(found, 0)
          return torch.add(torch.zeros([n, 2]), torch.unsqueeze(found, 1))
        """,
        f32(6));
  }

  private static void alongAnAxis(Cases c) {
    c.op("torch.index_select(x, 0, y)", f32(5, 3), i64(4).below(5));
    c.op("torch.index_select(x, -1, y)", bool(2, 5), i32(4).below(5));
    c.op("torch.index_select(x, 1, y)", f32(2, 5), i64().below(5));
    c.op("torch.gather(x, 0, y)", f32(5, 3), i64(5, 3).below(5));
    c.op("torch.gather(x, 1, y)", f32(5, 3), i64(5, 7).below(3));
    c.op("torch.gather(x, 1, y)", i64(5, 3, 4), i64(2, 6, 3).below(3))
        .staticOnly("a smaller index");
    c.op("torch.gather(x, -1, y)", f32(4), i64(6).below(4));
    c.op("torch.gather(x, 0, y)", f32(), i64().values(0));
    c.op("torch.gather(x, 1, y, sparse_grad=True)", f32(5, 3), i64(5, 3).below(3));
    c.op("torch.take(x, y)", f32(2, 3), i64(4).values(0, 5, -1, -6));
    c.op("torch.take(x, y)", f32(2, 3), i64(2, 2).below(6));
    c.op("torch.take_along_dim(x, y, 1)", f32(5, 3), i64(5, 2).below(3));
    c.op("torch.take_along_dim(x, y, 0)", f32(5, 3), i64(4, 1).below(5));
    c.op("torch.take_along_dim(x, y)", f32(5, 3), i64(4).below(15));
  }
}
