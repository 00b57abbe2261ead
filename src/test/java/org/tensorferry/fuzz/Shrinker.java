package org.tensorferry.fuzz;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.tensorferry.tensor.HostTensor;

/** Makes a program that differs as small as it can be while it still differs in the same way. */
final class Shrinker {

  private static final int TRIALS = 200;

  private final Function<Program, Outcome> run;
  private final Function<Program, Map<String, HostTensor>> values;
  private int trials;

  /**
   * A shrinker.
   *
   * @param run judges a program
   * @param values what libtorch gives every output of a program, empty where it does not run
   */
  Shrinker(Function<Program, Outcome> run, Function<Program, Map<String, HostTensor>> values) {
    this.run = run;
    this.values = values;
  }

  /** A program with what is different about it. */
  record Failure(Program program, String text) {

    /** The way in which it differs, so that shrinking does not wander to another bug. */
    String kind() {
      if (text.startsWith("crash") || !text.startsWith("output")) {
        return text.lines().findFirst().orElse("").replaceAll("`[^`]*`|\\d+", "");
      }
      return text.contains("] of ") ? "value" : "type";
    }
  }

  Failure shrink(Failure failure) {
    trials = 0;
    Failure least = failure;
    Failure before;
    do {
      before = least;
      least = first(least, Shrinker::fewerOutputs);
      least = all(least, Shrinker::fewerStatements);
      least = all(least, this::cut);
      least = all(least, Shrinker::simplerCalls);
      least = all(least, Shrinker::plainerFrames);
      least = first(least, failed -> Stream.of(failed.withFixedSizes()));
      least = all(least, Shrinker::smallerInputs);
      least = all(least, Shrinker::plainerInputs);
    } while (!least.equals(before) && trials < TRIALS);
    return least;
  }

  private Failure first(Failure failure, Function<Program, Stream<Program>> changes) {
    return changes
        .apply(failure.program())
        .map(changed -> differing(failure, changed))
        .flatMap(Optional::stream)
        .findFirst()
        .orElse(failure);
  }

  /** Applies changes until none of them keeps the difference. */
  private Failure all(Failure failure, Function<Program, Stream<Program>> changes) {
    Failure least = failure;
    Failure next = first(least, changes);
    while (!next.equals(least)) {
      least = next;
      next = first(least, changes);
    }
    return least;
  }

  private Optional<Failure> differing(Failure failure, Program changed) {
    if (trials >= TRIALS || isSame(changed, failure.program())) {
      return Optional.empty();
    }
    trials++;
    if (run.apply(changed.tidy()) instanceof Outcome.Differs differs) {
      Failure other = new Failure(changed.tidy(), differs.text());
      return other.kind().equals(failure.kind()) ? Optional.of(other) : Optional.empty();
    }
    return Optional.empty();
  }

  private static boolean isSame(Program a, Program b) {
    return a.source("f").equals(b.source("f"))
        && a.inputs().equals(b.inputs())
        && a.dynamic() == b.dynamic()
        && a.frame().equals(b.frame());
  }

  private static Stream<Program> fewerOutputs(Program program) {
    return program.outputs().size() == 1
        ? Stream.empty()
        : program.outputs().stream().map(output -> program.withOutputs(List.of(output)));
  }

  private static Stream<Program> fewerStatements(Program program) {
    return positions(program.statements().size())
        .filter(i -> !isUsed(program, i))
        .map(i -> program.withStatements(without(program.statements(), i)));
  }

  private static boolean isUsed(Program program, int index) {
    List<String> results = program.statements().get(index).results();
    return results.stream().anyMatch(program.outputs()::contains)
        || program.statements().stream()
            .anyMatch(s -> s.uses().stream().anyMatch(results::contains));
  }

  /** Gives what a statement computes as an input instead. */
  private Stream<Program> cut(Program program) {
    Program whole =
        Program.of(program.inputs(), program.statements(), false)
            .withFrame(new Frame(program.frame().roles(), 0));
    Map<String, HostTensor> known = values.apply(whole);
    if (known.size() != whole.outputs().size() || program.statements().size() < 2) {
      return Stream.empty();
    }
    List<HostTensor> tensors = List.copyOf(known.values());
    return positions(program.statements().size())
        .map(
            i -> {
              Map<String, HostTensor> inputs = new LinkedHashMap<>(program.inputs());
              program.statements().get(i).results().stream()
                  .filter(result -> tensors.get(whole.outputs().indexOf(result)).count() > 0)
                  .forEach(
                      result -> inputs.put(result, tensors.get(whole.outputs().indexOf(result))));
              return program
                  .withStatements(without(program.statements(), i))
                  .withInputs(inputs)
                  .tidy();
            });
  }

  /** A flat result, and constants and buffers as arguments. */
  private static Stream<Program> plainerFrames(Program program) {
    Frame frame = program.frame();
    List<Program> plainer = new ArrayList<>();
    if (frame.results() != 0) {
      plainer.add(program.withFrame(new Frame(frame.roles(), 0)));
    }
    for (String name : frame.roles().keySet()) {
      Map<String, Frame.Role> fewer = new LinkedHashMap<>(frame.roles());
      fewer.remove(name);
      plainer.add(program.withFrame(new Frame(fewer, frame.results())));
    }
    return plainer.stream();
  }

  private static Stream<Program> simplerCalls(Program program) {
    List<Program> simpler = new ArrayList<>();
    for (int i = 0; i < program.statements().size(); i++) {
      Statement statement = program.statements().get(i);
      if (statement.isBlock()) {
        continue;
      }
      for (String name : statement.named().keySet()) {
        simpler.add(with(program, i, statement.withoutNamed(name)));
      }
      if (statement.positional().size() > 1) {
        simpler.add(with(program, i, statement.withoutLastPositional()));
      }
      if (statement.isInPlace()) {
        simpler.add(
            with(
                program,
                i,
                new Statement(
                    Forms.plain(statement.callee()),
                    statement.positional(),
                    statement.named(),
                    statement.form(),
                    statement.elements(),
                    statement.results())));
      }
    }
    return simpler.stream();
  }

  /** One size everywhere, then one axis of one input, made 1 or 2. */
  private static Stream<Program> smallerInputs(Program program) {
    List<Program> smaller = new ArrayList<>();
    for (int to : new int[] {1, 2}) {
      for (int size = 5; size > to; size--) {
        Map<String, HostTensor> inputs = new LinkedHashMap<>();
        int from = size;
        program.inputs().forEach((name, t) -> inputs.put(name, resized(t, -1, from, to)));
        smaller.add(program.withInputs(inputs));
      }
      program
          .inputs()
          .forEach(
              (name, tensor) -> {
                for (int axis = 0; axis < tensor.shape().length; axis++) {
                  if (tensor.shape()[axis] > to) {
                    Map<String, HostTensor> inputs = new LinkedHashMap<>(program.inputs());
                    inputs.put(name, resized(tensor, axis, tensor.shape()[axis], to));
                    smaller.add(program.withInputs(inputs));
                  }
                }
              });
    }
    return smaller.stream().filter(changed -> !same(changed.inputs(), program.inputs()));
  }

  private static boolean same(Map<String, HostTensor> a, Map<String, HostTensor> b) {
    return a.toString().equals(b.toString());
  }

  /** The leading part of a tensor, along one axis or along all of a size. */
  private static HostTensor resized(HostTensor tensor, int axis, long from, int to) {
    long[] shape = tensor.shape();
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] == from && (axis < 0 || axis == i)) {
        shape[i] = to;
      }
    }
    int parts = tensor.dtype().isComplex() ? 2 : 1;
    long[] old = tensor.shape();
    return HostTensor.generate(
        tensor.dtype(),
        shape,
        part -> {
          long rest = part / parts;
          long source = 0;
          long stride = 1;
          for (int i = shape.length - 1; i >= 0; i--) {
            source += rest % shape[i] * stride;
            rest /= shape[i];
            stride *= old[i];
          }
          return tensor.get((int) source * parts + part % parts);
        });
  }

  /** Inputs of ones, of whole numbers, or with fewer odd values. */
  private static Stream<Program> plainerInputs(Program program) {
    List<Program> plainer = new ArrayList<>();
    program
        .inputs()
        .forEach(
            (name, tensor) ->
                Stream.<HostTensor.Values>of(i -> 1, i -> i, i -> Math.rint(tensor.get(i)))
                    .map(v -> HostTensor.generate(tensor.dtype(), tensor.shape(), v))
                    .filter(other -> roughness(other) < roughness(tensor))
                    .forEach(
                        other -> {
                          Map<String, HostTensor> inputs = new LinkedHashMap<>(program.inputs());
                          inputs.put(name, other);
                          plainer.add(program.withInputs(inputs));
                        }));
    return plainer.stream();
  }

  /** How hard a tensor's values are to read. */
  private static int roughness(HostTensor tensor) {
    int sum = 0;
    for (int i = 0; i < tensor.parts(); i++) {
      double value = tensor.get(i);
      sum += value == 1 ? 0 : value == i ? 1 : value == Math.rint(value) ? 2 : 4;
    }
    return sum;
  }

  private static Program with(Program program, int index, Statement statement) {
    List<Statement> statements = new ArrayList<>(program.statements());
    statements.set(index, statement);
    return program.withStatements(statements);
  }

  private static Stream<Integer> positions(int count) {
    return Stream.iterate(count - 1, i -> i >= 0, i -> i - 1);
  }

  private static <T> List<T> without(List<T> list, int index) {
    List<T> fewer = new ArrayList<>(list);
    fewer.remove(index);
    return fewer;
  }
}
