package org.tensorferry.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.Exhausted;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.file.TreeDigest;
import org.tensorferry.parity.FileSizes;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.report.BatchRow;
import org.tensorferry.report.BatchRow.Outcome;
import org.tensorferry.report.Reports;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Converts the models of a manifest one after the other, with the same engines for all. */
final class BatchRun implements AutoCloseable {

  private final Path folder;
  private final List<Path> plugins;
  private final List<String> common;
  private final Set<Redo> redo;
  private final PrintWriter err;
  private final BatchState state;
  private final SharedEngines engines;

  /** What is done again, though it would be left alone. */
  enum Redo {
    /** What is done and unchanged. */
    FINISHED,
    /** What lies at a result's place and is no batch's own. */
    FOREIGN
  }

  /**
   * A run of a manifest.
   *
   * @param plugins jars with rules
   * @param trusts whether the models' code may do what it likes
   * @param err for notices and faults
   */
  BatchRun(
      BatchManifest manifest, List<Path> plugins, boolean trusts, Set<Redo> redo, PrintWriter err) {
    this.folder = manifest.folder();
    this.plugins = plugins;
    this.common = new ArrayList<>();
    plugins.forEach(jar -> common.add("--plugins=" + jar));
    if (trusts) {
      common.add("--trust");
    }
    this.redo = redo;
    this.err = err;
    this.state = BatchState.open(folder);
    Set<Path> readable = new LinkedHashSet<>(Set.of(folder));
    manifest.entries().forEach(entry -> readable.add(entry.model()));
    this.engines = new SharedEngines(readable);
  }

  /** Converts a model, or finds that it is done. What goes wrong stands in the row. */
  BatchRow run(BatchEntry entry) {
    long start = System.nanoTime();
    try {
      return attempt(entry, start);
    } catch (FerryException failure) {
      return failed(entry, start, failure);
    } catch (RuntimeException | Error failure) {
      @Nullable FerryException known = Exhausted.translated(failure);
      if (known == null) {
        FailurePrinter.print(failure, err);
        known =
            Problem.of("Tensorferry itself failed")
                .because(String.valueOf(failure))
                .fix("please report this fault")
                .as(ExitCode.FAULT);
      }
      return failed(entry, start, known);
    }
  }

  private BatchRow failed(BatchEntry entry, long start, FerryException failure) {
    return BatchRow.failed(
        entry.name(), entry.output(), seconds(start), failure.exitCode(), failure.problems());
  }

  private BatchRow attempt(BatchEntry entry, long start) {
    if (entry.objection().isPresent()) {
      throw entry.objection().get();
    }
    String cause = entry.digest(plugins);
    BatchState.@Nullable Done known = state.get(entry.output());
    boolean isOwn = known != null && (known.isRunning() || known.result().equals(digest(entry)));
    if (known != null
        && isOwn
        && known.cause().equals(cause)
        && known.row().isPresent()
        && !redo.contains(Redo.FINISHED)) {
      return known.row().get().kept(entry.name());
    }
    boolean isTaken =
        entry.results().stream().anyMatch(p -> Files.exists(p, LinkOption.NOFOLLOW_LINKS));
    if (isTaken && !isOwn && !redo.contains(Redo.FOREIGN)) {
      throw Problem.of("`" + entry.output() + "` is in the output folder already")
          .because(
              known == null ? "no batch has written it" : "it was changed since a batch wrote it")
          .fix("name another output, or give --force to replace it")
          .as(ExitCode.UNWRITABLE);
    }
    entry.written().forEach(place -> EntryPaths.requireInside(folder, place));
    BatchState.@Nullable Done after = known == null ? null : known.outdated();
    // From here on whatever lies at the place after a kill is the batch's own.
    state.put(entry.output(), BatchState.Done.RUNNING);
    try {
      BatchRow row = convert(entry, isTaken, start);
      if (row.outcome().isGood()) {
        after = new BatchState.Done(cause, digest(entry), Optional.of(row));
      }
      return row;
    } finally {
      state.put(entry.output(), after);
    }
  }

  /** What fails with engines that ran other models before is tried again with new ones. */
  private BatchRow convert(BatchEntry entry, boolean replaces, long start) {
    int before = engines.uses();
    try {
      BatchRow row = row(entry, command(entry, replaces), start);
      if (row.outcome().isGood() || before == 0 || engines.uses() == before) {
        return row;
      }
    } catch (FerryException failure) {
      boolean isRepeated = before > 0 && engines.uses() > before;
      engines.close();
      if (!isRepeated) {
        throw failure;
      }
    }
    engines.close();
    return row(entry, command(entry, replaces), start);
  }

  private ConvertCommand command(BatchEntry entry, boolean replaces) {
    List<String> arguments = new ArrayList<>(entry.options());
    arguments.addAll(common);
    arguments.add("--output=" + entry.results().get(0));
    if (replaces) {
      arguments.add("--force");
    }
    arguments.add(entry.model().toString());
    ConvertCommand command = new ConvertCommand();
    try {
      new CommandLine(command)
          .setExpandAtFiles(false)
          .setOut(new PrintWriter(Writer.nullWriter()))
          .setErr(err)
          .parseArgs(arguments.toArray(String[]::new));
    } catch (ParameterException e) {
      throw EntryPaths.wrong(String.valueOf(e.getMessage()));
    }
    return command;
  }

  private BatchRow row(BatchEntry entry, ConvertCommand command, long start) {
    ConversionSummary summary;
    try {
      summary = command.convert((options, files) -> engines.lend(options)).summary();
    } catch (ParameterException e) {
      throw EntryPaths.wrong(String.valueOf(e.getMessage()));
    }
    List<ParityReport> compared = summary.compared();
    ParityReport worst =
        compared.stream()
            .filter(report -> !report.passes())
            .findFirst()
            .orElse(compared.isEmpty() ? null : compared.get(0));
    return new BatchRow(
        entry.name(),
        entry.output(),
        !summary.isWritten()
            ? Outcome.DIFFERENT
            : worst == null ? Outcome.CONVERTED : Outcome.EQUAL,
        false,
        worst == null ? "" : Reports.summary(worst),
        compared.stream().mapToDouble(ParityReport::leastSnrDb).min(),
        seconds(start),
        summary.isWritten() ? bytes(entry) : 0,
        summary.isWritten() ? ExitCode.OK : ExitCode.DIFFERENT,
        List.of());
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  private static String digest(BatchEntry entry) {
    TreeDigest digest = new TreeDigest();
    try {
      for (Path result : entry.results()) {
        digest.add(result);
      }
      return digest.hex();
    } catch (IOException e) {
      return "missing";
    }
  }

  private static long bytes(BatchEntry entry) {
    return entry.results().stream().mapToLong(FileSizes::of).sum();
  }

  @Override
  public void close() {
    engines.close();
    state.close();
  }
}
