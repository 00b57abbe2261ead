package org.tensorferry.torchscript.interp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.archive.TorchScriptArchive;
import org.tensorferry.dim.Assumptions;
import org.tensorferry.dim.Dim;
import org.tensorferry.source.OperatorUse;
import org.tensorferry.source.Program;
import org.tensorferry.tensor.DType;
import org.tensorferry.value.CallSite;
import org.tensorferry.value.Tensor;
import org.tensorferry.value.Value;

/** Files that torch 1.13 and 2.13 wrote (models.py beside them), with their objects and tensors. */
class ArchivesTest {

  /** One file, loaded, with everything that it was given. */
  private static final class Loaded implements AutoCloseable {
    final FakeOperators operators = new FakeOperators();
    final Assumptions assumptions = new Assumptions();
    final TorchScriptArchive archive;
    final ScriptedModule module;
    final Program program;

    Loaded(String name) throws URISyntaxException {
      archive =
          TorchScriptArchive.open(
              Path.of(Objects.requireNonNull(ArchivesTest.class.getResource(name)).toURI()));
      module = ScriptedModule.of(archive);
      program = module.program(operators, assumptions);
    }

    Value run() {
      return program.run(
          "forward",
          Map.of("x", FakeOperators.tensor("x", DType.FLOAT32, Script.BATCH, Dim.of(4))));
    }

    /** The names of all tensors that modules hold; a shared one has one name. */
    Set<String> tensors() {
      TreeSet<String> names = new TreeSet<>();
      collect(program.root(), names);
      return names;
    }

    private static void collect(Value value, Set<String> names) {
      if (value instanceof Tensor tensor) {
        names.add(tensor.read().toString());
      } else if (value instanceof Value.Obj object) {
        object.attributes().values().forEach(child -> collect(child, names));
      } else if (value instanceof Value.ListOf list) {
        list.elements().forEach(element -> collect(element, names));
      }
    }

    @Override
    public void close() {
      archive.close();
    }
  }

  private static final List<String> BLOCK =
      List.of(
          "block.linear.weight",
          "block.linear.bias",
          "block.norm.weight",
          "block.norm.bias",
          "block.norm.running_mean",
          "block.norm.running_var",
          "block.norm.num_batches_tracked");

  @ParameterizedTest
  @ValueSource(strings = {"torch1", "torch2"})
  void tracedModelsKeepTheirModules(String version) throws URISyntaxException {
    try (Loaded model = new Loaded("shared.traced." + version + ".pt")) {
      TreeSet<String> expected = new TreeSet<>(BLOCK);
      // The second layer has the first one's weight.
      expected.addAll(List.of("scale", "first.weight", "first.bias", "second.bias"));
      assertEquals(expected, model.tensors());
      assertSame(attribute(model, "first", "weight"), attribute(model, "second", "weight"));
      model.run();
      assertEquals(
          List.of(
              "block.linear",
              "block.norm",
              "block",
              "block.linear",
              "block.norm",
              "block",
              "",
              "first",
              "second",
              "",
              "",
              ""),
          model.operators.sites.stream().map(CallSite::modulePath).toList());
      List<String> calls = model.operators.calls;
      List<String> last =
          calls.subList(calls.size() - 2, calls.size()).stream()
              .map(call -> call.replaceAll("(add|view)[0-9]+", "$1"))
              .toList();
      assertEquals(
          List.of("aten::view(add, [2*batch, -1])", "aten::slice(view, 0, 0, batch//2)"), last);
      assertEquals(List.of(), model.assumptions.all());
    }
  }

  private static Value attribute(Loaded model, String module, String name) {
    Value.Obj child = (Value.Obj) model.program.root().attributes().get(module);
    return Objects.requireNonNull(Objects.requireNonNull(child).attributes().get(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"torch1", "torch2"})
  void scriptedModelsRunTheirLanguage(String version) throws URISyntaxException {
    try (Loaded model = new Loaded("shared.scripted." + version + ".pt")) {
      assertEquals(
          new TreeSet<>(
              List.of(
                  "heads.a-b.bias",
                  "heads.a-b.weight",
                  "heads.c.bias",
                  "heads.c.weight",
                  "layers.0.bias",
                  "layers.0.weight",
                  "layers.1.bias",
                  "layers.1.weight",
                  "weights.0",
                  "weights.1")),
          model.tensors());
      assertEquals(List.of("x", "mask", "steps"), model.module.signature("forward").names());
      Value result = model.run();
      assertEquals("((add6, None), {'a-b': linear7, 'c': linear8})", FakeOperators.text(result));
      assertEquals(
          List.of(
              "aten::linear(x, layers.0.weight, layers.0.bias)",
              "aten::add(linear0, weights.0)",
              "aten::linear(add1, layers.1.weight, layers.1.bias)",
              "aten::add(linear2, weights.1)",
              "aten::clamp(add3, -1.0, 1.0)",
              "aten::clamp(clamp4, -1.0, 1.0)",
              "aten::add(clamp5, 2)",
              "aten::linear(add6, heads.a-b.weight, heads.a-b.bias)",
              "aten::linear(add6, heads.c.weight, heads.c.bias)"),
          model.operators.calls);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"torch1", "torch2"})
  void frozenModelsHaveTheirWeightsAmongTheConstants(String version) throws URISyntaxException {
    try (Loaded model = new Loaded("shared.frozen." + version + ".pt")) {
      assertEquals(Set.of(), model.tensors());
      assertEquals(
          "((add6, None), {'a-b': linear7, 'c': linear8})", FakeOperators.text(model.run()));
      assertEquals(9, model.operators.calls.size());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"torch1", "torch2"})
  void aScanListsOperatorsWithoutRunning(String version) throws URISyntaxException {
    try (Loaded traced = new Loaded("shared.traced." + version + ".pt");
        Loaded scripted = new Loaded("shared.scripted." + version + ".pt")) {
      Map<String, Long> expected =
          Map.of("aten::linear", 4L, "aten::batch_norm", 2L, "aten::relu", 2L, "aten::view", 1L);
      Map<String, Long> found = count(traced.module);
      expected.forEach((name, count) -> assertEquals(count, found.get(name), name));
      OperatorUse linear =
          scripted.module.operators("forward").stream()
              .filter(use -> use.name().equals("aten::linear"))
              .findFirst()
              .orElseThrow();
      assertEquals("layers.0", linear.modulePath());
      assertEquals(4, linear.count());
    }
  }

  /** Operators that only tensors have. */
  private static Map<String, Long> count(ScriptedModule module) {
    return module.operators("forward").stream()
        .filter(use -> !use.isLanguage())
        .collect(Collectors.toMap(OperatorUse::name, OperatorUse::count));
  }
}
