package org.tensorferry.writer;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.tensorferry.error.Problem;

/** One model on its way into a file or directory of one form. */
public interface ModelWriter {

  /** What the form can't hold of this model; empty where it can be written. */
  List<Problem> refusals();

  /** Whether the result is a directory, which exists already when it is written, or one file. */
  boolean isDirectory();

  /** About how many bytes {@link #write} will write. */
  long bytesNeeded();

  /**
   * Writes all of it.
   *
   * @param place not yet where the user wants it: it is moved there when it is whole
   */
  void write(Path place) throws IOException;
}
