package org.tensorferry.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tensorferry.Conversion;
import org.tensorferry.Tensorferry;
import org.tensorferry.TorchModel;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.convert.ConvertOptions;
import org.tensorferry.engine.TfRunner;
import org.tensorferry.engine.TorchRunner;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.tensor.HostTensor;

/** Runs a program in libtorch and, converted, in TensorFlow, and judges the results. */
final class Engines {

  private static final Pattern OPERATOR = Pattern.compile("`(?:aten::)?(\\w+)[^`]*`");

  private final RuleTables tables;
  private final Path directory;
  private final Set<String> reached = new TreeSet<>();
  private int files;

  Engines(RuleTables tables, Path directory) {
    this.tables = tables;
    this.directory = directory;
  }

  /** Schemas of the rows that converted programs called. */
  Set<String> reached() {
    return reached;
  }

  Outcome run(Program program) {
    Path file = directory.resolve("program" + files++ + ".pt");
    Path target = file.resolveSibling(file.getFileName() + ".tf");
    try {
      module(program).write(file);
      return run(program, file, target);
    } finally {
      delete(target);
      delete(file);
    }
  }

  private Outcome run(Program program, Path file, Path target) {
    try (TorchRunner torch = TorchRunner.open(file)) {
      Map<String, HostTensor> expected;
      try {
        expected = program.run(torch);
      } catch (FerryException e) {
        return new Outcome.Discarded(reason(e));
      }
      Map<String, HostTensor> actual;
      try {
        actual = converted(program, file, target);
      } catch (FerryException e) {
        return e.getMessage().contains("in TensorFlow") || e.exitCode() != ExitCode.UNCONVERTIBLE
            ? new Outcome.Differs(e.getMessage())
            : refused(e);
      } catch (RuntimeException e) {
        StackTraceElement[] trace = e.getStackTrace();
        return new Outcome.Differs("crash: " + e + (trace.length > 0 ? " at " + trace[0] : ""));
      }
      double least = Forms.leastSize(program);
      Optional<String> difference = Comparison.difference(expected, actual, least, List.of());
      if (difference.isEmpty()) {
        return new Outcome.Equal();
      }
      return Comparison.difference(expected, actual, least, Sensitivity.runs(program, directory))
          .<Outcome>map(Outcome.Differs::new)
          .orElseGet(() -> new Outcome.Unstable(difference.get()));
    } catch (FerryException e) {
      return new Outcome.Discarded(reason(e));
    }
  }

  static TorchProgram module(Program program) {
    return program.module(program.source("forward"));
  }

  private Map<String, HostTensor> converted(Program program, Path file, Path target) {
    List<String> names;
    try (TorchModel model = Tensorferry.open(file, tables)) {
      ConvertOptions options =
          ConvertOptions.defaults().inputs(program.specs().toArray(String[]::new));
      Conversion conversion = model.convert(options);
      conversion.calls().forEach(call -> reached.add(call.schema()));
      conversion.save(target);
      names = conversion.inputNames();
    }
    Map<String, HostTensor> named = new LinkedHashMap<>();
    List<HostTensor> inputs = List.copyOf(program.arguments().values());
    for (int i = 0; i < names.size(); i++) {
      named.put(names.get(i), inputs.get(i));
    }
    try (TfRunner runner = TfRunner.openOnce(target)) {
      Map<String, HostTensor> results = new LinkedHashMap<>(runner.run(named));
      if (program.hasState()) {
        runner.run(named).forEach((name, value) -> results.put(Program.SECOND + name, value));
      }
      return results;
    }
  }

  private static Outcome refused(FerryException e) {
    Matcher operator = OPERATOR.matcher(e.problems().get(0).what());
    return new Outcome.Refused(operator.find() ? operator.group(1) : "", reason(e));
  }

  /** The reason of the first problem without what differs from program to program. */
  private static String reason(FerryException e) {
    Problem problem = e.problems().get(0);
    String text = problem.why().isEmpty() ? problem.what() : problem.why();
    String line = text.lines().findFirst().orElse("");
    return line.replaceAll("\\([^)]*\\)|;.*", "…")
        .replaceAll("`[^`]*`", "`…`")
        .replaceAll("(-?\\d+|[sd]\\d+)", "n");
  }

  private static void delete(Path path) {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(path)) {
      List<Path> paths = new ArrayList<>(tree.toList());
      Collections.reverse(paths);
      for (Path each : paths) {
        Files.delete(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
