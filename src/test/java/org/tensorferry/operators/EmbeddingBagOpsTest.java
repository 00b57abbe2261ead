package org.tensorferry.operators;

/** Rows of tables looked up in bags: several indices, one result. */
final class EmbeddingBagOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    Input ids = i64(6).below(7).fixed();
    Input offsets = i64(3).values(0, 2, 2);
    for (int mode = 0; mode < 3; mode++) {
      bag(c, "self.w, x, y, False, " + mode, ids, offsets);
      bag(c, "self.w, x, y, False, " + mode + ", False, None, False, 3", ids, offsets);
      bag(c, "self.w, x, torch.tensor([0, 1, 4, 6]), False, " + mode + ", False, None, True", ids);
      bag(
          c,
          "self.w, torch.reshape(x, [-1]), torch.arange(0, torch.numel(x), torch.size(x, 1)), False, "
              + mode,
          i64(4, 3).below(7));
    }
    bag(c, "self.w, x, y, False, 0, False, z", ids, offsets, f32(6).fixed());
    bag(c, "self.w, x, y, False, 0, False, None, False, -1", ids, offsets);
    c.op("torch._embedding_bag(self.w, x, y)[0]", ids, offsets).parameter("w", f32(7, 4));
    c.refused("torch.embedding_renorm_(x, y, 1., 2.)", "while the model runs", f32(7, 4), i64(2));
  }

  private static void bag(Cases c, String arguments, Input... inputs) {
    c.op("torch.embedding_bag(" + arguments + ")[0]", inputs).parameter("w", f32(7, 4));
  }
}
