package org.tensorferry.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.error.FerryException;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;

/** Mistakes in models, files and map files: none is ported in silence. */
class PlantedMappingFaultsTest {

  @TempDir Path folder;

  /**
   * A mistake and the words that name it.
   *
   * @param words each must stand in the text of a fault, or in what is said where nothing is at
   *     fault
   */
  private record Planted(
      String name,
      TorchTensors torch,
      MemoryModel model,
      String map,
      PortOptions options,
      boolean isRefused,
      List<String> words) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Planted refused(
      String name, TorchTensors torch, MemoryModel model, String... words) {
    return new Planted(name, torch, model, "", PortOptions.defaults(), true, List.of(words));
  }

  private static Planted refusedMap(
      String name, TorchTensors torch, MemoryModel model, String map, String... words) {
    return new Planted(name, torch, model, map, PortOptions.defaults(), true, List.of(words));
  }

  private static Planted named(
      String name, TorchTensors torch, MemoryModel model, String map, String... words) {
    return new Planted(name, torch, model, map, PortOptions.defaults(), false, List.of(words));
  }

  private static MemoryModel model() {
    return new MemoryModel();
  }

  private static MemoryModel dense(String... layers) {
    MemoryModel model = model();
    for (String layer : layers) {
      model.layer(layer, "Dense", "{}", "kernel[4,4]", "bias[4]");
    }
    return model;
  }

  private static TorchTensors linear(String... modules) {
    TorchTensors torch = TorchTensors.of();
    for (String module : modules) {
      torch.add(module + ".weight[4,4]").add(module + ".bias[4]");
    }
    return torch;
  }

  private static TorchTensors gru(String name, int gates) {
    int rows = gates * 2;
    return TorchTensors.of(
        name + ".weight_ih_l0[" + rows + ",3]",
        name + ".weight_hh_l0[" + rows + ",2]",
        name + ".bias_ih_l0[" + rows + "]",
        name + ".bias_hh_l0[" + rows + "]");
  }

  private static TorchTensors both(String name) {
    TorchTensors torch = gru(name, 4);
    gru(name, 4).all().forEach((tensor, data) -> torch.put(tensor + "_reverse", data));
    return torch;
  }

  private static MemoryModel bidirectional() {
    return model()
        .layer("both/forward_layer", "LSTM", "{}", "0[3,8]", "1[2,8]", "2[8]")
        .layer(
            "both/backward_layer", "LSTM", "{\"go_backwards\":true}", "0[3,8]", "1[2,8]", "2[8]");
  }

  private static MemoryModel norm(String config) {
    return config.isEmpty()
        ? model()
            .layer(
                "bn",
                "BatchNormalization",
                "",
                "gamma[3]",
                "beta[3]",
                "moving_mean[3]",
                "moving_variance[3]")
        : model().layer("bn", "BatchNormalization", config, "0[3]", "1[3]", "2[3]", "3[3]");
  }

  private static TorchTensors norm() {
    return TorchTensors.of("bn.weight[3]", "bn.bias[3]", "bn.running_mean[3]", "bn.running_var[3]");
  }

  private static String same() {
    return "{\"epsilon\":1e-5,\"momentum\":0.9}";
  }

  static Stream<Planted> faults() {
    return Stream.of(
        refused(
            "layers of equal shape whose names say nothing and whose numbers are of another kind",
            linear("left", "right"),
            dense("x", "y").layer("z", "Dense", "{}", "kernel[4,5]", "bias[5]"),
            "could be filled from any of `left`, `right`",
            "\"layers\": {\"x\": \"left\"}"),
        refused(
            "names and order that contradict each other",
            linear("fc2", "fc1"),
            dense("fc1", "fc2"),
            "could be filled from any of",
            "names nor the order"),
        refused(
            "the parts of a residual block in another order",
            TorchTensors.of(
                "layer1.0.conv3.weight[4,4,1,1]",
                "layer1.0.bn3.weight[4]",
                "layer1.0.bn3.bias[4]",
                "layer1.0.downsample.0.weight[4,4,1,1]",
                "layer1.0.downsample.1.weight[4]",
                "layer1.0.downsample.1.bias[4]"),
            model()
                .layer("conv2_block1_0_conv", "Conv2D", "{\"use_bias\":false}", "0[1,1,4,4]")
                .layer("conv2_block1_3_conv", "Conv2D", "{\"use_bias\":false}", "0[1,1,4,4]")
                .layer("conv2_block1_0_bn", "GroupNormalization", same(), "0[4]", "1[4]")
                .layer("conv2_block1_3_bn", "GroupNormalization", same(), "0[4]", "1[4]"),
            "could be filled from any of `layer1.0.conv3`, `layer1.0.downsample.0`"),
        refused(
            "a bias that torch lacks",
            TorchTensors.of("fc.weight[4,3]"),
            model().layer("fc", "Dense", "{}", "kernel[3,4]", "bias[4]"),
            "`fc` has no `bias` for `fc/bias`"),
        refused(
            "a bias that Keras lacks",
            TorchTensors.of("fc.weight[4,3]", "fc.bias[4]"),
            model().layer("fc", "Dense", "{\"use_bias\":false}", "kernel[3,4]"),
            "`fc` has `bias`, the layer nothing for it"),
        named(
            "gates in torch's order by a map",
            gru("gru", 3),
            model().layer("gru", "GRU", "{}", "kernel[3,6]", "recurrent_kernel[2,6]", "bias[2,6]"),
            "{\"variables\":{\"gru/kernel\":{\"from\":[\"gru.weight_ih_l0\"],\"recipe\":\"transpose\"}}}",
            "reorder gates"),
        refused(
            "an axis too few",
            TorchTensors.of("conv.weight[5,4,3]", "conv.bias[5]"),
            model().layer("conv", "Conv2D", "{}", "kernel[3,3,4,5]", "bias[5]"),
            "`weight` is [5,4,3], `conv/kernel` [3,3,4,5] takes [5,4,3,3]"),
        named(
            "a square kernel that is not transposed",
            linear("fc"),
            dense("fc"),
            "{\"variables\":{\"fc/kernel\":{\"from\":[\"fc.weight\"],\"recipe\":\"copy\"}}}",
            "the table has the recipe `transpose`"),
        refusedMap(
            "one module for two layers",
            linear("fc1", "fc2"),
            dense("a", "b"),
            "{\"layers\":{\"a\":\"fc1\",\"b\":\"fc1\"}}",
            "gives `fc1` to layer `a` and to layer `b`",
            "shared"),
        refusedMap(
            "a layer that isn't there",
            linear("fc1"),
            dense("dense"),
            "{\"layers\":{\"dens\":\"fc1\"}}",
            "names layer `dens`",
            "did you mean `dense`?"),
        refusedMap(
            "a module that isn't there",
            linear("encoder.fc1"),
            dense("dense"),
            "{\"layers\":{\"dense\":\"encoder.fc2\"}}",
            "gives `encoder.fc2` to layer `dense`",
            "did you mean `encoder.fc1`?"),
        refusedMap(
            "a map of another shape",
            linear("fc1").add("fc2.weight[5,4]").add("fc2.bias[5]"),
            dense("a").layer("b", "Dense", "{}", "kernel[4,5]", "bias[5]"),
            "{\"layers\":{\"a\":\"fc2\"}}",
            "gives `fc2` (weight [5,4], bias [5]) to layer `a` (Dense), which it doesn't fit"),
        refused(
            "one layer more in torch",
            linear("fc1", "fc2"),
            dense("fc1"),
            "Nothing in the target takes `fc2.weight`, `fc2.bias`"),
        refused(
            "one layer more in Keras",
            linear("fc1"),
            dense("fc1", "extra"),
            "Nothing in the torch file fits layer `extra` (Dense)"),
        refused(
            "a GRU that resets before the product",
            gru("gru", 3),
            model().layer("gru", "GRU", "{\"reset_after\":false}", "0[3,6]", "1[2,6]", "2[6]"),
            "can't compute what torch computes",
            "build the layer with `reset_after=True`"),
        refused(
            "another epsilon in a file that can't be changed",
            norm(),
            norm("{\"epsilon\":0.001,\"momentum\":0.9}"),
            "computes with epsilon 0.001 in the target; the torch file doesn't tell torch's",
            "--torch-epsilon \"*=1e-5\"",
            "--model",
            "--accept epsilon"),
        new Planted(
            "an epsilon that is told and can't be written",
            norm(),
            norm("{\"epsilon\":0.001,\"momentum\":0.9}"),
            "",
            PortOptions.defaults().torchEpsilon("*", 1e-5),
            true,
            List.of("computes with epsilon 0.001, `bn` with 1e-5", "--fold-epsilon")),
        refused(
            "another epsilon in a file that could be changed, and torch's is not known",
            norm(),
            norm("{\"epsilon\":0.001,\"momentum\":0.9}").withSettings(),
            "computes with epsilon 0.001 in the target; the torch file doesn't tell torch's"),
        refused(
            "an epsilon near torch's default",
            norm(),
            norm("{\"epsilon\":1.001e-5,\"momentum\":0.9}").withSettings(),
            "computes with epsilon 1.001e-5 in the target; the torch file doesn't tell torch's"),
        named(
            "an epsilon that is torch's default, where the original may have another",
            norm(),
            norm(same()),
            "",
            "has torch's defaults, which its file doesn't tell: epsilon 1e-5 of 1 layer."),
        named(
            "a normalisation that the map file states variable by variable",
            norm(),
            norm("{\"epsilon\":0.001}"),
            "{\"variables\":{\"bn/0\":{\"from\":[\"bn.weight\"]},\"bn/1\":{\"from\":[\"bn.bias\"]},"
                + "\"bn/2\":{\"from\":[\"bn.running_mean\"]},"
                + "\"bn/3\":{\"from\":[\"bn.running_var\"]}}}",
            "Not compared: settings of layers whose variables the map file states: `bn`"),
        named(
            "strides and groups, which no kernel shows",
            TorchTensors.of("c.weight[4,3,3,3]", "c.bias[4]"),
            model().layer("c", "Conv2D", "{\"strides\":[2,2]}", "kernel[3,3,3,4]", "bias[4]"),
            "",
            "Not compared: strides, padding, dilation, groups and data format of 1 convolution"),
        named(
            "the function of an RNN, which may be torch's other",
            gru("rnn", 1),
            model().layer("rnn", "SimpleRNN", "{}", "0[3,2]", "1[2,2]", "2[2]"),
            "",
            "has torch's defaults, which its file doesn't tell: activation tanh of 1 layer."),
        refused(
            "an RNN with another function",
            gru("rnn", 1),
            model()
                .layer("rnn", "SimpleRNN", "{\"activation\":\"relu\"}", "0[3,2]", "1[2,2]", "2[2]"),
            "activation `relu`, `rnn.l0` with `tanh`",
            "torch's default"),
        refused(
            "an epsilon that no file tells",
            norm(),
            norm(""),
            "doesn't tell `epsilon` of `bn`",
            "--target-config"),
        refused(
            "gates with another function",
            gru("rnn", 4),
            model()
                .layer(
                    "lstm",
                    "LSTM",
                    "{\"recurrent_activation\":\"hard_sigmoid\"}",
                    "0[3,8]",
                    "1[2,8]",
                    "2[8]"),
            "recurrent_activation `hard_sigmoid`, `rnn.l0` with `sigmoid`"),
        refused(
            "weights that are no numbers",
            TorchTensors.of("fc.bias[1]")
                .put(
                    "fc.weight",
                    TensorData.ofDoubles(DType.FLOAT32, new long[] {1, 2}, 1, 0 / 0.0)),
            model().layer("fc", "Dense", "{}", "kernel[2,1]", "bias[1]"),
            "`fc.weight` of the torch file has 1 value(s) that are NaN or infinite"),
        refused(
            "an LSTM for a GRU",
            gru("rnn", 4),
            model().layer("gru", "GRU", "{}", "0[3,6]", "1[2,6]", "2[2,6]"),
            "the 4 gates of an LSTM in torch, the 3 gates of a GRU in the layer"),
        refused(
            "a full convolution for a depthwise one",
            TorchTensors.of("conv.weight[4,4,3,3]", "conv.bias[4]"),
            model().layer("dw", "DepthwiseConv2D", "{}", "kernel[3,3,4,1]", "bias[4]"),
            "`weight` is [4,4,3,3]",
            "takes [4,1,3,3]"),
        refused(
            "a Linear for an Embedding",
            TorchTensors.of("emb.weight[4,9]"),
            model().layer("emb", "Embedding", "{}", "embeddings[9,4]"),
            "`weight` is [4,9], `emb/embeddings` [9,4] takes [9,4]"),
        refusedMap(
            "directions swapped by a map",
            both("lstm"),
            bidirectional(),
            "{\"layers\":{\"both/forward_layer\":\"lstm.l0_reverse\","
                + "\"both/backward_layer\":\"lstm.l0\"}}",
            "by name `lstm.l0`, of the same shapes, is nearer",
            "runs forwards, `lstm.l0_reverse` backwards"),
        refused(
            "fewer heads of the same size",
            TorchTensors.of("attn.in_proj_weight[24,8]", "attn.in_proj_bias[24]"),
            model()
                .layer("attn/query", "EinsumDense", "", "kernel[8,1,4]", "bias[1,4]")
                .layer("attn/key", "EinsumDense", "", "kernel[8,1,4]", "bias[1,4]")
                .layer("attn/value", "EinsumDense", "", "kernel[8,1,4]", "bias[1,4]"),
            "`weight` is [8,8]"),
        refusedMap(
            "fewer heads of a larger size, which no shape shows",
            TorchTensors.of("attn.in_proj_weight[24,8]", "attn.in_proj_bias[24]"),
            model()
                .layer("attn/query", "EinsumDense", "", "kernel[8,1,8]", "bias[1,8]")
                .layer("attn/key", "EinsumDense", "", "kernel[8,1,8]", "bias[1,8]")
                .layer("attn/value", "EinsumDense", "", "kernel[8,1,8]", "bias[1,8]"),
            "",
            "with 1 heads in the target; the torch file doesn't tell how many torch has",
            "--accept heads"),
        refusedMap(
            "running statistics swapped by a map",
            TorchTensors.of("bn.weight[2]", "bn.bias[2]", "bn.running_var[2]")
                .put(
                    "bn.running_mean",
                    TensorData.ofDoubles(DType.FLOAT32, new long[] {2}, -1, 0.5)),
            model()
                .layer(
                    "bn",
                    "BatchNormalization",
                    same(),
                    "gamma[2]",
                    "beta[2]",
                    "moving_mean[2]",
                    "moving_variance[2]"),
            "{\"variables\":{\"bn/moving_mean\":{\"from\":[\"bn.running_var\"]},"
                + "\"bn/moving_variance\":{\"from\":[\"bn.running_mean\"]}}}",
            "would get the variance -1.0 from `bn.running_mean`",
            "are the running mean and variance swapped?"),
        refused(
            "one unit too many",
            TorchTensors.of("fc.weight[5,3]", "fc.bias[5]"),
            model().layer("fc", "Dense", "{}", "kernel[3,4]", "bias[4]"),
            "`weight` is [5,3], `fc/kernel` [3,4] takes [4,3]"),
        refused(
            "numbers that don't count a type's values",
            TorchTensors.of("fc.weight[4,3] float64", "fc.bias[4] float64"),
            model().layer("fc", "Dense", "{}", "kernel[3,4]", "bias[4]"),
            "float64",
            "can't hold"),
        refusedMap(
            "rows behind a Flatten",
            TorchTensors.of("c.weight[4,3,3,3]", "c.bias[4]", "fc.weight[5,16]", "fc.bias[5]"),
            model()
                .layer("c", "Conv2D", "{}", "kernel[3,3,3,4]", "bias[4]")
                .layer("fc", "Dense", "{}", "kernel[16,5]", "bias[5]"),
            "",
            "takes 16 = 4 x 4 values behind a layer of 4 channels",
            "--target-config"));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void noFaultPassesInSilence(Planted planted) throws IOException {
    Path file = planted.torch().save(folder.resolve("x.pth"));
    try (WeightPort port = WeightPort.from(file).into(planted.model())) {
      if (!planted.map().isEmpty()) {
        port.map(Files.writeString(folder.resolve("map.json"), planted.map()));
      }
      PortPlan plan = port.options(planted.options()).plan();
      String said =
          String.join("\n", plan.faults().stream().map(f -> f.problem().text()).toList())
              + "\n"
              + String.join("\n", plan.notices())
              + "\n"
              + plan.untested().text();
      assertEquals(planted.isRefused(), !plan.isComplete(), said);
      for (String word : planted.words()) {
        assertTrue(said.contains(word), () -> "not said: " + word + "\nbut:\n" + said);
      }
      if (planted.isRefused()) {
        assertThrows(FerryException.class, () -> port.write(folder.resolve("out")));
        assertTrue(planted.model().written().values().isEmpty());
      }
    }
  }

  @Test
  void aWrongKeyOfTheWeightsIsNamed() {
    Path file = linear("state_dict.fc", "ema.fc").save(folder.resolve("x.pth"));
    FerryException refusal =
        assertThrows(
            FerryException.class,
            () -> WeightPort.from(file).weights("model").into(dense("fc")).close());
    assertTrue(refusal.getMessage().contains("no weights below the key `model`"));
    assertTrue(refusal.getMessage().contains("`state_dict`, `ema`"));
  }
}
