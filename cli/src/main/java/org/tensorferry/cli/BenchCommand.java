package org.tensorferry.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.tensorferry.SavedConversion;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.Problem;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.inputs.RandomInputs;
import org.tensorferry.report.BenchmarkReport;
import org.tensorferry.tensor.HostTensor;
import org.tensorferry.tflite.Benchmark;
import org.tensorferry.tflite.Benchmark.Contender;
import org.tensorferry.tflite.Benchmark.Engine;
import org.tensorferry.tflite.TfliteFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bench}: how fast the original and its results run. */
@Command(
    name = "bench",
    description = "Times a model in libtorch and its results in their engines, side by side.",
    footerHeading = "%nExample:%n",
    footer = {
      "  tensorferry bench model.pt out/model model.tflite model.int8.tflite",
      "",
      "Each runs in a process of its own, in rounds that take turns. A .tflite file",
      "runs with XNNPACK's kernels and with the plain ones."
    })
final class BenchCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", paramLabel = "MODEL", description = "PyTorch file")
  Path model = Path.of("");

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "RESULT",
      description = "SavedModels and .tflite files made from it")
  List<Path> results = new ArrayList<>();

  @Option(
      names = "--input",
      paramLabel = "SPEC",
      arity = "1..*",
      parameterConsumer = SpecConsumer.class,
      description = "dtype and dims of each argument (default: as converted)")
  List<String> specs = new ArrayList<>();

  @Option(names = "--threads", paramLabel = "N", description = "of each engine (default: 1)")
  int threads = 1;

  @Option(names = "--rounds", paramLabel = "N", description = "of all in turn (default: 10)")
  int rounds = 10;

  @Option(names = "--runs", paramLabel = "N", description = "of one turn (default: 10)")
  int runs = 10;

  @Mixin ReportOption reports = new ReportOption();
  @Mixin HelpOption help = new HelpOption();

  @Override
  public Integer call() {
    reports.requireForms(false);
    if (threads < 1 || rounds < 1 || runs < 1) {
      throw new ParameterException(
          spec.commandLine(), "--threads, --rounds and --runs are 1 or more");
    }
    List<Contender> contenders = contenders();
    SavedConversion first = SavedConversion.open(model, results.get(0));
    first = specs.isEmpty() ? first : first.withInputs(specs);
    InputCase inputs = new RandomInputs(first.inputs(), first.assumptions(), 0).cases(1).get(0);
    Map<String, HostTensor> named = new LinkedHashMap<>();
    List<InputSpec> arguments = first.inputs();
    for (int i = 0; i < arguments.size(); i++) {
      named.put(arguments.get(i).name().orElse("x"), inputs.inputs().get(i));
    }
    List<Benchmark.Row> rows;
    try (Progress progress = Progress.onTerminal()) {
      rows =
          Benchmark.run(
              contenders,
              first.method(),
              named,
              threads,
              rounds,
              runs,
              (done, count) -> progress.progress("measuring", done, count));
    }
    BenchmarkReport report =
        new BenchmarkReport(inputs.inputs().toString(), threads, rounds, runs, rows);
    reports.write(report);
    PrintWriter out = spec.commandLine().getOut();
    out.print(report.text());
    out.flush();
    return ExitCode.OK.code();
  }

  private List<Contender> contenders() {
    List<Contender> contenders = new ArrayList<>();
    contenders.add(new Contender(Engine.LIBTORCH, model));
    for (Path result : results) {
      if (result.toString().endsWith(".onnx")) {
        throw Problem.of("ONNX files can't be timed")
            .at("file", result)
            .because("Tensorferry brings no ONNX Runtime")
            .fix("time it with onnxruntime_perf_test")
            .as(ExitCode.USAGE);
      }
      if (TfliteFile.isMeant(result)) {
        contenders.add(new Contender(Engine.XNNPACK, result));
        contenders.add(new Contender(Engine.PLAIN, result));
      } else {
        contenders.add(new Contender(Engine.TENSORFLOW, result));
      }
    }
    return contenders;
  }
}
