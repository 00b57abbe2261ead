package org.tensorferry.operators;

/** Distinct elements, of a number that is known when the model runs. */
final class UniqueOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    for (int i = 0; i < 3; i++) {
      c.op("torch._unique2(x, True, True, True)[" + i + "]", i64(3, 4).below(5));
      c.op("torch._unique2(x, True, True, True)[" + i + "]", f32(6).values(2, -1, 2, 0, 0, 7));
      c.op("torch.unique_consecutive(x, True, True)[" + i + "]", i64(9).below(2));
      c.op("torch.unique_consecutive(x, True, True, 0)[" + i + "]", i64(9).below(2));
    }
    c.op("torch._unique2(x)[0]", bool(5));
    c.op("torch._unique(x, True, True)[0]", i64(5));
    c.op("torch._unique(x, True, True)[1]", i64(5));
    c.refused("torch.unique_dim(x, 0)[0]", "whole slices", f32(3, 2));
    c.refused("torch.unique_dim_consecutive(x, 0)[0]", "whole slices", f32(3, 2));
    c.refused("torch.unique_consecutive(x, False, False, 1)[0]", "whole slices", f32(3, 2));
  }
}
