package org.tensorferry.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.tensorferry.SavedConversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.archive.FileKind;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.keras.TargetModel;
import org.tensorferry.keras.TargetModels;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.port.WeightPort;
import org.tensorferry.provenance.Provenance;
import org.tensorferry.report.Reports;
import org.tensorferry.savedmodel.SavedSignature;
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
      description =
          "SavedModel or .tflite file that was made from it, or a twin that somebody wrote: a .keras"
              + " or .h5 file, any SavedModel")
  Path directory = Path.of("");

  @Option(
      names = "--input",
      paramLabel = "SPEC",
      arity = "1..*",
      parameterConsumer = SpecConsumer.class,
      description = "dtype and dims of each argument (default: as converted)")
  List<String> specs = new ArrayList<>();

  @Option(
      names = "--method",
      paramLabel = "NAME",
      description = "of several methods in RESULT, compare this one (default: all)")
  Optional<String> method = Optional.empty();

  @Mixin ReportOption reports = new ReportOption();
  @Mixin ComparisonOptions comparison = new ComparisonOptions();
  @Mixin PluginsOption plugins = new PluginsOption();
  @Mixin HelpOption help = new HelpOption();

  @Override
  public Integer call() {
    reports.requireForms(true);
    VerifyOptions options = comparison.options(spec);
    return reports.reporting("verification of " + model, directory, () -> verify(options));
  }

  private int verify(VerifyOptions options) {
    UnaryOperator<ParityReport> judgement = comparison.judgement();
    requireFile(model);
    if (isTwin()) {
      return twin(options);
    }
    if (TfliteFile.isMeant(directory) && options.layers()) {
      throw new ParameterException(
          spec.commandLine(), "--layers compares SavedModels; `analyze` looks into .tflite files");
    }
    SavedConversion saved = SavedConversion.open(model, directory, plugins.rules());
    saved = method.isPresent() ? saved.only(method.get()) : saved;
    saved = specs.isEmpty() ? saved : saved.withInputs(specs);
    ParityReport report;
    try (Progress progress = Progress.onTerminal()) {
      report = judgement.apply(saved.verify(options, progress));
    }
    reports.write(report);
    PrintWriter out = spec.commandLine().getOut();
    out.print(Reports.text(report));
    reports
        .keepInputs(saved, report, options, directory)
        .ifPresent(file -> out.println("The inputs of the first case that differs: " + file));
    out.flush();
    return report.exitCode().code();
  }

  /**
   * True for what `convert` didn't write. Several inputs with the original's names are bound by
   * them, as in a result without its record.
   */
  private boolean isTwin() {
    if (Files.isRegularFile(directory)) {
      FileKind kind = FileKind.of(directory);
      return kind == FileKind.HDF5 || kind == FileKind.OTHER_ZIP;
    }
    Optional<List<InputSpec>> inputs = SavedSignature.inputs(directory);
    if (inputs.isEmpty() || Provenance.isIn(directory)) {
      return false;
    }
    if (inputs.get().size() == 1) {
      return true;
    }
    Set<String> names = new HashSet<>();
    inputs.get().forEach(input -> names.add(input.name().orElse("")));
    try (TorchModel original = Tensorferry.open(model, plugins.rules())) {
      return !names.equals(new HashSet<>(original.source().signature("forward").names()));
    }
  }

  /** A model that somebody wrote: run as it is, its layers found as `port` finds them. */
  private int twin(VerifyOptions options) {
    try (TargetModel target = TargetModels.open(directory);
        WeightPort port =
            WeightPort.from(model).settingsFrom(Optional.of(model)).into(target, plugins.rules())) {
      boolean isRunnable = port.network().isPresent() || Files.isDirectory(directory);
      if (!isRunnable) {
        throw Problem.of("`" + directory + "` can't be run here, so nothing can be compared.")
            .because(port.whyNoNetwork())
            .fix("name a .keras file of a functional or sequential model, or a SavedModel")
            .as(ExitCode.USAGE);
      }
      if (options.layers() && port.network().isEmpty()) {
        throw Problem.of("The layers of `" + directory + "` can't be compared.")
            .because("`convert` didn't write it, so nothing tells where its values are")
            .fix("name the .keras file that it was exported from, or leave --layers out")
            .as(ExitCode.USAGE);
      }
      PortProof proof = PortProof.of(model, specs, port, target, plugins.rules());
      proof.graph().ifPresent(known -> port.original(known.model()).calls(known.trace()));
      port.provenByRun(true);
      PortProof.Proven proven =
          proof.run(
              port, Optional.empty(), directory, TargetModels::open, plugins.rules(), options);
      reports.write(proven.report());
      Page page = new Page().line(Reports.text(proven.report()).stripTrailing());
      proven.notes().forEach(note -> page.wrapped("", note));
      if (!proven.isEqual()) {
        page.section("Settings that differ", port.plan().differences());
      }
      spec.commandLine().getOut().print(page.text());
      spec.commandLine().getOut().flush();
      return proven.report().exitCode().code();
    }
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
