package org.tensorferry.operators;

import java.util.Arrays;
import java.util.List;

/** Sorting and ranks. Elements differ, since torch's order of equal ones is not defined. */
final class OrderOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    c.op("torch.quantile(x, 0.0, -1, True)", f32());
    double[] mixed = {3, 1, 2, 5, 4, -1};
    for (Input x :
        List.of(
            f32(2, 3),
            f64(3, 2),
            f16(2, 3),
            i64(2, 3).values(mixed),
            i8(6).values(mixed),
            u8(5).values(200, 3, 0, 255, 7))) {
      both(c, "torch.sort(x)", x);
      both(c, "torch.sort(x, 0, True)", x);
      both(c, "torch.topk(x, 2, -1)", x);
      both(c, "torch.topk(x, 2, 0, False)", x);
      both(c, "torch.kthvalue(x, 2)", x);
      both(c, "torch.median(x, 0)", x);
      c.op("torch.median(x)", x);
      c.op("torch.argsort(x)", x);
    }
    both(c, "torch.sort(x)", f32());
    both(c, "torch.sort(x, stable=True, dim=0, descending=True)", i64(5).values(2, 1, 2, 1, 3));
    c.op("torch.argsort(x, stable=True, dim=0)", i64(5).values(2, 1, 2, 1, 3));
    c.op("torch.argsort(x, 0, True)", f32(3, 2));
    c.op("torch.msort(x)", f32(3, 2));
    for (String call :
        List.of(
            "torch.sort(x)",
            "torch.sort(x, 0, True)",
            "torch.topk(x, 3)",
            "torch.kthvalue(x, 5)",
            "torch.topk(x, 2, 0, False)",
            "torch.kthvalue(x, 2)")) {
      both(c, call, f32(6).values(2, Double.NaN, 5, -1, Double.NEGATIVE_INFINITY, 7));
    }
    both(c, "torch.kthvalue(x, 1, 0, True)", f32(4, 2));
    both(c, "torch.median(x, 1, True)", f32(2, 4));
    c.op("torch.median(x)", f32(4).values(4, 1, 3, 2));
    both(c, "torch.median(x, 0)", f32(3).values(1, Double.NaN, 2));
    c.op("torch.nanmedian(x)", f32(4).values(4, Double.NaN, 3, Double.NaN));
    c.op("torch.nanmedian(x)", f32(2).values(Double.NaN, Double.NaN));
    both(c, "torch.nanmedian(x, 1)", f32(2, 3).values(1, Double.NaN, 2, 5, 3, 4));
    both(c, "torch.mode(x)", i64(2, 5).values(1, 2, 2, 3, 3, 4, 4, 5, 1, 4));
    both(c, "torch.mode(x, 0, True)", f32(5).values(2, 1, 2, 1, 0));
    for (String mode : List.of("linear", "lower", "higher", "midpoint", "nearest")) {
      c.op("torch.quantile(x, 0.3, 1, False, interpolation=\"" + mode + "\")", f32(2, 5));
    }
    c.refused("torch.nanquantile(x, 0.4)", "data-dependent", f32(4));
    c.refused("torch.nanquantile(x, y)", "data-dependent", f32(4), f32(2).between(0, 1));
    c.op("torch.quantile(x, 0.4)", f32(2, 5));
    c.op("torch.quantile(x, y, 0)", f32(5, 2), f32(3).between(0, 1));
    c.op("torch.quantile(x, y, 1, True)", f32(2, 5), f32(3).between(0, 1));
    c.op("torch.quantile(x, y, None, True)", f64(2, 5), f64().between(0, 1));
  }

  private static void both(Cases c, String call, Input x) {
    c.program(
        call + " of " + x.dtype() + Arrays.toString(x.shape()) + " #" + c.all().size(),
        "def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:\n  a, b = "
            + call
            + "\n  return (a, b)\n",
        x);
  }
}
