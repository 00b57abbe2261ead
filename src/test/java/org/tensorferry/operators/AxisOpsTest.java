package org.tensorferry.operators;

/** Views with the axes in another order. */
final class AxisOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    c.op("torch.movedim(x, 0, -1)", f32());
    c.op("torch.transpose(x, 0, 1)", f32(2, 3, 4));
    c.op("torch.transpose(x, -1, 0)", f32(2, 3, 4));
    c.op("torch.transpose(x, 0, -1)", f32());
    c.op("torch.transpose(x, 0, 3)", f32(2, 3)).refused("out of range");
    c.op("torch.swapaxes(x, 0, 2)", f32(2, 3, 4));
    c.op("torch.swapdims(x, 1, 2)", f32(2, 3, 4));
    c.op("torch.t(x)", f32(2, 3));
    c.op("torch.t(x)", f32(3));
    c.op("torch.permute(x, [2, 0, 1])", bool(2, 3, 4));
    c.op("torch.permute(x, [0, -1, 1])", f32(2, 3, 4));
    c.op("torch.permute(x, [])", f32());
    c.op("torch.movedim(x, 0, -1)", f32(2, 3, 4));
    c.op("torch.movedim(x, [0, 1], [2, 0])", f32(2, 3, 4));
    c.op("torch.moveaxis(x, 2, 0)", f32(2, 3, 4));
    c.op("torch.moveaxis(x, [2], [1])", f32(2, 3, 4));
    c.op("torch.numpy_T(x)", f32(2, 3, 4));
    c.op("x.T", f32(2, 3));
    c.op("x.mT", f32(2, 3, 4));
    c.op("torch.mT(x)", f32(2, 3, 4));
    c.op("torch.mH(x)", f32(2, 3, 4));
    c.op("torch.adjoint(x)", c64(2, 3));
    c.op("torch.matrix_H(x)", c64(2, 3));
    c.program(
        "a transposed view is written",
        """
        def forward(self, x: Tensor) -> Tensor:
          y = torch.clone(x)
          z = torch.add_(torch.permute(y, [2, 0, 1]), torch.arange(y.size(1)))
          w = torch.mul_(torch.select(torch.adjoint(y), 0, 0), 2)
          return y
        """,
        f32(2, 3, 4));
  }
}
