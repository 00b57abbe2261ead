package org.tensorferry.operators;

/** Convolutions of one to three axes, with every option. */
final class ConvolutionOpsTest extends OperatorTest {

  @Override
  protected void cases(Cases c) {
    c.op(
            "torch.conv_transpose1d(x, self.w, None, [2], [1], [y.size(0) - 2 * x.size(2)])",
            f32(1, 3, 5).fixed(1),
            f32(11).fixed(0))
        .named("conv_transpose1d with output_size: output padding from sizes")
        .parameter("w", f32(3, 2, 4))
        .staticOnly("one size is the double of the other and one");
    c.op(
            "torch.conv_transpose1d(x[:, :, :(x.size(2) + 1) // 2], self.w, None, [2], [1], [x.size(2) + 1 - 2 * ((x.size(2) + 1) // 2)])",
            f32(1, 3, 5).fixed(1))
        .named("conv_transpose1d back to an odd or even size")
        .parameter("w", f32(3, 2, 3));
    c.op("torch.conv1d(x, self.w, self.b)", f32(2, 4, 9))
        .parameter("w", f32(6, 4, 3))
        .parameter("b", f32(6));
    c.op("torch.conv1d(x, self.w, None, 2, 1, 2)", f32(2, 4, 9)).parameter("w", f32(6, 4, 3));
    c.op("torch.conv1d(x, self.w, None, [1], [2], [1], 2)", f32(2, 4, 9))
        .named("conv1d grouped")
        .parameter("w", f32(6, 2, 3));
    c.op("torch.conv1d(x, self.w, None, [2], [2], [1], 4)", f32(2, 4, 9))
        .named("conv1d depthwise")
        .parameter("w", f32(8, 1, 3));
    c.op("torch.conv1d(x, self.w, None, [1], [2], [2], 4)", f32(2, 4, 9))
        .named("conv1d depthwise dilated")
        .parameter("w", f32(4, 1, 3));
    c.op("torch.conv1d(x, self.w)", f32(4, 9))
        .named("conv1d without batch")
        .parameter("w", f32(6, 4, 3));
    c.op("torch.conv1d(x, self.w, None, 1, \"same\")", f32(2, 4, 9))
        .named("conv1d same, even kernel")
        .parameter("w", f32(6, 4, 4));
    c.op("torch.conv1d(x, self.w, None, 1, \"valid\", 2)", f32(2, 4, 9))
        .named("conv1d valid")
        .parameter("w", f32(6, 4, 3));

    c.op("torch.conv2d(x, self.w, self.b)", f32(2, 3, 8, 9))
        .parameter("w", f32(5, 3, 3, 2))
        .parameter("b", f32(5));
    c.op("torch.conv2d(x, self.w, None, [2, 1], [1, 2], [1, 2])", f32(2, 3, 8, 9))
        .parameter("w", f32(5, 3, 3, 2));
    c.op("torch.conv2d(x, self.w, None, 2, 3)", f32(2, 3, 15, 15))
        .named("conv2d 7x7 stride 2")
        .parameter("w", f32(4, 3, 7, 7));
    c.op("torch.conv2d(x, self.w, None, 1, 1, 1, 2)", f32(2, 4, 8, 9))
        .named("conv2d grouped")
        .parameter("w", f32(6, 2, 3, 3));
    c.op("torch.conv2d(x, self.w, self.b, 2, 1, 1, 4)", f32(2, 4, 8, 9))
        .named("conv2d depthwise")
        .parameter("w", f32(4, 1, 3, 3))
        .parameter("b", f32(4));
    c.op("torch.conv2d(x, self.w, None, [2, 1], 1, 1, 4)", f32(2, 4, 8, 9))
        .named("conv2d depthwise, unequal strides")
        .parameter("w", f32(8, 1, 3, 3));
    c.op("torch.conv2d(x, self.w, None, 1, 2, 2, 4)", f32(2, 4, 8, 9))
        .named("conv2d depthwise dilated")
        .parameter("w", f32(8, 1, 3, 3));
    c.op("torch.conv2d(x, self.w, None, 1, \"same\", [1, 2])", f32(2, 3, 8, 9))
        .named("conv2d same")
        .parameter("w", f32(5, 3, 4, 2));
    c.op("torch.conv2d(x, self.w, None, 2, \"valid\")", f32(2, 3, 8, 9))
        .named("conv2d valid")
        .parameter("w", f32(5, 3, 4, 2));
    c.program(
        "conv1d with as many groups as sequences",
        """
        def forward(self, x: Tensor) -> Tensor:
          rows = torch.reshape(x, [1, -1, 9])
          kernel = torch.repeat(torch.arange(-1., 2., 1.), [torch.size(rows, 1), 1, 1])
          return torch.conv1d(rows, kernel, None, [1], [0], [1], torch.size(rows, 1))
        """,
        f32(2, 4, 9).fixed(2));
    c.op("torch.conv2d(x, y)", f32(2, 3, 8, 9), f32(5, 3, 3, 3).fixed())
        .named("conv2d with a computed weight");
    c.op("torch.conv2d(x, self.w)", f64(1, 3, 5, 5)).parameter("w", f64(5, 3, 3, 2));

    // TensorFlow's kernels fail on these.
    c.op("torch.conv2d(x, self.w, None, [1, 3])", f32(2, 1, 4, 4))
        .parameter("w", f32(2, 1, 2, 3))
        .staticOnly("where the width could be another");
    c.op("torch.conv3d(x, self.w, None, [1, 1, 2], [1, 1, 1], [1, 1, 2])", f32(1, 1, 1, 1, 4))
        .parameter("w", f32(1, 1, 1, 1, 3))
        .staticOnly("where the width could be another");
    c.op("torch.conv3d(x, self.w, self.b, [1, 2, 1], [0, 1, 1])", f32(2, 3, 4, 5, 6))
        .parameter("w", f32(4, 3, 2, 3, 3))
        .parameter("b", f32(4));
    c.op("torch.conv3d(x, self.w, None, 1, 2, 2)", f32(1, 2, 5, 5, 6))
        .named("conv3d dilated")
        .parameter("w", f32(4, 2, 2, 3, 3));
    c.op("torch.conv3d(x, self.w, None, 1, 1, 1, 2)", f32(1, 4, 5, 5, 6))
        .named("conv3d grouped")
        .parameter("w", f32(4, 2, 2, 3, 3));
    c.op("torch.conv3d(x, self.w, None, 1, \"same\")", f32(1, 2, 5, 5, 6))
        .named("conv3d same")
        .parameter("w", f32(4, 2, 2, 3, 3));

    c.op("torch.conv_transpose1d(x, self.w, self.b, 2, 1, 1)", f32(2, 4, 9))
        .parameter("w", f32(4, 5, 3))
        .parameter("b", f32(5));
    c.op(
            "torch.conv_transpose2d(x, self.w, None, 2, 1, [torch.size(x, 2) % 2, 1 - torch.size(x, 3) % 2])",
            f32(2, 4, 5, 6))
        .named("conv_transpose2d, output padding by sizes")
        .parameter("w", f32(4, 5, 3, 3));
    c.op("torch.conv_transpose2d(x, self.w, self.b)", f32(2, 4, 5, 6))
        .parameter("w", f32(4, 5, 3, 2))
        .parameter("b", f32(5));
    c.op("torch.conv_transpose2d(x, self.w, None, [2, 3], [1, 0], [1, 2])", f32(2, 4, 5, 6))
        .parameter("w", f32(4, 5, 3, 3));
    c.op("torch.conv_transpose2d(x, self.w, None, 2, 1, 0, 2)", f32(2, 4, 5, 6))
        .named("conv_transpose2d grouped")
        .parameter("w", f32(4, 3, 3, 3));
    c.op("torch.conv_transpose2d(x, self.w, None, 1, 0, 1, 1, 2)", f32(2, 4, 5, 6))
        .named("conv_transpose2d dilated, output padding")
        .parameter("w", f32(4, 3, 3, 3));
    c.op("torch.conv_transpose2d(x, self.w)", f32(4, 5, 6))
        .named("conv_transpose2d without batch")
        .parameter("w", f32(4, 3, 3, 3));
    c.op("torch.conv_transpose3d(x, self.w, None, 2, 1, 1)", f32(1, 3, 3, 4, 5))
        .parameter("w", f32(3, 2, 3, 3, 3));

    c.op(
            "torch._convolution(x, self.w, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, False, False, True, True)",
            f32(2, 3, 8, 9))
        .named("_convolution as traced")
        .parameter("w", f32(5, 3, 3, 3));
    c.op(
            "torch._convolution(x, self.w, None, [2, 2], [1, 1], [1, 1], True, [1, 1], 1, False, False, True, True)",
            f32(2, 3, 8, 9))
        .named("_convolution transposed")
        .parameter("w", f32(3, 5, 3, 3));
    c.op(
            "torch._convolution(x, self.w, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, False, False, True)",
            f32(2, 3, 8, 9))
        .named("_convolution of old files")
        .parameter("w", f32(5, 3, 3, 3));
    c.op(
            "torch.convolution(x, self.w, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1)",
            f32(2, 3, 8, 9))
        .named("convolution")
        .parameter("w", f32(5, 3, 3, 3));
    c.op("torch._convolution_mode(x, self.w, None, [1, 1], \"same\", [1, 1], 1)", f32(2, 3, 8, 9))
        .named("_convolution_mode as traced")
        .parameter("w", f32(5, 3, 4, 3));
  }
}
