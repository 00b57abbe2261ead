package org.tensorferry.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.tensorferry.report.BatchReport;
import org.tensorferry.report.BatchRow;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code batch}: converts and verifies the models of a manifest. */
@Command(
    name = "batch",
    description = "Converts and verifies all models that a manifest lists.",
    footerHeading = "%nExample:%n",
    footer = {
      "  tensorferry batch models.json -o out --report out/batch.html",
      "",
      "A manifest is a JSON file:",
      "  {\"output\": \"out\", \"defaults\": {\"samples\": 1}, \"models\": [",
      "    {\"model\": \"a.pt\", \"input\": \"x:float32[batch,80]\"},",
      "    {\"model\": \"b.pt\", \"input\": [\"[1,3,64,64]\", \"[1]\"], \"output\": \"vision/b\"}]}",
      "Options are those of `convert` by their names; --verify is on. Paths are relative",
      "to the manifest, results lie below the output folder. What is done and unchanged",
      "is not run again; one that fails stops nothing. The exit code is the greatest of",
      "all models'."
    })
final class BatchCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "MANIFEST", description = "list of models, .json")
  Path manifest = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "folder for all results (default: as the manifest says)")
  @Nullable Path output;

  @Option(names = "--again", description = "also run what is done and unchanged")
  boolean again;

  @Option(names = "--force", description = "replace results that no batch has written")
  boolean force;

  @Option(
      names = "--trust",
      description = "run the models' code unseen and without limits: for your own models")
  boolean trust;

  @Mixin HelpOption help = new HelpOption();
  @Mixin ReportOption reports = new ReportOption();
  @Mixin PluginsOption plugins = new PluginsOption();

  @Override
  public Integer call() {
    reports.requireForms(true);
    plugins.rules();
    BatchManifest read = BatchManifest.read(manifest, output);
    Set<BatchRun.Redo> redo = EnumSet.noneOf(BatchRun.Redo.class);
    if (again) {
      redo.add(BatchRun.Redo.FINISHED);
    }
    if (force) {
      redo.add(BatchRun.Redo.FOREIGN);
    }
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    List<BatchRow> rows = new ArrayList<>();
    out.println(BatchReport.HEADING);
    out.flush();
    try (BatchRun run = new BatchRun(read, plugins.jars, trust, redo, err)) {
      for (BatchEntry entry : read.entries()) {
        BatchRow row = run.run(entry);
        rows.add(row);
        out.println(BatchReport.line(row));
        out.flush();
        tell(row, err);
      }
    }
    BatchReport report = new BatchReport(String.valueOf(manifest.getFileName()), rows);
    reports.write(report);
    out.println(report.summary());
    out.flush();
    return report.exitCode().code();
  }

  private static void tell(BatchRow row, PrintWriter err) {
    if (!row.outcome().isGood()) {
      err.println(row.model() + " to " + row.result() + ":");
      err.print(
          row.problems().isEmpty() ? row.verdict() + "\n" : FailurePrinter.text(row.problems()));
      err.flush();
    }
  }
}
