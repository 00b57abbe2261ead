package org.tensorferry.operators;

/** The same elements several times. */
final class RepeatOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    c.op("x.repeat([2, 3])", f32(2, 3));
    c.op("x.repeat([2, 1, 3])", bool(2, 3));
    c.op("x.repeat([1, 1])", f32(2, 3));
    c.op("x.repeat([y.size(0), 1])", f32(2, 3), f32(4));
    c.op("x.repeat([2])", f32(2, 3)).refused("fewer repeats");
    c.op("x.repeat([3])", i64());
    c.op("torch.tile(x, [2])", f32(2, 3));
    c.op("torch.tile(x, [2, 1, 3])", f16(2, 3));
    c.op("torch.repeat_interleave(x, 2)", f32(2, 3));
    c.op("torch.repeat_interleave(x, 3, 1)", f32(2, 3));
    c.op("torch.repeat_interleave(x, y.size(0), -1)", i64(2, 3), f32(4));
    c.op("torch.repeat_interleave(x, torch.tensor([1, 0, 2]), 1)", f32(2, 3).fixed());
    c.op("torch.repeat_interleave(x, torch.tensor([2]), 0)", f32(2, 3));
    c.op("torch.repeat_interleave(x, y, 1)", f32(2, 3), i64(3).below(4));
    c.op("torch.repeat_interleave(x, y)", f32(4), i32(4).below(4));
    c.op(
        "torch.repeat_interleave(x, y, 0, output_size=6)",
        f32(3, 2).fixed(),
        i64(3).values(1, 2, 3));
    c.op("torch.repeat_interleave(x)", i64(4).below(4));
    c.op("torch.repeat_interleave(torch.tensor([1, 0, 2]))", f32(1)).named("constant repeats");
  }
}
