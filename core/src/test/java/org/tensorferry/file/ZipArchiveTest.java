package org.tensorferry.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.tensorferry.archive.Fixtures.assertUnreadable;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorferry.archive.ZipBytes;
import org.tensorferry.tensor.Storage;

class ZipArchiveTest {

  @TempDir Path folder;

  private ZipArchive open(byte[] bytes) throws IOException {
    Path path = Files.createTempFile(folder, "test", ".zip");
    return ZipArchive.open(MappedFile.open(Files.write(path, bytes)));
  }

  @Test
  void recordsLieUnderOneFolderOfAnyName() throws IOException {
    ZipArchive zip =
        open(
            new ZipBytes()
                .stored("my model/data/0", new byte[] {1, 2, 3})
                .deflated("my model/code/a.py", "def f()".repeat(50).getBytes(UTF_8))
                .stored("stray", "x")
                .end());
    assertEquals(List.of("data/0", "code/a.py"), zip.names());
    assertTrue(zip.has("data/0"));
    assertFalse(zip.has("stray"));
    assertTrue(zip.hasAtRoot("stray"));
    Storage storage = zip.storage("data/0");
    byte[] read = new byte[2];
    storage.read(1, read, 0, 2);
    assertEquals(3, storage.size());
    assertArrayEquals(new byte[] {2, 3}, read);
    assertEquals("def f()".repeat(50), zip.text("code/a.py", 1000));
  }

  @Test
  void zip64FieldsReplaceFullNumbers() throws IOException {
    ZipArchive zip =
        open(new ZipBytes().stored("a/x", "first").zip64("a/y", "second".getBytes(UTF_8)).end());
    assertEquals("second", zip.text("y", 100));
  }

  @Test
  void aCommentBehindTheDirectoryIsSkipped() throws IOException {
    byte[] plain = new ZipBytes().stored("a/x", "first").end();
    byte[] commented = Arrays.copyOf(plain, plain.length + 300);
    commented[plain.length - 2] = (byte) (300 & 0xff);
    commented[plain.length - 1] = 300 >> 8;
    assertEquals("first", open(commented).text("x", 100));
  }

  @Test
  void everyTruncationIsReported() throws IOException {
    byte[] whole = new ZipBytes().stored("a/x", "first").deflated("a/y", new byte[200]).end();
    for (int length = 1; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertUnreadable(() -> open(cut), "ends too early", "byte " + length);
    }
  }

  @Test
  void damagedRecordsAreNamed() throws IOException {
    byte[] zeros = new byte[2000];
    assertUnreadable(
        () -> open(new ZipBytes().stored("a/x", "1").stored("a/x", "2").end()),
        "`a/x` is there twice");
    assertUnreadable(() -> open(new ZipBytes().withMethod("a/x", 1, 0).end()), "encrypted", "byte");
    assertUnreadable(
        () -> open(new ZipBytes().withMethod("a/x", 0, 12).end()), "compression method 12", "byte");
    assertUnreadable(
        () -> open(new ZipBytes().stored("a/x", "1").end()).storage("y"), "`y` is missing");
    assertUnreadable(
        () -> open(new ZipBytes().deflated("a/x", zeros).end()).storage("x"), "compressed");
    for (long claim : List.of(1999L, 2001L, 9000L)) {
      ZipArchive zip = open(new ZipBytes().claiming("a/x", zeros, claim).end());
      assertUnreadable(() -> zip.bytes("x", 10_000), "`a/x` is damaged", "byte 0");
    }
  }

  @Test
  void sizesAreCheckedBeforeMemoryIsTaken() throws IOException {
    ZipArchive zip =
        open(
            new ZipBytes()
                .claiming("a/bomb", new byte[200], 0x7fff_fff0)
                .deflated("a/big", new byte[100_000])
                .end());
    assertUnreadable(() -> zip.bytes("bomb", Integer.MAX_VALUE), "`bomb` has 2147483632 bytes");
    assertUnreadable(() -> zip.bytes("big", 99_999), "99999 are the limit");
  }

  @Test
  void aWrongChecksumOfACompressedRecordIsAnError() throws IOException {
    byte[] bytes = new ZipBytes().deflated("a/x", "some text".getBytes(UTF_8)).end();
    int directory = bytes.length - 22 - 46 - 3;
    bytes[directory + 16] ^= 1;
    ZipArchive zip = open(bytes);
    assertUnreadable(() -> zip.bytes("x", 100), "`a/x` is damaged");
  }

  @Test
  void aHeaderThatIsNotWhereTheDirectorySaysIsAnError() throws IOException {
    byte[] bytes = new ZipBytes().stored("a/x", "some text").end();
    bytes[0] = 'Q';
    ZipArchive zip = open(bytes);
    assertUnreadable(() -> zip.storage("x"), "`a/x` has no header", "byte 0");
    bytes[0] = 'P';
    bytes[29] = 0x70;
    ZipArchive reaching = open(bytes);
    assertUnreadable(() -> reaching.storage("x"), "reaches over the end");
  }

  @Test
  void windowsJoinSeamlessly() throws IOException {
    byte[] bytes = new byte[1000];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 7);
    }
    Path path = Files.write(folder.resolve("windows"), bytes);
    try (MappedFile file = MappedFile.open(path, 4)) {
      Storage slice = file.slice(3, 900);
      for (int[] range : new int[][] {{0, 900}, {12, 1}, {13, 1}, {12, 40}, {899, 1}, {900, 0}}) {
        byte[] read = new byte[range[1]];
        slice.read(range[0], read, 0, range[1]);
        assertArrayEquals(Arrays.copyOfRange(bytes, 3 + range[0], 3 + range[0] + range[1]), read);
      }
      org.junit.jupiter.api.Assertions.assertThrows(
          IndexOutOfBoundsException.class, () -> slice.read(890, new byte[20], 0, 20));
    }
  }

  @Test
  void whatIsNoFileIsSaidSo() throws IOException {
    assertUnreadable(() -> MappedFile.open(folder.resolve("absent")), "There is no file");
    assertUnreadable(() -> MappedFile.open(folder), "is a directory");
    Path empty = Files.createFile(folder.resolve("empty"));
    assertUnreadable(() -> MappedFile.open(empty), "is empty");
  }
}
