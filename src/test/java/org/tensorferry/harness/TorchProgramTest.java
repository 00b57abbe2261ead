package org.tensorferry.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.engine.TorchRunner;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.value.Structure;

/** Programs from source text load and run in libtorch, and their results keep their structure. */
class TorchProgramTest {

  private static final HostTensor X = HostTensor.floats(new long[] {2, 3}, 1, -2, 3, -4, 5, -6);

  @TempDir Path directory;

  private Structure<HostTensor> run(TorchProgram program, Object... arguments) {
    Path file = directory.resolve("model.pt");
    program.write(file);
    try (TorchRunner runner = TorchRunner.open(file)) {
      return runner.run("forward", List.of(arguments));
    }
  }

  private static Map<String, List<Double>> values(Structure<HostTensor> result) {
    Map<String, List<Double>> values = new LinkedHashMap<>();
    result.flatten().forEach((name, tensor) -> values.put(name, values(tensor)));
    return values;
  }

  private static List<Double> values(HostTensor tensor) {
    return IntStream.range(0, tensor.parts()).mapToObj(tensor::get).toList();
  }

  @Test
  void oneTensorIsCalledOutput() {
    TorchProgram relu =
        TorchScript.module("def forward(self, x: Tensor) -> Tensor:\n  return torch.relu(x)");
    assertEquals(Map.of("output", List.of(1., 0., 3., 0., 5., 0.)), values(run(relu, X)));
  }

  @Test
  void parametersBuffersAndPlainAttributesKeepTheirValues() {
    TorchProgram module =
        TorchScript.module(
                """
                def forward(self, x: Tensor) -> Tensor:
                  y = x * self.w + self.b
                  if self.name == "six" and self.none is None and self.flag:
                    y = y + self.k + self.big + self.ks[1] + self.table["a"] + self.pair[1]
                  return y
                """)
            .parameter("w", HostTensor.floats(new long[] {3}, 10, 20, 30))
            .buffer("b", HostTensor.floats(new long[] {}, 0.5f))
            .attribute("k", "int", -6)
            .attribute("big", "int", 1L << 40)
            .attribute("flag", "bool", true)
            .attribute("name", "str", "six")
            .attribute("none", "Optional[Tensor]", null)
            .attribute("ks", "List[int]", List.of(1, 2))
            .attribute("table", "Dict[str, float]", Map.of("a", 0.25))
            .attribute("pair", "Tuple[int, float]", List.of(1, 2.5));
    HostTensor one = HostTensor.doubles(new long[] {1, 3}, 1, 1, 1);
    double rest = 0.5 - 6 + (1L << 40) + 2 + 0.25 + 2.5;
    assertEquals(List.of(10 + rest, 20 + rest, 30 + rest), values(run(module, one)).get("output"));
  }

  @Test
  void submodulesAreCalledAndShared() {
    TorchProgram linear =
        TorchScript.layer(
                "torch.nn.modules.linear.Linear",
                "def forward(self, input: Tensor) -> Tensor:\n"
                    + "  return torch.linear(input, self.weight, self.bias)")
            .parameter("weight", HostTensor.floats(new long[] {3, 3}, 1, 0, 0, 0, 2, 0, 0, 0, 3))
            .parameter("bias", HostTensor.floats(new long[] {3}, 1, 1, 1));
    TorchProgram module =
        TorchScript.module(
                "def forward(self, x: Tensor) -> Tensor:\n"
                    + "  return self.second.forward(self.first.forward(x))")
            .submodule("first", linear)
            .submodule("second", linear);
    HostTensor one = HostTensor.floats(new long[] {1, 3}, 1, 1, 1);
    assertEquals(List.of(3., 7., 13.), values(run(module, one)).get("output"));
  }

  @Test
  void nestedResultsKeepTheirStructure() {
    TorchProgram module =
        TorchScript.module(
                """
                def forward(self, x: Tensor) -> Tuple[Tensor, __torch__.Out, Optional[Tensor], int]:
                  return (x, __torch__.Out({"b": x, "a": x * 2}, [x, x + 1]), None, 3)
                """)
            .namedTuple("Out", "table : Dict[str, Tensor]", "rest : List[Tensor]");
    HostTensor one = HostTensor.floats(new long[] {1}, 1);
    Map<String, List<Double>> expected =
        Map.of(
            "output_0", List.of(1.),
            "output_1_table_a", List.of(2.),
            "output_1_table_b", List.of(1.),
            "output_1_rest_0", List.of(1.),
            "output_1_rest_1", List.of(2.),
            "output_3", List.of(3.));
    assertEquals(expected, values(run(module, one)));
  }

  @Test
  void argumentsThatAreNoTensors() {
    TorchProgram module =
        TorchScript.module(
            """
            def forward(self, x: Tensor, n: int, f: float, b: bool, s: str, l: List[int], t: List[Tensor]) -> Tensor:
              if b and s == "go":
                for i in range(n):
                  x = x * f + l[i] + t[i]
              return x
            """);
    HostTensor one = HostTensor.floats(new long[] {1}, 1);
    Structure<HostTensor> result =
        run(module, one, 2, 0.5, true, "go", List.of(10L, 20L), List.of(one, one));
    assertEquals(List.of(26.75), values(result).get("output"));
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"COMPLEX32", "STRING", "RESOURCE", "VARIANT"},
      mode = EnumSource.Mode.EXCLUDE)
  void everyDtypeGoesInAndComesOut(DType dtype) {
    HostTensor tensor = HostTensor.generate(dtype, new long[] {2, 2}, part -> part % 2);
    TorchProgram module =
        TorchScript.module(
                "def forward(self, x: Tensor) -> Tuple[Tensor, Tensor]:\n"
                    + "  return (torch.t(x), self.b)")
            .buffer("b", tensor);
    Map<String, HostTensor> outputs = run(module, tensor).flatten();
    outputs.values().forEach(output -> assertEquals(dtype, output.dtype()));
    assertEquals(values(tensor), values(outputs.get("output_1")));
    assertEquals(
        tensor.bytes(), run(module, outputs.get("output_0")).flatten().get("output_0").bytes());
  }

  @Test
  void emptyAndScalarTensors() {
    TorchProgram same = TorchScript.module("def forward(self, x: Tensor) -> Tensor:\n  return x");
    assertEquals(
        "int64[0,3]",
        run(same, HostTensor.longs(new long[] {0, 3})).flatten().get("output").toString());
    assertEquals(
        "int64[]",
        run(same, HostTensor.longs(new long[] {}, 7)).flatten().get("output").toString());
  }

  @Test
  void aFailingProgramTellsTorchsReason() {
    TorchProgram module =
        TorchScript.module("def forward(self, x: Tensor) -> Tensor:\n  return torch.matmul(x, x)");
    FerryException error = assertThrows(FerryException.class, () -> run(module, X));
    assertEquals(ExitCode.USAGE, error.exitCode());
    assertTrue(
        error.getMessage().contains("mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)"),
        error.getMessage());
  }

  @Test
  void sourceThatIsNoTorchScriptCantBeLoaded() {
    TorchProgram module =
        TorchScript.module("def forward(self, x: Tensor) -> Tensor:\n  return nope(x)");
    FerryException error = assertThrows(FerryException.class, () -> run(module, X));
    assertEquals(ExitCode.UNREADABLE, error.exitCode());
    assertTrue(error.getMessage().contains("undefined value nope"), error.getMessage());
  }
}
