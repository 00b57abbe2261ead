package org.tensorferry.operators;

import java.util.List;

/** Activation functions with their options. */
final class ActivationOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    plain(c);
    withOptions(c);
    gated(c);
  }

  private static void plain(Cases c) {
    for (String name :
        List.of(
            "relu",
            "relu6",
            "gelu",
            "elu",
            "celu",
            "selu",
            "silu",
            "mish",
            "softplus",
            "hardtanh",
            "hardsigmoid",
            "hardswish",
            "leaky_relu",
            "rrelu",
            "hardshrink",
            "softshrink",
            "log_sigmoid")) {
      c.op("torch." + name + "(x)", f32(2, 3).between(-8, 8));
      c.op("torch." + name + "(x)", f64(8).between(-8, 8));
      c.op("torch." + name + "(x)", bf16(8));
    }
    c.op("torch.relu(x)", f32());
    c.op("torch.relu(x)", i64(4));
    c.op("torch.relu(x)", f32(2).values(Double.NaN, -1));
    c.op("torch.relu6(x)", f16(4));
    c.program(
        "relu_", "def forward(self, x: Tensor) -> Tensor:\n  return torch.relu_(x)\n", f32(3));
  }

  private static void withOptions(Cases c) {
    c.op("torch.gelu(x, approximate=\"tanh\")", f32(8));
    c.op("torch.elu(x, 0.5)", f32(8));
    c.op("torch.elu(x, 1.5, 2, 0.5)", f32(8));
    c.op("torch.celu(x, 0.7)", f32(8));
    c.op("torch.softplus(x, 2)", f32(8));
    c.op("torch.softplus(x, 1, 2)", f32(8).between(-4, 4));
    c.op("torch.softplus(x, 0.5, 30)", f32(3).values(-200, 50, 200));
    c.op("torch.hardtanh(x, 0, 6)", f32(8).between(-9, 9));
    c.op("torch.hardtanh(x, -2, 0.5)", f32(8));
    c.op("torch.hardtanh(x, -2, 2)", i64(8));
    c.op("torch.leaky_relu(x, 0.3)", f32(8));
    c.op("torch.leaky_relu(x, 1.5)", f32(8));
    c.op("torch.leaky_relu(x, 0.3)", f64(8));
    c.op("torch.rrelu(x, 0.1, 0.3, False)", f32(8));
    c.refused("torch.rrelu(x, 0.1, 0.3, True)", "model.eval()", f32(8));
    c.op("torch.rrelu_with_noise(x, y, 0.1, 0.3, False)", f32(8), f32(8));
    c.op("torch.hardshrink(x, 1)", f32(8));
    c.op("torch.softshrink(x, 1)", f32(8));
    c.op("torch.threshold(x, 0.1, 20)", f32(8));
    c.op("torch.threshold(x, 0, 2)", i64(8));
  }

  private static void gated(Cases c) {
    c.op("torch.glu(x)", f32(2, 6).fixed());
    c.op("torch.glu(x, 1)", f32(2, 4, 3).fixed());
    c.op("torch.glu(x, -2)", f32(4, 3).fixed());
    c.op("torch.prelu(x, y)", f32(2, 3), f32(1));
    c.op("torch.prelu(x, y)", f32(2, 3, 4), f32(3));
    c.op("torch.prelu(x, y)", f32(4), f32(1));
    c.op("torch.prelu(x, self.w)", f32(2, 3, 4, 4))
        .parameter("w", f32(3))
        .staticOnly("as many channels as weights");
    c.op("torch.prelu(x, y)", f32(2).values(1, -1), f32(1).values(Double.NEGATIVE_INFINITY));
    c.op("torch._prelu_kernel(x, y)", f32(2, 3, 4), f32(1, 3, 1));
    c.program(
        "log_sigmoid_forward",
        "def forward(self, x: Tensor) -> Tensor:\n  y, b = torch.log_sigmoid_forward(x)\n  return y\n",
        f32(8));
  }
}
