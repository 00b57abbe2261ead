package org.tensorferry.archive;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.HostTensor;

class NpzFileTest {

  @TempDir Path directory;

  private static List<Double> values(HostTensor tensor) {
    return IntStream.range(0, tensor.parts()).mapToObj(tensor::get).toList();
  }

  /** An array as numpy writes it, with any header. */
  private Path npz(int version, String header, byte[] data) throws IOException {
    Path file = directory.resolve("x.npz");
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      zip.putNextEntry(new ZipEntry("x.npy"));
      zip.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
      zip.write(text.length);
      zip.write(0);
      if (version > 1) {
        zip.write(new byte[2]);
      }
      zip.write(text);
      zip.write(data);
      zip.closeEntry();
    }
    return file;
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"COMPLEX32", "BFLOAT16", "STRING", "RESOURCE", "VARIANT"},
      mode = EnumSource.Mode.EXCLUDE)
  void everyDtypeOfNumpyIsWrittenAndRead(DType dtype) {
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    tensors.put("matrix", HostTensor.generate(dtype, new long[] {2, 3}, i -> i % 2));
    tensors.put("scalar", HostTensor.generate(dtype, new long[] {}, i -> 1));
    tensors.put("empty", HostTensor.generate(dtype, new long[] {0, 4}, i -> 1));
    Path file = directory.resolve("all.npz");
    NpzFile.write(file, tensors);
    Map<String, HostTensor> read = NpzFile.read(file);
    assertEquals(List.copyOf(tensors.keySet()), List.copyOf(read.keySet()));
    tensors.forEach(
        (name, tensor) -> {
          assertEquals(dtype, read.get(name).dtype());
          assertArrayEquals(tensor.shape(), read.get(name).shape());
          assertEquals(values(tensor), values(read.get(name)));
        });
  }

  @ParameterizedTest
  @CsvSource({"1, False", "2, False", "3, False", "1, True"})
  void allVersionsAndBothOrdersAreRead(int version, String fortran) throws IOException {
    byte[] data = {1, 2, 3, 4, 5, 6};
    String header = "{'descr': '|u1', 'fortran_order': " + fortran + ", 'shape': (2, 3), }   \n";
    HostTensor read = NpzFile.read(npz(version, header, data)).get("x");
    boolean columns = fortran.equals("True");
    List<Double> expected =
        columns ? List.of(1., 3., 5., 2., 4., 6.) : List.of(1., 2., 3., 4., 5., 6.);
    assertEquals(expected, values(read));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          {'descr': '>f4', 'fortran_order': False, 'shape': (1,)}              | its dtype `>f4` is none of
          {'descr': '<U4', 'fortran_order': False, 'shape': (1,)}              | its dtype `<U4` is none of
          {'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}     | no legible `descr`
          {'descr': '<f4', 'shape': (1,)}                                      | no legible `fortran_order`
          {'descr': '<f4', 'fortran_order': False}                             | no legible `shape`
          {'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}             | no legible `shape`
          {'descr': '<f4', 'fortran_order': False, 'shape': (3,)}              | needs 12 bytes, and it has 4
          {'descr': '<f4', 'fortran_order': False, 'shape': ()}                | equal
          {'descr': '<i2', 'fortran_order': False, 'shape': ()}                | needs 2 bytes, and it has more
          {'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 9)}  | more than the memory allows
          {'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296)} | is too large
          {'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}  | is too large
          """)
  void brokenArraysAreExplained(String header, String sentence) throws IOException {
    Path file = npz(1, header, new byte[4]);
    if (sentence.equals("equal")) {
      assertEquals(List.of(0.), values(NpzFile.read(file).get("x")));
      return;
    }
    FerryException error = assertThrows(FerryException.class, () -> NpzFile.read(file));
    assertEquals(ExitCode.UNREADABLE, error.exitCode());
    assertTrue(error.getMessage().contains(sentence), error.getMessage());
    assertTrue(error.getMessage().contains("array `x.npy`"), error.getMessage());
  }

  @Test
  void filesOfOtherKindsAreRefused() throws IOException {
    Path text = Files.writeString(directory.resolve("text.npz"), "hello");
    assertThrows(FerryException.class, () -> NpzFile.read(text));
    assertThrows(FerryException.class, () -> NpzFile.read(directory.resolve("none.npz")));
    Path zip = directory.resolve("zip.npz");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new ZipEntry("x.npy"));
      out.write("hello, this is no array".getBytes(StandardCharsets.UTF_8));
    }
    FerryException error = assertThrows(FerryException.class, () -> NpzFile.read(zip));
    assertTrue(error.getMessage().contains("magic bytes"), error.getMessage());
  }
}
