package org.tensorferry.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.Conversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.converters.LayerTable;
import org.tensorferry.engine.TfRunner;
import org.tensorferry.engine.TorchRunner;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tf.TfNode;
import org.tensorferry.tf.TfValue;

/**
 * Every layer of the table computes what torch computes, and its weights are stored as Keras has
 * them: names, shapes, trainable or not, and no operator between variable and use.
 */
class LayersTest {

  private static final double TOLERANCE = 1e-5;
  private static final Set<String> REARRANGING =
      Set.of("Transpose", "Split", "SplitV", "ConcatV2", "Pack", "StridedSlice", "ReverseV2");

  @TempDir Path directory;

  @TestFactory
  Stream<DynamicTest> layers() {
    return LayerCases.all().stream()
        .map(layer -> DynamicTest.dynamicTest(layer.name(), () -> check(layer)));
  }

  @Test
  void everyRowHasACase() {
    Set<String> rows = new TreeSet<>();
    LayerTable.rows().forEach(row -> rows.add(row.torchClass()));
    LayerCases.all().forEach(layer -> rows.remove(layer.torchClass()));
    assertEquals(Set.of(), rows, "layers without a case");
  }

  private void check(LayerCase layer) {
    Path file = directory.resolve(Integer.toHexString(layer.name().hashCode()) + ".pt");
    layer.program().write(file);
    try (TorchModel model = Tensorferry.open(file)) {
      ConvertOptions options = ConvertOptions.defaults();
      for (String spec : layer.specs()) {
        options = options.input(spec);
      }
      Conversion conversion = model.convert(options);
      assertEquals(layer.variables(), describe(conversion.variables()));
      assertTrue(
          layer.isRearranging() || rearranged(conversion).isEmpty(),
          () -> rearranged(conversion).toString());
      assertEquals(layer.loops(), loops(conversion), "loops");
      compare(layer, file, conversion);
    }
  }

  private static List<String> describe(List<PortedVariable> variables) {
    List<String> texts = new ArrayList<>();
    for (PortedVariable variable : variables) {
      assertTrue(variable.name().startsWith("layer/"), variable.name());
      texts.add(
          variable.name().substring("layer/".length())
              + " "
              + variable.shape()
              + (variable.trainable() ? "" : " frozen"));
    }
    return texts.stream().sorted().toList();
  }

  /** Operators that change the layout of a variable. */
  private static List<String> rearranged(Conversion conversion) {
    List<String> found = new ArrayList<>();
    for (TfNode node : conversion.model().graph().nodes()) {
      for (TfValue input : node.inputs()) {
        if (REARRANGING.contains(node.op()) && input.node().is("ReadVariableOp")) {
          found.add(node.op() + " of " + input.node().name());
        }
      }
    }
    return found;
  }

  private static long loops(Conversion conversion) {
    return conversion.model().graph().nodes().stream()
        .filter(node -> node.is("StatelessWhile"))
        .count();
  }

  private static void compare(LayerCase layer, Path file, Conversion conversion) {
    Path target = file.resolveSibling(file.getFileName() + ".saved");
    conversion.save(target);
    Map<String, HostTensor> named = new LinkedHashMap<>();
    for (int i = 0; i < layer.inputs().size(); i++) {
      named.put(conversion.inputNames().get(i), layer.inputs().get(i));
    }
    try (TorchRunner torch = TorchRunner.open(file);
        TfRunner runner = TfRunner.open(target)) {
      HostTensor expected = output(torch.run(layer.inputs()).flatten());
      HostTensor actual = output(runner.run(named));
      assertArrayEquals(expected.shape(), actual.shape());
      for (int i = 0; i < expected.parts(); i++) {
        double allowed = TOLERANCE * Math.max(1, Math.abs(expected.get(i)));
        assertEquals(expected.get(i), actual.get(i), allowed, "element " + i);
      }
    }
  }

  private static HostTensor output(Map<String, HostTensor> results) {
    return Objects.requireNonNull(results.get("output"));
  }
}
