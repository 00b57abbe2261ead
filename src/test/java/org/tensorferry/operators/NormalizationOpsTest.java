package org.tensorferry.operators;

import java.util.List;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

/** Normalisation by stored and by measured statistics. */
final class NormalizationOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    for (String part : List.of("[0]", "[1]", "[2]")) {
      c.op("torch._native_batch_norm_legit(x, None, None, True, 0.1, 1e-05)" + part, f32(4, 3, 5))
          .named("_native_batch_norm_legit.no_stats" + part)
          .tolerance(1e-5);
    }
    c.op("torch._fused_rms_norm(x, [4], y, 1e-05)[0]", f32(2, 3, 4).fixed(2), f32(4).fixed(0))
        .by(in -> rms(in, false))
        .tolerance(1e-5);
    c.op("torch._fused_rms_norm(x, [4], y, 1e-05)[1]", f32(2, 3, 4).fixed(2), f32(4).fixed(0))
        .by(in -> rms(in, true))
        .tolerance(1e-5);
    String stored = "torch.batch_norm(x, self.w, self.b, self.m, self.v, False, 0.1, 1e-05, True)";
    batchNorm(c.op(stored, f32(2, 6, 4, 5)));
    batchNorm(c.op(stored, f32(3, 6)));
    batchNorm(c.op(stored, f32(3, 6, 4)));
    batchNorm(c.op(stored, f32(2, 6, 3, 4, 5)));
    batchNorm(
        c.op(
            "torch.batch_norm(x, None, None, self.m, self.v, False, 0.1, 1e-03, True)",
            f32(2, 6, 4, 5)));
    c.op("torch.batch_norm(x, None, None, None, None, True, 0.1, 1e-05, True)", f32(2, 6, 4, 5))
        .tolerance(5e-6);
    batchNorm(
        c.refused(
            "torch.batch_norm(x, self.w, self.b, self.m, self.v, True, 0.1, 1e-05, True)",
            "statistics of the batch",
            f32(2, 6, 4, 5)));

    c.op("torch.rms_norm(x, [2])", f16(1, 2).values(668, -1377));
    natives(c);
    c.op("torch.layer_norm(x, [5], self.w, self.b)", f32(2, 3, 5))
        .parameter("w", f32(5))
        .parameter("b", f32(5))
        .tolerance(5e-6);
    c.op("torch.layer_norm(x, [3, 4], None, None, 0.1)", f32(2, 3, 4)).tolerance(5e-6);
    c.op("torch.layer_norm(x, [5])", f16(4, 5));
    c.op("torch.layer_norm(x, [5])", f64(4, 5));
    c.op("torch.rms_norm(x, [5], self.w)", f32(2, 3, 5)).parameter("w", f32(5)).tolerance(5e-6);
    c.op("torch.rms_norm(x, [3, 5], None, 0.1)", f32(2, 3, 5)).tolerance(5e-6);

    c.op("torch.group_norm(x, 3, self.w, self.b)", f32(2, 6, 4, 5))
        .parameter("w", f32(6))
        .parameter("b", f32(6))
        .tolerance(5e-6);
    c.op("torch.group_norm(x, 2)", f32(2, 6, 4)).tolerance(5e-6);
    c.op(
            "torch.instance_norm(x, self.w, self.b, None, None, True, 0.1, 1e-05, True)",
            f32(2, 3, 4, 5))
        .parameter("w", f32(3))
        .parameter("b", f32(3))
        .tolerance(5e-6);
    c.op(
            "torch.instance_norm(x, None, None, self.m, self.v, False, 0.1, 1e-05, True)",
            f32(2, 3, 4))
        .buffer("m", f32(3))
        .buffer("v", f32(3).positive());
    c.program(
        "local response norm",
        """
        def forward(self, x: Tensor) -> Tensor:
          padded = torch.constant_pad_nd(torch.unsqueeze(torch.mul(x, x), 1), [0, 0, 0, 0, 1, 1], 0)
          mean = torch.squeeze(torch.avg_pool3d(padded, [3, 1, 1], 1), 1)
          return torch.div(x, torch.pow(torch.add(torch.mul(mean, 0.0001), 1.0), 0.75))
        """,
        f32(2, 6, 4, 5));
  }

  private static void batchNorm(Case c) {
    c.parameter("w", f32(6))
        .parameter("b", f32(6))
        .buffer("m", f32(6))
        .buffer("v", f32(6).positive())
        .tolerance(5e-6);
  }

  /** The operators of core ATen, with their statistics. */
  private static void natives(Cases c) {
    String three =
        "def forward(self, x: Tensor) -> Tuple[Tensor, Tensor, Tensor]:\n  return torch.";
    for (String call :
        List.of(
            "native_layer_norm(x, [5], self.w, self.b, 1e-05)",
            "native_layer_norm(x, [3, 5], None, None, 1e-05)")) {
      c.program(call, three + call + "\n", f32(2, 3, 5).fixed(1, 2))
          .parameter("w", f32(5))
          .parameter("b", f32(5));
    }
    c.program(
            "native_group_norm",
            three + "native_group_norm(x, self.w, self.b, 2, 6, 20, 3, 1e-05)\n",
            f32(2, 6, 4, 5))
        .staticOnly("sizes are arguments")
        .parameter("w", f32(6))
        .parameter("b", f32(6));
    for (String call :
        List.of(
            "_native_batch_norm_legit_no_training(x, self.w, self.b, self.m, self.v, 0.1, 1e-05)",
            "_native_batch_norm_legit(x, self.w, self.b, self.m, self.v, False, 0.1, 1e-05)",
            "native_batch_norm(x, self.w, None, self.m, self.v, False, 0.1, 1e-05)")) {
      c.program(call, three + call + "\n", f32(2, 6, 4).fixed(1))
          .parameter("w", f32(6))
          .parameter("b", f32(6))
          .parameter("m", f32(6))
          .parameter("v", f32(6).between(0.5, 2));
    }
  }

  /** x / sqrt(mean(x^2) + 1e-5) * y along a last axis of 4; or the factor of x alone. */
  private static HostTensor rms(List<HostTensor> in, boolean factorOnly) {
    HostTensor x = in.get(0);
    long[] shape = x.shape().clone();
    shape[2] = factorOnly ? 1 : 4;
    return HostTensor.generate(
        DType.FLOAT32,
        shape,
        i -> {
          int row = factorOnly ? i : i / 4;
          double sum = 0;
          for (int k = 0; k < 4; k++) {
            sum += x.get(row * 4 + k) * x.get(row * 4 + k);
          }
          double factor = 1 / Math.sqrt(sum / 4 + 1e-5);
          return factorOnly ? factor : x.get(i) * factor * in.get(1).get(i % 4);
        });
  }
}
