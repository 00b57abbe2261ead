package org.tensorferry;

import java.nio.file.Path;
import org.tensorferry.archive.FileKind;
import org.tensorferry.exported.ExportedModel;
import org.tensorferry.source.SourceModel;
import org.tensorferry.torchscript.TorchScriptModel;

/** The kinds of files that are models. */
final class Sources {

  private Sources() {}

  /**
   * Opens a model.
   *
   * @throws org.tensorferry.error.FerryException (unreadable) where the file is no model, broken or
   *     hostile
   */
  static SourceModel open(Path file) {
    return FileKind.of(file) == FileKind.EXPORTED_PROGRAM
        ? ExportedModel.open(file)
        : TorchScriptModel.open(file);
  }
}
