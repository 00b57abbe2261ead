package org.tensorferry.converters.layer;

import static org.tensorferry.rule.LayerRule.port;

import java.util.List;
import org.tensorferry.rule.LayerRule;

/**
 * The layers of torch.nn. A layer that is not here keeps torch's names and layouts.
 *
 * <p>Axis orders are Keras' (formats: Dense [in, out]; ConvND [spatial..., in/groups, out];
 * transposed [spatial..., out/groups, in]; Embedding [num, dim]).
 */
public final class StandardLayers {

  private static final String NN = "torch.nn.modules.";

  private StandardLayers() {}

  public static List<LayerRule> rows() {
    return List.of(
        // Linear
        dense(NN + "linear.Linear"),
        dense(NN + "linear.NonDynamicallyQuantizableLinear"),
        LayerRule.of(
            NN + "linear.Bilinear",
            "-",
            port("kernel", Layouts.BILINEAR, "weight"),
            port("bias", "bias")),
        // Convolution
        convolution(NN + "conv.Conv1d", "Conv1D", 1),
        convolution(NN + "conv.Conv2d", "Conv2D", 2),
        convolution(NN + "conv.Conv3d", "Conv3D", 3),
        convolution("torchvision.ops.misc.Conv2d", "Conv2D", 2),
        transposed(NN + "conv.ConvTranspose1d", "Conv1DTranspose", 1),
        transposed(NN + "conv.ConvTranspose2d", "Conv2DTranspose", 2),
        transposed(NN + "conv.ConvTranspose3d", "Conv3DTranspose", 3),
        // Normalisation
        batchNorm(NN + "batchnorm.BatchNorm1d"),
        batchNorm(NN + "batchnorm.BatchNorm2d"),
        batchNorm(NN + "batchnorm.BatchNorm3d"),
        batchNorm(NN + "batchnorm.SyncBatchNorm"),
        batchNorm("torchvision.ops.misc.FrozenBatchNorm2d"),
        scaleAndShift(NN + "normalization.LayerNorm", "LayerNormalization"),
        scaleAndShift(NN + "normalization.GroupNorm", "GroupNormalization"),
        LayerRule.of(NN + "normalization.RMSNorm", "RMSNormalization", port("scale", "weight")),
        batchNorm(NN + "instancenorm.InstanceNorm1d"),
        batchNorm(NN + "instancenorm.InstanceNorm2d"),
        batchNorm(NN + "instancenorm.InstanceNorm3d"),
        // Embedding
        LayerRule.of(NN + "sparse.Embedding", "Embedding", port("embeddings", "weight")),
        LayerRule.of(NN + "sparse.EmbeddingBag", "Embedding", port("embeddings", "weight")),
        // Recurrent
        RecurrentLayers.stacked(
            NN + "rnn.GRU", "GRU(reset_after=True)", Layouts.GRU_KERNEL, Layouts.GRU_BIAS),
        RecurrentLayers.stacked(NN + "rnn.LSTM", "LSTM", Layouts.LSTM_KERNEL, Layouts.LSTM_BIAS),
        RecurrentLayers.stacked(NN + "rnn.RNN", "SimpleRNN", Layouts.RNN_KERNEL, Layouts.RNN_BIAS),
        RecurrentLayers.cell(
            NN + "rnn.GRUCell", "GRUCell(reset_after=True)", Layouts.GRU_KERNEL, Layouts.GRU_BIAS),
        RecurrentLayers.cell(
            NN + "rnn.LSTMCell", "LSTMCell", Layouts.LSTM_KERNEL, Layouts.LSTM_BIAS),
        RecurrentLayers.cell(
            NN + "rnn.RNNCell", "SimpleRNNCell", Layouts.RNN_KERNEL, Layouts.RNN_BIAS),
        // Attention: rows of query, key and value stand one after another, as torch packs them
        LayerRule.of(
            NN + "activation.MultiheadAttention",
            "MultiHeadAttention",
            port("in_proj/kernel", Layouts.DENSE, "in_proj_weight"),
            port("in_proj/bias", "in_proj_bias"),
            port("query/kernel", Layouts.DENSE, "q_proj_weight"),
            port("key/kernel", Layouts.DENSE, "k_proj_weight"),
            port("value/kernel", Layouts.DENSE, "v_proj_weight"),
            port("bias_k", "bias_k"),
            port("bias_v", "bias_v")),
        // Activation
        LayerRule.of(NN + "activation.PReLU", "PReLU", port("alpha", "weight")));
  }

  private static LayerRule dense(String torchClass) {
    return LayerRule.of(
        torchClass, "Dense", port("kernel", Layouts.DENSE, "weight"), port("bias", "bias"));
  }

  private static LayerRule convolution(String torchClass, String keras, int spatialAxes) {
    return LayerRule.of(
        torchClass,
        keras,
        port("kernel", Layouts.convolution(spatialAxes), "weight"),
        port("bias", "bias"));
  }

  private static LayerRule transposed(String torchClass, String keras, int spatialAxes) {
    return LayerRule.of(
        torchClass,
        keras,
        port("kernel", Layouts.transposedConvolution(spatialAxes), "weight"),
        port("bias", "bias"));
  }

  private static LayerRule batchNorm(String torchClass) {
    return LayerRule.of(
        torchClass,
        "BatchNormalization",
        port("gamma", "weight"),
        port("beta", "bias"),
        port("moving_mean", "running_mean"),
        port("moving_variance", "running_var"));
  }

  private static LayerRule scaleAndShift(String torchClass, String keras) {
    return LayerRule.of(torchClass, keras, port("gamma", "weight"), port("beta", "bias"));
  }
}
