package org.tensorferry.operators;

import java.util.List;

/** Losses under every reduction. */
final class LossOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    c.op("torch.triplet_margin_loss(x, y, z, p=1.0)", i8(2, 3), i8(2, 3), i8(2, 3));
    for (int reduction : new int[] {0, 1, 2}) {
      String by = ", " + reduction + ")";
      for (String name :
          List.of(
              "mse_loss",
              "l1_loss",
              "smooth_l1_loss",
              "huber_loss",
              "kl_div",
              "soft_margin_loss")) {
        c.op("torch." + name + "(x, y" + by, f32(2, 3), f32(2, 3).between(0.1, 0.9));
      }
      c.op("torch.smooth_l1_loss(x, y" + by.replace(")", ", 0.5)"), f32(2, 3), f32(2, 3));
      c.op("torch.huber_loss(x, y" + by.replace(")", ", 0.5)"), f32(2, 3), f32(2, 3));
      c.op("torch.kl_div(x, y" + by.replace(")", ", log_target=True)"), f32(2, 3), f32(2, 3));
      c.op(
          "torch.binary_cross_entropy(x, y, None" + by,
          f32(2, 3).between(0, 1),
          f32(2, 3).between(0, 1));
      c.op(
          "torch.binary_cross_entropy(x, y, z" + by,
          f32(2, 3).between(0, 1),
          f32(2, 3).between(0, 1),
          f32(3).positive());
      c.op(
          "torch.binary_cross_entropy_with_logits(x, y, None, None" + by,
          f32(2, 3),
          f32(2, 3).between(0, 1));
      c.op(
          "torch.binary_cross_entropy_with_logits(x, y, z, w" + by,
          f32(2, 3),
          f32(2, 3).between(0, 1),
          f32(3).positive(),
          f32(3).positive());
      c.op("torch.hinge_embedding_loss(x, y, 0.7" + by, f32(4), f32(4).values(1, -1, 1, -1));
      c.op(
          "torch.margin_ranking_loss(x, y, z, 0.3" + by,
          f32(4),
          f32(4),
          f32(4).values(1, -1, 1, -1));
      c.op(
              "torch.cosine_embedding_loss(x, y, z, 0.1" + by,
              f32(4, 3),
              f32(4, 3),
              f32(4).values(1, -1, 1, -1))
          .tolerance(5e-6);
      c.op(
          "torch.margin_ranking_loss(x, y, z, 0.3" + by,
          u8(2).values(7, 1),
          u8(2).values(1, 7),
          u8(2).values(1, 1));
      c.op(
          "torch.margin_ranking_loss(x, y, z, 0.3" + by,
          i64(4),
          i64(4),
          i64(4).values(1, -1, 1, -1));
      c.op("torch.poisson_nll_loss(x, y, True, False, 1e-08" + by, i64(4), i64(4));
      c.op(
              "torch.cosine_embedding_loss(x, y, z, 0.1" + by,
              i64(4, 3),
              i64(4, 3),
              i64(4).values(1, -1, 1, -1))
          .tolerance(5e-6);
      c.op(
              "torch.triplet_margin_loss(x, y, z, 1.0, 2.0, 1e-06, True" + by,
              f32(4, 3),
              f32(4, 3),
              f32(4, 3))
          .tolerance(5e-6);
      c.op("torch.poisson_nll_loss(x, y, True, False, 1e-08" + by, f32(4), f32(4).between(0, 5));
      c.op(
          "torch.poisson_nll_loss(x, y, False, True, 1e-08" + by,
          f32(4).positive(),
          f32(4).between(0, 5));
    }
    c.op("torch.mse_loss(x, y)", f16(4), f16(4));
    c.op("torch.smooth_l1_loss(x, y, 1, 0.0)", f32(4), f32(4));
    c.op("torch.binary_cross_entropy(x, y)", f32(2).values(0, 1), f32(2).values(1, 0));
    c.refused("torch.multilabel_margin_loss(x, y)", "training", f32(4), i64(4));
    c.refused("torch.ctc_loss(x, y, z, w)", "training", f32(5, 2, 4), i64(2, 3), i64(2), i64(2));
    c.refused("torch.ctc_loss(x, y, [5, 5], [3, 3])", "training", f32(5, 2, 4), i64(2, 3));
  }
}
