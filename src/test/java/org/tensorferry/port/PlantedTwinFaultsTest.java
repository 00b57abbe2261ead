package org.tensorferry.port;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;

/** Faults of ports by hand, each put into one variable of a healthy twin: found and explained. */
class PlantedTwinFaultsTest {

  @TempDir Path folder;

  /**
   * A fault.
   *
   * @param variable that gets it
   * @param fault makes the wrong values of the right ones
   */
  private record Fault(
      String name, String variable, UnaryOperator<double[]> fault, String explanation) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final TorchTensors TORCH =
      TorchTensors.of(
          "fc.weight[4,4]",
          "fc.bias[4]",
          "conv.weight[3,2,3,3]",
          "conv.bias[3]",
          "bn.weight[5]",
          "bn.bias[5]",
          "bn.running_mean[5]",
          "bn.running_var[5]",
          "gru.weight_ih_l0[6,7]",
          "gru.weight_hh_l0[6,2]",
          "gru.bias_ih_l0[6]",
          "gru.bias_hh_l0[6]",
          "lstm.weight_ih_l0[12,7]",
          "lstm.weight_hh_l0[12,3]",
          "lstm.bias_ih_l0[12]",
          "lstm.bias_hh_l0[12]",
          "emb.weight[9,6]");

  private static MemoryModel model() {
    return new MemoryModel()
        .layer("fc", "Dense", "{}", "kernel[4,4]", "bias[4]")
        .layer("conv", "Conv2D", "{}", "kernel[3,3,2,3]", "bias[3]")
        .layer(
            "bn",
            "BatchNormalization",
            "{\"epsilon\":1e-5,\"momentum\":0.9}",
            "gamma[5]",
            "beta[5]",
            "moving_mean[5]",
            "moving_variance[5]")
        .layer("gru", "GRU", "{}", "kernel[7,6]", "recurrent_kernel[2,6]", "bias[2,6]")
        .layer("lstm", "LSTM", "{}", "kernel[7,12]", "recurrent_kernel[3,12]", "bias[12]")
        .layer("emb", "Embedding", "{}", "embeddings[9,6]");
  }

  private static double[] each(double[] values, java.util.function.DoubleUnaryOperator function) {
    return Arrays.stream(values).map(function).toArray();
  }

  private static double[] torch(String name) {
    return TORCH.get(name).toDoubles();
  }

  static Stream<Fault> faults() {
    return Stream.of(
        new Fault(
            "a square kernel is not transposed",
            "fc/kernel",
            v -> torch("fc.weight"),
            "not transposed"),
        new Fault(
            "a kernel is reshaped instead of transposed",
            "conv/kernel",
            v -> torch("conv.weight"),
            "it is torch's tensor as it is, not transposed"),
        new Fault(
            "axes stand in another order",
            "conv/kernel",
            v ->
                TwinValues.transposed(
                    torch("conv.weight"), new long[] {3, 2, 3, 3}, new int[] {3, 2, 1, 0}),
            "torch's axes stand in the order [3, 2, 1, 0]"),
        new Fault(
            "a kernel is turned around",
            "conv/kernel",
            v -> {
              double[] turned = new double[v.length];
              for (int place = 0; place < 9; place++) {
                System.arraycopy(v, place * 6, turned, (8 - place) * 6, 6);
              }
              return turned;
            },
            "turned around along its spatial axes"),
        new Fault(
            "gates keep torch's order",
            "gru/kernel",
            v -> TwinValues.blocks(v, 6, 2, new int[] {1, 0, 2}),
            "its gates stand in the order rzh, Keras' order is zrh"),
        new Fault(
            "gates of an LSTM stand in the order of TensorFlow 1",
            "lstm/recurrent_kernel",
            v -> TwinValues.blocks(v, 12, 3, new int[] {0, 2, 1, 3}),
            "its gates stand in the order icfo"),
        new Fault(
            "one of two biases is left out",
            "lstm/bias",
            v -> torch("lstm.bias_ih_l0"),
            "`lstm.bias_hh_l0` is to be added"),
        new Fault(
            "two biases of a GRU are summed",
            "gru/bias",
            v -> {
              double[] summed = new double[12];
              for (int i = 0; i < 6; i++) {
                summed[i] = v[i] + v[i + 6];
              }
              return summed;
            },
            "both biases are summed into the first row"),
        new Fault(
            "the rows of the biases are exchanged",
            "gru/bias",
            v -> {
              double[] swapped = new double[12];
              System.arraycopy(v, 0, swapped, 6, 6);
              System.arraycopy(v, 6, swapped, 0, 6);
              return swapped;
            },
            "rows of the two biases are exchanged"),
        new Fault(
            "a deviation for the variance",
            "bn/moving_variance",
            v -> each(v, Math::sqrt),
            "it is the standard deviation, not the variance"),
        new Fault(
            "an epsilon is folded in",
            "bn/moving_variance",
            v -> each(v, x -> x - 0.00099),
            "an epsilon was folded in"),
        new Fault(
            "gamma and beta are exchanged",
            "bn/gamma",
            v -> torch("bn.bias"),
            "it holds `bn.bias`, which belongs to `bn`"),
        new Fault("a variable was never set", "bn/gamma", v -> each(v, x -> 1), "it was never set"),
        new Fault(
            "another release",
            "emb/embeddings",
            v -> each(v, x -> x + 0.03 * Math.sin(99 * x)),
            "another release"),
        new Fault(
            "rows are shifted by one",
            "emb/embeddings",
            v -> {
              double[] shifted = new double[v.length];
              System.arraycopy(v, 0, shifted, 6, v.length - 6);
              return shifted;
            },
            "its rows are shifted by one"),
        new Fault(
            "a sign is turned", "bn/moving_mean", v -> each(v, x -> -x), "its sign is turned"),
        new Fault(
            "everything is scaled",
            "fc/bias",
            v -> each(v, x -> 0.5 * x),
            "it is multiplied by 0.5"),
        new Fault(
            "values went through float16",
            "emb/embeddings",
            v -> TensorData.ofDoubles(DType.FLOAT16, new long[] {v.length}, v).toDoubles(),
            "it went through float16"));
  }

  private MemoryModel healthy() {
    MemoryModel model = model();
    try (WeightPort port = WeightPort.from(TORCH.save(folder.resolve("x.pth"))).into(model)) {
      port.options(PortOptions.defaults().accept("unproven")).write(folder.resolve("out"));
    } catch (java.io.IOException failure) {
      throw new java.io.UncheckedIOException(failure);
    }
    return model;
  }

  @ParameterizedTest
  @MethodSource("faults")
  void theFaultIsFoundAndExplained(Fault fault) {
    MemoryModel twin = healthy();
    double[] wrong = fault.fault().apply(twin.values(fault.variable()));
    long[] shape =
        twin.layers().stream()
            .flatMap(layer -> layer.variables().stream())
            .filter(variable -> variable.path().equals(fault.variable()))
            .findFirst()
            .orElseThrow()
            .shape()
            .known();
    twin.put(fault.variable(), TensorData.ofDoubles(DType.FLOAT32, shape, wrong));
    try (WeightPort port = WeightPort.from(folder.resolve("x.pth")).into(twin)) {
      List<TwinFinding> different =
          port.check().stream().filter(finding -> !finding.isSame()).toList();
      assertEquals(1, different.size());
      assertEquals(fault.variable(), different.get(0).assigned().variable().path());
      String said = different.get(0).explanation();
      assertTrue(said.contains(fault.explanation()), said);
    }
  }

  @Test
  void aHealthyTwinIsTheSame() {
    MemoryModel twin = healthy();
    try (WeightPort port = WeightPort.from(folder.resolve("x.pth")).into(twin)) {
      assertEquals(17, port.plan().torch().tensors());
      assertTrue(port.check().stream().allMatch(TwinFinding::isSame));
    }
  }
}
