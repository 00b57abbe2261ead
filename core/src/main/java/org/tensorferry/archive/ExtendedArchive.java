package org.tensorferry.archive;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.IoReasons;
import org.tensorferry.error.Problem;
import org.tensorferry.file.ZipWriter;

/** A copy of a TorchScript file whose root has one method more. */
public final class ExtendedArchive {

  private ExtendedArchive() {}

  /**
   * Writes it.
   *
   * @param method text that begins with {@code def}, not indented; {@code self} needs no type
   * @throws org.tensorferry.error.FerryException where the original can't be read (UNREADABLE) or
   *     the copy can't be written (UNWRITABLE)
   */
  public static void write(Path original, String method, Path copy) {
    String className;
    String record;
    String code;
    try (TorchScriptArchive archive = TorchScriptArchive.open(original)) {
      className = archive.root().className();
      TorchScriptArchive.Source source =
          archive
              .sourceOf(className)
              .orElseThrow(() -> new IllegalStateException("no code of " + className));
      record = source.record();
      code = source.text();
    }
    String name = className.substring(className.lastIndexOf('.') + 1);
    int at = ClassText.end(code, name);
    String extended =
        code.substring(0, at) + ClassText.method(className, method) + code.substring(at);
    try (ZipFile zip = new ZipFile(original.toFile());
        OutputStream out = new BufferedOutputStream(Files.newOutputStream(copy))) {
      copy(zip, record, extended.getBytes(StandardCharsets.UTF_8), out);
    } catch (IOException e) {
      throw Problem.of("A copy of the model for libtorch can't be written")
          .at("file", "`" + copy + "`")
          .because(IoReasons.of(e))
          .fix("make room in the directory for temporary files")
          .as(ExitCode.UNWRITABLE);
    }
  }

  /**
   * The author's lines of the changed file would be other lines, so its record of them is left out.
   */
  private static void copy(ZipFile zip, String changed, byte[] text, OutputStream out)
      throws IOException {
    ZipWriter writer = new ZipWriter(out, ZipWriter.TORCH_ALIGNMENT);
    for (ZipEntry entry : Collections.list(zip.entries())) {
      String name = entry.getName();
      if (name.endsWith("/" + changed)) {
        writer.record(name, text);
      } else if (!name.endsWith("/" + changed + ".debug_pkl")) {
        writer.record(
            name,
            entry.getSize(),
            body -> {
              try (InputStream in = zip.getInputStream(entry)) {
                in.transferTo(body);
              }
            });
      }
    }
    writer.finish();
  }
}
