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
    boolean writes = statements.stream().anyMatch(Statement::isInPlace);
    boolean blocks = random.nextInt(2) == 0;
    all.addAll(blocks ? withBlocks(full) : statements);
    Program program = Program.of(full, all, random.nextInt(3) == 0).tidy();
    long results = random.nextInt(3) == 0 ? 1 + random.nextInt(1 << 20) : 0;
    return program.withFrame(new Frame(roles(program, writes || blocks), results));
  }

  /** The statements with control flow among them, over the tensors that are there by then. */
  private List<Statement> withBlocks(Map<String, HostTensor> full) {
    List<Statement> all = new ArrayList<>();
    Map<String, HostTensor> before = new LinkedHashMap<>(full);
    int first = random.nextInt(statements.size() + 1);
    for (int i = 0; i <= statements.size(); i++) {
      if (!before.isEmpty() && (i == first || random.nextInt(6) == 0)) {
        all.add(
            i == statements.size() && random.nextBoolean()
                ? Blocks.early(random, before, i)
                : Blocks.draw(random, before, i));
      }
      if (i < statements.size()) {
        Statement next = statements.get(i);
        all.add(next);
        next.results().forEach(name -> before.put(name, values.get(name)));
      }
    }
    return all;
  }

  /**
   * Half of the tensors of rank 0 and some others become constants, unless something is written in
   * place, which would change a constant for all calls; some become buffers.
   */
  private Map<String, Frame.Role> roles(Program program, boolean writes) {
    Map<String, Frame.Role> roles = new LinkedHashMap<>();
    program
        .inputs()
        .forEach(
            (name, tensor) -> {
              boolean last = roles.size() + 1 == program.inputs().size();
              int draw = random.nextInt(tensor.shape().length == 0 ? 4 : 12);
              if (!last && !writes && draw < 2) {
                roles.put(name, Frame.Role.CONSTANT);
              } else if (!last && draw == 2) {
                roles.put(name, Frame.Role.BUFFER);
              }
            });
    return roles;
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
