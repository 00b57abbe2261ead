package org.tensorferry.archive;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tensorferry.archive.Fixtures.assertUnreadable;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.file.MappedFile;
import org.tensorferry.file.ZipArchive;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;

/** What is not a sound TorchScript file ends with one clear sentence, whatever it is. */
class HostileArchiveTest {

  private static final byte[] NO_CONSTANTS = new PickleBytes().ops(")").stop();

  @TempDir Path folder;

  private TorchScriptArchive open(byte[] bytes) throws IOException {
    return TorchScriptArchive.open(Fixtures.write(folder, "x.pt", bytes));
  }

  private static ZipBytes archive(byte[] dataPickle) {
    return new ZipBytes()
        .stored("x/data.pkl", dataPickle)
        .stored("x/constants.pkl", NO_CONSTANTS)
        .stored("x/version", "3\n");
  }

  private static PickleBytes module() {
    return new PickleBytes().beginObject("__torch__", "M");
  }

  @ParameterizedTest
  @CsvSource({
    "state_dict-1.13.pth, a file of torch.save",
    "state_dict-2.13.pth, a file of torch.save",
    "state_dict.legacy-1.13.pth, before torch 1.6",
    "state_dict.legacy-2.13.pth, before torch 1.6"
  })
  void aStateDictIsToldWhatToDo(String name, String text) throws IOException {
    Path file = Fixtures.copy(name, folder);
    assertUnreadable(
        () -> TorchScriptArchive.open(file),
        name,
        text,
        "state_dict",
        "torch.jit.save",
        "torch.jit.save");
  }

  @Test
  void otherFilesAreRecognised() throws IOException {
    byte[] tar = new byte[1024];
    System.arraycopy("ustar".getBytes(StandardCharsets.US_ASCII), 0, tar, 257, 5);
    assertKind(FileKind.TAR, tar);
    assertKind(FileKind.SAFETENSORS, latin("\2\0\0\0\0\0\0\0{}"));
    assertKind(FileKind.UNKNOWN, latin("\3\0\0\0\0\0\0\0{}"));
    assertKind(FileKind.UNKNOWN, latin("hello"));
    assertKind(FileKind.OLD_TORCHSCRIPT, latin("PYTORCH1 and more"));
    assertKind(FileKind.HDF5, latin("\u0089HDF\r\n\u001a\n...."));
    assertKind(FileKind.TFLITE, latin("\u001c\0\0\0TFL3...."));
    assertKind(FileKind.OTHER_ZIP, new ZipBytes().stored("word/document.xml", "<a/>").end());
    assertKind(FileKind.OTHER_ZIP, new ZipBytes().end());
    assertKind(FileKind.OLD_TORCHSCRIPT, new ZipBytes().stored("x/model.json", "{}").end());
    assertKind(FileKind.EXPORTED_PROGRAM, new ZipBytes().stored("x/archive_format", "pt2").end());
    assertKind(
        FileKind.EXPORTED_PROGRAM,
        new ZipBytes().stored("serialized_exported_program.json", "{}").end());
  }

  private void assertKind(FileKind kind, byte[] bytes) throws IOException {
    assertUnreadable(
        () -> open(bytes), "`", "x.pt` is " + kind.description() + ", not TorchScript");
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Test
  void missingAndWrongRecordsAreNamed() throws IOException {
    byte[] good = module().endObject().stop();
    assertUnreadable(
        () ->
            open(
                new ZipBytes()
                    .stored("x/constants.pkl", NO_CONSTANTS)
                    .stored("x/version", "3")
                    .end()),
        "`data.pkl` is missing");
    assertUnreadable(
        () -> open(new ZipBytes().stored("x/data.pkl", good).stored("x/code/a.py", "").end()),
        "`version` is missing");
    assertUnreadable(
        () ->
            open(
                new ZipBytes()
                    .stored("x/data.pkl", good)
                    .stored("x/code/a.py", "")
                    .stored("x/version", "3")
                    .end()),
        "`constants.pkl` is missing");
    assertUnreadable(
        () -> open(archive(good).stored("x/.data/version", "11\n").end()),
        "version 11",
        "newer torch");
    assertUnreadable(
        () -> open(archive(good).stored("x/.data/version", "ten\n").end()), "no version number");
    assertUnreadable(() -> open(archive(good).stored("x/byteorder", "big").end()), "big-endian");
    assertUnreadable(() -> open(archive(new PickleBytes().ops("K\1").stop()).end()), "no module");
    assertTrue(open(archive(good).end()).root().attributes().isEmpty());
  }

  @Test
  void aForeignGlobalIsNamedWithItsPlace() {
    byte[] attack =
        module().text("a").global("os", "system").ops("(").text("id").ops("tR").endObject().stop();
    assertUnreadable(
        () -> open(archive(attack).end()), "`os.system`", "runs nothing", "`data.pkl`", "byte ");
  }

  @Test
  void tensorsStayInsideTheirStorage() throws IOException {
    assertUnreadable(
        () -> open(withTensor(6, 0, 2, 4)), "reaches element 6", "x.pt", "`data.pkl`", "byte ");
    assertUnreadable(() -> open(withTensor(6, 5, 2, 1)), "reaches element 8");
    assertUnreadable(() -> open(withTensor(6, -1, 2, 1)), "negative");
    assertUnreadable(() -> open(withTensor(7, 0, 2, 3)), "`data/0` has 24 bytes, too few for 7");
    assertUnreadable(() -> open(withTensor(Long.MAX_VALUE, 0, 2, 3)), "too few for");
    TensorData sound =
        assertInstanceOf(
            TensorData.class, open(withTensor(6, 0, 2, 3)).root().attributes().get("w"));
    assertTrue(sound.isContiguous());
  }

  /** A float tensor [2,3] over a storage of 24 bytes. */
  private static byte[] withTensor(long claimed, long offset, long rows, long stride) {
    byte[] pickle =
        module()
            .text("w")
            .tensor(
                DType.FLOAT32, "0", claimed, offset, new long[] {rows, 3}, new long[] {stride, 1})
            .endObject()
            .stop();
    return archive(pickle).stored("x/data/0", new byte[24]).end();
  }

  @Test
  void deepAndEndlessPicklesAreRefused() {
    byte[] deep = module().text("a").ops("]".repeat(5000) + "a".repeat(4999)).endObject().stop();
    assertUnreadable(() -> open(archive(deep).end()), "nests deeper", "x.pt", "`data.pkl`");
    byte[] cycle = module().text("a").ops("]q\0h\0a").endObject().stop();
    assertUnreadable(() -> open(archive(cycle).end()), "contains itself", "x.pt", "`data.pkl`");
    byte[] huge = module().text("a").ops("X\377\377\377\377").stop();
    assertUnreadable(() -> open(archive(huge).end()), "4294967295 bytes are needed", "byte ");
  }

  @Test
  void aMissingStorageIsNamed() {
    byte[] pickle =
        module()
            .text("w")
            .tensor(DType.FLOAT32, "7", 6, 0, new long[] {6}, new long[] {1})
            .endObject()
            .stop();
    assertUnreadable(() -> open(archive(pickle).end()), "`data/7` is missing", "x.pt");
  }

  @Test
  void aTensorThatCantBeReadIsKeptUntilItIsUsed() throws IOException {
    byte[] pickle =
        module()
            .text("q")
            .global("torch._utils", "_rebuild_qtensor")
            .ops("(")
            .ops("tR")
            .endObject()
            .stop();
    assertInstanceOf(
        UnsupportedTensor.class, open(archive(pickle).end()).root().attributes().get("q"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"traced-2.13.pt", "frozen-1.13.pt"})
  void everyTruncationIsReported(String name) throws IOException {
    byte[] whole = Fixtures.bytes(name);
    for (int length = 0; length < whole.length; length += 5) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertUnreadable(() -> open(cut), "x.pt");
    }
  }

  /** Any byte may be wrong: what comes out is a model or one error, nothing else. */
  @ParameterizedTest
  @ValueSource(
      strings = {"scripted-1.13.pt", "scripted-2.13.pt", "traced-2.13.pt", "frozen-2.13.pt"})
  void mutatedFilesGiveAModelOrAnError(String name) throws IOException {
    byte[] whole = Fixtures.bytes(name);
    Random random = new Random(name.hashCode());
    for (int round = 0; round < 600; round++) {
      byte[] mutated = whole.clone();
      int changes = 1 + random.nextInt(4);
      for (int i = 0; i < changes; i++) {
        mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
      }
      readEverything(mutated, "seed " + name + " round " + round);
    }
  }

  /** The pickles alone, so that mutations reach them and not the padding around them. */
  @Test
  void mutatedPicklesGiveAValueOrAnError() throws IOException {
    byte[] pickle;
    Path file = Fixtures.copy("scripted-2.13.pt", folder);
    try (MappedFile mapped = MappedFile.open(file)) {
      pickle = ZipArchive.open(mapped).bytes("data.pkl", 1 << 20);
    }
    Random random = new Random(42);
    for (int round = 0; round < 1500; round++) {
      byte[] mutated = pickle.clone();
      int at = random.nextInt(mutated.length);
      switch (random.nextInt(3)) {
        case 0 -> mutated[at] = (byte) random.nextInt();
        case 1 -> mutated[at] = mutated[random.nextInt(mutated.length)];
        default -> {
          int length = Math.min(random.nextInt(40), mutated.length - at);
          int from = random.nextInt(mutated.length - length);
          System.arraycopy(pickle, from, mutated, at, length);
        }
      }
      ZipBytes zip = archive(mutated);
      for (int key = 0; key < 24; key++) {
        zip.stored("x/data/" + key, new byte[64]);
      }
      readEverything(zip.end(), "round " + round);
    }
  }

  private void readEverything(byte[] bytes, String label) throws IOException {
    try (TorchScriptArchive archive = open(bytes)) {
      archive.qualifiers().forEach(archive::source);
      readTensors(archive.root());
    } catch (FerryException error) {
      assertTrue(error.exitCode() == ExitCode.UNREADABLE, label);
      assertFalse(error.problems().get(0).what().isEmpty(), label);
    } catch (RuntimeException | Error other) {
      throw new AssertionError(label, other);
    }
  }

  private static void readTensors(PickledObject object) {
    for (Object value : List.copyOf(object.attributes().values())) {
      if (value instanceof PickledObject inner) {
        readTensors(inner);
      } else if (value instanceof TensorData data && data.numel() < 1000) {
        data.toBytes();
      }
    }
  }
}
