package org.tensorferry.operators;

/** Window functions of signal processing, of fixed length. */
final class WindowOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    for (String name : new String[] {"bartlett", "blackman", "hamming", "hann", "kaiser"}) {
      String window = "torch." + name + "_window(";
      c.op(window + "8)", f32(1)).tolerance(1e-5);
      c.op(window + "7, False)", f32(1)).tolerance(1e-5);
      c.op(window + "5, True, dtype=7)", f32(1)).tolerance(1e-5);
      c.op(window + "1)", f32(1));
    }
    c.op("torch.hamming_window(6, True, 0.5)", f32(1)).tolerance(1e-5);
    c.op("torch.hamming_window(6, False, 0.5, 0.4)", f32(1)).tolerance(1e-5);
    c.op("torch.kaiser_window(6, True, 5.)", f32(1)).tolerance(1e-5);
  }
}
