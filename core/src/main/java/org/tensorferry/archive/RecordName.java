package org.tensorferry.archive;

import java.nio.file.Path;
import org.tensorferry.error.Problem;

/**
 * What errors call a piece of a file.
 *
 * @param file the file
 * @param name the record in it
 */
record RecordName(Path file, String name) {

  /** The problem with this place. */
  Problem locate(Problem problem) {
    return problem.at("file", "`" + file + "`").at("record", "`" + name + "`");
  }
}
