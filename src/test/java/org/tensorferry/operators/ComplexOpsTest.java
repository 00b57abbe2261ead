package org.tensorferry.operators;

/** Parts of complex numbers and how they are made. */
final class ComplexOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    c.op("torch.complex(x, y)", f32(2, 3), f32(3));
    c.op("torch.complex(x, y)", f64(3), f64(3));
    c.op("torch.polar(x, y)", f32(3).positive(), f32(3));
    c.op("torch.real(x)", c64(3));
    c.op("torch.real(x)", f32(3));
    c.op("torch.imag(x)", c64(3));
    c.op("torch.angle(x)", c64(3)).tolerance(1e-5);
    c.op("torch.angle(x)", f32(3).values(-1, 2, Double.NaN));
    c.op("torch.angle(x)", i64(3));
    c.op("torch.resolve_conj(torch.conj(x))", c64(3));
    c.op("torch.resolve_conj(torch._conj(x))", c64(3));
    c.op("torch.conj(x)", f32(3));
    c.op("torch.conj_physical(x)", c64(3));
    c.op("torch.to(torch.complex(x, y), 11)", f32(3).values(0, 0, 1), f32(3).values(0, 1, 0));
    c.op("torch._conj_physical(x)", c64(3));
    c.op("torch.isreal(torch.complex(x, torch.relu(x)))", f32(8));
    c.op("torch.isreal(x)", f32(3));
    c.op("torch.resolve_neg(x)", f32(3));
    c.op("torch.view_as_real(x)", c64(2, 3));
    c.op("torch.view_as_complex(x)", f32(3, 2).fixed());
    c.op(
        "torch.mul(torch.view_as_complex(x), torch.view_as_complex(y))",
        f32(3, 2).fixed(),
        f32(3, 2).fixed());
    c.program(
        "real is a view",
        "def forward(self, x: Tensor) -> Tensor:\n  y = torch.mul_(torch.real(x), 2)\n  return x\n",
        c64(3));
    c.program(
        "imag is a view",
        "def forward(self, x: Tensor) -> Tensor:\n  y = torch.mul_(torch.imag(x), 2)\n  return x\n",
        c64(3));
    c.program(
        "view_as_real is a view",
        "def forward(self, x: Tensor) -> Tensor:\n  y = torch.add_(torch.view_as_real(x), 1)\n  return x\n",
        c64(3));
  }
}
