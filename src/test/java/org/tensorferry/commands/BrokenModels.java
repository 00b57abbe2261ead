package org.tensorferry.commands;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.tensor.HostTensor;

/** A TorchScript file's records, to be taken out, changed and written again. */
final class BrokenModels {

  private final Map<String, byte[]> records = new LinkedHashMap<>();

  /** A sound model of one layer: 3 features in, 2 out. */
  static TorchProgram sound() {
    return TorchScript.layer(
            "torch.nn.modules.linear.Linear",
            "def forward(self, input: Tensor) -> Tensor:\n"
                + "  return torch.linear(input, self.weight, self.bias)\n")
        .parameter("weight", HostTensor.floats(new long[] {2, 3}, 1, 2, 3, 4, 5, 6))
        .parameter("bias", HostTensor.floats(new long[] {2}, 1, -1));
  }

  /** 3 features in, 1 out, with weights that add nothing up yet. */
  static TorchProgram adder() {
    return TorchScript.layer(
            "torch.nn.modules.linear.Linear",
            "def forward(self, input: Tensor) -> Tensor:\n"
                + "  return torch.linear(input, self.weight, self.bias)\n")
        .parameter("weight", HostTensor.floats(new long[] {1, 3}, 0.5f, -0.25f, 0))
        .parameter("bias", HostTensor.floats(new long[] {1}, 0.5f));
  }

  static BrokenModels of(Path model) throws IOException {
    BrokenModels copy = new BrokenModels();
    try (ZipFile zip = new ZipFile(model.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        String name = entry.getName();
        copy.records.put(
            name.substring(name.indexOf('/') + 1), zip.getInputStream(entry).readAllBytes());
      }
    }
    return copy;
  }

  BrokenModels without(String record) {
    if (records.remove(record) == null) {
      throw new IllegalArgumentException(record + " is not among " + records.keySet());
    }
    return this;
  }

  BrokenModels with(String record, byte[] content) {
    records.put(record, content);
    return this;
  }

  BrokenModels with(String record, String content) {
    return with(record, content.getBytes(StandardCharsets.UTF_8));
  }

  /** Replaces bytes that stand in a record once or more; they are of one length. */
  BrokenModels patched(String record, byte[] before, byte[] after) {
    byte[] content = records.get(record);
    for (int at = 0; at + before.length <= content.length; at++) {
      if (Arrays.equals(content, at, at + before.length, before, 0, before.length)) {
        System.arraycopy(after, 0, content, at, after.length);
        return this;
      }
    }
    throw new IllegalArgumentException("the bytes are not in " + record);
  }

  Path write(Path file) throws IOException {
    try (OutputStream stream = Files.newOutputStream(file);
        ZipOutputStream zip = new ZipOutputStream(stream)) {
      for (Map.Entry<String, byte[]> record : records.entrySet()) {
        ZipEntry entry = new ZipEntry("archive/" + record.getKey());
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(record.getValue().length);
        CRC32 crc = new CRC32();
        crc.update(record.getValue());
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(record.getValue());
        zip.closeEntry();
      }
    }
    return file;
  }

  /** A pickle that would run a command where it is trusted. */
  static byte[] foreignGlobal() {
    return latin1("\u0080\u0002cos\nsystem\nX\u0004\u0000\u0000\u0000true\u0085R.");
  }

  /** Tuples in tuples, a million deep. */
  static byte[] deepPickle() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(latin1("\u0080\u0002"));
    byte[] level = new byte[1_000_000];
    Arrays.fill(level, (byte) '(');
    bytes.writeBytes(level);
    Arrays.fill(level, (byte) 't');
    bytes.writeBytes(level);
    bytes.write('.');
    return bytes.toByteArray();
  }

  /** A text that claims to be 4 GB long. */
  static byte[] hugePickle() {
    return latin1("\u0080\u0002X\u00f0\u00ff\u00ff\u00ffmodel.");
  }

  static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The first bytes of a file. */
  static void truncate(Path file, Path copy, int size) throws IOException {
    try (InputStream stream = Files.newInputStream(file)) {
      Files.write(copy, stream.readNBytes(size));
    }
  }
}
