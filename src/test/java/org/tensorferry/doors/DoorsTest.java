package org.tensorferry.doors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.Conversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.convert.Inspection;
import org.tensorferry.engine.TfRunner;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.provenance.CallRecord;
import org.tensorferry.provenance.RecordedConversion;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.tensor.HostTensor;

/** What the house promises to those who add to it. */
class DoorsTest {

  private static final ConvertOptions OPTIONS =
      ConvertOptions.defaults().input("x:float32[batch,3]");

  @TempDir Path directory;

  private DoublingModel source() throws IOException {
    return new DoublingModel(Files.writeString(directory.resolve("doubling.txt"), "twice"));
  }

  private TorchModel doubling() throws IOException {
    return new TorchModel(source(), RuleTables.load(DoorsTest.class.getClassLoader()));
  }

  @Test
  void aModelOfAnyKindIsConverted() throws IOException {
    Path saved = directory.resolve("saved");
    try (TorchModel model = doubling()) {
      Conversion conversion = model.convert(OPTIONS);
      assertEquals("fc/kernel", conversion.variables().get(0).name());
      conversion.save(saved);
    }
    try (TfRunner tensorFlow = TfRunner.open(saved)) {
      HostTensor x = HostTensor.floats(new long[] {2, 3}, 1, 2, 3, -1, 0, 1);
      HostTensor y = Objects.requireNonNull(tensorFlow.run(Map.of("x", x)).get("output"));
      assertEquals(
          List.of(12.0, 0.0, 4.0, 0.0), IntStream.range(0, y.count()).mapToObj(y::get).toList());
    }
    assertEquals(
        List.of("aten::linear", "aten::relu", "aten::mul"),
        CallRecord.read(saved).orElseThrow().stream().map(CallRecord::operator).toList());
  }

  @Test
  void aModelOfAnyKindIsInspected() throws IOException {
    try (TorchModel model = doubling()) {
      Inspection inspection = model.inspect();
      assertEquals("Dense", inspection.layers().get(1).kerasLayer().orElseThrow());
      assertEquals(
          List.of("CONVERTED", "CONVERTED", "CONVERTED"),
          inspection.operators().stream().map(use -> use.support().name()).toList());
    }
  }

  @Test
  void aModelIsClosedWithItsSource() throws IOException {
    DoublingModel source = source();
    new TorchModel(source, RuleTables.load(DoorsTest.class.getClassLoader())).close();
    assertTrue(source.isClosed());
  }

  @Test
  void aResultMayHaveAnyForm() throws IOException {
    Path file = directory.resolve("operators.txt");
    try (TorchModel model = doubling()) {
      model.convert(OPTIONS).save(file, OperatorList::new);
    }
    List<String> operators = Files.readAllLines(file);
    assertTrue(operators.containsAll(List.of("MatMul", "Relu", "Mul")), operators::toString);
  }

  @Test
  void whatAFormCantHoldIsRefusedAndNothingIsLeft() {
    Path file = directory.resolve("operators.txt");
    TorchScript.module("def forward(self, x: Tensor) -> Tensor:\n  return torch.softmax(x, -1)\n")
        .write(directory.resolve("softmax.pt"));
    try (TorchModel model = Tensorferry.open(directory.resolve("softmax.pt"))) {
      Conversion conversion = model.convert(OPTIONS);
      FerryException refused =
          assertThrows(FerryException.class, () -> conversion.save(file, OperatorList::new));
      assertEquals(ExitCode.UNCONVERTIBLE, refused.exitCode());
    }
    assertFalse(Files.exists(file));
  }

  @Test
  void assumptionsComeBackAsRelationsOfDims() {
    String source =
        """
        def forward(self, x: Tensor) -> Tensor:
          if torch.gt(torch.size(x, 0), 4):
            return torch.relu(x)
          return x
        """;
    Path file = directory.resolve("branch.pt");
    TorchScript.module(source).write(file);
    Path saved = directory.resolve("saved");
    try (TorchModel model = Tensorferry.open(file)) {
      Conversion conversion =
          model.convert(ConvertOptions.defaults().input("x:float32[batch=6,3]"));
      conversion.save(saved);
      assertEquals(conversion.assumptions(), RecordedConversion.of(saved).assumptions());
      assertEquals(
          "batch > 4", conversion.assumptions().get(0).relation().orElseThrow().toString());
    }
  }
}
