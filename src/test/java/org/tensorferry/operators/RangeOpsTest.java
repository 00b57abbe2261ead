package org.tensorferry.operators;

/** Vectors of evenly spaced numbers. */
final class RangeOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    c.op("torch.arange(5)", f32(1));
    c.op("torch.arange(x.size(0))", f32(3));
    c.op("torch.arange(x.size(0), dtype=6)", f32(3));
    c.op("torch.arange(2, x.size(0) + 4)", f32(3));
    c.op("torch.arange(0, x.size(0), 2)", f32(5));
    c.op("torch.arange(7, -2, -3)", f32(1));
    c.op("torch.arange(x.size(0), 0, -1)", f32(5));
    c.op("torch.arange(0, x.size(0) * y.size(0), y.size(0))", f32(5), f32(3));
    c.op("torch.arange(0, x.size(0), y.size(0))", f32(5), f32(3));
    c.op("torch.arange(0., 1., 0.3)", f32(1));
    c.op("torch.arange(0.5, 4)", f32(1));
    c.op("torch.arange(0, 5, dtype=3)", f32(1));
    c.op("torch.arange(0, 5, dtype=5)", f32(1));
    c.op("torch.arange(0, 4.5, 1, dtype=4)", f32(1));
    c.op("torch.arange(x.size(0) * 0.7)", f32(5));
    c.op("torch.arange(0, float(torch.item(torch.sum(x))), 0.5)", f32(2).values(1.2, 3))
        .named("arange up to a computed number");
    c.op("torch.arange(3, 0)", f32(1)).refused("against its step");
    c.op("torch.arange(0, 3, 0)", f32(1)).refused("or 0");
    c.op("torch.range(1, 4)", f32(1));
    c.op("torch.range(0, 1, 0.25)", f32(1));
    c.op("torch.linspace(0, 1, 7)", f32(1));
    c.op("torch.linspace(-3, 10, x.size(0))", f32(6));
    c.op("torch.range(-1.5, -0.0, 1e-3, dtype=15)", f32(1));
    c.op("torch.linspace(5, 5, 1)", f32(1));
    c.op("torch.linspace(x, y, 5)", c64(), c64());
    c.op("torch.linspace(x, 3, 5, dtype=10)", c64());
    c.refused("torch.logspace(x, 3, 5)", "complex", c64());
    c.op("torch.linspace(0, 10, 4, dtype=4)", f32(1));
    c.op("torch.linspace(1, 0, 3, dtype=7)", f32(1));
    c.op("torch.linspace(x, 2, 3)", f32()).staticOnly("libtorch 2.x only");
    c.op("torch.linspace(0, x, 3)", f32()).staticOnly("libtorch 2.x only");
    c.op("torch.linspace(x, y, 3)", f32(), f32()).staticOnly("libtorch 2.x only");
    c.op("torch.logspace(-2, 2, 5)", f32(1));
    c.op("torch.logspace(0, 3, 4, 2.)", f32(1));
  }
}
