package org.tensorferry.port;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorferry.error.FerryException;

/** What names, numbers, order and a map file decide. */
class MappingTest {

  @TempDir Path folder;

  private static TorchTensors linear(String... modules) {
    TorchTensors torch = TorchTensors.of();
    Arrays.stream(modules).forEach(m -> torch.add(m + ".weight[4,4]").add(m + ".bias[4]"));
    return torch;
  }

  private static MemoryModel dense(String... layers) {
    MemoryModel model = new MemoryModel();
    Arrays.stream(layers).forEach(l -> model.layer(l, "Dense", "{}", "kernel[4,4]", "bias[4]"));
    return model;
  }

  private static Map<String, String> units(PortPlan plan) {
    Map<String, String> units = new LinkedHashMap<>();
    plan.assigned().forEach(assigned -> units.put(assigned.slot(), assigned.unit()));
    return units;
  }

  private static List<String> problems(PortPlan plan) {
    return plan.faults().stream().map(fault -> fault.problem().text()).toList();
  }

  /** Layers of one shape; both lists are in the order of their files. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          fc1 fc2 fc3                  | dense dense_1 dense_2                  | 0 1 2
          dense1 dense2                | dense dense_1                          | 0 1
          layers.0 layers.2 layers.10  | dense dense_1 dense_2                  | 0 1 2
          left right                   | left right                             | 0 1
          enc.attn dec.attn            | encoder_attention decoder_attention    | 0 1
          blocks.0.fc1 blocks.0.fc2 blocks.1.fc1 blocks.1.fc2 | d d_1 d_2 d_3   | 0 1 2 3
          block_1.a block_2.a          | model/Block1/a model/Block2/a          | 0 1
          q_proj k_proj v_proj         | mha/query mha/key mha/value            | 0 1 2
          """)
  void oneChoiceIsLeft(String modules, String layers, String order) throws IOException {
    String[] torch = modules.split(" ");
    String[] keras = layers.split(" ");
    Path file = linear(torch).save(folder.resolve("x.pth"));
    try (WeightPort port = WeightPort.from(file).into(dense(keras).chain("4"))) {
      PortPlan plan = port.plan();
      assertEquals(List.of(), problems(plan));
      String[] expected = order.split(" ");
      for (int i = 0; i < keras.length; i++) {
        assertEquals(torch[Integer.parseInt(expected[i])], units(plan).get(keras[i]));
      }
    }
  }

  /** Nothing decides, or two things decide otherwise. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          dense1 dense2 dense3         | dense dense_1
          dense1 dense2                | dense dense_1 dense_2
          fc2 fc1                      | fc1 fc2
          b a                          | a b
          a b                          | x y
          fc1 fc2 fc3                  | merge_p5 merge_p4 merge_p3
          fc3 fc2 fc1                  | dense dense_1 dense_2
          """)
  void nothingIsGuessed(String modules, String layers) {
    Path file = linear(modules.split(" ")).save(folder.resolve("x.pth"));
    try (WeightPort port = WeightPort.from(file).into(dense(layers.split(" ")).chain("4"))) {
      PortPlan plan = port.plan();
      assertTrue(plan.assigned().isEmpty(), () -> units(plan).toString());
      assertTrue(!plan.isComplete());
    }
  }

  /** Order in a file and numbers are no evidence where nothing tells how layers are called. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          fc1 fc2 fc3                  | dense dense_1 dense_2
          layers.0 layers.2            | dense dense_1
          left right                   | x y
          """)
  void numbersAloneDecideNothing(String modules, String layers) {
    Path file = linear(modules.split(" ")).save(folder.resolve("x.pth"));
    try (WeightPort port = WeightPort.from(file).into(dense(layers.split(" ")))) {
      assertTrue(!port.plan().isComplete(), () -> units(port.plan()).toString());
    }
  }

  @Test
  void aMapFileWrittenFromAPlanDecidesIt() throws IOException {
    Path file = linear("left", "right", "only").add("head.weight[5,4]").save(folder.resolve("x"));
    MemoryModel model = dense("x", "y").layer("h", "Dense", "{\"use_bias\":false}", "kernel[4,5]");
    Path map = folder.resolve("map.json");
    try (WeightPort port = WeightPort.from(file).into(model)) {
      Files.writeString(map, PortMap.json(port.plan()));
      FerryException open = assertThrows(FerryException.class, () -> port.map(map));
      assertTrue(open.getMessage().contains("has not decided what fills layer `x`"));
      Files.writeString(
          map,
          """
          {"layers": {"x": "right", "y": "left", "h": "head"}, "leave": ["only.*"]}
          """);
      PortPlan plan = port.map(map).plan();
      assertEquals(List.of(), problems(plan));
      assertEquals(Map.of("x", "right", "y", "left", "h", "head"), units(plan));
      assertTrue(plan.assigned().stream().allMatch(a -> a.evidence() == Evidence.MAP_FILE));
      Files.writeString(map, PortMap.json(plan));
      assertEquals(units(plan), units(port.map(map).plan()), "a written map leads to the plan");
    }
  }

  @Test
  void checkpointsAreUnwrapped() throws IOException {
    TorchTensors torch =
        TorchTensors.of(
            "model.module.fc.weight[4,4]",
            "model.module.fc.bias[4]",
            "optimizer.state.0.exp_avg[4,4]",
            "ema.module.fc.weight[4,4]",
            "ema.module.fc.bias[4]");
    Path file = torch.save(folder.resolve("x.pth"));
    try (WeightPort port = WeightPort.from(file).into(dense("dense"))) {
      PortPlan plan = port.plan();
      assertEquals(List.of(), problems(plan));
      assertEquals("model.", plan.torch().wrapper());
      assertEquals("module.", plan.torch().prefix());
      assertEquals(3, plan.left().size());
      assertTrue(plan.left().stream().allMatch(PortPlan.Left::isAllowed));
      port.options(PortOptions.defaults().accept("unproven"));
      assertEquals(
          List.of("module.fc.weight", "module.fc.bias"),
          List.copyOf(port.toTorch().tensors().keySet()));
    }
    try (WeightPort port = WeightPort.from(file).weights("ema").into(dense("dense"))) {
      assertEquals("ema.", port.plan().torch().wrapper());
    }
  }

  @Test
  void whateverStandsBesideAStateDictIsLeft() throws IOException {
    TorchTensors torch =
        TorchTensors.of(
            "best_acc1[]", "loss[1]", "state_dict.fc.weight[4,4]", "state_dict.fc.bias[4]");
    try (WeightPort port =
        WeightPort.from(torch.save(folder.resolve("x.pth"))).into(dense("dense"))) {
      assertEquals(List.of(), problems(port.plan()));
      assertEquals("state_dict.", port.plan().torch().wrapper());
    }
  }

  @Test
  void weightNormIsMerged() throws IOException {
    TorchTensors torch = TorchTensors.of("c.weight_g[2,1,1]", "c.weight_v[2,3,2]", "c.bias[2]");
    MemoryModel model = new MemoryModel().layer("c", "Conv1D", "{}", "kernel[2,3,2]", "bias[2]");
    try (WeightPort port = WeightPort.from(torch.save(folder.resolve("x.pth"))).into(model)) {
      assertEquals(List.of(), problems(port.plan()));
      port.options(PortOptions.defaults().accept("unproven"));
      port.write(folder.resolve("out"));
      double[] g = torch.get("c.weight_g").toDoubles();
      double[] v = torch.get("c.weight_v").toDoubles();
      double[] kernel = model.values("c/kernel");
      for (int out = 0; out < 2; out++) {
        double norm = Math.sqrt(Arrays.stream(v, out * 6, out * 6 + 6).map(x -> x * x).sum());
        for (int i = 0; i < 6; i++) {
          double expected = g[out] * v[out * 6 + i] / norm;
          assertEquals(expected, kernel[(i % 2) * 6 + (i / 2) * 2 + out], 1e-6);
        }
      }
      TorchValues back = port.toTorch();
      assertEquals(
          List.of("c.weight_g", "c.weight_v", "c.bias"), List.copyOf(back.tensors().keySet()));
      assertTrue(back.notices().get(0).contains("the same layer, other numbers than before"));
      assertArrayEquals(
          new long[] {2, 1, 1}, Objects.requireNonNull(back.tensors().get("c.weight_g")).shape());
    }
  }

  @Test
  void halfIsWidenedAndDoubleRoundedWhereAllowed() throws IOException {
    TorchTensors torch = TorchTensors.of("fc.weight[4,3] float16", "fc.bias[4] float64");
    MemoryModel model = new MemoryModel().layer("fc", "Dense", "{}", "kernel[3,4]", "bias[4]");
    try (WeightPort port = WeightPort.from(torch.save(folder.resolve("x.pth"))).into(model)) {
      assertTrue(problems(port.plan()).get(0).contains("float64"));
      port.options(PortOptions.defaults().accept("unproven").narrow(true))
          .write(folder.resolve("out"));
      assertEquals(torch.get("fc.weight").toDoubles()[1], model.values("fc/kernel")[4]);
      assertEquals((float) torch.get("fc.bias").toDoubles()[1], model.values("fc/bias")[1]);
    }
  }

  @Test
  void epsilonIsCorrectedOrFolded() throws IOException {
    TorchTensors torch =
        TorchTensors.of("bn.weight[3]", "bn.bias[3]", "bn.running_mean[3]", "bn.running_var[3]");
    Path file = torch.save(folder.resolve("x.pth"));
    String config = "{\"epsilon\":0.001,\"momentum\":0.9}";
    MemoryModel model =
        new MemoryModel().layer("bn", "BatchNormalization", config, "0[3]", "1[3]", "2[3]", "3[3]");
    PortOptions told = PortOptions.defaults().accept("unproven").torchEpsilon("b*", 1e-5);
    try (WeightPort port = WeightPort.from(file).into(model).options(told.foldEpsilon(true))) {
      port.write(folder.resolve("out"));
      double variance = torch.get("bn.running_var").toDoubles()[0];
      assertEquals(variance + 1e-5, model.values("bn/3")[0] + 1e-3, 1e-7);
      double back =
          Objects.requireNonNull(port.toTorch().tensors().get("bn.running_var")).toBytes().length;
      assertEquals(12, back);
    }
    model.withSettings();
    try (WeightPort port = WeightPort.from(file).into(model).options(told)) {
      port.write(folder.resolve("out"));
      assertEquals(1e-5, model.written().settings().get(0).value());
      assertEquals("epsilon", model.written().settings().get(0).key());
    }
  }
}
