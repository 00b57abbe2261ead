package org.tensorferry.layers;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The layers with their options, written as torch.nn calls its operators. */
final class LayerCases {

  private static final String NN = "torch.nn.modules.";

  private final List<LayerCase> all = new ArrayList<>();

  private LayerCases() {}

  static List<LayerCase> all() {
    LayerCases cases = new LayerCases();
    cases.linear();
    cases.convolutions();
    cases.transposedConvolutions();
    cases.normalisation();
    cases.embedding();
    cases.attention();
    cases.all.addAll(RecurrentLayerCases.all());
    return cases.all;
  }

  private LayerCase add(String torchClass, String option, String code) {
    LayerCase layer = new LayerCase(torchClass, option, "return " + code);
    all.add(layer);
    return layer;
  }

  private LayerCase nn(String simpleClass, String option, String code) {
    return add(NN + simpleClass, option, code);
  }

  private void linear() {
    for (String name : List.of("linear.Linear", "linear.NonDynamicallyQuantizableLinear")) {
      nn(name, "", "torch.linear(x, self.weight, self.bias)")
          .input(3, 5)
          .parameter("weight", 4, 5)
          .parameter("bias", 4)
          .becomes("kernel [5,4]", "bias [4]");
      nn(name, "no bias", "torch.linear(x, self.weight)")
          .input(3, 2, 5)
          .parameter("weight", 4, 5)
          .becomes("kernel [5,4]");
    }
    nn("linear.Linear", "as traced by old torch", "torch.addmm(self.bias, x, torch.t(self.weight))")
        .input(3, 5)
        .parameter("weight", 4, 5)
        .parameter("bias", 4)
        .becomes("kernel [5,4]", "bias [4]");
    nn("linear.Bilinear", "", "torch.bilinear(x, y, self.weight, self.bias)")
        .input(3, 4)
        .input(3, 5)
        .parameter("weight", 6, 4, 5)
        .parameter("bias", 6)
        .becomes("kernel [4,5,6]", "bias [6]");
    nn("activation.PReLU", "one for all", "torch.prelu(x, self.weight)")
        .input(3, 5)
        .parameter("weight", 1)
        .becomes("alpha [1]");
    nn("activation.PReLU", "one for each channel", "torch.prelu(x, self.weight)")
        .input(3, 5, 4, 4)
        .parameter("weight", 5)
        .becomes("alpha [5]");
  }

  private void convolutions() {
    String plain = "self.weight, self.bias, ";
    convolution("conv.Conv1d", "", "torch.conv1d(x, " + plain + "1, 0, 1, 1)", 3);
    convolution("conv.Conv1d", "strided", "torch.conv1d(x, " + plain + "2, 1, 1, 1)", 3);
    convolution("conv.Conv1d", "dilated", "torch.conv1d(x, " + plain + "1, 2, 2, 1)", 3);
    convolution("conv.Conv1d", "same", "torch.conv1d(x, " + plain + "[1], \"same\", [1], 1)", 4);
    convolution("conv.Conv2d", "", "torch.conv2d(x, " + plain + "1, 0, 1, 1)", 3, 2);
    convolution("conv.Conv2d", "strided", "torch.conv2d(x, " + plain + "2, 1, 1, 1)", 3, 3);
    convolution("conv.Conv2d", "dilated", "torch.conv2d(x, " + plain + "1, 2, 2, 1)", 3, 3);
    convolution("conv.Conv3d", "", "torch.conv3d(x, " + plain + "1, 1, 1, 1)", 3, 2, 3);
    for (String mode : List.of("reflect", "replicate", "circular")) {
      String padded = "torch.conv2d(torch.pad(x, [1, 1, 1, 1], \"" + mode + "\"), " + plain;
      convolution("conv.Conv2d", mode + " padding", padded + "1, 0, 1, 1)", 3, 3);
    }
    add(
            "torchvision.ops.misc.Conv2d",
            "of torchvision",
            "torch.conv2d(x, self.weight, None, 1, 1, 1, 1)")
        .input(2, 4, 7, 6)
        .parameter("weight", 5, 4, 3, 3)
        .becomes("kernel [3,3,4,5]");
    nn("conv.Conv2d", "grouped", "torch.conv2d(x, self.weight, None, 1, 1, 1, 2)")
        .input(2, 4, 7, 6)
        .parameter("weight", 6, 2, 3, 3)
        .becomes("kernel [3,3,2,6]")
        .rearranging();
    nn("conv.Conv2d", "depthwise", "torch.conv2d(x, self.weight, None, 1, 1, 1, 4)")
        .input(2, 4, 7, 6)
        .parameter("weight", 4, 1, 3, 3)
        .becomes("kernel [3,3,1,4]")
        .rearranging();
  }

  /** 4 to 5 channels, on axes of 7 and more elements. */
  private void convolution(String name, String option, String code, long... kernel) {
    long[] input = sizes(2, 4, kernel.length);
    nn(name, option, code)
        .input(input)
        .parameter("weight", join(5, 4, kernel))
        .parameter("bias", 5)
        .becomes("kernel [" + text(kernel) + ",4,5]", "bias [5]");
  }

  private void transposedConvolutions() {
    transposed("conv.ConvTranspose1d", "", "torch.conv_transpose1d(x, W, 1, 0, 0, 1, 1)", 3);
    transposed("conv.ConvTranspose1d", "strided", "torch.conv_transpose1d(x, W, 2, 1, 1, 1, 1)", 3);
    transposed("conv.ConvTranspose2d", "", "torch.conv_transpose2d(x, W, 1, 0, 0, 1, 1)", 3, 2);
    transposed(
        "conv.ConvTranspose2d", "strided", "torch.conv_transpose2d(x, W, 2, 1, 1, 1, 1)", 3, 3);
    transposed("conv.ConvTranspose3d", "", "torch.conv_transpose3d(x, W, 2, 1, 0, 1, 1)", 3, 2, 3);
  }

  private void transposed(String name, String option, String code, long... kernel) {
    nn(name, option, code.replace("W", "self.weight, self.bias"))
        .input(sizes(2, 4, kernel.length))
        .parameter("weight", join(4, 5, kernel))
        .parameter("bias", 5)
        .becomes("kernel [" + text(kernel) + ",5,4]", "bias [5]");
  }

  private void normalisation() {
    String code =
        "torch.batch_norm(x, self.weight, self.bias, self.running_mean, self.running_var, False, 0.1, 1e-05, True)";
    batchNorm("batchnorm.BatchNorm1d", "vectors", code, 3, 5);
    batchNorm("batchnorm.BatchNorm1d", "sequences", code, 3, 5, 4);
    batchNorm("batchnorm.BatchNorm2d", "", code, 3, 5, 4, 2);
    batchNorm("batchnorm.BatchNorm3d", "", code, 3, 5, 2, 3, 2);
    batchNorm("batchnorm.SyncBatchNorm", "", code, 3, 5, 4, 2);
    nn("batchnorm.BatchNorm2d", "not affine", code.replace("self.weight, self.bias", "None, None"))
        .input(3, 5, 4, 2)
        .buffer("running_mean", 5)
        .buffer("running_var", 5)
        .becomes("moving_mean [5] frozen", "moving_variance [5] frozen");
    add(
            "torchvision.ops.misc.FrozenBatchNorm2d",
            "",
            "x * torch.reshape(self.weight * torch.rsqrt(self.running_var + 1e-05), [1, -1, 1, 1])"
                + " + torch.reshape(self.bias - self.running_mean * self.weight * torch.rsqrt(self.running_var + 1e-05), [1, -1, 1, 1])")
        .input(3, 5, 4, 2)
        .buffer("weight", 5)
        .buffer("bias", 5)
        .buffer("running_mean", 5)
        .buffer("running_var", 5)
        .becomes(
            "gamma [5] frozen",
            "beta [5] frozen",
            "moving_mean [5] frozen",
            "moving_variance [5] frozen");
    scaled("normalization.LayerNorm", "torch.layer_norm(x, [4], self.weight, self.bias)", 4);
    scaled("normalization.GroupNorm", "torch.group_norm(x, 3, self.weight, self.bias)", 6);
    nn("normalization.RMSNorm", "", "torch.rms_norm(x, [4], self.weight, 1e-06)")
        .input(3, 6, 4)
        .parameter("weight", 4)
        .becomes("scale [4]");
    String instance =
        "torch.instance_norm(x, self.weight, self.bias, None, None, True, 0.1, 1e-05, True)";
    instanceNorm("instancenorm.InstanceNorm1d", instance, 3, 5, 4);
    instanceNorm("instancenorm.InstanceNorm2d", instance, 3, 5, 4, 3);
    instanceNorm("instancenorm.InstanceNorm3d", instance, 3, 5, 4, 3, 2);
    batchNorm(
        "instancenorm.InstanceNorm2d",
        "with stored statistics",
        instance.replace("None, None, True", "self.running_mean, self.running_var, False"),
        3,
        5,
        4,
        2);
  }

  private void batchNorm(String name, String option, String code, long... input) {
    nn(name, option, code)
        .input(input)
        .parameter("weight", 5)
        .parameter("bias", 5)
        .buffer("running_mean", 5)
        .buffer("running_var", 5)
        .becomes("gamma [5]", "beta [5]", "moving_mean [5] frozen", "moving_variance [5] frozen");
  }

  private void scaled(String name, String code, long size) {
    nn(name, "", code)
        .input(3, 6, 4)
        .parameter("weight", size)
        .parameter("bias", size)
        .becomes("gamma [" + size + "]", "beta [" + size + "]");
  }

  private void instanceNorm(String name, String code, long... input) {
    nn(name, "", code)
        .input(input)
        .parameter("weight", 5)
        .parameter("bias", 5)
        .becomes("gamma [5]", "beta [5]");
  }

  private void embedding() {
    nn("sparse.Embedding", "", "torch.embedding(self.weight, x)")
        .ids(new long[] {3, 4}, 7)
        .parameter("weight", 7, 5)
        .becomes("embeddings [7,5]");
    nn(
            "sparse.EmbeddingBag",
            "",
            "torch.embedding_bag(self.weight, torch.reshape(x, [-1]),"
                + " torch.arange(0, torch.numel(x), torch.size(x, 1), dtype=4), False, 1)[0]")
        .ids(new long[] {3, 4}, 7)
        .parameter("weight", 7, 5)
        .becomes("embeddings [7,5]");
  }

  private void attention() {
    String attend =
        "self.out_proj.forward(torch.scaled_dot_product_attention(%s, %s, %s, None, 0., False))";
    String packed = "torch.chunk(torch.linear(x, self.in_proj_weight, self.in_proj_bias), 3, 2)";
    nn(
            "activation.MultiheadAttention",
            "",
            attend.formatted(packed + "[0]", packed + "[1]", packed + "[2]"))
        .input(3, 5, 8)
        .parameter("in_proj_weight", 24, 8)
        .parameter("in_proj_bias", 24)
        .submodule(
            "out_proj",
            NN + "linear.NonDynamicallyQuantizableLinear",
            "torch.linear(x, self.weight, self.bias)",
            8,
            8)
        .becomes(
            "in_proj/kernel [8,24]",
            "in_proj/bias [24]",
            "out_proj/kernel [8,8]",
            "out_proj/bias [8]");
    nn(
            "activation.MultiheadAttention",
            "other sizes of key and value",
            attend.formatted(
                "torch.linear(x, self.q_proj_weight)",
                "torch.linear(y, self.k_proj_weight)",
                "torch.linear(y, self.v_proj_weight)"))
        .input(3, 5, 8)
        .input(3, 6, 4)
        .parameter("q_proj_weight", 8, 8)
        .parameter("k_proj_weight", 8, 4)
        .parameter("v_proj_weight", 8, 4)
        .submodule(
            "out_proj",
            NN + "linear.NonDynamicallyQuantizableLinear",
            "torch.linear(x, self.weight, self.bias)",
            8,
            8)
        .becomes(
            "query/kernel [8,8]",
            "key/kernel [4,8]",
            "value/kernel [4,8]",
            "out_proj/kernel [8,8]",
            "out_proj/bias [8]");
  }

  private static long[] sizes(long batch, long channels, int axes) {
    long[] shape = new long[axes + 2];
    shape[0] = batch;
    shape[1] = channels;
    for (int i = 0; i < axes; i++) {
      shape[i + 2] = 7L + i;
    }
    return shape;
  }

  private static long[] join(long first, long second, long... rest) {
    long[] all = new long[rest.length + 2];
    all[0] = first;
    all[1] = second;
    System.arraycopy(rest, 0, all, 2, rest.length);
    return all;
  }

  private static String text(long... sizes) {
    return String.join(",", Arrays.stream(sizes).mapToObj(Long::toString).toList());
  }
}
