package org.tensorferry.operators;

/** Products over any axes. */
final class ContractionOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    einsum(c);
    c.op("torch.tensordot(x, y, [1, 2], [0, 1])", f32(2, 3, 4), f32(3, 4, 5));
    c.op("torch.tensordot(x, y, [-1], [1])", f32(2, 3), f32(5, 3));
    c.op("torch.tensordot(x, y, [], [])", f32(2), f32(3));
    c.op("torch.tensordot(x, y, [0], [0])", i64(3, 2), i64(3, 4));
    c.op("torch.outer(x, y)", f32(3), f32(4));
    c.op("torch.outer(x, y)", i64(3), f32(4));
    c.op("torch.outer(x, y)", i8(3), i8(4));
    c.op("torch.outer(x, y)", bool(3), bool(4));
    c.op("torch.ger(x, y)", f64(3), f64(4));
    c.op("torch.addr(x, y, z, beta=0.5, alpha=2)", f32(3, 4), f32(3), f32(4));
    c.op("torch.addr(x, y, z)", i64(3, 4), i64(3), i64(4));
    c.op("torch.inner(x, y)", f32(3), f32(3));
    c.op("torch.inner(x, y)", f32(2, 5, 3), f32(4, 3));
    c.op("torch.inner(x, y)", f32(), f32(4, 3));
    c.op("torch.kron(x, y)", f32(2, 3), f32(4, 5));
    c.op("torch.kron(x, y)", f32(3), f32(2, 4));
    c.op("torch.kron(x, y)", f32(2, 3, 2), f32(2, 2, 3));
    c.op("torch.kron(x, y)", f16(2), bf16());
    c.op("torch.kron(x, y)", i64(2, 2), f32(3));
    c.op("torch.vdot(x, y)", f32(5), f32(5));
    c.op("torch.vdot(x, y)", c64(5), c64(5));
    c.op("torch.linalg_vecdot(x, y)", f32(2, 5), f32(2, 5));
    c.op("torch.linalg_vecdot(x, y, dim=0)", c64(2, 5), c64(2, 5));
    c.op("torch.cross(x, y)", f32(2, 3).fixed(1), f32(2, 3).fixed(1));
    c.op("torch.cross(x, y)", f32(3, 4).fixed(0), f32(3, 4).fixed(0));
    c.op("torch.cross(x, y)", f32(1, 3).fixed(), f32(3, 3).fixed());
    c.op("torch.cross(x, y, 1)", f32(2, 3, 4).fixed(1), f32(2, 3, 4).fixed(1));
    c.op("torch.cross(x, y, -1)", i64(2, 3).fixed(1), i64(2, 3).fixed(1));
    c.op("torch.linalg_cross(x, y)", f32(2, 3).fixed(1), f32(2, 3).fixed(1));
    c.op("torch.linalg_cross(x, y, dim=0)", f64(3, 4).fixed(0), f64(3, 1).fixed());
    c.op("torch.linalg_multi_dot([x, y, z])", f32(2, 3), f32(3, 4), f32(4, 5));
    c.op("torch.linalg_multi_dot([x, y, z])", f32(3), f32(3, 4), f32(4));
    c.op("torch.chain_matmul([x, y, z])", f32(2, 3), f32(3, 4), f32(4, 5));
    c.op("torch.bilinear(x, y, self.w, self.b)", f32(2, 3).fixed(1), f32(2, 4).fixed(1))
        .parameter("w", f32(5, 3, 4))
        .parameter("b", f32(5));
    c.op("torch.bilinear(x, y, self.w)", f32(2, 6, 3).fixed(2), f32(2, 6, 4).fixed(2))
        .named("bilinear without bias")
        .parameter("w", f32(5, 3, 4));
  }

  private static void einsum(Cases c) {
    c.op("torch.einsum(\"ij,jk->ik\", [x, y])", f32(2, 3), f32(3, 4));
    c.op("torch.einsum(\"ij,jk\", [x, y])", f32(2, 3), f32(3, 4)).named("implicit result");
    c.op("torch.einsum(\"ba,ac\", [x, y])", f32(2, 3), f32(3, 4)).named("implicit result, sorted");
    c.op("torch.einsum(\"Ba,aC\", [x, y])", f32(2, 3), f32(3, 4)).named("capitals first");
    c.op("torch.einsum(\" b i j , b j k -> b k i \", [x, y])", f32(5, 2, 3), f32(5, 3, 4));
    c.op("torch.einsum(\"...ij,...jk->...ik\", [x, y])", f32(2, 5, 2, 3), f32(5, 3, 4));
    c.op("torch.einsum(\"...ij,jk\", [x, y])", f32(2, 5, 2, 3), f32(3, 4));
    c.op("torch.einsum(\"i...->...\", [x])", f32(2, 3, 4));
    c.op("torch.einsum(\"...ij->...ji\", [x])", f32(2, 3, 4));
    c.op("torch.einsum(\"ii->i\", [x])", f32(3, 3));
    c.op("torch.einsum(\"ii\", [x])", f32(3, 3));
    c.op("torch.einsum(\"ij->\", [x])", f32(3, 4));
    c.op("torch.einsum(\"i,j->ij\", [x, y])", f32(3), f32(4));
    c.op("torch.einsum(\"i,i\", [x, y])", f32(3), f32(3));
    c.op("torch.einsum(\"bhqd,bhkd->bhqk\", [x, y])", f32(2, 3, 5, 4), f32(2, 3, 6, 4));
    c.op("torch.einsum(\"bn,anm,bm->ba\", [x, y, z])", f32(2, 3), f32(5, 3, 4), f32(2, 4))
        .tolerance(5e-6);
    c.op(
            "torch.einsum(\"ij,jk,kl,lm->im\", [x, y, z, w])",
            f32(2, 3),
            f32(3, 4),
            f32(4, 5),
            f32(5, 6))
        .tolerance(1e-5);
    c.op("torch.einsum(\"ij,ij->ij\", [x, y])", f32(2, 3), f32(1, 3))
        .named("a size of 1 broadcasts");
    c.op("torch.einsum(\"...,...\", [x, y])", f32(2, 1, 3), f32(4, 1)).named("ellipses broadcast");
    c.op("torch.einsum(\"ij,jk->ik\", [x, y])", f64(2, 3), f64(3, 4));
    c.op("torch.einsum(\"ij,jk->ik\", [x, y])", i64(2, 3), i64(3, 4));
    c.op("torch.einsum(\"ij,jk->ik\", [x, y])", i8(2, 3), i8(3, 4));
    c.op("torch.einsum(\"ij,jk->ik\", [x, y])", f16(2, 3), f16(3, 4));
    c.op("torch.einsum(\"ij,jk->ik\", [x, y])", c64(2, 3), c64(3, 4)).tolerance(5e-6);
    c.op("torch.einsum(\"ij,jk->ik\", [x, y], path=[0, 1])", f32(2, 3), f32(3, 4));
  }
}
