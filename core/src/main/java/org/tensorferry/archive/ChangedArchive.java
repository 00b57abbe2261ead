package org.tensorferry.archive;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.IoReasons;
import org.tensorferry.error.Problem;
import org.tensorferry.file.ZipWriter;

/** A copy of a TorchScript file some of whose code is other code. */
public final class ChangedArchive {

  private ChangedArchive() {}

  /**
   * Writes it. The author's lines of a changed record would be other lines, so the file's record of
   * them is left out.
   *
   * @param records texts by name below the file's one folder; those that the original does not have
   *     are added
   * @throws org.tensorferry.error.FerryException where the copy can't be written (UNWRITABLE)
   */
  public static void write(Path original, Map<String, String> records, Path copy) {
    try (ZipFile zip = new ZipFile(original.toFile());
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(copy))) {
      ZipWriter writer = new ZipWriter(out, ZipWriter.TORCH_ALIGNMENT);
      Set<String> added = new TreeSet<>(records.keySet());
      String folder = "";
      for (ZipEntry entry : Collections.list(zip.entries())) {
        folder = entry.getName().substring(0, entry.getName().indexOf('/') + 1);
        String name = entry.getName().substring(folder.length());
        String text = records.get(name);
        if (text != null) {
          writer.record(entry.getName(), text.getBytes(StandardCharsets.UTF_8));
          added.remove(name);
        } else if (!records.containsKey(name.replaceFirst("\\.debug_pkl$", ""))) {
          copy(zip, entry, writer);
        }
      }
      for (Map.Entry<String, String> record : records.entrySet()) {
        if (added.contains(record.getKey())) {
          writer.record(
              folder + record.getKey(), record.getValue().getBytes(StandardCharsets.UTF_8));
        }
      }
      writer.finish();
    } catch (IOException e) {
      throw Problem.of("A copy of the model for libtorch can't be written")
          .at("file", "`" + copy + "`")
          .because(IoReasons.of(e))
          .fix("make room in the directory for temporary files")
          .as(ExitCode.UNWRITABLE);
    }
  }

  static void copy(ZipFile zip, ZipEntry entry, ZipWriter writer) throws IOException {
    writer.record(
        entry.getName(),
        entry.getSize(),
        body -> {
          try (InputStream in = zip.getInputStream(entry)) {
            in.transferTo(body);
          }
        });
  }
}
