package org.tensorferry.hostile;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Records of a zip by name, in order; written again they are stored, with right checksums. */
final class ZipRecords {

  private ZipRecords() {}

  static Map<String, byte[]> read(byte[] bytes) throws IOException {
    Map<String, byte[]> records = new LinkedHashMap<>();
    Path file = Files.createTempFile("sound", ".zip");
    try {
      Files.write(file, bytes);
      // By its directory: records of torch's files have no sizes in front.
      try (ZipFile zip = new ZipFile(file.toFile())) {
        for (ZipEntry entry : zip.stream().toList()) {
          records.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
        }
      }
    } finally {
      Files.delete(file);
    }
    return records;
  }

  static byte[] write(Map<String, byte[]> records) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> record : records.entrySet()) {
        ZipEntry entry = new ZipEntry(record.getKey());
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(record.getValue().length);
        CRC32 crc = new CRC32();
        crc.update(record.getValue());
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(record.getValue());
      }
    }
    return bytes.toByteArray();
  }
}
