package org.tensorferry.operators;

/** Bags of embeddings. */
final class EmbeddingBagOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    Input indices = i64(7).below(9).fixed();
    Input offsets = i64(3).values(0, 2, 5);
    for (int mode = 0; mode < 3; mode++) {
      bag(c, "torch.embedding_bag(self.w, x, y, False, " + mode + ")[0]", indices, offsets);
      bag(
          c,
          "torch.embedding_bag(self.w, x, y, False, " + mode + ", False, None, False, None)[0]",
          indices,
          offsets);
      bag(
          c,
          "torch.embedding_bag(self.w, x, y, False, " + mode + ", False, None, True)[0]",
          indices,
          i64(4).values(0, 2, 2, 7));
    }
    bag(
        c,
        "torch.embedding_bag(self.w, x, y, False, 0, False, z)[0]",
        indices,
        offsets,
        f32(7).fixed());
    c.refused(
            "torch.embedding_bag(self.w, x, y, False, 0, False, None, False, 1)[0]",
            "leaves some indices out",
            indices,
            offsets)
        .parameter("w", f32(9, 4));
  }

  private static void bag(Cases c, String expression, Input... inputs) {
    c.op(expression, inputs).parameter("w", f32(9, 4));
  }
}
