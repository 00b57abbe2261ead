package org.tensorferry.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.SavedConversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.cause.Cause;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.converters.StandardConverters;
import org.tensorferry.engine.EngineOptions;
import org.tensorferry.parity.LayerReport;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.Profile;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.rule.AtenRule;
import org.tensorferry.rule.Converters;
import org.tensorferry.rule.LayerRule;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.tensor.TensorSource;

/**
 * Mistakes of ports by hand, one at a time in a model of twenty layers: the first call that differs
 * must be the layer's, and the cause what was done.
 *
 * <p>A fifth of them run every day, another fifth each day; {@code -Dcauses=all} runs all, and
 * {@code -Dcauses=gru} those whose names have that.
 */
class PlantedCausesTest {

  private static final VerifyOptions LAYERS =
      VerifyOptions.DEFAULT
          .samples(1)
          .timedRuns(0)
          .layers(true)
          .profile(Profile.named("float32").orElseThrow())
          .engines(EngineOptions.DEFAULT.inProcess(true));

  @TempDir Path directory;

  /**
   * A mistake.
   *
   * @param layer that has it
   * @param plant makes it
   * @param rule that makes it in place of {@code plant}
   * @param cause what must be said
   */
  private record Fault(
      String layer, UnaryOperator<TwentyLayers> plant, Optional<AtenRule> rule, String cause) {
    @Override
    public String toString() {
      return layer + ": " + cause;
    }
  }

  private static Fault coded(String layer, String text, String other, String cause) {
    return new Fault(layer, m -> m.coded(layer, text, other), Optional.empty(), cause);
  }

  private static Fault moved(String weight, UnaryOperator<TensorSource> change, String cause) {
    String layer = weight.substring(0, weight.indexOf('.'));
    return new Fault(layer, m -> m.weighted(weight, change), Optional.empty(), cause);
  }

  private static Fault mapped(String weight, TwentyLayers.Element change, String cause) {
    String layer = weight.substring(0, weight.indexOf('.'));
    return new Fault(layer, m -> m.mapped(weight, change), Optional.empty(), cause);
  }

  private static Fault ruled(String layer, AtenRule rule, String cause) {
    return new Fault(layer, m -> m, Optional.of(rule), cause);
  }

  private static TensorSource reshaped(TensorSource w, int... axes) {
    long[] shape = new long[axes.length];
    for (int i = 0; i < axes.length; i++) {
      shape[i] = w.shape()[axes[i]];
    }
    int[] back = new int[axes.length];
    for (int i = 0; i < axes.length; i++) {
      back[axes[i]] = i;
    }
    return w.reshape(shape).permute(back);
  }

  static List<Fault> all() {
    List<Fault> all = new ArrayList<>();
    convolutions(all);
    norms(all);
    others(all);
    recurrent(all);
    activations(all);
    return all;
  }

  private static void convolutions(List<Fault> all) {
    all.add(moved("conv1.weight", w -> reshaped(w, 2, 3, 1, 0), "reshaped in place of transposed"));
    all.add(moved("conv1.weight", w -> w.permute(0, 1, 3, 2), "height and width of the kernel"));
    all.add(moved("square.weight", w -> w.permute(1, 0, 2, 3), "input and output channels"));
    all.add(moved("square.weight", w -> w.permute(1, 0, 3, 2), "in the order 1, 0, 3, 2"));
    all.add(moved("tconv.weight", w -> w.permute(1, 0, 2, 3), "input and output channels"));
    all.add(moved("tconv.weight", w -> w.permute(0, 1, 3, 2), "height and width of the kernel"));
    all.add(
        new Fault(
            "square",
            m -> {
              var w = m.weight("square.weight");
              return m.mapped("square.weight", (i, v) -> w.get(i / 9 * 9 + 8 - i % 9));
            },
            Optional.empty(),
            "the kernel turned around"));
    all.add(
        new Fault(
            "tconv",
            m -> {
              var w = m.weight("tconv.weight");
              return m.mapped("tconv.weight", (i, v) -> w.get(i / 4 * 4 + 3 - i % 4));
            },
            Optional.empty(),
            "the kernel turned around"));
    all.add(
        new Fault(
            "grouped",
            m -> {
              var w = m.weight("grouped.weight");
              return m.mapped(
                  "grouped.weight", (i, v) -> w.get((i / 18 % 4 * 4 + i / 72) * 18 + i % 18));
            },
            Optional.empty(),
            "groups and their channels exchanged"));
    all.add(mapped("conv1.bias", (i, v) -> 0, "no bias"));
    all.add(mapped("tconv.bias", (i, v) -> 0, "no bias"));
    all.add(mapped("conv1.bias", (i, v) -> 2 * v, "the bias added twice"));
    all.add(coded("conv2", "[2, 2], [2, 2]", "[1, 1], [1, 1]", "no dilation"));
    for (String mode : List.of("constant", "replicate", "circular")) {
      all.add(coded("padded", "reflect", mode, mode + " padding"));
    }
  }

  private static void norms(List<Fault> all) {
    all.add(coded("bn1", "1e-05", "0.001", "an epsilon of 0.001"));
    all.add(coded("gn", "1e-05", "0.001", "an epsilon of 0.001"));
    all.add(coded("ln", "1e-05", "0.001", "an epsilon of 0.001"));
    all.add(coded("gn", "torch.group_norm(x, 4", "torch.group_norm(x, 2", "2 groups"));
    all.add(coded("gn", "torch.group_norm(x, 4", "torch.group_norm(x, 8", "8 groups"));
    all.add(coded("gn", "torch.group_norm(x, 4", "torch.group_norm(x, 1", "1 group"));
    all.add(mapped("bn1.running_var", (i, v) -> Math.sqrt(v), "the standard deviation in place"));
    all.add(mapped("bn1.running_var", (i, v) -> v * v, "the variance squared"));
    all.add(mapped("bn1.running_var", (i, v) -> 1, "a variance of 1"));
    all.add(mapped("bn1.running_mean", (i, v) -> 0, "a mean of 0"));
    all.add(mapped("bn1.running_mean", (i, v) -> -v, "the mean's sign turned"));
    all.add(mapped("bn1.weight", (i, v) -> 1, "no gamma"));
    all.add(mapped("bn1.weight", (i, v) -> v + 1, "1 added to gamma"));
    all.add(mapped("bn1.bias", (i, v) -> 0, "no beta"));
    all.add(mapped("ln.weight", (i, v) -> 1, "no gamma"));
    all.add(mapped("ln.bias", (i, v) -> 0, "no beta"));
    all.add(mapped("gn.weight", (i, v) -> 1, "no gamma"));
    for (String norm : List.of("bn1", "ln", "gn")) {
      all.add(
          new Fault(
              norm,
              m -> {
                var gamma = m.weight(norm + ".weight");
                var beta = m.weight(norm + ".bias");
                return m.mapped(norm + ".weight", (i, v) -> beta.get(i))
                    .mapped(norm + ".bias", (i, v) -> gamma.get(i));
              },
              Optional.empty(),
              "gamma and beta exchanged"));
    }
  }

  private static void others(List<Fault> all) {
    all.add(coded("avg", "False, True", "False, False", "count_include_pad off"));
    all.add(coded("up", "False", "True", "align_corners on"));
    all.add(moved("fc1.weight", w -> w.permute(1, 0), "the kernel transposed"));
    all.add(moved("fc2.weight", w -> w.reshape(288, 6).permute(1, 0), "reshaped in place of"));
    all.add(
        moved(
            "fc2.weight",
            w -> w.reshape(6, 8, 36).permute(0, 2, 1).reshape(6, 288),
            "flattened in another order"));
    all.add(mapped("fc1.bias", (i, v) -> 0, "no bias"));
    all.add(mapped("fc2.bias", (i, v) -> 2 * v, "the bias added twice"));
    all.add(coded("softmax", ", 1)", ", 0)", "axis 0"));
    all.add(
        moved(
            "table.weight",
            w -> TensorSource.concat(List.of(w.narrow(0, 1, 19), w.narrow(0, 0, 1)), 0),
            "rows one further on"));
    all.add(
        moved(
            "table.weight",
            w -> TensorSource.concat(List.of(w.narrow(0, 19, 1), w.narrow(0, 0, 19)), 0),
            "rows one before"));
    all.add(mapped("table.weight", (i, v) -> v * Math.sqrt(8), "multiplied by the root"));
    all.add(mapped("table.weight", (i, v) -> i < 8 ? 0 : v, "zeros for row 0"));
  }

  private static void recurrent(List<Fault> all) {
    String gru = "gru.weight_ih_l0";
    all.add(moved(gru, w -> w.reorderBlocks(0, 1, 0, 2), "gates r and z swapped in the input"));
    all.add(
        moved(
            "gru.weight_hh_l0",
            w -> w.reorderBlocks(0, 1, 0, 2),
            "gates r and z swapped in the recurrent kernel"));
    all.add(moved(gru, w -> w.reorderBlocks(0, 0, 2, 1), "gates z and n swapped in the input"));
    for (String layer : List.of("gru", "lstm")) {
      int[] order = layer.equals("gru") ? new int[] {1, 0, 2} : new int[] {0, 2, 1, 3};
      String swapped = layer.equals("gru") ? "gates r and z swapped" : "gates f and g swapped";
      all.add(
          new Fault(
              layer,
              m -> {
                for (String name : List.of("weight_ih", "weight_hh", "bias_ih", "bias_hh")) {
                  m.weighted(layer + "." + name + "_l0", w -> w.reorderBlocks(0, order));
                }
                return m;
              },
              Optional.empty(),
              swapped));
      all.add(mapped(layer + ".bias_hh_l0", (i, v) -> 0, "no recurrent bias"));
      all.add(mapped(layer + ".bias_ih_l0", (i, v) -> 0, "no input bias"));
      all.add(
          new Fault(
              layer,
              m -> {
                var a = m.weight(layer + ".weight_ih_l0");
                var b = m.weight(layer + ".weight_hh_l0");
                return m.mapped(layer + ".weight_ih_l0", (i, v) -> b.get(i))
                    .mapped(layer + ".weight_hh_l0", (i, v) -> a.get(i));
              },
              Optional.empty(),
              "input and recurrent kernel exchanged"));
    }
    all.add(
        new Fault(
            "gru",
            m -> {
              var a = m.weight("gru.bias_ih_l0");
              var b = m.weight("gru.bias_hh_l0");
              return m.mapped("gru.bias_ih_l0", (i, v) -> a.get(i) + b.get(i))
                  .mapped("gru.bias_hh_l0", (i, v) -> 0);
            },
            Optional.empty(),
            "both biases summed before the reset gate"));
    all.add(
        new Fault(
            "gru",
            m -> {
              var a = m.weight("gru.bias_ih_l0");
              var b = m.weight("gru.bias_hh_l0");
              return m.mapped("gru.bias_ih_l0", (i, v) -> b.get(i))
                  .mapped("gru.bias_hh_l0", (i, v) -> a.get(i));
            },
            Optional.empty(),
            "input and recurrent bias exchanged"));
    all.add(
        moved(
            "lstm.weight_ih_l0",
            w -> w.reorderBlocks(0, 0, 2, 3, 1),
            "gates in the order i g o f in the input kernel"));
    all.add(
        moved(
            "lstm.weight_hh_l0",
            w -> w.reorderBlocks(0, 0, 1, 3, 2),
            "gates g and o swapped in the recurrent kernel"));
    all.add(
        moved(
            "lstm.weight_hh_l0",
            w -> w.reshape(8, 32).permute(1, 0),
            "the recurrent kernel reshaped in place of transposed"));
    all.add(
        mapped(
            "lstm.bias_ih_l0",
            (i, v) -> i >= 8 && i < 16 ? v + 1 : v,
            "1 added to the forget gate's bias"));
    all.add(
        new Fault(
            "lstm",
            m ->
                m.weighted(
                    "lstm.weight_hh_l0",
                    w ->
                        TensorSource.concat(
                            IntStream.range(0, 4)
                                .mapToObj(g -> w.narrow(0, 8L * g, 8).permute(1, 0))
                                .toList(),
                            0)),
            Optional.empty(),
            "each gate of the recurrent kernel transposed"));
  }

  private static void activations(List<Fault> all) {
    all.add(coded("leaky", "0.1", "0.3", "leaky relu of slope 0.3"));
    all.add(coded("leaky", "0.1", "0.01", "leaky relu of slope 0.01"));
    all.add(coded("leaky", "0.1", "0.", "relu"));
    all.add(coded("gelu", "x)", "x, approximate=\"tanh\")", "the tanh form of GELU"));
    all.add(
        ruled(
            "gelu",
            AtenRule.of(
                "gelu(Tensor self, *, str approximate=\"none\") -> Tensor",
                (a, tf) -> {
                  var x = a.tensor("self");
                  return tf.mul(x, tf.unary("Sigmoid", tf.mul(x, 1.702)));
                }),
            "GELU as x sigmoid(1.702 x)"));
    all.add(
        ruled(
            "swish",
            AtenRule.of(
                "hardswish(Tensor self) -> Tensor",
                (a, tf) -> {
                  var x = a.tensor("self");
                  return tf.mul(x, tf.unary("Sigmoid", x));
                }),
            "swish"));
    all.add(
        ruled(
            "swish",
            AtenRule.of(
                "hardswish(Tensor self) -> Tensor", (a, tf) -> tf.unary("Relu", a.tensor("self"))),
            "relu"));
    all.add(
        ruled(
            "softmax",
            AtenRule.of(
                "softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor",
                (a, tf) -> {
                  a.ignore("dim");
                  return tf.unary("LogSoftmax", a.tensor("self"));
                }),
            "log softmax"));
    all.add(
        ruled(
            "swish",
            AtenRule.of("hardswish(Tensor self) -> Tensor", (a, tf) -> a.tensor("self")),
            "no activation"));
  }

  static Stream<Fault> faults() {
    List<Fault> all = all();
    if (System.getProperty("causes", "").equals("all")) {
      return all.stream();
    }
    if (!System.getProperty("causes", "").isEmpty()) {
      return all.stream()
          .filter(f -> f.toString().matches(".*(" + System.getProperty("causes") + ").*"));
    }
    int day = (int) (java.time.LocalDate.now(java.time.ZoneOffset.UTC).toEpochDay() % 5);
    return IntStream.range(0, all.size()).filter(i -> i % 5 == day).mapToObj(all::get);
  }

  @ParameterizedTest
  @MethodSource("faults")
  void theFirstDivergenceIsFoundAndItsCauseNamed(Fault fault) {
    LayerReport layers = report(fault.plant(), fault.rule()).layers().orElseThrow();
    assertEquals("", layers.unavailable());
    assertEquals(
        fault.layer(), layers.firstDiverging().map(LayerReport.Call::module).orElse("none"));
    String said = layers.cause().map(Cause::text).orElse("nothing");
    assertTrue(said.contains(fault.cause()), () -> said + "\n" + layers.findings());
    assertTrue(layers.cause().orElseThrow().after() < 1e-4, said);
  }

  @Test
  void aHealthyModelGetsNoHint() {
    ParityReport report = report(m -> m, Optional.empty());
    assertTrue(report.isEqual());
    assertEquals(Optional.empty(), report.layers().orElseThrow().cause());
  }

  @Test
  void weightsOfAnotherTrainingGetNoHint() {
    ParityReport report =
        report(
            m -> m.mapped("conv1.weight", (i, v) -> v + 0.01 * Math.sin(37 * i)), Optional.empty());
    LayerReport layers = report.layers().orElseThrow();
    assertEquals("conv1", layers.firstDiverging().orElseThrow().module());
    assertEquals(Optional.empty(), layers.cause());
  }

  @Test
  void thereAreSixtyFaults() {
    assertTrue(all().size() >= 60, () -> all().size() + " faults");
  }

  /** The healthy original beside what was converted with the mistake. */
  private ParityReport report(UnaryOperator<TwentyLayers> plant, Optional<AtenRule> rule) {
    Path original = directory.resolve("model.pt");
    Path faulty = directory.resolve("faulty.pt");
    new TwentyLayers().write(original);
    plant.apply(new TwentyLayers()).write(faulty);
    RuleTables rules = new RuleTables(List.of(one(rule), new StandardConverters()));
    Path saved = directory.resolve("saved");
    try (TorchModel model = Tensorferry.open(faulty, rules)) {
      model
          .convert(ConvertOptions.defaults().inputs(TwentyLayers.INPUTS.toArray(String[]::new)))
          .save(saved);
    }
    return SavedConversion.open(original, saved).verify(LAYERS);
  }

  private static Converters one(Optional<AtenRule> rule) {
    return new Converters() {
      @Override
      public List<AtenRule> operators() {
        return rule.stream().toList();
      }

      @Override
      public List<LayerRule> layers() {
        return List.of();
      }
    };
  }
}
