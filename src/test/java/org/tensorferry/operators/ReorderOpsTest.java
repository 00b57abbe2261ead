package org.tensorferry.operators;

/** The same elements in other places. */
final class ReorderOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    c.op("torch.flip(x, [0])", f32(2, 3));
    c.op("torch.flip(x, [0, -1])", bool(2, 3, 4));
    c.op("torch.flip(x, [])", f32(2, 3));
    c.op("torch.fliplr(x)", f32(2, 3));
    c.op("torch.flipud(x)", i64(2, 3));
    c.op("torch.roll(x, 1)", f32(2, 3));
    c.op("torch.roll(x, -2, 1)", f32(2, 3));
    c.op("torch.roll(x, [1, -4], [0, 2])", i64(2, 3, 4));
    c.op("torch.roll(x, x.size(0) // 2, 0)", f32(5, 2));
    for (int k = -1; k < 5; k++) {
      c.op("torch.rot90(x, " + k + ")", f32(2, 3));
    }
    c.op("torch.rot90(x, 1, [2, 0])", f32(2, 3, 4));
    c.op("torch.channel_shuffle(x, 2)", f32(2, 4, 3, 5)).staticOnly("channels divide by groups");
    c.op("torch.native_channel_shuffle(x, 3)", f32(2, 6, 3, 5))
        .staticOnly("channels divide by groups");
    c.op("torch.pixel_shuffle(x, 2)", f32(3, 8, 4, 5)).staticOnly("channels divide by 4");
    c.op("torch.pixel_shuffle(x, 3)", f32(9, 2, 3)).staticOnly("channels divide by 9");
    c.op("torch.pixel_shuffle(x, 3)", f32(9, 2)).refused("height and width");
    c.op("torch.pixel_unshuffle(x, 2)", f32(3, 2, 4, 6)).staticOnly("the size divides by 2");
  }
}
