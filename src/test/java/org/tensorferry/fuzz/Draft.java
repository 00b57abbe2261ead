package org.tensorferry.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.tensorferry.tensor.HostTensor;

/** A program while it is made: its tensors so far, with the values that libtorch gave them. */
final class Draft {

  private final Random random;
  private final Map<String, HostTensor> inputs = new LinkedHashMap<>();
  private final Map<String, HostTensor> values = new LinkedHashMap<>();
  private final List<Statement> statements = new ArrayList<>();
  private int names;

  Draft(Random random) {
    this.random = random;
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      HostTensor tensor = Values.any(random);
      String name = nextName("x");
      inputs.put(name, tensor);
      values.put(name, tensor);
    }
  }

  Random random() {
    return random;
  }

  String nextName(String prefix) {
    return prefix + names++;
  }

  List<Statement> statements() {
    return statements;
  }

  HostTensor value(String name) {
    return values.get(name);
  }

  /** A tensor that fits, recent ones more often; empty where there is none. */
  List<String> fitting(Predicate<HostTensor> predicate) {
    List<String> fitting = new ArrayList<>();
    values.forEach(
        (name, tensor) -> {
          if (predicate.test(tensor)) {
            fitting.add(name);
          }
        });
    return fitting;
  }

  /** Takes over a statement that libtorch ran. */
  void accept(Candidate candidate, List<HostTensor> results) {
    candidate.inputs().forEach(inputs::put);
    candidate.inputs().forEach(values::put);
    Set<String> changed = new HashSet<>();
    statements.add(candidate.statement());
    if (candidate.statement().isInPlace()) {
      candidate.statement().positional().get(0).collect(changed);
      changed.forEach(name -> values.put(name, results.get(0)));
    }
    for (int i = 0; i < results.size(); i++) {
      values.put(candidate.statement().results().get(i), results.get(i));
    }
  }

  /** A statement with the inputs that were made for it. */
  record Candidate(Statement statement, Map<String, HostTensor> inputs) {}

  /** The whole program; empty tensors are made in it, since inputs have at least one element. */
  Program program() {
    Map<String, HostTensor> full = new LinkedHashMap<>();
    List<Statement> all = new ArrayList<>();
    inputs.forEach(
        (name, tensor) -> {
          if (tensor.count() > 0) {
            full.put(name, tensor);
          } else {
            all.add(empty(name, tensor));
          }
        });
    all.addAll(statements);
    return Program.of(full, all, random.nextInt(3) == 0).tidy();
  }

  private static Statement empty(String name, HostTensor tensor) {
    return new Statement(
        "zeros",
        List.of(Argument.literal(Arrays.toString(tensor.shape()))),
        Map.of("dtype", Argument.literal(tensor.dtype().torchCode())),
        Statement.Form.TENSOR,
        List.of(),
        List.of(name));
  }
}
