package org.tensorferry.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tensorferry.Tensorferry;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.IoReasons;
import org.tensorferry.error.Problem;
import org.tensorferry.file.TreeDigest;

/**
 * One model of a manifest.
 *
 * @param name of the model's file, as the manifest has it
 * @param output below the batch's output folder, as the manifest has it
 * @param model the file
 * @param results what the conversion writes and a later run looks for: the output, and a {@code
 *     .tflite} file beside it
 * @param written all that the conversion writes, reports too
 * @param read files that the result depends on
 * @param options of {@code convert}
 * @param canonical the entry with the manifest's defaults, equal for equal entries
 * @param objection why it can't be run; empty where it can
 */
record BatchEntry(
    String name,
    String output,
    Path model,
    List<Path> results,
    List<Path> written,
    List<Path> read,
    List<String> options,
    String canonical,
    Optional<FerryException> objection) {

  BatchEntry {
    results = List.copyOf(results);
    written = List.copyOf(written);
    read = List.copyOf(read);
    options = List.copyOf(options);
  }

  /** An entry that can't be run. */
  static BatchEntry refused(String name, String output, FerryException objection) {
    return new BatchEntry(
        name,
        output,
        Path.of(""),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        "",
        Optional.of(objection));
  }

  /**
   * Of all that the result depends on: this version, the entry, and the bytes of the files.
   *
   * @param plugins jars with rules
   * @throws FerryException (unreadable) where a file can't be read
   */
  String digest(List<Path> plugins) {
    TreeDigest digest = new TreeDigest().add(Tensorferry.version()).add(canonical);
    Path current = model;
    try {
      digest.add(model);
      for (List<Path> files : List.of(read, plugins)) {
        for (Path file : files) {
          current = file;
          digest.add(file);
        }
      }
      return digest.hex();
    } catch (IOException e) {
      throw Problem.of("`" + current + "` can't be read")
          .because(IoReasons.of(e))
          .fix("name a file that is there; paths are relative to the manifest")
          .as(ExitCode.UNREADABLE);
    }
  }
}
