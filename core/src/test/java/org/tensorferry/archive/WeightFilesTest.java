package org.tensorferry.archive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tensorferry.archive.Fixtures.assertUnreadable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;

class WeightFilesTest {

  private static final double[] UP_TO_12 = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};

  @TempDir Path folder;

  private WeightFiles open(String fixture) throws IOException {
    return WeightFiles.open(Fixtures.copy(fixture, folder));
  }

  private WeightFiles open(byte[] bytes) throws IOException {
    return WeightFiles.open(Fixtures.write(folder, "x.weights", bytes));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "state_dict-1.13.pth",
        "state_dict-2.13.pth",
        "state_dict.legacy-1.13.pth",
        "state_dict.legacy-2.13.pth",
        "traced-1.13.pt",
        "traced-2.13.pt"
      })
  void everyFormatGivesTheSameNamesAndValues(String name) throws IOException {
    try (WeightFiles weights = open(name)) {
      assertEquals(List.of("fc.weight", "fc.bias"), List.copyOf(weights.tensors().keySet()));
      assertArrayEquals(UP_TO_12, weights.tensors().get("fc.weight").toDoubles());
      assertArrayEquals(
          new double[] {0.5, -0.5, 0.25}, weights.tensors().get("fc.bias").toDoubles());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "weights-1.13.pth",
        "weights-2.13.pth",
        "weights.legacy-1.13.pth",
        "weights.legacy-2.13.pth",
        "weights.protocol4-1.13.pth",
        "weights.protocol4-2.13.pth"
      })
  void nestedWeightsAreNamedByTheirPath(String name) throws IOException {
    try (WeightFiles weights = open(name)) {
      Map<String, TensorData> tensors = weights.tensors();
      assertEquals(
          List.of("model.slice", "model.transposed", "model.parameter", "list.0", "list.1"),
          List.copyOf(tensors.keySet()));
      assertArrayEquals(new double[] {2, 3, 4, 5}, tensors.get("model.slice").toDoubles());
      assertArrayEquals(
          new double[] {0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11},
          tensors.get("model.transposed").toDoubles());
      assertSame(tensors.get("model.slice").storage(), tensors.get("model.transposed").storage());
      assertTrue(tensors.get("model.parameter").requiresGrad());
      assertEquals(DType.FLOAT16, tensors.get("list.0").dtype());
      assertEquals(DType.BFLOAT16, tensors.get("list.1").dtype());
      assertArrayEquals(UP_TO_12, tensors.get("list.0").toDoubles());
      assertArrayEquals(UP_TO_12, tensors.get("list.1").toDoubles());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"weights-1.13.pth", "weights-2.13.pth"})
  void tensorsThatCantBeReadAreListedApart(String name) throws IOException {
    try (WeightFiles weights = open(name)) {
      assertEquals("quantized", weights.unsupported().get("quantized").kind());
      assertEquals("sparse", weights.unsupported().get("sparse").kind());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"module-1.13.pth", "module-2.13.pth"})
  void aPickledModuleHasTheNamesOfItsStateDict(String name) throws IOException {
    try (WeightFiles weights = open(name)) {
      assertEquals(
          List.of(
              "0.weight",
              "0.bias",
              "1.weight",
              "1.bias",
              "1.running_mean",
              "1.running_var",
              "1.num_batches_tracked",
              "again.weight",
              "again.bias"),
          List.copyOf(weights.tensors().keySet()));
      assertTrue(
          weights.tensors().get("0.weight").isSameView(weights.tensors().get("again.weight")));
    }
  }

  @Test
  void safetensorsAreRead() throws IOException {
    String header =
        "{\"w\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]},"
            + "\"q\":{\"dtype\":\"F8_E4M3\",\"shape\":[1],\"data_offsets\":[12,13]},"
            + "\"__metadata__\":{\"format\":\"pt\"},"
            + "\"i\":{\"dtype\":\"I16\",\"shape\":[2],\"data_offsets\":[8,12]}} ";
    byte[] data =
        ByteBuffer.allocate(13)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putFloat(1.5f)
            .putFloat(-2f)
            .putShort((short) 7)
            .putShort((short) -1)
            .array();
    try (WeightFiles weights = open(safetensors(header, data))) {
      assertEquals(List.of("w", "i"), List.copyOf(weights.tensors().keySet()));
      assertArrayEquals(new double[] {1.5, -2}, weights.tensors().get("w").toDoubles());
      assertArrayEquals(new long[] {2, 1}, weights.tensors().get("w").shape());
      assertArrayEquals(new long[] {7, -1}, weights.tensors().get("i").toLongs());
      assertEquals(Map.of("format", "pt"), weights.metadata());
      assertEquals("F8_E4M3", weights.unsupported().get("q").kind());
    }
  }

  private static byte[] safetensors(String header, byte[] data) {
    byte[] text = header.getBytes(UTF_8);
    return ByteBuffer.allocate(8 + text.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .put(data)
        .array();
  }

  private static String entry(String dtype, String shape, String offsets) {
    return "{\"w\":{\"dtype\":\""
        + dtype
        + "\",\"shape\":"
        + shape
        + ",\"data_offsets\":"
        + offsets
        + "}}";
  }

  @Test
  void brokenSafetensorsAreReported() {
    Map<String, String> cases = new LinkedHashMap<>();
    cases.put(entry("F32", "[2]", "[0,12]"), "`w` lies outside the file");
    cases.put(entry("F32", "[2]", "[8,0]"), "`w` lies outside the file");
    cases.put(entry("F32", "[2]", "[0]"), "`w` lies outside the file");
    cases.put(entry("F32", "[3]", "[0,8]"), "`w` has 8 bytes");
    cases.put(entry("F32", "[4294967296,4294967296,4294967296]", "[0,8]"), "`w` has 8 bytes");
    cases.put(entry("F32", "[-2]", "[0,8]"), "no number");
    cases.put(entry("F32", "[1.5]", "[0,8]"), "no number");
    cases.put(entry("F32", "2", "[0,8]"), "lacks its shape");
    cases.put("{\"w\":1}", "lacks its shape");
    cases.put("{\"w\":", "no JSON");
    cases.put("{\"w\":{},\"w\":{}}", "no JSON");
    cases.put("{" + "\"a\":{".repeat(5000), "no JSON");
    cases.forEach(
        (header, text) ->
            assertUnreadable(() -> open(safetensors(header, new byte[8])), text, "x.weights"));
  }

  @Test
  void anIndexJoinsItsFiles() throws IOException {
    Fixtures.write(folder, "a.safetensors", safetensors(entry("F32", "[2]", "[0,8]"), new byte[8]));
    Fixtures.copy("state_dict-2.13.pth", folder);
    try (WeightFiles weights =
        WeightFiles.open(
            index("{\"w\":\"a.safetensors\",\"fc.weight\":\"state_dict-2.13.pth\"}"))) {
      assertEquals(List.of("w", "fc.weight", "fc.bias"), List.copyOf(weights.tensors().keySet()));
    }
    assertUnreadable(
        () -> WeightFiles.open(index("{\"v\":\"a.safetensors\"}")), "`v` is in none of the files");
    assertUnreadable(
        () -> WeightFiles.open(index("{\"w\":\"../a.safetensors\"}")), "not beside it");
    assertUnreadable(
        () -> WeightFiles.open(index("{\"w\":\"b.safetensors\"}")), "There is no file");
    assertUnreadable(() -> WeightFiles.open(index("[")), "no readable JSON");
    assertUnreadable(() -> WeightFiles.open(index("1")), "no `weight_map`");
  }

  private Path index(String map) throws IOException {
    return Fixtures.write(folder, "m.index.json", ("{\"weight_map\":" + map + "}").getBytes(UTF_8));
  }

  @Test
  void functionsThatRunCodeAreRefusedAndOtherClassesStayShells() throws IOException {
    for (String[] name :
        new String[][] {
          {"os", "system"},
          {"builtins", "eval"},
          {"runpy", "a"},
          {"posix", "system"},
          {"importlib.util", "b"}
        }) {
      byte[] attack =
          new PickleBytes().global(name[0], name[1]).ops("(").text("id").ops("tR").stop();
      assertUnreadable(
          () -> open(new ZipBytes().stored("x/data.pkl", attack).end()),
          "`" + name[0] + "." + name[1] + "`");
    }
    byte[] harmless =
        new PickleBytes()
            .beginObject("argparse", "Namespace")
            .text("w")
            .tensor(DType.FLOAT32, "0", 1, 0, new long[] {1}, new long[] {1})
            .endObject()
            .stop();
    try (WeightFiles weights =
        open(new ZipBytes().stored("x/data.pkl", harmless).stored("x/data/0", new byte[4]).end())) {
      assertEquals(List.of("w"), List.copyOf(weights.tensors().keySet()));
    }
  }

  @Test
  void aValueThatContainsItselfIsWalkedOnceAndRepetitionIsBounded() throws IOException {
    byte[] cycle = new PickleBytes().ops("]q\0h\0a").stop();
    try (WeightFiles weights = open(new ZipBytes().stored("x/data.pkl", cycle).end())) {
      assertTrue(weights.tensors().isEmpty());
    }
    PickleBytes doubling = new PickleBytes().ops(")q\0");
    for (int i = 0; i < 60; i++) {
      doubling.ops("h").op(i).op(0x86).ops("q").op(i + 1);
    }
    byte[] bomb = doubling.stop();
    assertUnreadable(
        () -> open(new ZipBytes().stored("x/data.pkl", bomb).end()),
        "repeats itself",
        "`data.pkl`");
  }

  /** Any byte may be wrong: what comes out is weights or one error, nothing else. */
  @ParameterizedTest
  @ValueSource(
      strings = {"weights-2.13.pth", "weights.legacy-2.13.pth", "weights.protocol4-1.13.pth"})
  void mutatedFilesGiveWeightsOrAnError(String name) throws IOException {
    byte[] whole = Fixtures.bytes(name);
    Random random = new Random(name.hashCode());
    for (int round = 0; round < 800; round++) {
      byte[] mutated =
          round % 4 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
      for (int i = random.nextInt(4); i >= 0 && mutated.length > 0; i--) {
        mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
      }
      try (WeightFiles weights = open(mutated)) {
        weights.tensors().values().stream()
            .filter(tensor -> tensor.numel() < 1000)
            .forEach(TensorData::toBytes);
      } catch (FerryException error) {
        assertEquals(ExitCode.UNREADABLE, error.exitCode());
      } catch (RuntimeException | Error other) {
        throw new AssertionError(name + " round " + round, other);
      }
    }
  }
}
