package org.tensorferry.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.tensorferry.archive.WeightFiles;
import org.tensorferry.archive.WeightWriter;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.file.OutputPlace;
import org.tensorferry.keras.TargetModel;
import org.tensorferry.keras.TargetModels;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.Verification;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.port.PortMap;
import org.tensorferry.port.PortOptions;
import org.tensorferry.port.PortPlan;
import org.tensorferry.port.PortPlan.Fault;
import org.tensorferry.port.TorchValues;
import org.tensorferry.port.WeightPort;
import org.tensorferry.report.Reports;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code port}: weights alone, into a model that the user has already, or back. */
@Command(
    name = "port",
    description =
        "Copies PyTorch weights into a Keras or TensorFlow model that exists already, or trained"
            + " weights back into PyTorch's names and layouts.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tensorferry port weights.pth --into model.keras --dry-run",
      "  tensorferry port weights.pth --into model.keras -o ported.keras",
      "  tensorferry port trained.keras --into weights.pth -o trained.pth",
      "",
      "Every tensor and every variable must find its place: by name, by shape, or by",
      "order where all of it agrees. What is open is refused, with the candidates;",
      "--write-map writes a file to decide it in. TARGET is never changed."
    })
final class PortCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "WEIGHTS",
      description =
          "state_dict or checkpoint (.pt, .pth), .safetensors or its .index.json, TorchScript")
  Path weights = Path.of("");

  @Option(
      names = "--into",
      paramLabel = "TARGET",
      required = true,
      description = ".keras, .weights.h5, .h5, SavedModel or TensorFlow checkpoint")
  Path target = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "OUT",
      description = "the copy of TARGET to write")
  @Nullable Path output;

  @Option(names = "--dry-run", description = "show what would be done, and write nothing")
  boolean dryRun;

  @Option(names = "--map", paramLabel = "FILE", description = "what goes where, as JSON")
  @Nullable Path map;

  @Option(
      names = "--write-map",
      paramLabel = "FILE",
      description = "write what was found as a file for --map")
  @Nullable Path writeMap;

  @Option(
      names = "--weights",
      paramLabel = "KEY",
      description = "which weights of a checkpoint that has several, such as `ema`")
  String key = "";

  @Option(
      names = "--allow-missing",
      paramLabel = "GLOB",
      description = "variables that may keep their values; repeatable")
  List<String> missing = new ArrayList<>();

  @Option(
      names = "--allow-unused",
      paramLabel = "GLOB",
      description = "tensors that may go nowhere; repeatable")
  List<String> unused = new ArrayList<>();

  @Option(
      names = "--torch-epsilon",
      paramLabel = "E",
      description = "of PyTorch's normalisation where the file doesn't tell (default: 1e-5)")
  @Nullable Double torchEpsilon;

  @Option(
      names = "--fold-epsilon",
      description = "where epsilons differ and TARGET can't hold PyTorch's, change the variance")
  boolean foldEpsilon;

  @Option(
      names = "--narrow",
      description = "round values to variables of a smaller type, such as float16")
  boolean narrow;

  @Option(
      names = "--verify-with",
      paramLabel = "MODEL",
      description = "TorchScript of the original: run both, and write nothing that differs")
  @Nullable Path original;

  @Option(
      names = "--input",
      paramLabel = "SPEC",
      arity = "1..*",
      parameterConsumer = SpecConsumer.class,
      description = "for --verify-with, as `convert` takes it")
  List<String> inputs = new ArrayList<>();

  @Option(names = "--force", description = "replace the output where it exists")
  boolean force;

  @Mixin HelpOption help = new HelpOption();
  @Mixin ReportOption reports = new ReportOption();
  @Mixin PluginsOption plugins = new PluginsOption();

  @Override
  public Integer call() throws IOException {
    if (output == null && !dryRun) {
      throw new ParameterException(
          spec.commandLine(), "Missing required option: '--output=OUT' (or --dry-run)");
    }
    reports.requireForms(original != null);
    boolean isBack = !WeightFiles.isReadable(weights) && WeightFiles.isReadable(target);
    requireRunnable(isBack);
    try (TargetModel model = TargetModels.open(isBack ? weights : target);
        WeightPort port =
            WeightPort.from(isBack ? target : weights).weights(key).into(model, plugins.rules())) {
      port.map(map == null ? PortMap.none() : PortMap.read(map)).options(options());
      PortPlan plan = port.plan();
      if (writeMap != null) {
        Reports.write(PortMap.json(plan), writeMap);
      }
      boolean isWritten = plan.isComplete() && !dryRun && output != null;
      Optional<TorchValues> back =
          isBack && plan.isComplete() ? Optional.of(port.toTorch()) : Optional.empty();
      Optional<ParityReport> parity = isWritten ? write(port, model, back) : Optional.empty();
      List<String> lost = back.map(TorchValues::notices).orElse(List.of());
      return tell(new PortSummary(headline(plan, parity), plan, isBack, lost, parity));
    }
  }

  /** Before anything is read: whether what is asked to be compared can run. */
  private void requireRunnable(boolean isBack) {
    if (original == null && !inputs.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--input needs --verify-with");
    }
    if (original != null && (isBack || !Files.isDirectory(target))) {
      throw Problem.of("`" + target + "` can't be run here, so nothing can be compared.")
          .because("TensorFlow runs SavedModels; a Keras file needs Python")
          .fix("port into the SavedModel that `model.export` writes, or leave --verify-with out")
          .as(ExitCode.USAGE);
    }
  }

  private PortOptions options() {
    PortOptions options = PortOptions.defaults().foldEpsilon(foldEpsilon).narrow(narrow);
    for (String glob : missing) {
      options = options.allowMissing(glob);
    }
    for (String glob : unused) {
      options = options.allowUnused(glob);
    }
    return torchEpsilon == null ? options : options.torchEpsilon(torchEpsilon);
  }

  /** Writes the output, and compares it where that was asked for; what differs is not kept. */
  private Optional<ParityReport> write(
      WeightPort port, TargetModel model, Optional<TorchValues> back) throws IOException {
    Path out = Objects.requireNonNull(output);
    boolean isDirectory = back.isEmpty() && Files.isDirectory(model.path());
    long bytes = Files.isRegularFile(model.path()) ? Files.size(model.path()) : 0;
    try (OutputPlace place =
        isDirectory ? OutputPlace.directory(out, force) : OutputPlace.file(out, force)) {
      place.write(bytes, file -> write(port, back, file));
      Optional<ParityReport> parity =
          Optional.ofNullable(original).map(torch -> compare(torch, place.path()));
      if (parity.map(ParityReport::isEqual).orElse(true)) {
        place.commit();
      }
      return parity.map(report -> report.withSavedModel(out.toString()));
    }
  }

  private void write(WeightPort port, Optional<TorchValues> back, Path file) throws IOException {
    if (back.isEmpty()) {
      port.write(file);
    } else if (String.valueOf(output).endsWith(".safetensors")) {
      WeightWriter.writeSafetensors(file, back.get().tensors());
    } else {
      WeightWriter.writeStateDict(file, back.get().tensors());
    }
  }

  private ParityReport compare(Path torch, Path ported) {
    try (Progress progress = Progress.onTerminal()) {
      return Verification.runPorted(
          torch, ported, InputSpec.parseAll(inputs), VerifyOptions.DEFAULT, progress);
    }
  }

  private String headline(PortPlan plan, Optional<ParityReport> parity) {
    boolean isDone = plan.isComplete() && parity.map(ParityReport::isEqual).orElse(true);
    return (dryRun ? "Would port " : isDone ? "Ported " : "NOT ported: ")
        + weights
        + " into "
        + target
        + (output == null ? "" : " as " + output);
  }

  /** The plan on the standard output; what stands in its way as the command's failure. */
  private int tell(PortSummary summary) {
    reports.write(summary);
    PrintWriter out = spec.commandLine().getOut();
    out.print(summary.text());
    out.flush();
    List<Fault> faults = summary.plan().faults();
    if (!faults.isEmpty()) {
      throw new FerryException(
          ExitCode.UNCONVERTIBLE, faults.stream().map(Fault::problem).toList(), null);
    }
    boolean isEqual = summary.parity().map(ParityReport::isEqual).orElse(true);
    return (isEqual ? ExitCode.OK : ExitCode.DIFFERENT).code();
  }
}
