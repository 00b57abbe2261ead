package org.tensorferry.savedmodel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorferry.dim.Shape;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.Storage;
import org.tensorferry.tensor.TensorData;

class BundleTest {

  @TempDir Path directory;

  private Path prefix() {
    return directory.resolve("variables");
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static byte[] copy(BundleReader reader, String key) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    reader.copy(key, bytes);
    return bytes.toByteArray();
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"COMPLEX32", "STRING", "RESOURCE", "VARIANT"})
  void everyTypeComesBack(DType type) throws IOException {
    byte[] bytes = random(6 * type.bytes());
    try (BundleWriter writer = BundleWriter.create(prefix())) {
      writer.add("fc/kernel", TensorData.of(type, new long[] {2, 3}, bytes));
      writer.finish();
    }
    try (BundleReader reader = BundleReader.open(prefix())) {
      BundleEntry entry = reader.entry("fc/kernel");
      assertEquals(Optional.of(type), entry.type());
      assertEquals(Shape.of(2, 3), entry.shape());
      assertArrayEquals(bytes, copy(reader, "fc/kernel"));
    }
  }

  @Test
  void keysAreSortedByTheirBytesAndFillSeveralBlocks() throws IOException {
    List<String> keys = new ArrayList<>();
    try (BundleWriter writer = BundleWriter.create(prefix())) {
      for (int i = 12_000; i > 0; i--) {
        String key = "encoder/layer" + i + "/\u00e9/kernel";
        keys.add(key);
        byte[] value = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(i).array();
        writer.add(key, TensorData.of(DType.INT32, new long[] {}, value));
      }
      writer.finish();
    }
    assertTrue(Files.size(directory.resolve("variables.index")) > 300_000);
    keys.sort(
        (a, b) ->
            Arrays.compareUnsigned(
                a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8)));
    try (BundleReader reader = BundleReader.open(prefix())) {
      assertEquals(keys, List.copyOf(reader.keys()));
      assertEquals(
          777,
          ByteBuffer.wrap(copy(reader, "encoder/layer777/\u00e9/kernel"))
              .order(ByteOrder.LITTLE_ENDIAN)
              .getInt());
    }
  }

  @Test
  void stringsAndEmptyTensorsComeBack() throws IOException {
    List<byte[]> strings = List.of(random(300), new byte[0], random(5), random(7));
    try (BundleWriter writer = BundleWriter.create(prefix())) {
      writer.add("empty", TensorData.of(DType.FLOAT32, new long[] {0, 8}, new byte[0]));
      writer.addStrings("words", new long[] {2, 2}, strings);
      writer.finish();
    }
    try (BundleReader reader = BundleReader.open(prefix())) {
      assertEquals(0, copy(reader, "empty").length);
      List<byte[]> read = reader.strings("words");
      assertEquals(4, read.size());
      for (int i = 0; i < 4; i++) {
        assertArrayEquals(strings.get(i), read.get(i));
      }
    }
  }

  @Test
  void storageReadsAnyPartOfTheTensor() throws IOException {
    byte[] bytes = random(40);
    try (BundleWriter writer = BundleWriter.create(prefix())) {
      writer.add("before", TensorData.of(DType.UINT8, new long[] {3}, new byte[3]));
      writer.add("x", TensorData.of(DType.FLOAT32, new long[] {10}, bytes));
      writer.finish();
    }
    try (BundleReader reader = BundleReader.open(prefix())) {
      Storage storage = reader.storage("x");
      byte[] part = new byte[8];
      storage.read(12, part, 1, 6);
      assertEquals(40, storage.size());
      assertArrayEquals(Arrays.copyOfRange(bytes, 12, 18), Arrays.copyOfRange(part, 1, 7));
      assertThrows(IndexOutOfBoundsException.class, () -> storage.read(35, part, 0, 6));
    }
  }

  /** The files were saved by Python TensorFlow; make_checkpoint.py beside them shows how. */
  @Test
  void readsWhatTensorFlowSaves() throws IOException, URISyntaxException {
    Path saved =
        Path.of(Objects.requireNonNull(getClass().getResource("python.index")).toURI())
            .resolveSibling("python");
    try (BundleReader reader = BundleReader.open(saved)) {
      String kernel = "model/kernel/.ATTRIBUTES/VARIABLE_VALUE";
      assertEquals(Shape.of(2, 3), reader.entry(kernel).shape());
      ByteBuffer values = ByteBuffer.wrap(copy(reader, kernel)).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < 6; i++) {
        assertEquals(i * 0.5f, values.getFloat());
      }
      List<byte[]> words = reader.strings("model/words/.ATTRIBUTES/VARIABLE_VALUE");
      assertEquals("bridge", new String(words.get(1), StandardCharsets.UTF_8));
      assertEquals(
          Optional.of(DType.BFLOAT16),
          reader.entry("model/scale/.ATTRIBUTES/VARIABLE_VALUE").type());
    }
  }

  @Test
  void aKeyIsWrittenOnce() throws IOException {
    try (BundleWriter writer = BundleWriter.create(prefix())) {
      TensorData one = TensorData.ofLongs(DType.UINT8, new long[] {1}, 1);
      writer.add("x", one);
      assertThrows(IllegalArgumentException.class, () -> writer.add("x", one));
    }
  }

  private void writeSmallBundle() throws IOException {
    try (BundleWriter writer = BundleWriter.create(prefix())) {
      writer.add("a/kernel", TensorData.of(DType.FLOAT32, new long[] {5}, random(20)));
      writer.add("a/bias", TensorData.of(DType.FLOAT32, new long[] {2}, random(8)));
      writer.addStrings("words", new long[] {2}, List.of(random(3), random(4)));
      writer.finish();
    }
  }

  private void readEverything() throws IOException {
    try (BundleReader reader = BundleReader.open(prefix())) {
      for (String key : reader.keys()) {
        if (reader.entry(key).type().equals(Optional.of(DType.STRING))) {
          assertEquals(2, reader.strings(key).size());
        } else {
          copy(reader, key);
        }
      }
    }
  }

  /** Every byte of both files is covered by a checksum or by a check. */
  @ParameterizedTest
  @ValueSource(strings = {"variables.index", "variables.data-00000-of-00001"})
  void everyDamagedByteAndEveryCutIsNoticed(String name) throws IOException {
    writeSmallBundle();
    readEverything();
    Path file = directory.resolve(name);
    byte[] good = Files.readAllBytes(file);
    for (int at = 0; at < good.length; at++) {
      assertUnreadable(file, Arrays.copyOf(good, at));
      boolean inFooter = name.endsWith(".index") && at >= good.length - 48;
      if (inFooter && good[at] == 0) {
        continue; // padding, which no reader looks at
      }
      byte[] damaged = good.clone();
      damaged[at] ^= 0x41;
      assertUnreadable(file, damaged);
    }
  }

  private void assertUnreadable(Path file, byte[] bytes) throws IOException {
    Files.write(file, bytes);
    FerryException broken = assertThrows(FerryException.class, this::readEverything);
    assertEquals(ExitCode.UNREADABLE, broken.exitCode());
  }

  @Test
  void aMissingCheckpointIsNamed() {
    FerryException missing = assertThrows(FerryException.class, () -> BundleReader.open(prefix()));
    assertTrue(
        missing.problems().get(0).text().contains("variables.index"),
        missing.problems().get(0).text());
  }
}
