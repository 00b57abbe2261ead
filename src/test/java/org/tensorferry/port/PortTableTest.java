package org.tensorferry.port;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;

/** Every row of the port table puts each weight where the layer's definition has it, and back. */
class PortTableTest {

  private static final Set<String> SUMMED =
      Set.of("LSTM", "LSTMCell", "SimpleRNN", "SimpleRNNCell");

  @TempDir Path folder;

  static Stream<PortRowCase> rows() {
    return PortRowCase.all().stream();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void weightsGoWhereTheyBelongAndBack(PortRowCase row) throws IOException {
    TorchTensors torch = TorchTensors.of(row.tensors().toArray(String[]::new));
    MemoryModel model =
        new MemoryModel()
            .layer("x", row.kerasClass(), row.config(), row.variables().toArray(String[]::new));
    try (WeightPort port = WeightPort.from(torch.save(folder.resolve("x.pth"))).into(model)) {
      // A state_dict tells neither.
      port.options(PortOptions.defaults().accept("heads").accept("unproven").accept("groups"));
      assertEquals(List.of(), problems(port.plan()));
      port.write(folder.resolve("out"));
      row.places().forEach(place -> compare(row, place, torch, model));
      TorchValues back = port.toTorch();
      assertEquals(List.copyOf(torch.all().keySet()), List.copyOf(back.tensors().keySet()));
      for (String name : torch.all().keySet()) {
        boolean isSummed = SUMMED.contains(row.kerasClass()) && name.contains("bias");
        if (!isSummed) {
          assertArrayEquals(torch.get(name).toBytes(), bytes(back, name), name);
        }
      }
      assertEquals(SUMMED.contains(row.kerasClass()), !back.notices().isEmpty());
    }
  }

  private static void compare(
      PortRowCase row, PortRowCase.Place place, TorchTensors torch, MemoryModel model) {
    long[] shape =
        MemoryModel.sizes(
            row.variables().stream()
                .filter(v -> v.startsWith(place.variable() + "["))
                .findFirst()
                .orElseThrow());
    double[] actual = model.values("x/" + place.variable());
    TensorData tensor = torch.get(place.tensor());
    double[] expected = tensor.toDoubles();
    for (int i = 0; i < actual.length; i++) {
      int[] index = index(i, shape);
      int[] inTorch = place.torch().apply(index);
      assertEquals(
          expected[position(inTorch, tensor.shape())],
          actual[i],
          () -> place.variable() + Arrays.toString(index));
    }
  }

  private static int[] index(int position, long[] shape) {
    int[] index = new int[shape.length];
    int rest = position;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      index[axis] = (int) (rest % shape[axis]);
      rest /= (int) shape[axis];
    }
    return index;
  }

  private static int position(int[] index, long[] shape) {
    int position = 0;
    for (int axis = 0; axis < shape.length; axis++) {
      position = (int) (position * shape[axis] + index[axis]);
    }
    return position;
  }

  private static byte[] bytes(TorchValues values, String name) {
    TensorSource source = Objects.requireNonNull(values.tensors().get(name), name);
    return source.toBytes();
  }

  private static List<String> problems(PortPlan plan) {
    return plan.faults().stream().map(fault -> fault.problem().text()).toList();
  }

  @Test
  void summedBiasesComeBackAsSumAndZeros() throws IOException {
    PortRowCase lstm =
        rows().filter(row -> row.kerasClass().equals("LSTM")).findFirst().orElseThrow();
    TorchTensors torch = TorchTensors.of(lstm.tensors().toArray(String[]::new));
    MemoryModel model =
        new MemoryModel().layer("x", "LSTM", "{}", lstm.variables().toArray(String[]::new));
    try (WeightPort port = WeightPort.from(torch.save(folder.resolve("x.pth"))).into(model)) {
      port.options(PortOptions.defaults().accept("unproven")).write(folder.resolve("out"));
      double[] sum = model.values("x/bias");
      for (int i = 0; i < sum.length; i++) {
        float expected =
            (float) torch.get("bias_ih_l0").toDoubles()[i]
                + (float) torch.get("bias_hh_l0").toDoubles()[i];
        assertEquals(expected, (float) sum[i]);
      }
      TorchValues back = port.toTorch();
      assertArrayEquals(
          new byte[8 * 4], bytes(back, "bias_hh_l0"), "the second bias must be zeros");
    }
  }

  @Test
  void everyRowHasACase() {
    Set<String> cases =
        rows().map(PortRowCase::kerasClass).collect(Collectors.toCollection(TreeSet::new));
    Set<String> table =
        new TreeSet<>(RuleTables.load(PortTableTest.class.getClassLoader()).ports().keySet());
    assertEquals(table, cases);
    assertTrue(table.size() > 20);
  }
}
