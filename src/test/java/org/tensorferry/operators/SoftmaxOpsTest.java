package org.tensorferry.operators;

import java.util.List;

/** Softmax along every axis. */
final class SoftmaxOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    for (String name : List.of("softmax", "log_softmax", "special_softmax")) {
      c.op("torch." + name + "(x, -1)", f32(2, 3));
      c.op("torch." + name + "(x, 0)", f32(2, 3));
      c.op("torch." + name + "(x, 1)", f32(2, 3, 4));
      c.op("torch." + name + "(x, 2)", f32(1, 2, 3, 2, 2, 2));
      c.op("torch." + name + "(x, 1, 7)", f32(2, 3));
      c.op("torch." + name + "(x, 0, 6)", i64(4));
      c.op("torch." + name + "(x, 0)", f32());
      c.op("torch." + name + "(x, 1)", f16(2, 3));
      c.op("torch." + name + "(x, 1)", f64(2, 3));
    }
    c.op("torch.special_log_softmax(x, 1, dtype=7)", f32(2, 3));
    double low = Double.NEGATIVE_INFINITY;
    c.op("torch.softmax(x, 1)", f32(2, 2).values(low, low, low, 1));
    c.op("torch._safe_softmax(x, 1)", f32(2, 2).values(low, low, low, 1));
    c.op("torch._safe_softmax(x, 0, 7)", f32(2, 3));
    c.op("torch._softmax(x, 1, False)", f32(2, 3));
    c.op("torch._log_softmax(x, 1, False)", f32(2, 3));
  }
}
