package org.tensorferry.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.tensorferry.error.FerryException;
import org.tensorferry.parity.HostTensor;
import org.tensorferry.parity.TorchRunner;
import org.tensorferry.rule.RuleTables;

/** Makes programs, runs them, shrinks what differs, and keeps the score. */
final class Fuzzer {

  private static final int BATCH = 50;

  private final RuleTables tables = RuleTables.load(Fuzzer.class.getClassLoader());
  private final Path scratch;
  private final Path report;
  private final ProgramGenerator generator;
  private final Engines engines;
  private final Tally tally = new Tally();
  private final Map<String, Shrinker.Failure> failures = new LinkedHashMap<>();

  /**
   * A run.
   *
   * @param scratch for files of programs
   * @param report where the score and the cases of differences are written
   */
  Fuzzer(Path scratch, Path report, long seed) {
    this.scratch = scratch;
    this.report = report;
    this.generator = new ProgramGenerator(tables, new Probe(scratch.resolve("probe.pt")), seed);
    this.engines = new Engines(tables, scratch);
  }

  /** Runs programs until that many were compared, refused or found different. */
  Tally run(int programs) {
    while (tally.programs() < programs) {
      List<Program> batch = generator.batch(Math.min(BATCH, programs - tally.programs()));
      // An engine that takes the whole process with it leaves its programs here.
      write(
          "running.txt",
          batch.stream()
              .map(p -> p.inputs() + "\n" + p.source("forward"))
              .collect(Collectors.joining("\n")));
      batch.forEach(this::judge);
      write("summary.md", summary());
    }
    delete("running.txt");
    return tally;
  }

  private void judge(Program program) {
    Outcome outcome = engines.run(program);
    tally.add(program, outcome);
    if (outcome instanceof Outcome.Differs differs) {
      Shrinker shrinker = new Shrinker(engines::run, this::values);
      Shrinker.Failure least = shrinker.shrink(new Shrinker.Failure(program, differs.text()));
      String signature =
          least.program().statements().stream()
                  .map(Statement::callee)
                  .collect(Collectors.joining(" "))
              + ": "
              + least.kind();
      if (failures.putIfAbsent(signature, least) == null) {
        write("cases.txt", String.join("\n", cases()));
      }
    }
  }

  private Map<String, HostTensor> values(Program program) {
    Path file = scratch.resolve("values.pt");
    Engines.module(program).write(file);
    try (TorchRunner torch = TorchRunner.open(file)) {
      return torch.run(List.copyOf(program.inputs().values())).flatten();
    } catch (FerryException e) {
      return Map.of();
    }
  }

  /** A regression case for each way in which programs differed. */
  List<String> cases() {
    return failures.values().stream().map(RegressionCase::of).toList();
  }

  /** The score as a page. */
  String summary() {
    return tally.page(generator.rows(), engines.reached().size(), failures.size());
  }

  private void write(String name, String text) {
    try {
      Files.createDirectories(report);
      Files.writeString(report.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void delete(String name) {
    try {
      Files.deleteIfExists(report.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
