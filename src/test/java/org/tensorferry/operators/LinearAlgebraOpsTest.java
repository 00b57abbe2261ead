package org.tensorferry.operators;

/** Inverses, determinants, equations and decompositions. */
final class LinearAlgebraOpsTest extends OperatorTest {

  private static final String SYMMETRIC = "torch.einsum(\"...ij,...kj->...ik\", [x, x])";
  private static final String POSITIVE = "(" + SYMMETRIC + " + y)";

  @Override
  protected void cases(Cases c) {
    c.op("torch.matrix_power(x, 3)", u8(3, 3));
    c.op("torch.matrix_power(x, 3)", i8(3, 3));
    // Inverse
    c.op("torch.inverse(x + y)", f32(3, 3).between(-1, 1), diagonal(3)).tolerance(1e-5);
    c.op("torch.linalg_inv(x + y)", f64(2, 3, 3).between(-1, 1), diagonal(3));
    c.program(
            "inverse and info",
            """
            def forward(self, x: Tensor, y: Tensor) -> Tuple[Tensor, Tensor]:
              return torch.linalg_inv_ex(x + y)
            """,
            f32(2, 3, 3).between(-1, 1),
            diagonal(3))
        .tolerance(1e-5);
    c.op("torch.pinverse(x)", f32(3, 5)).tolerance(1e-5);
    c.op("torch.linalg_pinv(x)", f32(2, 5, 3)).tolerance(1e-5);
    c.op("torch.linalg_pinv(x, atol=0.5, rtol=0.1)", f32(4, 4)).tolerance(1e-5);
    c.op("torch.linalg_pinv(x, 0.2)", f64(4, 3)).tolerance(1e-5);
    // Determinant
    c.op("torch.det(x)", f32(3, 3)).tolerance(1e-5);
    c.op("torch.linalg_det(x)", f64(2, 4, 4)).tolerance(1e-5);
    c.op("torch.logdet(x)", f32(6, 3, 3)).tolerance(1e-5);
    slogdet(c, "torch.slogdet(x)");
    slogdet(c, "torch.linalg_slogdet(x)");
    // Equations
    c.op("torch.linalg_solve(x + y, z)", f32(3, 3).between(-1, 1), diagonal(3), f32(3, 2))
        .tolerance(1e-5);
    c.op("torch.linalg_solve(x + y, z)", f32(3, 3).between(-1, 1), diagonal(3), f32(3))
        .tolerance(1e-5);
    c.op("torch.linalg_solve(x + y, z)", f32(2, 3, 3).between(-1, 1), diagonal(3), f32(2, 3))
        .tolerance(1e-5);
    c.op("torch.linalg_solve(x + y, z)", f32(2, 3, 3).between(-1, 1), diagonal(3), f32(3, 4))
        .tolerance(1e-5);
    c.op(
            "torch.linalg_solve(x + y, z, left=False)",
            f32(3, 3).between(-1, 1),
            diagonal(3),
            f32(2, 3))
        .tolerance(1e-5);
    for (String upper : new String[] {"False", "True"}) {
      for (String left : new String[] {"False", "True"}) {
        c.op(
                "torch.linalg_solve_triangular(x + y, z, upper=" + upper + ", left=" + left + ")",
                f32(3, 3).between(-1, 1),
                diagonal(3),
                f32(3, 3))
            .tolerance(1e-5);
      }
      c.op(
              "torch.cholesky_solve(z, x + y, " + upper + ")",
              f32(3, 3).between(-1, 1),
              diagonal(3),
              f32(3, 2))
          .tolerance(1e-5);
      c.op("torch.cholesky(" + POSITIVE + ", " + upper + ")", f32(2, 3, 3), diagonal(3))
          .tolerance(1e-5);
      c.op(
          "torch.linalg_cholesky(" + POSITIVE + ", upper=" + upper + ")",
          f64(3, 3),
          f64(3, 3).values(4, 0, 0, 0, 4, 0, 0, 0, 4));
    }
    c.op(
            "torch.cholesky_solve(z, x)",
            f32(3, 3).values(2, 0, 0, 1, 3, 0, 1, 1, 2),
            f32(1),
            f32(3, 2))
        .tolerance(1e-5);
    // Values of decompositions
    c.op("torch.linalg_eigvalsh(" + SYMMETRIC + ")", f32(2, 3, 4)).tolerance(1e-5);
    c.op("torch.linalg_eigvalsh(x, \"U\")", f32(3, 3)).tolerance(1e-5);
    c.op("torch.linalg_svdvals(x)", f32(2, 5, 3)).tolerance(1e-5);
    // Powers and sums
    c.op("torch.linalg_matmul(x, y)", f32(2, 3, 4), f32(4, 5));
    c.op("torch.matrix_power(x, 5)", f32(3, 3).between(-1, 1)).tolerance(1e-5);
    c.op("torch.matrix_power(x, 0)", f32(2, 3, 3));
    c.op("torch.matrix_power(x, 1)", f32(3, 3));
    c.op("torch.linalg_matrix_power(x + y, -2)", f32(3, 3).between(-1, 1), diagonal(3))
        .tolerance(1e-5);
    c.op("torch.trace(x)", f32(3, 4));
    c.op("torch.trace(x)", i32(4, 4));
    // Refused
    c.refused("torch.linalg_qr(x)[0]", "only up to sign", f32(3, 3));
    c.refused("torch.qr(x)[0]", "only up to sign", f32(3, 3));
    c.refused("torch.linalg_svd(x)[0]", "only up to sign", f32(3, 3));
    c.refused("torch.svd(x)[0]", "only up to sign", f32(3, 3));
    c.refused("torch.linalg_eigh(x)[0]", "only up to sign", f32(3, 3));
    c.refused("torch.linalg_eig(x)[0]", "only up to sign", f32(3, 3));
    c.refused("torch.linalg_eigvals(x)", "no determined order", f32(3, 3));
    c.refused("torch.linalg_lstsq(x, y)[0]", "no operator", f32(3, 3), f32(3, 1));
    c.refused("torch.matrix_exp(x)", "no operator", f32(3, 3));
    c.refused("torch.linalg_matrix_exp(x)", "no operator", f32(3, 3));
    c.refused(
        "torch.linalg_solve_triangular(x, y, upper=True, unitriangular=True)",
        "must be False",
        f32(3, 3),
        f32(3, 1));
  }

  private static void slogdet(Cases c, String expression) {
    c.program(
            expression,
            "def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:\n  return " + expression + "\n",
            f32(5, 3, 3))
        .tolerance(1e-5);
  }

  /** Added to a small matrix it makes one that can be inverted well. */
  private static Input diagonal(int size) {
    double[] values = new double[size * size];
    for (int i = 0; i < size; i++) {
      values[i * size + i] = 4;
    }
    return f32(size, size).values(values);
  }
}
