package org.tensorferry.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random programs give the same in both engines. A fixed share as a rule; {@code -Pfuzz} with
 * {@code -Dfuzz.programs} and {@code -Dfuzz.seed} runs as many as wanted.
 */
class FuzzTest {

  @TempDir Path scratch;

  @Test
  void randomProgramsGiveTheSameInBothEngines() throws Exception {
    int programs = Integer.getInteger("fuzz.programs", 150);
    FuzzRun run = new FuzzRun(scratch, Path.of("target", "fuzz"), Long.getLong("fuzz.seed", 1));
    Tally tally = run.run(programs);
    assertEquals("", String.join("\n", tally.cases()), run::summary);
    assertTrue(tally.equal() > programs / 2, run::summary);
  }
}
