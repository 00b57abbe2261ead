package org.tensorferry.engine;

import java.nio.file.Path;
import java.util.Optional;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.file.MappedFile;
import org.tensorferry.file.ZipArchive;
import org.tensorferry.torchscript.syntax.OutsideReach;
import org.tensorferry.torchscript.syntax.Source;

/** Reads all code of a TorchScript file, reachable or not, before libtorch may load it. */
final class CodeScan {

  /** Bytes of a code record at most, as for a conversion. */
  static final int LONGEST = 64 << 20;

  private CodeScan() {}

  /**
   * Makes sure that the code of a file stays within its program.
   *
   * @throws org.tensorferry.error.FerryException (unreadable) where it does not, or where the file
   *     is no zip, which libtorch would read in a way of its own
   */
  static void require(Path file) {
    try (ZipArchive zip = ZipArchive.open(MappedFile.open(file))) {
      for (String record : zip.allEndingWith(".py")) {
        Optional<String> found =
            OutsideReach.in(new Source(record, zip.textAtRoot(record, LONGEST)));
        if (found.isPresent()) {
          throw Problem.of("The model's code reaches outside of the model, so it is not run")
              .at("file", file)
              .because("it has " + found.get() + ", which libtorch would run with your rights")
              .fix("run it only if you know who made it: --trust")
              .as(ExitCode.UNREADABLE);
        }
      }
    }
  }
}
