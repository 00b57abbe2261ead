package org.tensorferry.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.tensorferry.archive.Fixtures.assertUnreadable;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.tensorferry.tensor.Storage;

class PickleTest {

  private static final RecordName RECORD = new RecordName(Path.of("x.pt"), "data.pkl");

  private static final PickleScope SCOPE =
      new PickleScope() {
        @Override
        public Object global(String module, String name) {
          return module.startsWith("__torch__")
              ? new PickledClass(module + "." + name, true)
              : TorchGlobals.find(module, name).orElseThrow(() -> ZipScope.foreign(module, name));
        }

        @Override
        public Object persistent(Object id) {
          return id;
        }
      };

  private static Object read(PickleBytes pickle) {
    return read(pickle.stop());
  }

  private static Object read(byte[] bytes) {
    return Pickle.read(RECORD, storage(bytes), SCOPE);
  }

  private static Storage storage(byte[] bytes) {
    return new Storage() {
      @Override
      public long size() {
        return bytes.length;
      }

      @Override
      public void read(long offset, byte[] target, int from, int length) {
        System.arraycopy(bytes, (int) offset, target, from, length);
      }
    };
  }

  private static PickleBytes pickle(String opcodes) {
    return new PickleBytes().ops(opcodes);
  }

  @Test
  void opcodesGiveTheirValues() {
    // Python: pickle.dumps of each value, by hand where Python writes another opcode.
    Map<String, Object> cases = new LinkedHashMap<>();
    cases.put("N", PyNone.NONE);
    cases.put("\u0088", true);
    cases.put("\u0089", false);
    cases.put("K\u00ff", 255L);
    cases.put("M\u0001\u0002", 513L);
    cases.put("J\u00fe\u00ff\u00ff\u00ff", -2L);
    cases.put("\u008a\u0000", 0L);
    cases.put("\u008a\u0002\u0000\u00ff", -256L);
    cases.put("\u008a\u0002\u00ff\u0000", 255L);
    cases.put("\u008b\u0001\u0000\u0000\u0000\u0080", -128L);
    cases.put(
        "\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019", new BigInteger("119547037146038801333356"));
    cases.put("G?\u00f8\u0000\u0000\u0000\u0000\u0000\u0000", 1.5);
    cases.put("X\u0003\u0000\u0000\u0000a\u00c3\u00a9", "aé");
    cases.put("\u008c\u0002hi", "hi");
    cases.put("\u008d\u0002\u0000\u0000\u0000\u0000\u0000\u0000\u0000hi", "hi");
    cases.put("U\u0002hi", "hi");
    cases.put("T\u0002\u0000\u0000\u0000hi", "hi");
    cases.put("]", List.of());
    cases.put("](K\u0001K\u0002eK\u0003a", List.of(1L, 2L, 3L));
    cases.put("(K\u0001K\u0002l", List.of(1L, 2L));
    cases.put("}(K\u0001K\u0002uK\u0003K\u0004s", Map.of(1L, 2L, 3L, 4L));
    cases.put("(K\u0001K\u0002d", Map.of(1L, 2L));
    cases.put("\u008f(K\u0001K\u0002\u0090", Set.of(1L, 2L));
    cases.put("(K\u0001\u0091", Set.of(1L));
    cases.put("K\u0001q\u00070h\u0007", 1L);
    cases.put("K\u0001r\u0007\u0001\u0000\u00000j\u0007\u0001\u0000\u0000", 1L);
    cases.put("K\u0001\u0094K\u0002\u009400h\u0001", 2L);
    cases.put("K\u0001(K\u0002K\u00031", 1L);
    cases.put("\u0095\u0005\u0000\u0000\u0000\u0000\u0000\u0000\u0000K\u0001", 1L);
    cases.forEach(
        (opcodes, expected) ->
            assertEquals(expected, read(pickle(opcodes)), () -> "case " + opcodes));
  }

  @Test
  void tuplesTakeWhatIsTheirs() {
    assertEquals(List.of(), tuple(")"));
    assertEquals(List.of(1L), tuple("K\u0001\u0085"));
    assertEquals(List.of(1L, 2L), tuple("K\u0001K\u0002\u0086"));
    assertEquals(List.of(1L, 2L, 3L), tuple("K\u0001K\u0002K\u0003\u0087"));
    assertEquals(List.of(1L, 2L, 2L), tuple("(K\u0001K\u00022t"));
    assertArrayEquals(new byte[] {1, 2}, (byte[]) tuple("C\u0002\u0001\u0002\u0085").get(0));
  }

  private static List<Object> tuple(String opcodes) {
    return assertInstanceOf(PyTuple.class, read(pickle(opcodes))).items();
  }

  @Test
  void objectsKeepTheirAttributesInOrder() {
    PickledObject object =
        assertInstanceOf(
            PickledObject.class,
            read(
                new PickleBytes()
                    .beginObject("__torch__.pkg.___torch_mangle_3", "Net")
                    .text("b")
                    .integer(1)
                    .text("a")
                    .integer(2)
                    .endObject()));
    assertEquals("__torch__.pkg.___torch_mangle_3.Net", object.className());
    assertEquals(List.of("b", "a"), List.copyOf(object.attributes().keySet()));
  }

  @Test
  void aStateThatIsNoDictIsKeptForSetstate() {
    PickledObject object =
        assertInstanceOf(
            PickledObject.class,
            read(
                new PickleBytes()
                    .global("__torch__", "Packed")
                    .ops(")")
                    .op(0x81)
                    .tuple(1, 2)
                    .ops("b")));
    assertEquals(Map.of(), object.attributes());
    assertEquals(List.of(1L, 2L), assertInstanceOf(PyTuple.class, object.state()).items());
  }

  @Test
  void sharedValuesStayOneValue() {
    List<Object> both = tuple("c__torch__\nA\n)\u0081}bq\u0000h\u0000\u0086");
    assertSame(both.get(0), both.get(1));
  }

  @Test
  void functionsOfTorchAreKnown() {
    Object sizes =
        read(
            new PickleBytes()
                .global("torch.jit._pickle", "build_intlist")
                .ops("(](K\u0001K\u0002etR"));
    assertEquals(List.of(1L, 2L), assertInstanceOf(TypedValue.class, sizes).value());
    assertEquals("List[int]", ((TypedValue) sizes).type());
    Object tagged =
        read(
            new PickleBytes()
                .global("torch.jit._pickle", "restore_type_tag")
                .ops("(}")
                .text("Dict[str, int]")
                .ops("tR"));
    assertEquals("Dict[str, int]", assertInstanceOf(TypedValue.class, tagged).type());
    assertEquals(
        new PyDevice("cuda:1"),
        read(new PickleBytes().global("torch", "device").ops("(").text("cuda").ops("K\u0001tR")));
    assertEquals(
        new PickledEnum("__torch__.Color", 2L),
        read(new PickleBytes().global("__torch__", "Color").ops("K\u0002R")));
    assertEquals(
        new PyComplex(1, 2),
        read(new PickleBytes().global("builtins", "complex").ops("(K\u0001K\u0002tR")));
  }

  @Test
  void foreignGlobalsAreNamedAndNeverCalled() {
    for (String[] name :
        new String[][] {
          {"os", "system"}, {"builtins", "eval"}, {"torch", "load"}, {"__torch", "A"}, {"", ""}
        }) {
      PickleBytes call = new PickleBytes().global(name[0], name[1]).ops("(").text("id").ops("tR");
      assertUnreadable(
          () -> read(call),
          "`" + name[0] + "." + name[1] + "`",
          "file `x.pt`, record `data.pkl`, byte 2");
      PickleBytes onStack = new PickleBytes().text(name[0]).text(name[1]).op(0x93);
      assertUnreadable(() -> read(onStack), "`" + name[0] + "." + name[1] + "`");
    }
  }

  @Test
  void brokenPicklesAreReportedWithTheirByte() {
    Map<String, String> cases = new LinkedHashMap<>();
    cases.put("", "ends too early");
    cases.put("X\u00ff\u00ff\u00ff\u00ff", "4294967295 bytes are needed");
    cases.put(
        "\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff", "18446744073709551615 bytes");
    cases.put("\u008b\u00ff\u00ff\u00ff\u007f", "A number has");
    cases.put("K", "ends too early");
    cases.put("cos", "ends too early");
    cases.put(".", "empty stack");
    cases.put("NN.", "values left over");
    cases.put("(N.", "values left over");
    cases.put("0", "empty stack");
    cases.put("N\u0086", "empty stack");
    cases.put("N(\u0085", "empty stack");
    cases.put("t", "never began");
    cases.put("h\u0005", "value 5, which it never stored");
    cases.put("NNa", "appends to");
    cases.put("NNNs", "sets items of");
    cases.put("}(Nu", "sets items of");
    cases.put("}]Ns", "as a key");
    cases.put("\u008f(]\u0090", "as a key");
    cases.put("NNR", "calls");
    cases.put("N)\u0081", "makes an object of");
    cases.put("NNb", "gives a state to");
    cases.put("\u00fe", "unknown opcode 0xfe");
    cases.put("i", "unknown opcode 0x69");
    cases.put("\u0080\u0006", "protocol 6");
    cases.put("NN\u0093", "names a global by");
    cases.put("ctorch._utils\n_rebuild_tensor_v2\n)R", "too few");
    cases.put("ctorch._utils\n_rebuild_tensor_v2\n(NNNNtR", "where a storage belongs");
    cases.put("ctorch.jit._pickle\nbuild_intlist\nNR", "where a tuple belongs");
    cases.put("ctorch\ndevice\n(NtR", "where a string belongs");
    cases.forEach(
        (opcodes, text) -> {
          byte[] bytes = ("\u0080\u0002" + opcodes).getBytes(StandardCharsets.ISO_8859_1);
          assertUnreadable(() -> read(bytes), text, "file `x.pt`, record `data.pkl`, byte ");
        });
  }

  @Test
  void deepNestingIsReadButRefusedBeforeAnyoneWalksIt() {
    byte[] deep = new byte[300_001];
    Arrays.fill(deep, 0, 150_000, (byte) ']');
    Arrays.fill(deep, 150_000, 299_999, (byte) 'a');
    deep[299_999] = '.';
    Object value = read(Arrays.copyOf(deep, 300_000));
    assertUnreadable(() -> NestingCheck.check(RECORD, value), "nests deeper", "`data.pkl`");
    Object tuples = read(pickle(")" + "\u0085".repeat(100_000)));
    assertUnreadable(() -> NestingCheck.check(RECORD, tuples), "nests deeper");
  }

  @Test
  void aValueThatContainsItselfIsRefused() {
    for (String opcodes :
        List.of("]q\u0000h\u0000a", "}q\u0000K\u0001h\u0000s", "]q\u0000h\u0000\u0085a")) {
      Object value = read(pickle(opcodes));
      assertUnreadable(() -> NestingCheck.check(RECORD, value), "contains itself");
    }
  }

  @Test
  void sharedBranchesAreNoCycle() {
    StringBuilder doubling = new StringBuilder("]q\u0000");
    for (int i = 0; i < 60; i++) {
      doubling.append("h").append((char) i).append("\u0086q").append((char) (i + 1));
    }
    NestingCheck.check(RECORD, read(pickle(doubling.toString())));
  }

  @Test
  void aHugePickleIsRefusedBeforeItFillsTheMemory() {
    byte[] huge = new byte[9_000_000];
    Arrays.fill(huge, (byte) ')');
    assertUnreadable(() -> read(huge), "more values than any model");
  }
}
