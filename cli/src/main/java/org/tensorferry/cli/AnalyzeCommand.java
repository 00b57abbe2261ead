package org.tensorferry.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.tensorferry.Conversion;
import org.tensorferry.SavedConversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.error.ExitCode;
import org.tensorferry.inputs.CalibrationInputs;
import org.tensorferry.inputs.Preparation;
import org.tensorferry.report.SensitivityReport;
import org.tensorferry.tflite.Quantization;
import org.tensorferry.tflite.Sensitivity;
import org.tensorferry.tflite.TfliteOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code analyze}: what 8 bits cost, module by module. */
@Command(
    name = "analyze",
    description = "Tells what 8 bits cost a model, module by module, on the real kernels.",
    footerHeading = "%nExample:%n",
    footer = {
      "  tensorferry analyze model.pt --input \"x:float32[1,3,224,224]\" \\",
      "      --calibrate samples.npz --target-snr 30 --report why.html",
      "",
      "Every module is rounded alone, and left float alone. With --target-snr the",
      "smallest set of modules that was found to reach it is printed as the",
      "--keep-float options of `convert`. docs/tflite.md tells how to read it."
    })
final class AnalyzeCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "MODEL", description = "PyTorch file")
  Path model = Path.of("");

  @Option(
      names = "--input",
      paramLabel = "SPEC",
      arity = "1..*",
      parameterConsumer = SpecConsumer.class,
      description = "dtype and dims of each tensor argument, as for `convert`")
  List<String> inputs = new ArrayList<>();

  @Option(
      names = "--calibrate",
      paramLabel = "DATA",
      description = "inputs: an .npz, .wav or picture, or a folder of them")
  @Nullable Path calibrate;

  @Option(
      names = "--prepare",
      paramLabel = "KEY=VALUE",
      split = ",",
      description = "what recordings and pictures become, as for `verify`")
  Map<String, String> preparation = new LinkedHashMap<>();

  @Option(
      names = "--target-snr",
      paramLabel = "DB",
      description = "find the modules that must stay float for this ratio")
  @Nullable Double target;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "for each step of TensorFlow Lite (default: 1800)")
  @Nullable Integer timeout;

  @Mixin ReportOption reports = new ReportOption();
  @Mixin PluginsOption plugins = new PluginsOption();
  @Mixin HelpOption help = new HelpOption();

  @Override
  public Integer call() {
    reports.requireForms(false);
    if (timeout != null && timeout < 1) {
      throw new ParameterException(spec.commandLine(), "--timeout is at least 1 second");
    }
    TfliteOptions options = TfliteOptions.DEFAULT.quantization(Quantization.INT8);
    options = calibrate == null ? options : options.calibration(calibrate);
    options = timeout == null ? options : options.timeout(Duration.ofSeconds(timeout));
    try (Progress progress = Progress.onTerminal();
        Outputs between = Outputs.begin(null, null, false, model);
        TorchModel torch = Tensorferry.open(model, plugins.rules())) {
      Conversion conversion =
          torch.convert(
              ConvertOptions.defaults().inputs(inputs.toArray(String[]::new)).listener(progress));
      CalibrationInputs data = conversion.calibration(options, Preparation.of(preparation));
      SavedConversion written = conversion.write(between.savedModel());
      Sensitivity result =
          conversion.analyze(
              written,
              data,
              Optional.ofNullable(target).map(OptionalDouble::of).orElse(OptionalDouble.empty()),
              options,
              (done, count, what) -> progress.progress(what, done, count));
      progress.clear();
      SensitivityReport report = new SensitivityReport(String.valueOf(model.getFileName()), result);
      reports.write(report);
      if (data.isRandom()) {
        spec.commandLine().getErr().println(TfliteSummary.RANDOM);
      }
      PrintWriter out = spec.commandLine().getOut();
      out.print(report.text());
      out.flush();
      return ExitCode.OK.code();
    }
  }
}
