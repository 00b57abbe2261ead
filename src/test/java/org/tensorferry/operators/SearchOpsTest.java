package org.tensorferry.operators;

import java.util.List;

/** Places in sorted sequences, membership, histograms. */
final class SearchOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    Input edges = f32(4).values(-1, 0, 0.5, 2);
    for (String right : List.of("False", "True")) {
      c.op("torch.bucketize(x, y, right=" + right + ")", f32(2, 3), edges);
      c.op("torch.bucketize(x, y, right=" + right + ")", f32(3).values(0, 0.5, 5), edges);
      c.op("torch.searchsorted(y, x, right=" + right + ")", f32(2, 3), edges)
          .named("by one sequence " + right);
      c.op(
          "torch.searchsorted(torch.cumsum(x, 1), y, right=" + right + ")",
          f32(2, 4).positive(),
          f32(2, 3).positive());
    }
    c.op("torch.bucketize(x, y, out_int32=True)", i64(4), i64(3).values(-1, 0, 5));
    c.op("torch.bucketize(0.3, x)", edges);
    c.op("torch.searchsorted(x, 0.3)", edges);
    c.op(
        "torch.searchsorted(y, x, side=\"right\", out_int32=True)",
        f32(3).values(0, 0.5, 5),
        edges);
    c.op(
        "torch.searchsorted(y, x, sorter=z)",
        f32(3),
        f32(4).values(2, -1, 0, 0.5),
        i64(4).values(1, 2, 3, 0));
    c.op("torch.isin(x, y)", i64(2, 3), i64(4));
    c.op("torch.isin(x, y, invert=True)", f32(3).values(1, 2, 3), f32(2).values(1, 3));
    c.op("torch.isin(x, 2)", i64(3).values(1, 2, 3));
    c.op("torch.isin(2, x)", i64(3).values(1, 2, 3));
    c.refused("torch.histogram(x, 4)[0]", "torch.histc", f32(20));
    c.refused("torch.histogram(x, y)[0]", "torch.histc", f32(20), edges);
    c.op("torch.bincount(x)", i64(9).below(5));
    c.op("torch.bincount(torch.zeros([0], dtype=4), x, 2)", f32(1));
    c.op("torch.bincount(x, None, 8)", i64(9).below(5));
    c.op("torch.bincount(x, y)", i64(9).below(5), f32(9));
    c.op("torch.bincount(x, y, 3)", i32(9).below(5), i64(9));
    c.op("torch.histc(x, 4, -1, 1)", f32(20));
    c.op("torch.histc(x, 5)", f32(20));
    c.op("torch.histc(x, 4, 2, 2)", f32(3).values(1, 2, 5));
    c.op("torch.histc(x)", f64(3).values(2, 2, 2));
  }
}
