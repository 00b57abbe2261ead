package org.tensorferry.operators;

import java.util.List;

/** Fourier transforms beside libtorch's. */
final class FourierOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    for (int mode = 0; mode <= 2; mode++) {
      c.op("torch.view_as_real(torch._fft_c2c(x, [1], " + mode + ", True))", c64(3, 8))
          .tolerance(1e-5);
      c.op("torch.view_as_real(torch._fft_c2c(x, [0, 1], " + mode + ", False))", c64(3, 8))
          .tolerance(1e-5);
      c.op("torch.view_as_real(torch._fft_r2c(x, [1], " + mode + ", True))", f32(3, 8))
          .tolerance(1e-5);
      c.op("torch.view_as_real(torch._fft_r2c(x, [0, 1], " + mode + ", True))", f32(3, 8))
          .tolerance(1e-5);
      c.op("torch.view_as_real(torch._fft_r2c(x, [1], " + mode + ", False))", f32(3, 8))
          .tolerance(1e-5);
      for (int size : new int[] {8, 9}) {
        c.op("torch._fft_c2r(x, [1], " + mode + ", " + size + ")", c64(3, 5).fixed(1))
            .tolerance(1e-5);
        c.op("torch._fft_c2r(x, [0, 1], " + mode + ", " + size + ")", c64(3, 5).fixed(1))
            .tolerance(1e-5);
      }
    }
    for (String norm : List.of("None", "\"backward\"", "\"ortho\"", "\"forward\"")) {
      for (String name : List.of("fft", "ifft", "irfft", "hfft")) {
        transform(c, name, "None, -1, " + norm, c64(3, 8));
      }
      transform(c, "rfft", "None, -1, " + norm, f32(3, 8));
      transform(c, "ihfft", "None, -1, " + norm, f32(3, 8));
      transform(c, "rfft2", "None, [-2, -1], " + norm, f32(2, 3, 8));
      transform(c, "irfft2", "None, [-2, -1], " + norm, c64(2, 3, 5));
    }
    for (String name : List.of("fft", "ifft", "rfft", "ihfft")) {
      transform(c, name, "5, 0, None", f32(3, 7));
      transform(c, name, "5, 0, None", f32(7));
      transform(c, name, "None, 1, None", i64(3, 7));
    }
    for (String name : List.of("irfft", "hfft")) {
      transform(c, name, "7, 0, None", c64(3, 4));
      transform(c, name, "4, -1, None", f32(3, 7));
    }
    transform(c, "fftn", "None, [], None", f32(3, 7));
    transform(c, "fft", "None, -1, None", f64(3, 7));
    transform(c, "irfft", "None, -1, None", f64(3, 7));
    for (String name : List.of("fft2", "ifft2")) {
      transform(c, name, "None, [-2, -1], None", c64(2, 5, 4));
      transform(c, name, "[4, 6], [0, 2], \"ortho\"", c64(2, 5, 4));
    }
    for (String name : List.of("fftn", "ifftn", "irfftn")) {
      transform(c, name, "None, None, None", c64(2, 5, 4));
      transform(c, name, "[3, 6], None, None", c64(2, 5, 4));
    }
    transform(c, "rfftn", "None, None, None", f32(2, 5, 4));
    transform(c, "rfftn", "[3, -1], [1, 0], None", f32(2, 5, 4));
    for (String name : List.of("fftshift", "ifftshift")) {
      c.op("torch.fft_" + name + "(x, None)", f32(3, 4));
      c.op("torch.fft_" + name + "(x, [1])", i64(3, 5));
    }
    c.op("x + torch.fft_fftfreq(6)", f32(6).fixed());
    c.op("x + torch.fft_fftfreq(5, 0.1)", f32(5).fixed());
    c.op("x + torch.fft_rfftfreq(6, 0.1, dtype=7)", f64(4).fixed());
  }

  private static void transform(Cases c, String name, String options, Input x) {
    c.op("torch.fft_" + name + "(x, " + options + ")", x).tolerance(1e-5);
  }
}
