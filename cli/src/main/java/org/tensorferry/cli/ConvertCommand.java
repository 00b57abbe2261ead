package org.tensorferry.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.tensorferry.Conversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.error.ExitCode;
import org.tensorferry.file.OutputPlace;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.VerifyOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convert}: writes a SavedModel, and with {@code --verify} only one that was compared. */
@Command(
    name = "convert",
    description = "Writes a TorchScript model as a TensorFlow SavedModel.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  tensorferry convert model.pt -o out/model \\",
      "      --input \"x:float32[batch,3,224,224]\" --verify",
      "",
      "SPEC is `name:dtype[dims]`, one for each tensor argument of `forward` in",
      "order; name and dtype may be left out. A dim is a number, or a name where it",
      "changes from run to run; `time=40` gives a name its example value. For ids,",
      "`ids:int64[batch,16]<30522` says that they are below 30522."
    })
final class ConvertCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "MODEL", description = "TorchScript file, as torch.jit.save writes it")
  Path model = Path.of("");

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      required = true,
      description = "directory to write the SavedModel to")
  Path output = Path.of("");

  @Option(
      names = "--input",
      paramLabel = "SPEC",
      arity = "1..*",
      parameterConsumer = SpecConsumer.class,
      description = "dtype and dims of each tensor argument, see below")
  List<String> inputs = new ArrayList<>();

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

  @Option(names = "--force", description = "replace the directory where it exists")
  boolean force;

  @Mixin HelpOption help = new HelpOption();
  @Mixin ReportOption reports = new ReportOption();
  @Mixin ComparisonOptions comparison = new ComparisonOptions();
  @Mixin PluginsOption plugins = new PluginsOption();

  @Override
  public Integer call() {
    reports.requireForms(verify);
    comparison.requireUsed(spec, verify);
    VerifyOptions verifyOptions = comparison.options(spec);
    PrintWriter out = spec.commandLine().getOut();
    try (Progress progress = Progress.onTerminal();
        OutputPlace target = OutputPlace.directory(output, force);
        TorchModel torch = Tensorferry.open(model, plugins.rules())) {
      ConvertOptions options =
          new ConvertOptions(inputs, "forward", allowFrozen, !noGuards, progress);
      Conversion conversion = torch.convert(options);
      progress.progress("writing " + output, 0, 0);
      var written = conversion.write(target);
      Optional<ParityReport> parity = Optional.empty();
      if (verify) {
        ParityReport report = written.verify(verifyOptions, progress);
        parity = Optional.of(report.withSavedModel(output.toString()));
      }
      progress.clear();
      ConversionSummary summary = new ConversionSummary(model, output, conversion, parity);
      reports.write(summary);
      boolean equal = parity.map(ParityReport::isEqual).orElse(true);
      if (equal) {
        target.commit();
      }
      out.print(summary.text());
      out.flush();
      return (equal ? ExitCode.OK : ExitCode.DIFFERENT).code();
    }
  }
}
