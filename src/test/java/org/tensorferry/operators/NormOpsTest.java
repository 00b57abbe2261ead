package org.tensorferry.operators;

import java.util.List;

/** Norms, distances and scaling by them. */
final class NormOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    for (String p : List.of("0", "1", "2", "3", "0.5", "-1")) {
      c.op("torch.norm(x, " + p + ")", f32(2, 3)).tolerance(1e-5);
      c.op("torch.norm(x, " + p + ", [1])", f32(2, 3)).tolerance(1e-5);
      c.op("torch.linalg_vector_norm(x, " + p + ", [0], True)", f32(2, 3)).tolerance(1e-5);
      c.op("torch.dist(x, y, " + p + ")", f32(2, 3), f32(3)).tolerance(1e-5);
      double order = Double.parseDouble(p);
      c.op("torch.pairwise_distance(x, y, " + order + ")", f32(2, 3), f32(2, 3)).tolerance(1e-4);
    }
    c.op("torch.pairwise_distance(x, y)", f32(), f32());
    c.op("torch.linalg_vector_norm(x, 3, [0])", f32(1, 2).values(-8, 1e15));
    c.op("torch.linalg_vector_norm(x, 2, [0], True)", f32(1, 2).values(-8, 1e30));
    c.op("torch.pairwise_distance(x, torch.ones([2, 2]))", f32(2, 2).values(1, 1, 1, 1));
    c.op("torch.dist(x, y)", c64(4), c64(4)).tolerance(1e-5);
    c.op("torch.norm(x, float(\"inf\"))", f32(2, 3));
    c.op("torch.norm(x, None, [0, 1], True)", f32(2, 3));
    c.op("torch.norm(x, 2, [1], False, dtype=7)", f32(2, 3));
    c.op("torch.norm(x, 2, dtype=7)", f32(2, 3));
    c.op("torch.norm(x)", f16(2, 3));
    c.op("torch.norm(x)", c64(3)).tolerance(1e-5);
    c.op("torch.linalg_vector_norm(x)", f32(2, 3));
    c.op("torch.linalg_vector_norm(x, 2, dtype=7)", f32(2, 3));
    c.op("torch.linalg_norm(x)", f32(2, 3));
    c.op("torch.linalg_norm(x, 1)", f32(3));
    c.op("torch.linalg_norm(x, None, [0, 1], True)", f32(2, 3, 4));
    c.op("torch.linalg_norm(x, 3, [1])", f32(2, 3)).tolerance(1e-5);
    c.op("torch.linalg_norm(x, \"fro\")", f32(2, 3));
    c.op("torch.linalg_matrix_norm(x)", f32(2, 3));
    c.op("torch.linalg_matrix_norm(x, \"fro\", [0, 1], True)", f32(2, 3, 4));
    c.refused("torch.linalg_matrix_norm(x, \"nuc\")", "singular value", f32(2, 3));
    c.refused("torch.linalg_norm(x, 2, [0, 1])", "orders of matrices", f32(2, 3));
    c.refused("torch.nuclear_norm(x)", "singular value", f32(2, 3));
    c.refused("torch.nuclear_norm(x, [0, 1])", "singular value", f32(2, 3));
    c.op("torch.frobenius_norm(x, [1], True)", f32(2, 3));
    c.op("torch.cdist(x, y)", f32(4, 3), f32(5, 3)).tolerance(1e-5);
    c.op("torch.cdist(x, y, 1.0)", f32(2, 4, 3), f32(2, 5, 3)).tolerance(1e-5);
    c.op("torch._cdist_forward(x, y, 2.0, None)", f32(4, 3), f32(5, 3)).tolerance(1e-5);
    c.op("torch._euclidean_dist(x, y)", f32(4, 3), f32(5, 3)).tolerance(1e-5);
    c.op("torch.pdist(x)", f32(4, 3)).staticOnly("the number of pairs is fixed");
    c.op("torch.pdist(x, 1.0)", f32(4, 3)).staticOnly("the number of pairs is fixed");
    c.op("torch.pairwise_distance(x, y, 2.0, 0.01, True)", f32(2, 3), f32(3));
    c.op("torch.cosine_similarity(x, y)", f32(2, 3), f32(2, 3)).tolerance(5e-6);
    c.op("torch.cosine_similarity(x, y, -1, 0.5)", f32(2, 3, 4), f32(4)).tolerance(5e-6);
    c.op("torch.cosine_similarity(x, y, 0)", f32(2).values(0, 0), f32(2).values(1, 2));
    c.op("torch.cosine_similarity(x, y, 0)", f32(1, 3), f32(2, 3)).tolerance(5e-6);
    c.op("torch._weight_norm(x, y)", f32(4, 3), f32(4, 1));
    c.op("torch._weight_norm(x, y, 1)", f32(4, 3), f32(1, 3));
    c.program(
        "_weight_norm_interface",
        "def forward(self, x: Tensor, y: Tensor) -> Tensor:\n  a, b = torch._weight_norm_interface(x, y, 0)\n  return a\n",
        f32(4, 3),
        f32(4, 1));
    c.op("torch._pdist_forward(x, 2.0)", f32(4, 3)).staticOnly("the number of pairs is fixed");
    c.op("torch.norm_except_dim(x)", f32(4, 3));
    c.op("torch.norm_except_dim(x, 1, 1)", f32(4, 3));
    c.op("torch.norm_except_dim(x, 2, -1)", f32(4, 3));
    c.op("torch.renorm(x, 2, 0, 1)", f32(4, 3));
  }
}
