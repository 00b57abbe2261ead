package org.tensorferry.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.tensorferry.rule.RuleTables;

/** Makes random programs, a batch at a time: each grows by statements that libtorch runs. */
final class ProgramGenerator {

  private static final int ROUNDS = 7;
  private static final int ALTERNATIVES = 3;
  private static final int STATEMENTS = 8;

  private final Weights weights;
  private final Probe probe;
  private final Random random;

  ProgramGenerator(RuleTables tables, Probe probe, long seed) {
    this.weights = new Weights(tables.operators());
    this.probe = probe;
    this.random = new Random(seed);
  }

  /** How many rows of the table can be drawn. */
  int rows() {
    return weights.size();
  }

  /** That many programs of 2 to 8 statements. */
  List<Program> batch(int count) {
    List<Draft> drafts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      drafts.add(new Draft(new Random(random.nextLong())));
    }
    for (int round = 0; round < ROUNDS; round++) {
      List<Probe.Question> questions = new ArrayList<>();
      for (Draft draft : drafts) {
        for (int i = 0; i < ALTERNATIVES; i++) {
          ArgumentMaker.propose(draft, weights.draw(draft.random()))
              .ifPresent(candidate -> questions.add(new Probe.Question(draft, candidate)));
        }
      }
      probe.ask(questions, STATEMENTS);
    }
    return drafts.stream()
        .filter(draft -> draft.statements().size() >= 2)
        .map(Draft::program)
        .toList();
  }
}
