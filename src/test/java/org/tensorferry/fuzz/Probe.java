package org.tensorferry.fuzz;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.tensorferry.archive.TorchProgram;
import org.tensorferry.engine.TorchRunner;
import org.tensorferry.error.FerryException;
import org.tensorferry.harness.TorchScript;
import org.tensorferry.tensor.HostTensor;

/**
 * Runs statements alone in libtorch, many in one file: what it refuses is dropped, and what it runs
 * tells the shapes for the statements after it.
 */
final class Probe {

  /** A statement of a draft. */
  record Question(Draft draft, Draft.Candidate candidate) {

    private HostTensor value(String name) {
      HostTensor fresh = candidate.inputs().get(name);
      return fresh == null ? draft.value(name) : fresh;
    }

    /** What libtorch decides when it loads the file: operator, types and names of arguments. */
    private String form() {
      Statement s = candidate.statement();
      return s.call(name -> "t").replaceAll("-?\\d+(\\.\\d+)?(e-?\\d+)?", "n");
    }
  }

  private final Path file;
  private final Set<String> unknown = new HashSet<>();

  Probe(Path file) {
    this.file = file;
  }

  /** Adds every statement that libtorch runs to its draft, up to a number of statements. */
  void ask(List<Question> questions, int limit) {
    List<Question> known =
        questions.stream().filter(question -> !unknown.contains(question.form())).toList();
    if (known.isEmpty()) {
      return;
    }
    TorchProgram program =
        TorchScript.module("def forward(self, x: Tensor) -> Tensor:\n  return x\n");
    for (int i = 0; i < known.size(); i++) {
      program.code(method("m" + i, known.get(i)));
    }
    program.write(file);
    try (TorchRunner torch = TorchRunner.open(file)) {
      for (int i = 0; i < known.size(); i++) {
        run(torch, "m" + i, known.get(i), limit);
      }
    } catch (FerryException e) {
      if (known.size() == 1) {
        unknown.add(known.get(0).form());
        return;
      }
      int half = known.size() / 2;
      ask(known.subList(0, half), limit);
      ask(known.subList(half, known.size()), limit);
    }
  }

  private static String method(String name, Question question) {
    Statement statement = question.candidate().statement();
    List<String> names = new ArrayList<>(statement.uses());
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    names.forEach(input -> inputs.put(input, question.value(input)));
    Program program = new Program(inputs, List.of(statement), statement.results(), false);
    if (statement.form() == Statement.Form.LIST) {
      String call = statement.call(UnaryOperator.identity());
      return program
          .source(name, List.of("list = " + call))
          .replace("-> Tensor:", "-> List[Tensor]:")
          .replace("return " + statement.results().get(0), "return list");
    }
    return program.source(name);
  }

  private static void run(TorchRunner torch, String method, Question question, int limit) {
    Draft draft = question.draft();
    if (draft.statements().size() >= limit) {
      return;
    }
    List<HostTensor> inputs =
        question.candidate().statement().uses().stream().map(question::value).toList();
    try {
      List<HostTensor> results = List.copyOf(torch.run(method, inputs).flatten().values());
      pick(question.candidate(), results).ifPresent(picked -> accept(draft, picked, results));
    } catch (FerryException e) {
      // libtorch takes no such arguments.
    }
  }

  private static void accept(Draft draft, Draft.Candidate candidate, List<HostTensor> results) {
    Statement statement = candidate.statement();
    draft.accept(
        candidate,
        statement.form() == Statement.Form.LIST
            ? List.of(results.get(statement.elements().get(0)))
            : results);
  }

  /** Chooses an element that a list has; empty where results are too large, or none. */
  private static Optional<Draft.Candidate> pick(
      Draft.Candidate candidate, List<HostTensor> results) {
    if (results.isEmpty() || results.stream().anyMatch(t -> t.count() > 2000)) {
      return Optional.empty();
    }
    Statement s = candidate.statement();
    if (s.form() != Statement.Form.LIST) {
      return Optional.of(candidate);
    }
    int element = Math.floorMod(s.elements().get(0), results.size());
    Statement fixed =
        new Statement(
            s.callee(), s.positional(), s.named(), s.form(), List.of(element), s.results());
    return Optional.of(new Draft.Candidate(fixed, candidate.inputs()));
  }
}
