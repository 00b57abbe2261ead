package org.tensorferry.archive;

import java.nio.file.Path;
import java.util.Map;

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
    ChangedArchive.write(original, Map.of(record, extended), copy);
  }
}
