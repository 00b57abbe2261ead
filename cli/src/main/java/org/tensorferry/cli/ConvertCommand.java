package org.tensorferry.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tensorferry.Conversion;
import org.tensorferry.SavedConversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.convert.StepOptions;
import org.tensorferry.engine.EngineOptions;
import org.tensorferry.engine.Engines;
import org.tensorferry.error.ExitCode;
import org.tensorferry.file.OutputPlace;
import org.tensorferry.inputs.CalibrationInputs;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.source.MethodCall;
import org.tensorferry.source.SourceModel;
import org.tensorferry.tflite.TfliteFile;
import org.tensorferry.tflite.TfliteOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convert}: writes a SavedModel, and with {@code --verify} only one that was compared. */
@Command(
    name = "convert",
    description = "Writes a TorchScript model as a TensorFlow SavedModel or a .tflite file.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tensorferry convert model.pt -o out/model \\",
      "      --input \"x:float32[batch,3,224,224]\" --verify",
      "  tensorferry convert model.pt -o model.tflite --quantize int8 \\",
      "      --calibrate samples.npz --input \"x:float32[1,3,224,224]\"",
      "",
      "SPEC is `name:dtype[dims]`, one for each tensor argument of `forward` in",
      "order; name and dtype may be left out. A dim is a number, or a name where it",
      "changes from run to run; `time=40` gives a name its example value. For ids,",
      "`ids:int64[batch,16]<30522` says that they are below 30522. An argument that is",
      "no tensor gets a value: `sr=16000`, `mode=fast`, `sizes=[1,2]`. Tensors in lists,",
      "tuples and dicts are named by their place: `states_0:...`, `extra_KEY:...`.",
      "Of several methods, `decode.z:[1,8]` is an argument of one."
    })
final class ConvertCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "MODEL", description = "TorchScript file, as torch.jit.save writes it")
  Path model = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      required = true,
      description = "directory to write the SavedModel to, or FILE.tflite")
  Path output = Path.of("");

  @Option(
      names = "--input",
      paramLabel = "SPEC",
      arity = "1..*",
      parameterConsumer = SpecConsumer.class,
      description = "dtype and dims of each tensor argument, see below")
  List<String> inputs = new ArrayList<>();

  @Option(
      names = "--method",
      paramLabel = "NAME",
      description =
          "method to convert (default: forward); repeated, all go into one SavedModel and share its"
              + " variables")
  List<String> methods = new ArrayList<>();

  @Option(
      names = "--module",
      paramLabel = "PATH",
      description = "convert this submodule alone, as `encoder.layers.0`")
  String module = "";

  @Option(
      names = "--channels-last",
      paramLabel = "NAME",
      split = ",",
      description = "inputs and outputs whose channels, axis 1 in torch, come last")
  Set<String> channelsLast = new LinkedHashSet<>();

  @Option(
      names = "--verify",
      description = "run both models and compare them; an output that differs is not written")
  boolean verify;

  @Option(
      names = "--allow-frozen",
      paramLabel = "DIM",
      split = ",",
      description = "dynamic dims that may become fixed where a loop is unrolled for them")
  Set<String> allowFrozen = new LinkedHashSet<>();

  @Option(
      names = "--no-guards",
      description = "leave out the checks that refuse sizes the result is not made for")
  boolean noGuards;

  @Option(
      names = "--freeze",
      description =
          "a result that only answers: weights as constants, BatchNorm folded into the layer before"
              + " it, nothing to train")
  boolean freeze;

  @Option(
      names = "--step",
      paramLabel = "DIM",
      description =
          "convert a model of sequences for one frame at a time: DIM is the dim of --input that"
              + " counts frames, and states become inputs and outputs")
  Optional<String> step = Optional.empty();

  @Option(
      names = "--output-names",
      paramLabel = "NAME",
      split = ",",
      description = "with --step: names of the results, states apart")
  List<String> outputNames = new ArrayList<>();

  @Option(names = "--explain", description = "tell what each rewrite of the graph did")
  boolean explain;

  @Option(names = "--force", description = "replace the output where it exists")
  boolean force;

  @Mixin HelpOption help = new HelpOption();
  @Mixin ReportOption reports = new ReportOption();
  @Mixin FormOptions forms = new FormOptions();
  @Mixin TfliteOption tflite = new TfliteOption();
  @Mixin ComparisonOptions comparison = new ComparisonOptions();
  @Mixin PluginsOption plugins = new PluginsOption();

  /**
   * What came of it.
   *
   * @param inputs of the first case that differs, where they were kept
   */
  record Result(ConversionSummary summary, Optional<Path> inputs) {}

  @Override
  public Integer call() {
    Result result = convert(Engines::open);
    PrintWriter out = spec.commandLine().getOut();
    out.print(result.summary().text());
    if (explain) {
      out.print(new Page().section("Rewrites of the graph", result.summary().rewrites()).text());
    }
    result
        .inputs()
        .ifPresent(kept -> out.println("The inputs of the first case that differs: " + kept));
    out.flush();
    return (result.summary().isWritten() ? ExitCode.OK : ExitCode.DIFFERENT).code();
  }

  /**
   * Converts, writes the reports, and prints nothing but notices.
   *
   * @param source of engines that may read some files; they are closed when the work is done
   */
  Result convert(BiFunction<EngineOptions, Set<Path>, Engines> source) {
    boolean onlyTflite = output.toString().endsWith(".tflite");
    @Nullable Path file = onlyTflite ? output : tflite.file;
    requireOneForTflite(file);
    requireOneForStep();
    reports.requireForms(verify);
    comparison.requireUsed(spec, verify, tflite.calibrate != null, file != null);
    TfliteOptions tfliteOptions = tflite.options(spec, file != null, comparison.timeout());
    if (onlyTflite && tflite.file != null) {
      throw new ParameterException(
          spec.commandLine(), "give -o DIR --tflite FILE, or -o FILE.tflite alone");
    }
    VerifyOptions verifyOptions = comparison.options(spec);
    return reports.reporting(
        "conversion of " + model,
        output,
        () -> convert(file, tfliteOptions, verifyOptions, source));
  }

  private Result convert(
      @Nullable Path file,
      TfliteOptions tfliteOptions,
      VerifyOptions verifyOptions,
      BiFunction<EngineOptions, Set<Path>, Engines> source) {
    boolean onlyTflite = output.toString().endsWith(".tflite");
    UnaryOperator<ParityReport> judgement = comparison.judgement();
    try (Progress progress = Progress.onTerminal();
        Outputs outputs = Outputs.begin(onlyTflite ? null : output, file, force, model);
        @Nullable Engines engines =
            verify ? source.apply(verifyOptions.engines(), read(outputs, file != null)) : null;
        TorchModel torch = Tensorferry.open(model, plugins.rules())) {
      ConvertOptions options =
          new ConvertOptions(
                  inputs,
                  SourceModel.FORWARD,
                  List.of(),
                  called(),
                  allowFrozen,
                  !noGuards,
                  forms.state(spec),
                  forms.noise(spec),
                  freeze,
                  step.map(dim -> new StepOptions(dim, outputNames)),
                  progress)
              .methods(methods.isEmpty() ? List.of(SourceModel.FORWARD) : methods);
      Conversion conversion = torch.convert(options);
      CalibrationInputs calibration =
          conversion.calibration(tfliteOptions, verifyOptions.preparation());
      progress.progress("writing " + output, 0, 0);
      SavedConversion written = conversion.write(outputs.savedModel());
      Optional<ParityReport> parity = Optional.empty();
      if (engines != null && !onlyTflite) {
        ParityReport report = judgement.apply(written.verify(engines, verifyOptions, progress));
        parity = Optional.of(report.withSavedModel(output.toString()));
      }
      Optional<TfliteSummary> lite = Optional.empty();
      if (file != null) {
        progress.progress("writing " + file, 0, 0);
        OutputPlace place = outputs.tflite();
        SavedConversion converted =
            conversion.writeTflite(place, written, tfliteOptions, calibration);
        Optional<ParityReport> compared =
            engines == null
                ? Optional.empty()
                : Optional.of(
                    judgement
                        .apply(converted.verify(engines, verifyOptions, progress))
                        .withSavedModel(file.toString()));
        lite =
            Optional.of(
                new TfliteSummary(file, TfliteFile.read(place.path()), calibration, compared));
      }
      progress.clear();
      ConversionSummary summary = new ConversionSummary(model, output, conversion, parity, lite);
      lite.ifPresent(this::warn);
      // A report that can't be written keeps the output back, but for one that lies in it.
      reports.write(summary, report -> !outputs.isInside(report));
      if (summary.isWritten()) {
        outputs.commit();
      }
      reports.write(summary, outputs::isInside);
      return new Result(
          summary,
          parity.flatMap(report -> reports.keepInputs(written, report, verifyOptions, output)));
    }
  }

  /** Before anything is converted. */
  private void requireOneForTflite(@Nullable Path file) {
    if (file != null && methods.size() > 1) {
      throw new ParameterException(
          spec.commandLine(),
          "a .tflite file holds one method: give one --method for each .tflite file");
    }
  }

  private void requireOneForStep() {
    if (step.isPresent() && methods.size() > 1) {
      throw new ParameterException(
          spec.commandLine(), "--step is for one method: give one --method for each result");
    }
    if (step.isEmpty() && !outputNames.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--output-names is for a model that is converted with --step");
    }
  }

  private MethodCall called() {
    return new MethodCall(module, List.of(), channelsLast);
  }

  /** What the engines may read, which load while the model is converted. */
  private Set<Path> read(Outputs outputs, boolean withTflite) {
    Set<Path> read = new LinkedHashSet<>(List.of(model, outputs.savedModel().path()));
    if (withTflite) {
      read.add(outputs.tflite().path());
    }
    return read;
  }

  private void warn(TfliteSummary lite) {
    PrintWriter err = spec.commandLine().getErr();
    lite.notices().forEach(err::println);
    err.flush();
  }
}
