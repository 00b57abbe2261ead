package org.tensorferry.operators;

import java.util.List;

/** Error, gamma, Bessel and zeta functions. */
final class SpecialOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    for (String name : List.of("erf", "special_erf", "erfc", "special_erfc", "special_ndtr")) {
      c.op("torch." + name + "(x)", f32(2, 3));
      c.op("torch." + name + "(x)", i64(3));
      c.op("torch." + name + "(x)", f16(4));
    }
    for (String name : List.of("erfinv", "special_erfinv")) {
      c.op("torch." + name + "(x)", f32(4).between(-0.9, 0.9)).tolerance(5e-6);
    }
    c.op("torch.special_ndtri(x)", f32(4).between(0.1, 0.9)).tolerance(1e-5);
    for (String name :
        List.of("lgamma", "special_gammaln", "digamma", "special_digamma", "special_psi")) {
      c.op("torch." + name + "(x)", f32(2, 3).positive()).tolerance(1e-5);
      c.op("torch." + name + "(x)", f64(4).positive());
    }
    c.op("torch.lgamma(x)", i64(3).positive()).tolerance(1e-5);
    for (String name : List.of("mvlgamma", "special_multigammaln")) {
      c.op("torch." + name + "(x, 3)", f32(4).between(2, 5)).tolerance(1e-5);
    }
    for (String name : List.of("polygamma", "special_polygamma")) {
      c.op("torch." + name + "(0, x)", f32(4).positive()).tolerance(1e-5);
      c.op("torch." + name + "(1, x)", f32(4).positive()).tolerance(1e-5);
      c.op("torch." + name + "(2, x)", f64(4).positive()).tolerance(1e-6);
    }
    for (String name : List.of("igamma", "special_gammainc", "igammac", "special_gammaincc")) {
      c.op("torch." + name + "(x, y)", f32(2).values(0, 1), f32(2).values(2, 0));
      c.op("torch." + name + "(x, y)", f32(4).positive(), f32(4).positive()).tolerance(1e-5);
    }
    for (String name :
        List.of(
            "i0",
            "special_i0",
            "special_i0e",
            "special_i1",
            "special_i1e",
            "special_modified_bessel_i0",
            "special_modified_bessel_i1")) {
      c.op("torch." + name + "(x)", f32(2, 3)).tolerance(1e-5);
      c.op("torch." + name + "(x)", f64(3));
    }
    c.op("torch.special_entr(x)", f32(5).values(-1, 0, 0.5, 1, 2));
    for (String name : List.of("special_xlog1py", "special_xlogy", "xlogy")) {
      c.op("torch." + name + "(x, y)", f32(2, 3), f32(3).positive());
      c.op("torch." + name + "(x, y)", f32(2).values(0, 0), f32(2).values(0, 5));
      c.op("torch." + name + "(x, y)", f32(2).values(0, 1), f32(2, 1).values(Double.NaN, 1));
      c.op("torch.reciprocal(torch." + name + "(x, y))", f32(1).values(-0.0), f32(1));
      c.op("torch." + name + "(False, x)", f32(2).values(Double.NaN, 1));
      c.op("torch." + name + "(x, 2.5)", f32(3));
      c.op("torch." + name + "(2, x)", f32(3).positive());
    }
    c.op("torch.special_zeta(x, y)", f32(3).between(1.5, 4), f32(3).positive()).tolerance(1e-5);
    c.op("torch.special_zeta(x, 2.5)", f64(3).between(1.5, 4));
    c.op("torch.special_zeta(2.0, x)", f64(3).positive());
    for (String name :
        List.of(
            "special_airy_ai",
            "special_bessel_j0",
            "special_bessel_j1",
            "special_bessel_y0",
            "special_bessel_y1",
            "special_erfcx",
            "special_modified_bessel_k0",
            "special_modified_bessel_k1",
            "special_scaled_modified_bessel_k0",
            "special_scaled_modified_bessel_k1",
            "special_spherical_bessel_j0",
            "special_log_ndtr")) {
      c.refused("torch." + name + "(x)", "no operator", f32(3));
    }
  }
}
