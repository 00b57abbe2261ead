package org.tensorferry.port;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A row of the port table with an example: a layer, the torch tensors that fill it, and where
 * elements of its variables come from by the definition of both layers.
 *
 * @param name the Keras class and what is special
 * @param variables each {@code name[sizes]}
 * @param tensors each {@code name[sizes]}
 * @param places for some variables, the torch tensor and the index in it of an element
 */
record PortRowCase(
    String name,
    String kerasClass,
    String config,
    List<String> variables,
    List<String> tensors,
    List<Place> places) {

  /** Element {@code index} of the variable is element {@code torch(index)} of the tensor. */
  record Place(String variable, String tensor, UnaryOperator<int[]> torch) {}

  static PortRowCase of(String name, String config, String variables, String tensors) {
    return new PortRowCase(
        name,
        name.replaceFirst(" .*", ""),
        config,
        Arrays.asList(variables.split(" ")),
        Arrays.asList(tensors.split(" ")),
        List.of());
  }

  PortRowCase place(String variable, String tensor, UnaryOperator<int[]> torch) {
    List<Place> more = new ArrayList<>(places);
    more.add(new Place(variable, tensor, torch));
    return new PortRowCase(name, kerasClass, config, variables, tensors, more);
  }

  @Override
  public String toString() {
    return name;
  }

  private static int[] at(int... index) {
    return index;
  }

  /** Gate z, r, h of Keras at column c is gate r, z, n of torch's rows. */
  private static int gate(int column, int width) {
    return new int[] {1, 0, 2}[column / width] * width + column % width;
  }

  static List<PortRowCase> all() {
    String recurrent = "weight_ih_l0[%d,3] weight_hh_l0[%d,2] bias_ih_l0[%d] bias_hh_l0[%d]";
    String cell = "weight_ih[%d,3] weight_hh[%d,2] bias_ih[%d] bias_hh[%d]";
    return List.of(
        of("Dense", "{\"use_bias\":true}", "kernel[3,4] bias[4]", "weight[4,3] bias[4]")
            .place("kernel", "weight", i -> at(i[1], i[0]))
            .place("bias", "bias", i -> i),
        of("Dense without bias", "{\"use_bias\":false}", "0[3,4]", "weight[4,3]")
            .place("0", "weight", i -> at(i[1], i[0])),
        of("EinsumDense of a query", "", "kernel[6,2,5] bias[2,5]", "weight[10,6] bias[10]")
            .place("kernel", "weight", i -> at(i[1] * 5 + i[2], i[0]))
            .place("bias", "bias", i -> at(i[0] * 5 + i[1])),
        of("EinsumDense of an output", "", "kernel[2,5,6] bias[6]", "weight[6,10] bias[6]")
            .place("kernel", "weight", i -> at(i[2], i[0] * 5 + i[1])),
        of(
                "MultiHeadAttention",
                "",
                "0[6,2,3] 1[2,3] 2[6,2,3] 3[2,3] 4[6,2,3] 5[2,3] 6[2,3,6] 7[6]",
                "in_proj_weight[18,6] in_proj_bias[18] out_proj.weight[6,6] out_proj.bias[6]")
            .place("0", "in_proj_weight", i -> at(i[1] * 3 + i[2], i[0]))
            .place("2", "in_proj_weight", i -> at(6 + i[1] * 3 + i[2], i[0]))
            .place("5", "in_proj_bias", i -> at(12 + i[0] * 3 + i[1]))
            .place("6", "out_proj.weight", i -> at(i[2], i[0] * 3 + i[1])),
        of("GroupQueryAttention projection", "", "kernel[6,2,3] bias[2,3]", "weight[6,6] bias[6]")
            .place("kernel", "weight", i -> at(i[1] * 3 + i[2], i[0])),
        of("Bilinear", "", "kernel[3,4,5] bias[5]", "weight[5,3,4] bias[5]")
            .place("kernel", "weight", i -> at(i[2], i[0], i[1])),
        of("Conv1D", "{}", "kernel[3,4,5] bias[5]", "weight[5,4,3] bias[5]")
            .place("kernel", "weight", i -> at(i[2], i[1], i[0])),
        of("Conv2D", "{}", "kernel[2,3,4,5] bias[5]", "weight[5,4,2,3] bias[5]")
            .place("kernel", "weight", i -> at(i[3], i[2], i[0], i[1])),
        of("Conv3D", "{\"use_bias\":false}", "kernel[2,3,2,4,5]", "weight[5,4,2,3,2]")
            .place("kernel", "weight", i -> at(i[4], i[3], i[0], i[1], i[2])),
        of("Conv1DTranspose", "{}", "kernel[3,5,4] bias[5]", "weight[4,5,3] bias[5]")
            .place("kernel", "weight", i -> at(i[2], i[1], i[0])),
        of("Conv2DTranspose", "{}", "kernel[2,3,5,4] bias[5]", "weight[4,5,2,3] bias[5]")
            .place("kernel", "weight", i -> at(i[3], i[2], i[0], i[1])),
        of("Conv3DTranspose", "{}", "kernel[2,3,2,5,4] bias[5]", "weight[4,5,2,3,2] bias[5]")
            .place("kernel", "weight", i -> at(i[4], i[3], i[0], i[1], i[2])),
        of("DepthwiseConv1D", "{}", "kernel[3,4,2] bias[8]", "weight[8,1,3] bias[8]")
            .place("kernel", "weight", i -> at(i[1] * 2 + i[2], 0, i[0])),
        of("DepthwiseConv2D", "{}", "depthwise_kernel[2,3,4,2] bias[8]", "weight[8,1,2,3] bias[8]")
            .place("depthwise_kernel", "weight", i -> at(i[2] * 2 + i[3], 0, i[0], i[1])),
        of(
                "SeparableConv1D",
                "{}",
                "depthwise_kernel[3,4,2] pointwise_kernel[1,8,5] bias[5]",
                "0.weight[8,1,3] 1.weight[5,8,1] 1.bias[5]")
            .place("depthwise_kernel", "0.weight", i -> at(i[1] * 2 + i[2], 0, i[0]))
            .place("pointwise_kernel", "1.weight", i -> at(i[2], i[1], 0)),
        of(
                "SeparableConv2D",
                "{}",
                "0[3,3,4,1] 1[1,1,4,5] 2[5]",
                "0.weight[4,1,3,3] 1.weight[5,4,1,1] 1.bias[5]")
            .place("0", "0.weight", i -> at(i[2], 0, i[0], i[1]))
            .place("1", "1.weight", i -> at(i[3], i[2], 0, 0)),
        of(
                "BatchNormalization",
                "{\"epsilon\":1e-5,\"momentum\":0.9}",
                "0[4] 1[4] 2[4] 3[4]",
                "weight[4] bias[4] running_mean[4] running_var[4]")
            .place("0", "weight", i -> i)
            .place("1", "bias", i -> i)
            .place("2", "running_mean", i -> i)
            .place("3", "running_var", i -> i),
        of(
                "BatchNormalization without affine",
                "{\"epsilon\":1e-5,\"scale\":false,\"center\":false}",
                "0[4] 1[4]",
                "running_mean[4] running_var[4]")
            .place("1", "running_var", i -> i),
        of("LayerNormalization", "{\"epsilon\":1e-5}", "gamma[4] beta[4]", "weight[4] bias[4]")
            .place("gamma", "weight", i -> i),
        of("GroupNormalization", "{\"epsilon\":1e-5}", "gamma[4] beta[4]", "weight[4] bias[4]")
            .place("beta", "bias", i -> i),
        of("RMSNormalization", "{\"epsilon\":1.1920928955078125e-7}", "scale[4]", "weight[4]")
            .place("scale", "weight", i -> i),
        of("Embedding", "{}", "embeddings[7,4]", "weight[7,4]")
            .place("embeddings", "weight", i -> i),
        of("GRU", "{}", "kernel[3,6] recurrent_kernel[2,6] bias[2,6]", sized(recurrent, 6))
            .place("kernel", "weight_ih_l0", i -> at(gate(i[1], 2), i[0]))
            .place("recurrent_kernel", "weight_hh_l0", i -> at(gate(i[1], 2), i[0])),
        of("GRUCell", "{}", "kernel[3,6] recurrent_kernel[2,6] bias[2,6]", sized(cell, 6))
            .place("kernel", "weight_ih", i -> at(gate(i[1], 2), i[0])),
        of("LSTM", "{}", "kernel[3,8] recurrent_kernel[2,8] bias[8]", sized(recurrent, 8))
            .place("kernel", "weight_ih_l0", i -> at(i[1], i[0])),
        of("LSTMCell", "{}", "kernel[3,8] recurrent_kernel[2,8] bias[8]", sized(cell, 8))
            .place("recurrent_kernel", "weight_hh", i -> at(i[1], i[0])),
        of("SimpleRNN", "{}", "kernel[3,2] recurrent_kernel[2,2] bias[2]", sized(recurrent, 2))
            .place("kernel", "weight_ih_l0", i -> at(i[1], i[0])),
        of("SimpleRNNCell", "{}", "kernel[3,2] recurrent_kernel[2,2] bias[2]", sized(cell, 2))
            .place("recurrent_kernel", "weight_hh", i -> at(i[1], i[0])),
        of("PReLU", "{}", "alpha[1,1,4]", "weight[4]").place("alpha", "weight", i -> at(i[2])));
  }

  private static String sized(String text, int rows) {
    return text.replace("%d", Integer.toString(rows));
  }
}
