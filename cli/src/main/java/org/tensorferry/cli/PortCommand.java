package org.tensorferry.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.tensorferry.archive.WeightFiles;
import org.tensorferry.archive.WeightWriter;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.parity.Reports;
import org.tensorferry.port.PortMap;
import org.tensorferry.port.PortOptions;
import org.tensorferry.port.PortPlan;
import org.tensorferry.port.PortPlan.Fault;
import org.tensorferry.port.TorchValues;
import org.tensorferry.port.WeightPort;
import org.tensorferry.savedmodel.OutputPlace;
import org.tensorferry.target.TargetModel;
import org.tensorferry.target.TargetModels;
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
    reports.requireForms(false);
    boolean isBack = !WeightFiles.isReadable(weights) && WeightFiles.isReadable(target);
    try (TargetModel model = TargetModels.open(isBack ? weights : target);
        WeightPort port =
            WeightPort.from(isBack ? target : weights).weights(key).into(model, plugins.rules())) {
      port.map(map == null ? PortMap.none() : PortMap.read(map)).options(options());
      PortPlan plan = port.plan();
      if (writeMap != null) {
        Reports.write(PortMap.json(plan), writeMap);
      }
      if (plan.isComplete() && !dryRun && output != null) {
        write(port, model, output, isBack);
      }
      tell(plan);
    }
    return ExitCode.OK.code();
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

  private void write(WeightPort port, TargetModel model, Path out, boolean isBack)
      throws IOException {
    boolean isDirectory = !isBack && Files.isDirectory(model.path());
    long bytes = isDirectory ? 0 : Files.exists(model.path()) ? Files.size(model.path()) : 0;
    try (OutputPlace place =
        isDirectory ? OutputPlace.directory(out, force) : OutputPlace.file(out, force)) {
      if (isBack) {
        TorchValues values = port.toTorch();
        boolean isSafetensors = out.toString().endsWith(".safetensors");
        place.write(
            bytes,
            file -> {
              if (isSafetensors) {
                WeightWriter.writeSafetensors(file, values.tensors());
              } else {
                WeightWriter.writeStateDict(file, values.tensors());
              }
            });
      } else {
        place.write(bytes, port::write);
      }
      place.commit();
    }
  }

  /** The plan on the standard output; what stands in its way as the command's failure. */
  private void tell(PortPlan plan) {
    String verb = dryRun ? "Would port " : plan.isComplete() ? "Ported " : "Did NOT port ";
    String headline = verb + weights + " into " + target + (output == null ? "" : " as " + output);
    PortSummary summary = new PortSummary(plan, headline);
    reports.write(summary);
    PrintWriter out = spec.commandLine().getOut();
    out.print(summary.text());
    out.flush();
    if (!plan.isComplete()) {
      throw new FerryException(
          ExitCode.UNCONVERTIBLE, plan.faults().stream().map(Fault::problem).toList(), null);
    }
  }
}
