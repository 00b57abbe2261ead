package org.tensorferry.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.Conversion;
import org.tensorferry.SavedConversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.engine.EngineOptions;
import org.tensorferry.engine.SavedStructure;
import org.tensorferry.engine.TfRunner;
import org.tensorferry.error.FerryException;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.LayerReport;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.tensor.HostTensor;

/** Several methods of one model in one result. */
class MethodsTest {

  private static final VerifyOptions OPTIONS =
      VerifyOptions.DEFAULT.samples(1).timedRuns(0).engines(EngineOptions.DEFAULT.inProcess(true));

  /** Both loops are functions of their graphs, and both methods read `w`; `push` moves `seen`. */
  private static final String CODEC =
      """
      def forward(self, x: Tensor) -> Tensor:
        return torch.matmul(x, self.w)

      def encode(self, x: Tensor) -> Dict[str, Tensor]:
        y = torch.matmul(x, self.w)
        while bool(torch.lt(torch.max(y), 8.0)):
          y = torch.add(torch.abs(y), 1.0)
        return {"code": y}

      def decode(self, z: Tensor, n: int=2) -> Tensor:
        y = z
        while bool(torch.lt(torch.max(y), 16.0)):
          y = torch.add(torch.abs(y), 2.0)
        return torch.mul(torch.matmul(y, torch.t(self.w)), n)

      def push(self, x: Tensor) -> Tensor:
        _0 = torch.add_(self.seen, 1.0)
        return torch.mul(x, self.seen)

      def peek(self, x: Tensor) -> Tensor:
        return torch.add(x, self.seen)
      """;

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void writeModel() {
    file = directory.resolve("codec.pt");
    TorchProgram module = TorchScript.module(CODEC);
    module.parameter("w", HostTensor.floats(new long[] {2, 2}, 1, 2, 3, 5));
    module.buffer("seen", HostTensor.floats(new long[0], 0));
    module.write(file);
  }

  private Conversion convert(TorchModel model, List<String> methods, String... inputs) {
    return model.convert(ConvertOptions.defaults().methods(methods).inputs(inputs));
  }

  @Test
  void everyMethodIsASignatureAndIsVerified() {
    Path saved = directory.resolve("saved");
    try (TorchModel model = Tensorferry.open(file)) {
      Conversion conversion =
          convert(
              model,
              List.of("encode", "decode", "forward"),
              "x:float32[batch,2]",
              "decode.z:float32[batch,2]",
              "n=3");
      assertEquals("forward", conversion.method());
      assertEquals(
          List.of("w"), conversion.variables().stream().map(PortedVariable::name).toList());
      assertEquals(List.of("seen"), conversion.unusedTensors());
      conversion.save(saved);
    }
    SavedConversion opened = SavedConversion.open(file, saved);
    assertEquals(List.of("forward", "encode", "decode"), opened.methods());
    ParityReport report = opened.verify(OPTIONS.layers(true));
    assertTrue(report.isEqual());
    assertTrue(report.layers().isPresent());
    List<String> labels = report.cases().stream().map(CaseReport::label).toList();
    opened
        .methods()
        .forEach(method -> assertTrue(labels.stream().anyMatch(l -> l.startsWith(method + ": "))));
    assertEquals("z", opened.only("decode").inputs().get(0).name().orElseThrow());
    assertTrue(opened.only("decode").verify(OPTIONS).isEqual());
    for (String signature : List.of("serving_default", "forward")) {
      try (TfRunner runner = TfRunner.open(saved, signature, 1)) {
        assertEquals(List.of("x"), runner.inputNames());
      }
    }
    assertEquals(
        SavedStructure.of(saved, Optional.empty()),
        SavedStructure.of(saved, Optional.of("forward")));
    assertTrue(SavedStructure.of(saved, Optional.of("encode")).orElseThrow().contains("code"));
  }

  @Test
  void anotherMethodInItsPlaceIsADifferenceOfThatMethod() {
    Path saved = directory.resolve("saved");
    try (TorchModel model = Tensorferry.open(file)) {
      convert(model, List.of("forward", "peek"), "x:float32[batch,2]").save(saved);
    }
    SavedConversion right = SavedConversion.open(file, saved);
    SavedConversion peek = right.only("peek");
    SavedConversion wrong =
        new SavedConversion(
            file,
            "forward",
            saved,
            right.inputs(),
            List.of(),
            right.rules(),
            right.call(),
            right.signature(),
            List.of(
                new SavedConversion(
                    file,
                    "forward",
                    saved,
                    peek.inputs(),
                    List.of(),
                    peek.rules(),
                    peek.call(),
                    peek.signature(),
                    List.of(),
                    peek.step())),
            right.step());
    ParityReport report = wrong.verify(OPTIONS);
    assertFalse(report.isEqual());
    int first = report.cases().stream().map(CaseReport::isEqual).toList().indexOf(false);
    assertTrue(first > 0, "the first method is right");
    assertEquals(List.of("x"), List.copyOf(wrong.inputsOf(first, OPTIONS).keySet()));
  }

  @Test
  void methodsShareState() {
    Path saved = directory.resolve("saved");
    try (TorchModel model = Tensorferry.open(file)) {
      SavedConversion written = convert(model, List.of("push", "peek"), "x:float32[1]").save(saved);
      assertTrue(written.verify(OPTIONS).isEqual());
    }
    LayerReport layers =
        SavedConversion.open(file, saved)
            .only("peek")
            .verify(OPTIONS.layers(true))
            .layers()
            .orElseThrow();
    assertEquals("", layers.unavailable());
    assertEquals(1, layers.calls().size());
    Map<String, HostTensor> one = Map.of("x", HostTensor.floats(new long[] {1}, 1));
    try (TfRunner peek = TfRunner.open(saved, "peek", 1)) {
      assertEquals(1, peek.run(one).get("output").get(0));
    }
  }

  @Test
  void inputsThatBelongToNoMethodOrToNoOneAreRefused() {
    try (TorchModel model = Tensorferry.open(file)) {
      List<String> both = List.of("encode", "decode");
      for (String input : List.of("q:float32[1]", "[batch,2]", "peek.x:float32[1]")) {
        FerryException refused =
            assertThrows(FerryException.class, () -> convert(model, both, input));
        assertTrue(refused.problems().get(0).what().contains(input), refused::getMessage);
      }
    }
  }
}
