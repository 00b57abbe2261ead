package org.tensorferry.operators;

import java.util.List;

/** Losses between scores of classes and the right class. */
final class ClassLossOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    c.op(
        "torch.multi_margin_loss(x, y)",
        f32(1, 2).values(Double.NaN, Double.NaN),
        i64(1).values(1));
    for (int reduction : new int[] {0, 1, 2}) {
      for (String name : List.of("cross_entropy_loss", "nll_loss_nd")) {
        c.op("torch." + name + "(x, y, None, " + reduction + ")", f32(4, 3), i64(4).below(3))
            .tolerance(5e-6);
        c.op(
                "torch." + name + "(x, y, z, " + reduction + ", 1)",
                f32(4, 3),
                i64(4).below(3),
                f32(3).positive())
            .tolerance(5e-6);
        c.op(
                "torch." + name + "(x, y, None, " + reduction + ")",
                f32(2, 3, 4, 5),
                i64(2, 4, 5).below(3))
            .tolerance(5e-6);
      }
      c.op("torch.nll_loss(x, y, None, " + reduction + ")", f32(4, 3), i64(4).below(3));
      c.op(
          "torch.nll_loss2d(x, y, None, " + reduction + ")",
          f32(2, 3, 4, 5),
          i64(2, 4, 5).below(3));
      c.op(
              "torch.cross_entropy_loss(x, y, None, " + reduction + ", -100, 0.1)",
              f32(4, 3),
              i64(4).below(3))
          .tolerance(5e-6);
      c.op(
              "torch.cross_entropy_loss(x, y, z, " + reduction + ", 1, 0.1)",
              f32(4, 3),
              i64(4).below(3),
              f32(3).positive())
          .tolerance(5e-6);
      c.op(
              "torch.cross_entropy_loss(x, y, None, " + reduction + ", -100, 0.1)",
              f32(4, 3),
              f32(4, 3).between(0, 1))
          .tolerance(5e-6);
      c.op(
          "torch.multi_margin_loss(x, y, 1, 1, None, " + reduction + ")",
          f32(4, 3),
          i64(4).below(3));
      c.op(
          "torch.multi_margin_loss(x, y, 2, 0.5, z, " + reduction + ")",
          f32(4, 3),
          i64(4).below(3),
          f32(3).positive());
    }
    for (int reduction : new int[] {0, 1}) {
      c.program(
          "nll_loss_forward " + reduction,
          "def forward(self, x: Tensor, y: Tensor) -> Tuple[Tensor, Tensor]:\n  a, b = torch.nll_loss_forward(x, y, None, "
              + reduction
              + ", -100)\n  return (a, b)\n",
          f32(4, 3),
          i64(4).below(3));
      c.program(
          "nll_loss2d_forward " + reduction,
          "def forward(self, x: Tensor, y: Tensor) -> Tuple[Tensor, Tensor]:\n  a, b = torch.nll_loss2d_forward(x, y, None, "
              + reduction
              + ", -100)\n  return (a, b)\n",
          f32(2, 3, 4, 5),
          i64(2, 4, 5).below(3));
    }
    c.op("torch.nll_loss(x, y)", f32(3), i64().below(3));
  }
}
