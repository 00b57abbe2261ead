package org.tensorferry.torchscript.interp;

import java.util.Optional;
import org.tensorferry.archive.TorchScriptArchive;
import org.tensorferry.torchscript.syntax.Source;

/** Where the interpreter gets a model's code from. */
@FunctionalInterface
public interface SourceProvider {

  /**
   * The file with the classes and functions below a qualifier such as {@code __torch__.pkg.mod};
   * empty where there is none.
   */
  Optional<Source> source(String qualifier);

  /** The code of an archive. */
  static SourceProvider of(TorchScriptArchive archive) {
    return qualifier ->
        archive
            .source(qualifier)
            .map(code -> new Source(code.record(), code.text(), code.origin()));
  }
}
