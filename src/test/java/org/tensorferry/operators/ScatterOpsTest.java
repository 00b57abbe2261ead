package org.tensorferry.operators;

/** Elements put at places that index tensors and masks name. */
final class ScatterOpsTest extends OperatorTest {

  private static final String ANY = "annotate(List[Optional[Tensor]], ";

  @Override
  protected void cases(Cases c) {
    c.op("torch.index_put(x, [y], z)", f32(2, 3), i64().below(2), f32());
    indexPut(c);
    c.op("torch.scatter_add(x, 0, y, z)", bool(4), i64(4).below(4), bool(4));
    c.op("torch.index_add(x, 0, y, z)", bool(4), i64(4).below(4), bool(4));
    c.op("torch.put(x, y, z, True)", bool(4), i64(4).below(4), bool(4));
    c.op("torch.scatter_reduce(x, -1, y, z, \"mean\")", c64(3), i64(3).values(0, 2, 0), c64(3));
    slices(c);
    alongAnAxis(c);
    reductions(c);
  }

  private static void indexPut(Cases c) {
    put(c, "[y]", "z", f32(5, 3), i64(2).values(-1, 1), f32(2, 3).fixed());
    put(c, "[y]", "z", f32(5, 3), i64(2).values(3, 1), f32(3).fixed());
    put(c, "[y]", "z, True", f32(5, 3), i64(4).values(0, 1, 1, -5), f32(4, 3).fixed());
    put(c, "[None, y]", "z", f32(2, 5), i64(2).values(3, 1), f32(2, 2).fixed());
    put(c, "[y, z]", "w", i64(3, 4), i64(2).values(0, -1), i64(2).values(1, 3), i64());
    put(
        c,
        "[None, y, z]",
        "w",
        f32(2, 3, 4),
        i64(2).values(0, 2),
        i64().values(1),
        f32(2, 2).fixed());
    put(
        c,
        "[y, None, z]",
        "w, True",
        f32(3, 2, 4),
        i64(2).values(0, 2),
        i64().values(1),
        f32(2, 2).fixed());
    put(c, "[y]", "z", f32(4, 3), bool(4), f32());
    put(c, "[y]", "z", f32(4, 3), bool(4), f32(3));
    put(c, "[y]", "z, True", f32(4, 3), bool(4, 3), f32());
    put(c, "[y]", "z", f32(4, 3), bool(4).values(1, 0, 1, 0), f32(2, 3).fixed());
    put(c, "[x > 0]", "torch.index(x, " + ANY + "[x > 0]))", f32(4, 3));
    c.op("torch._index_put_impl_(x, [y], z)", f32(5), i64(2).values(3, 1), f32(2).fixed())
        .named("_index_put_impl_");
    c.op("torch.masked_scatter(x, y, z)", f32(4, 3), bool(4, 3), f32(12).fixed());
    c.op("torch.masked_scatter(x, y, z)", i64(2, 3), bool(3), i64(2, 3));
    c.op("torch.put(x, y, z)", f32(2, 3), i64(2).values(0, -1), f32(2).fixed());
    c.op("torch.put_(x, y, z, True)", f32(2, 3), i64(3).values(0, 1, 1), f32(3).fixed());
  }

  private static Case put(Cases c, String indices, String values, Input... inputs) {
    return c.op("torch.index_put_(x, " + ANY + indices + "), " + values + ")", inputs);
  }

  private static void slices(Cases c) {
    c.op("torch.index_add(x, 0, y, z)", f32(5, 3), i64(3).values(0, 4, 0), f32(3, 3).fixed());
    c.op(
        "torch.index_add_(x, 1, y, z, alpha=2)",
        f32(2, 5).fixed(),
        i64(2).values(1, 4),
        f32(2, 2).fixed());
    c.op("torch.index_add(x, 0, y, z)", i64(5), i64(2).values(1, 1), i64(2).fixed());
    c.op(
        "torch.index_copy(x, -1, y, z)", f32(2, 5).fixed(), i64(2).values(1, 4), f32(2, 2).fixed());
    c.op("torch.index_fill(x, 0, y, 7)", f32(5, 3), i64(2).values(1, -1));
    c.op("torch.index_fill_(x, 1, y, 7)", i64(2, 5), i64().values(3));
    c.op("torch.index_fill(x, 1, y, z)", f32(2, 5), i64(2).values(1, 3), f32());
  }

  private static void alongAnAxis(Cases c) {
    c.op("torch.scatter(x, 0, y, z)", f32(3, 4), i64(1, 4).values(0, 1, 2, 0), f32(1, 4).fixed())
        .staticOnly("the index is smaller than self");
    c.op(
        "torch.scatter_(x, 1, y, z)",
        f32(2, 5).fixed(),
        i64(2, 2).values(4, 0, 1, 2),
        f32(2, 5).fixed());
    c.op("torch.scatter(x, -1, y, 1.5)", f32(2, 5).fixed(), i64(2, 1).values(4, 0));
    c.op("torch.scatter(torch.zeros([4, 7]), 1, torch.unsqueeze(x, 1), 1)", i64(4).below(7))
        .staticOnly("zeros has four rows");
    c.op("torch.scatter(x, 0, y, 2)", bool(4), i64(2).values(3, 0));
    c.op("torch.scatter(x, 0, y, z)", f32(), i64().values(0), f32());
    c.op("torch.scatter_add(x, 0, y, z)", f32(3, 4), i64(3, 4).below(3), f32(3, 4));
    c.op("torch.scatter_add_(x, 0, y, z)", i64(3), i64(5).below(3), i64(5));
    c.op("torch.scatter(x, 0, y, z, reduce=\"add\")", f32(3, 4), i64(3, 4).below(3), f32(3, 4));
    c.op(
        "torch.scatter(x, 0, y, z, reduce=\"multiply\")", f32(3, 4), i64(3, 4).below(3), f32(3, 4));
    c.op("torch.scatter(x, 0, y, 2, reduce=\"multiply\")", f32(3, 4), i64(3, 4).below(3));
    c.op("torch.scatter(x, 0, y, 2, reduce=\"add\")", f32(3, 4), i64(3, 4).below(3));
    c.op("torch.scatter(x, 0, y, z, reduce=\"median\")", f32(3), i64(3).below(3), f32(3))
        .refused("no reduction");
  }

  private static void reductions(Cases c) {
    for (String reduce : new String[] {"sum", "prod", "amax", "amin", "mean"}) {
      for (String includeSelf : new String[] {"True", "False"}) {
        String call =
            "torch.scatter_reduce(x, 0, y, z, \""
                + reduce
                + "\", include_self="
                + includeSelf
                + ")";
        c.op(call, f32(3, 4), i64(3, 4).below(3), f32(3, 4));
        c.op(call, i64(5), i64(7).below(4), i64(7));
      }
    }
  }
}
