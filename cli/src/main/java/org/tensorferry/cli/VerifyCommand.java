package org.tensorferry.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.tensorferry.SavedConversion;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.report.Reports;
import org.tensorferry.tflite.TfliteFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code verify}: runs the original in libtorch and the result in TensorFlow. */
@Command(
    name = "verify",
    description = "Runs a TorchScript model and its result and compares every output.",
    footerHeading = "%nExample:%n",
    footer = {
      "  tensorferry verify model.pt out/model --layers --report why.html",
      "",
      "The inputs are random, as the specs given to `convert` allow; each dynamic",
      "dim is swept over several sizes. --inputs takes real ones: arrays as",
      "numpy.savez writes them, one for each argument, a recording (.wav), a picture",
      "(.png, .jpg), or a folder of such files. Exit code 1 tells that outputs",
      "differ; --layers then tells which operator call or which variable is to blame,",
      "and where it stands in the PyTorch code (docs/verify.md)."
    })
final class VerifyCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "MODEL", description = "TorchScript file")
  Path model = Path.of("");

  @Parameters(
      index = "1",
      paramLabel = "RESULT",
      description = "SavedModel or .tflite file that was made from it")
  Path directory = Path.of("");

  @Option(
      names = "--input",
      paramLabel = "SPEC",
      arity = "1..*",
      parameterConsumer = SpecConsumer.class,
      description = "dtype and dims of each argument (default: as converted)")
  List<String> specs = new ArrayList<>();

  @Mixin ReportOption reports = new ReportOption();
  @Mixin ComparisonOptions comparison = new ComparisonOptions();
  @Mixin PluginsOption plugins = new PluginsOption();
  @Mixin HelpOption help = new HelpOption();

  @Override
  public Integer call() {
    reports.requireForms(true);
    VerifyOptions options = comparison.options(spec);
    requireFile(model);
    if (TfliteFile.isMeant(directory) && options.layers()) {
      throw new ParameterException(
          spec.commandLine(), "--layers compares SavedModels; `analyze` looks into .tflite files");
    }
    SavedConversion saved = SavedConversion.open(model, directory, plugins.rules());
    saved = specs.isEmpty() ? saved : saved.withInputs(specs);
    ParityReport report;
    try (Progress progress = Progress.onTerminal()) {
      report = saved.verify(options, progress);
    }
    reports.write(report);
    PrintWriter out = spec.commandLine().getOut();
    out.print(Reports.text(report));
    out.flush();
    return report.exitCode().code();
  }

  /** Before both engines are loaded. */
  private static void requireFile(Path file) {
    if (!Files.isRegularFile(file)) {
      throw Problem.of("There is no file `" + file + "`.")
          .fix("check the path")
          .as(ExitCode.UNREADABLE);
    }
  }
}
