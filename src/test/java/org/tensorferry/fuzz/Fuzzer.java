package org.tensorferry.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.tensorferry.engine.TorchRunner;
import org.tensorferry.error.FerryException;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.tensor.HostTensor;

/**
 * Makes programs, runs them, shrinks what differs, and keeps the score in files: a process of its
 * own, since an engine may take the whole process with it.
 */
final class Fuzzer {

  /** The score, after every batch. */
  static final String TALLY = "tally.json";

  /** The program that runs; it stays where an engine died of it. */
  static final String RUNNING = "running.txt";

  private static final int BATCH = 50;

  private final RuleTables tables = RuleTables.load(Fuzzer.class.getClassLoader());
  private final Path scratch;
  private final ProgramGenerator generator;
  private final Engines engines;
  private final Tally tally = new Tally();

  private Fuzzer(Path scratch, long seed) {
    this.scratch = scratch;
    this.generator = new ProgramGenerator(tables, new Probe(scratch.resolve("probe.pt")), seed);
    this.engines = new Engines(tables, scratch);
  }

  /** Arguments: folder for all files, number of programs, seed. */
  public static void main(String[] args) {
    new Fuzzer(Path.of(args[0]), Long.parseLong(args[2])).run(Integer.parseInt(args[1]));
    // The engines' threads do not hold the process up.
    Runtime.getRuntime().halt(0);
  }

  /** How many rows of the table can be drawn. */
  static int rows() {
    return new Weights(RuleTables.load(Fuzzer.class.getClassLoader()).operators()).size();
  }

  /** Runs programs until that many were compared, refused or found different. */
  private void run(int programs) {
    while (tally.programs() < programs) {
      for (Program program : generator.batch(Math.min(BATCH, programs - tally.programs()))) {
        write(RUNNING, program.inputs() + "\n" + program.source("forward"));
        judge(program);
        delete(RUNNING);
      }
      tally.reach(engines.reached());
      write(TALLY, tally.written());
    }
  }

  private void judge(Program program) {
    Outcome outcome = engines.run(program);
    tally.add(program, outcome);
    if (outcome instanceof Outcome.Differs differs) {
      Shrinker shrinker = new Shrinker(engines::run, this::values);
      Shrinker.Failure least = shrinker.shrink(new Shrinker.Failure(program, differs.text()));
      String kind =
          least.program().statements().stream()
                  .map(s -> s.isBlock() ? "block" : s.callee())
                  .collect(Collectors.joining(" "))
              + ": "
              + least.kind();
      tally.addCase(kind, RegressionCase.of(least));
    }
  }

  private Map<String, HostTensor> values(Program program) {
    Path file = scratch.resolve("values.pt");
    Engines.module(program).write(file);
    try (TorchRunner torch = TorchRunner.open(file)) {
      return torch.run(List.copyOf(program.arguments().values())).flatten();
    } catch (FerryException e) {
      return Map.of();
    }
  }

  private void write(String name, String text) {
    try {
      Files.writeString(scratch.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void delete(String name) {
    try {
      Files.deleteIfExists(scratch.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
