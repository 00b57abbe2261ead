package org.tensorferry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.IoReasons;
import org.tensorferry.error.Problem;
import org.tensorferry.file.JsonRecord;
import org.tensorferry.report.BatchRow;
import org.tensorferry.report.Reports;

/**
 * What a batch has done in an output folder, kept in a file there so that the next run goes on
 * where this one ends, however it ends. One run at a time holds it.
 */
final class BatchState implements AutoCloseable {

  private static final int SCHEMA = 1;

  private final Path file;
  private final FileChannel lock;
  private final Map<String, Done> models = new TreeMap<>();

  /**
   * What is known of the result at a place.
   *
   * @param cause digest of all that it was made from; empty while it is made, or out of date
   * @param result digest of what was written; empty while it is made, when anything at its place is
   *     a batch's own
   * @param row what reports say of it
   */
  record Done(String cause, String result, Optional<BatchRow> row) {

    static final Done RUNNING = new Done("", "", Optional.empty());

    /** The same result, which nothing says any more to be what it should be. */
    Done outdated() {
      return new Done("", result, Optional.empty());
    }

    boolean isRunning() {
      return result.isEmpty();
    }
  }

  private BatchState(Path file, FileChannel lock) {
    this.file = file;
    this.lock = lock;
  }

  /**
   * Opens the state of a folder, which is made where it is missing.
   *
   * @throws FerryException (unwritable) where another run holds it, or it can't be written
   */
  static BatchState open(Path folder) {
    try {
      Files.createDirectories(folder);
      Path held = folder.resolve(EntryPaths.OWN + ".lock");
      FileChannel channel =
          FileChannel.open(held, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (lock(channel) == null) {
        channel.close();
        throw Problem.of("Another batch writes to `" + folder + "`")
            .because("results of two at once would get mixed up")
            .fix("wait until it ends, or give -o DIR")
            .as(ExitCode.UNWRITABLE);
      }
      BatchState state = new BatchState(folder.resolve(EntryPaths.OWN + ".json"), channel);
      state.read();
      return state;
    } catch (IOException e) {
      throw Problem.of("The output folder `" + folder + "` can't be used")
          .because(IoReasons.of(e))
          .fix("give -o DIR with a folder that can be written")
          .as(ExitCode.UNWRITABLE);
    }
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /** A damaged file is none: the results beside it are then nobody's and are not replaced. */
  private void read() throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    JsonNode json;
    try {
      json = JsonRecord.read(file);
    } catch (IOException e) {
      return;
    }
    if (json.path("schema").asInt() == SCHEMA) {
      for (Map.Entry<String, JsonNode> entry : json.path("models").properties()) {
        JsonNode each = entry.getValue();
        models.put(
            entry.getKey(),
            new Done(
                each.path("cause").asText(),
                each.path("digest").asText(),
                BatchRow.read(each.path("report"))));
      }
    }
  }

  @Nullable Done get(String output) {
    return models.get(output);
  }

  /** Keeps what is known of a place, or that nothing is; in the file before this returns. */
  void put(String output, @Nullable Done done) {
    if (done == null) {
      models.remove(output);
    } else {
      models.put(output, done);
    }
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("schema", SCHEMA);
    ObjectNode all = json.putObject("models");
    models.forEach(
        (place, known) -> {
          ObjectNode each = all.putObject(place);
          each.put("cause", known.cause()).put("digest", known.result());
          known.row().ifPresent(row -> row.write(each.putObject("report")));
        });
    Reports.write(json.toPrettyString() + "\n", file);
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      // The lock ends with this process at the latest.
    }
  }
}
