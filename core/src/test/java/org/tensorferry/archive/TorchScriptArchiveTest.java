package org.tensorferry.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;

/** Files of both torches, made by make_fixtures.py, give what was put into them. */
class TorchScriptArchiveTest {

  @TempDir Path folder;

  private TorchScriptArchive open(String name) throws IOException {
    return TorchScriptArchive.open(Fixtures.copy(name, folder));
  }

  private static TensorData tensor(PickledObject object, String name) {
    return assertInstanceOf(TensorData.class, object.attributes().get(name), name);
  }

  private static PickledObject object(PickledObject object, String name) {
    return assertInstanceOf(PickledObject.class, object.attributes().get(name), name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"scripted-1.13.pt", "scripted-2.13.pt"})
  void everyDtypeIsRead(String name) throws IOException {
    try (TorchScriptArchive archive = open(name)) {
      for (DType dtype : DType.values()) {
        if (dtype.torchCode() < 0 || dtype == DType.COMPLEX32) {
          continue;
        }
        TensorData values = tensor(archive.root(), "t_" + dtype);
        assertEquals(dtype, values.dtype());
        double[] expected =
            switch (dtype.kind()) {
              case BOOLEAN -> new double[] {0, 1, 1, 1};
              case COMPLEX -> new double[] {0, 0, 1, 0, 2, 0, 3, 0};
              default -> new double[] {0, 1, 2, 3};
            };
        assertArrayEquals(
            expected,
            dtype.isComplex() ? values.toComplex() : values.toDoubles(),
            dtype.toString());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"scripted-1.13.pt", "scripted-2.13.pt"})
  void viewsShareTheirStorage(String name) throws IOException {
    try (TorchScriptArchive archive = open(name)) {
      PickledObject root = archive.root();
      TensorData base = tensor(root, "base");
      TensorData transposed = tensor(root, "transposed");
      TensorData row = tensor(root, "row");
      assertSame(base.storage(), transposed.storage());
      assertSame(base.storage(), row.storage());
      assertArrayEquals(new double[] {0, 3, 1, 4, 2, 5}, transposed.toDoubles());
      assertArrayEquals(new double[] {3, 4, 5}, row.toDoubles());
      assertArrayEquals(new double[] {7, 7, 7, 7, 7}, tensor(root, "expanded").toDoubles());
      assertArrayEquals(new long[] {0, 3}, tensor(root, "empty").shape());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"scripted-1.13.pt", "scripted-2.13.pt"})
  void aTiedWeightIsOneTensor(String name) throws IOException {
    try (TorchScriptArchive archive = open(name)) {
      PickledObject a = object(object(archive.root(), "a"), "fc");
      PickledObject b = object(object(archive.root(), "b"), "fc");
      assertTrue(tensor(a, "weight").isSameView(tensor(b, "weight")));
      assertTrue(tensor(a, "weight").requiresGrad());
      assertNotSame(tensor(a, "bias").storage(), tensor(b, "bias").storage());
      assertFalse(tensor(a, "bias").isSameView(tensor(b, "bias")));
      assertTrue(tensor(a, "bias").contentEquals(tensor(b, "bias")));
      assertFalse(tensor(archive.root(), "base").requiresGrad());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"scripted-1.13.pt", "scripted-2.13.pt"})
  void attributesKeepValueAndType(String name) throws IOException {
    try (TorchScriptArchive archive = open(name)) {
      Map<String, Object> attributes = archive.root().attributes();
      assertEquals("__torch__.Everything", archive.root().className());
      assertEquals("héllo", attributes.get("text"));
      assertEquals(1L << 40, attributes.get("big"));
      assertEquals(-7L, attributes.get("negative"));
      assertEquals(false, attributes.get("training"));
      assertEquals(PyNone.NONE, attributes.get("missing"));
      assertEquals(new PyComplex(1, 2), attributes.get("complex"));
      assertEquals(new PyDevice("cpu"), attributes.get("where"));
      assertEquals(new PickledEnum("__torch__.Color", 2L), attributes.get("color"));
      assertEquals(
          List.of(1L, "a", 2.5), assertInstanceOf(PyTuple.class, attributes.get("mixed")).items());
      assertTyped("Dict[str, int]", Map.of("x", 1L, "yy", 2L), attributes.get("counts"));
      assertTyped("List[int]", List.of(1L, 2L, 3L), attributes.get("sizes"));
      assertTyped("List[float]", List.of(1.5, 2.0), attributes.get("rates"));
      assertTyped("List[bool]", List.of(true, false), attributes.get("flags"));
      TypedValue tensors = assertInstanceOf(TypedValue.class, attributes.get("tensors"));
      assertEquals("List[Tensor]", tensors.type());
      TensorData second =
          assertInstanceOf(TensorData.class, assertInstanceOf(List.class, tensors.value()).get(1));
      assertArrayEquals(new double[3], second.toDoubles());
    }
  }

  private static void assertTyped(String type, Object value, Object actual) {
    TypedValue typed = assertInstanceOf(TypedValue.class, actual);
    assertEquals(type, typed.type());
    assertEquals(value, typed.value());
  }

  @ParameterizedTest
  @ValueSource(strings = {"scripted-1.13.pt", "scripted-2.13.pt"})
  void codeIsFoundByQualifier(String name) throws IOException {
    try (TorchScriptArchive archive = open(name)) {
      TorchScriptArchive.Source source = archive.sourceOf(archive.root().className()).orElseThrow();
      assertEquals("code/__torch__.py", source.record());
      assertTrue(source.text().startsWith("class Everything(Module):"), source.text());
      assertTrue(source.text().contains("class Color(Enum):"));
      String linear = object(object(archive.root(), "a"), "fc").className();
      assertTrue(archive.sourceOf(linear).orElseThrow().text().contains("torch.linear"));
      assertTrue(archive.source("__torch__.torch.nn").isEmpty());
      assertEquals(List.of("__torch__", "__torch__.torch.nn.modules.linear"), archive.qualifiers());
      assertEquals(List.of("note.txt"), archive.extraFiles());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.13", "2.13"})
  void bothVersionRecordsAreRead(String torch) throws IOException {
    try (TorchScriptArchive traced = open("traced-" + torch + ".pt");
        TorchScriptArchive frozen = open("frozen-" + torch + ".pt")) {
      assertEquals(3, traced.version());
      assertEquals(10, frozen.version());
      assertEquals(Fixtures.bytes("traced-" + torch + ".pt").length, traced.fileSize());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"frozen-1.13.pt", "frozen-2.13.pt"})
  void aFrozenModelKeepsItsWeightsAsConstants(String name) throws IOException {
    try (TorchScriptArchive archive = open(name)) {
      assertEquals(List.of(), List.copyOf(archive.root().attributes().keySet()));
      assertEquals(2, archive.constants().size());
      TensorData weight = assertInstanceOf(TensorData.class, archive.constants().get(0));
      assertArrayEquals(new double[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, weight.toDoubles());
      assertTrue(
          archive
              .sourceOf(archive.root().className())
              .orElseThrow()
              .text()
              .contains("CONSTANTS.c0"));
    }
  }

  @Test
  void aClosedArchiveReadsNoMore() throws IOException {
    TorchScriptArchive archive = open("traced-2.13.pt");
    TensorData weight = tensor(object(archive.root(), "fc"), "weight");
    archive.close();
    org.junit.jupiter.api.Assertions.assertThrows(IllegalStateException.class, weight::toDoubles);
  }
}
