package org.tensorferry.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.tensorferry.archive.ExportedWriter;
import org.tensorferry.archive.FileKind;
import org.tensorferry.archive.WeightFiles;
import org.tensorferry.archive.WeightWriter;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.file.OutputPlace;
import org.tensorferry.keras.TargetModel;
import org.tensorferry.keras.TargetModels;
import org.tensorferry.parity.ParityReport;
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
      "  tensorferry port weights.pth --into model.keras -o ported.keras --model model.pt",
      "  tensorferry port trained.keras --into weights.pth -o trained.pth --model model.pt",
      "  tensorferry port trained.keras --into model.pt2 -o trained.pt2",
      "",
      "Every tensor and every variable must find its place: by data flow, by name or by",
      "shape. What is open is refused, with the candidates; --write-map writes a file to",
      "decide it in. With the original (--model) both models are run, and what differs is",
      "not written; what can't be run needs your word (--accept unproven). TARGET is never",
      "changed."
    })
final class PortCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(
      paramLabel = "WEIGHTS",
      description =
          "state_dict or checkpoint (.pt, .pth), .safetensors or its .index.json, .onnx, TorchScript,"
              + " .pt2")
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

  @Option(
      names = "--check",
      description = "compare what TARGET holds with what would be written, and write nothing")
  boolean check;

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
      paramLabel = "PATTERN=VALUE",
      description =
          "epsilon of PyTorch's modules whose paths match, where the file doesn't tell; repeatable")
  List<String> torchEpsilons = new ArrayList<>();

  @Option(
      names = "--accept",
      paramLabel = "NAME",
      description =
          "a setting that may be as TARGET has it: epsilon, heads, groups, strides, padding,"
              + " dilation, activation, recurrent_activation, go_backwards, flatten, copies;"
              + " zero-bias for biases that PyTorch lacks; unproven for all that can't be compared"
              + " where neither model is run; repeatable")
  List<String> accepted = new ArrayList<>();

  @Option(
      names = "--model",
      paramLabel = "MODEL",
      description =
          "the original, TorchScript or .pt2, with these or other weights: what stands where, with"
              + " which settings; both are run by the mapping that was found")
  @Nullable Path model;

  @Option(
      names = "--target-config",
      paramLabel = "FILE",
      description = "the .keras, .h5 or .json file that tells TARGET's layers, where it doesn't")
  @Nullable Path targetConfig;

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
      description =
          "the original with these weights, TorchScript or .pt2: run both, and write nothing that"
              + " differs (the default where WEIGHTS is such a file)")
  @Nullable Path original;

  @Option(
      names = "--input",
      paramLabel = "SPEC",
      arity = "1..*",
      parameterConsumer = SpecConsumer.class,
      description = "of the original, as `convert` takes it (default: as TARGET's)")
  List<String> inputs = new ArrayList<>();

  @Option(names = "--force", description = "replace the output where it exists")
  boolean force;

  @Mixin EnginesOption engines = new EnginesOption();
  @Mixin HelpOption help = new HelpOption();
  @Mixin ReportOption reports = new ReportOption();
  @Mixin PluginsOption plugins = new PluginsOption();

  @Override
  public Integer call() throws IOException {
    if (output == null && !dryRun && !check) {
      throw new ParameterException(
          spec.commandLine(), "Missing required option: '--output=OUT' (or --dry-run, --check)");
    }
    boolean isBack = !WeightFiles.isReadable(weights) && WeightFiles.isReadable(target);
    Path torch = isBack ? target : weights;
    Optional<Path> source = source(torch);
    requireUseful(source);
    requireProgramBack(isBack);
    try (TargetModel model = open(isBack ? weights : target);
        WeightPort port =
            WeightPort.from(torch).weights(key).settingsFrom(source).into(model, plugins.rules())) {
      port.map(map == null ? PortMap.none() : PortMap.read(map)).options(options());
      Optional<PortProof> proof = proof(isBack, source, port, model);
      PortPlan plan = port.plan();
      if (writeMap != null) {
        Reports.write(PortMap.json(plan), writeMap);
      }
      if (check) {
        return tell(twin(source, proof, port, model, plan));
      }
      boolean isWritten = plan.obstacles().isEmpty() && !dryRun && output != null;
      Optional<TorchValues> back =
          isBack && isWritten ? Optional.of(port.toTorch()) : Optional.empty();
      Optional<PortProof.Proven> proven =
          isWritten ? write(port, model, back, proof) : Optional.empty();
      Optional<ParityReport> parity = proven.map(PortProof.Proven::report);
      List<String> notes = new ArrayList<>(back.map(TorchValues::notices).orElse(List.of()));
      proven.ifPresent(run -> notes.addAll(run.notes()));
      String unproven = parity.isPresent() ? "" : unproven(source, proof, port, model);
      return tell(new PortSummary(headline(plan, parity), plan, isBack, notes, parity, unproven));
    }
  }

  /** The target, with the configuration of another file where the user names one. */
  private TargetModel open(Path file) {
    return targetConfig == null ? TargetModels.open(file) : TargetModels.open(file, targetConfig);
  }

  /** The original: what the user names, or torch's own file where that holds a program. */
  private Optional<Path> source(Path torch) {
    if (original != null || model != null) {
      return Optional.of(original != null ? original : Objects.requireNonNull(model));
    }
    return Files.isRegularFile(torch) && !torch.toString().endsWith(".json") && holdsProgram(torch)
        ? Optional.of(torch)
        : Optional.empty();
  }

  private static boolean holdsProgram(Path torch) {
    FileKind kind = WeightFiles.kind(torch);
    return kind == FileKind.TORCHSCRIPT || kind == FileKind.EXPORTED_PROGRAM;
  }

  /** Before anything is read: whether what is asked to be compared can be. */
  private void requireUseful(Optional<Path> source) {
    reports.requireForms(source.isPresent());
    if (source.isEmpty() && !inputs.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--input needs --model or --verify-with, or TorchScript as WEIGHTS");
    }
  }

  /** A .pt2 is written as a copy of one, and of nothing else. */
  private void requireProgramBack(boolean isBack) {
    boolean isMeant = isBack && String.valueOf(output).endsWith(".pt2");
    if (isMeant && WeightFiles.kind(target) != FileKind.EXPORTED_PROGRAM) {
      throw Problem.of("`" + output + "` would be a copy of `" + target + "`, which is no .pt2")
          .because("weights alone make no program")
          .fix("name a program with --into, or write a .pth or .safetensors file")
          .as(ExitCode.USAGE);
    }
  }

  /** Where both models' graphs are known, or the target is a SavedModel, both can be run. */
  private Optional<PortProof> proof(
      boolean isBack, Optional<Path> source, WeightPort port, TargetModel model) {
    if (source.isEmpty()) {
      return Optional.empty();
    }
    boolean isRunnable = port.network().isPresent() || Files.isDirectory(model.path());
    if (!isRunnable && original != null) {
      throw Problem.of("`" + target + "` can't be run here, so nothing can be compared.")
          .because(port.whyNoNetwork())
          .fix(
              "port into a .keras file of a functional or sequential model, into the SavedModel that"
                  + " `model.export` writes, or leave --verify-with out")
          .as(ExitCode.USAGE);
    }
    if (!isRunnable) {
      return Optional.empty();
    }
    PortProof proof = PortProof.of(source.get(), inputs, port, model, plugins.rules());
    proof.graph().ifPresent(known -> port.original(known.model()).calls(known.trace()));
    port.provenByRun(!dryRun);
    boolean isSame = !isBack && (original != null || port.hasWeightsOf(source.get()));
    return Optional.of(isSame ? proof : proof.refilled());
  }

  /** The target as it is, beside what the port would make of it, and beside the original. */
  private TwinSummary twin(
      Optional<Path> source,
      Optional<PortProof> proof,
      WeightPort port,
      TargetModel twin,
      PortPlan plan) {
    Optional<ParityReport> parity =
        proof.map(both -> prove(both, port, Optional.empty(), twin.path()).report());
    String unproven = parity.isPresent() ? "" : unproven(source, proof, port, twin);
    return new TwinSummary(
        "Checked " + target + " against " + weights, plan, port.check(), parity, unproven);
  }

  private int tell(TwinSummary summary) {
    reports.write(summary);
    PrintWriter out = spec.commandLine().getOut();
    out.print(summary.text());
    out.flush();
    List<Fault> faults = summary.mappingFaults();
    if (!faults.isEmpty()) {
      throw new FerryException(
          ExitCode.UNCONVERTIBLE, faults.stream().map(Fault::problem).toList(), null);
    }
    return (summary.isHealthy() ? ExitCode.OK : ExitCode.DIFFERENT).code();
  }

  /** Why the written model was not run, and what rests on trust therefore: the last line. */
  private String unproven(
      Optional<Path> source, Optional<PortProof> proof, WeightPort port, TargetModel model) {
    PortPlan plan = port.plan();
    String why = whyNotRun(source, proof, port, model);
    boolean isTold = check || (dryRun ? plan.isComplete() : plan.obstacles().isEmpty());
    return isTold ? why + " " + plan.untested().text() : why;
  }

  private String whyNotRun(
      Optional<Path> source, Optional<PortProof> proof, WeightPort port, TargetModel model) {
    if (proof.isPresent()) {
      return "Nothing was run: " + (dryRun ? "this is a dry run." : "the port was refused.");
    }
    boolean isRunnable = port.network().isPresent() || Files.isDirectory(model.path());
    if (source.isPresent()) {
      return "Nothing was run: " + firstLine(port.whyNoNetwork()) + ".";
    }
    return "Nothing was run: give the original (--model FILE"
        + (isRunnable ? ")" : ") and a target whose graph is known")
        + " to compare outputs.";
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse("").replaceFirst("\\.$", "");
  }

  private PortOptions options() {
    PortOptions options = PortOptions.defaults().foldEpsilon(foldEpsilon).narrow(narrow);
    for (String glob : missing) {
      options = options.allowMissing(glob);
    }
    for (String glob : unused) {
      options = options.allowUnused(glob);
    }
    for (String epsilon : torchEpsilons) {
      options = withEpsilon(options, epsilon);
    }
    for (String setting : accepted) {
      if (!PortOptions.ACCEPTABLE.contains(setting)) {
        throw new ParameterException(
            spec.commandLine(),
            "--accept takes one of "
                + String.join(", ", new TreeSet<>(PortOptions.ACCEPTABLE))
                + ", not "
                + setting);
      }
      options = options.accept(setting);
    }
    return options;
  }

  /** {@code PATTERN=VALUE}, or a value for all. */
  private PortOptions withEpsilon(PortOptions options, String text) {
    int equals = text.lastIndexOf('=');
    String pattern = equals < 0 ? "*" : text.substring(0, equals);
    try {
      return options.torchEpsilon(pattern, Double.parseDouble(text.substring(equals + 1)));
    } catch (NumberFormatException noNumber) {
      throw new ParameterException(
          spec.commandLine(), "--torch-epsilon takes PATTERN=VALUE, such as `bn*=1e-3`: " + text);
    }
  }

  /** Writes the output, and compares it where that was asked for; what differs is not kept. */
  private Optional<PortProof.Proven> write(
      WeightPort port, TargetModel model, Optional<TorchValues> back, Optional<PortProof> proof)
      throws IOException {
    Path out = Objects.requireNonNull(output);
    boolean isDirectory = back.isEmpty() && Files.isDirectory(model.path());
    long bytes = Files.isRegularFile(model.path()) ? Files.size(model.path()) : 0;
    try (OutputPlace place =
        isDirectory
            ? OutputPlace.directory(out, force, weights, target)
            : OutputPlace.file(out, force, weights, target)) {
      place.write(bytes, file -> write(port, back, file));
      port.requireUnchanged();
      Path run = back.isPresent() ? model.path() : place.path();
      Optional<PortProof.Proven> proven = proof.map(both -> prove(both, port, back, run));
      if (proven.map(PortProof.Proven::isEqual).orElse(true)) {
        place.commit();
      }
      return proven.map(shown -> shown.as(back.isPresent() ? model.path() : out));
    }
  }

  private PortProof.Proven prove(
      PortProof both, WeightPort port, Optional<TorchValues> back, Path keras) {
    return both.run(port, back, keras, this::open, plugins.rules(), verifyOptions());
  }

  private VerifyOptions verifyOptions() {
    return VerifyOptions.DEFAULT.engines(engines.options(spec));
  }

  private void write(WeightPort port, Optional<TorchValues> back, Path file) throws IOException {
    if (back.isEmpty()) {
      port.write(file);
    } else if (String.valueOf(output).endsWith(".safetensors")) {
      WeightWriter.writeSafetensors(file, back.get().tensors());
    } else if (String.valueOf(output).endsWith(".pt2")) {
      ExportedWriter.write(target, back.get().tensors(), file);
    } else {
      WeightWriter.writeStateDict(file, back.get().tensors());
    }
  }

  private String headline(PortPlan plan, Optional<ParityReport> parity) {
    boolean isDone = plan.obstacles().isEmpty() && parity.map(ParityReport::isEqual).orElse(true);
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
    List<Fault> faults = dryRun ? summary.plan().faults() : summary.plan().obstacles();
    if (!faults.isEmpty()) {
      throw new FerryException(
          ExitCode.UNCONVERTIBLE, faults.stream().map(Fault::problem).toList(), null);
    }
    boolean isEqual = summary.parity().map(ParityReport::isEqual).orElse(true);
    return (isEqual ? ExitCode.OK : ExitCode.DIFFERENT).code();
  }
}
