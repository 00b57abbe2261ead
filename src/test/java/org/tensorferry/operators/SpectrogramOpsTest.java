package org.tensorferry.operators;

/** Short-time Fourier transforms beside libtorch's. */
final class SpectrogramOpsTest extends OperatorTest {

  private static final double CLOSE = 1e-5;

  @Override
  protected void cases(Cases c) {
    String none = "None, None, None";
    spectrum(c, "torch.stft(x, 16, " + none + ", False, None, True)", f32(2, 50));
    spectrum(c, "torch.stft(x, 16, 5, None, None, True, True, False)", f32(50));
    spectrum(c, "torch.stft(x, 16, 5, 12, y, False, False, True)", f32(2, 50), hann(12));
    spectrum(c, "torch.stft(x, 15, 4, 12, y, True, None, True)", f32(3, 40), hann(12));
    spectrum(c, "torch.stft(x, 16, 4, None, y, False, None, True)", f64(2, 50), f64(16).fixed());
    spectrum(c, "torch.stft(x, 16, 4, None, None, False, None, True)", c64(2, 50));
    for (String mode : new String[] {"reflect", "constant", "replicate"}) {
      spectrum(
          c,
          "torch.stft(x, 16, 4, 16, y, True, \"" + mode + "\", False, True, True)",
          f32(2, 50),
          hann(16));
    }
    spectrum(
        c, "torch.stft(x, 16, 4, 16, y, False, \"reflect\", False, True, True)", f32(50), hann(16));
    Input bins = c64(2, 9, 11).fixed(1);
    signal(c, "torch.istft(x, 16, None, None, None, True, False, None, None, False)", bins);
    signal(c, "torch.istft(x, 16, 5, 12, y, True, False, True, None, False)", bins, hann(12));
    signal(c, "torch.istft(x, 16, 4, None, y, True, True, None, 30, False)", bins, hann(16));
    signal(c, "torch.istft(x, 16, 4, None, y, True, False, None, 70, False)", bins, hann(16));
    signal(c, "torch.istft(x, 16, 4, None, None, False, False, None, None, False)", bins);
    signal(
        c,
        "torch.istft(x, 16, 4, None, y, True, False, None, None, False)",
        c64(9, 11).fixed(0),
        hann(16));
    signal(
        c,
        "torch.istft(x, 16, 4, None, y, True, False, False, None, False)",
        c64(2, 16, 11).fixed(1),
        hann(16));
    signal(
        c,
        "torch.istft(x, 16, 4, None, None, True, True, False, None, True)",
        c64(2, 16, 11).fixed(1));
    c.refused(
        "torch.stft(x, 16, 4, None, None, True, \"odd\", False, True, True)", "pad_mode", f32(50));
  }

  private static void spectrum(Cases c, String expression, Input... inputs) {
    c.op(expression, inputs).tolerance(CLOSE);
  }

  private static void signal(Cases c, String expression, Input... inputs) {
    c.op(expression, inputs).tolerance(CLOSE);
  }

  /** Never zero, so that the windows of every length sum to something. */
  private static Input hann(long length) {
    return f32(length).between(0.5, 1).fixed();
  }
}
