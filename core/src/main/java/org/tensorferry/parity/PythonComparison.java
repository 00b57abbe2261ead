package org.tensorferry.parity;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.LongFunction;
import org.tensorferry.engine.EngineOptions;
import org.tensorferry.engine.Engines;
import org.tensorferry.engine.Original;
import org.tensorferry.engine.PythonTensorFlow;
import org.tensorferry.engine.PythonTensorFlow.Attempt;
import org.tensorferry.engine.PythonTensorFlow.Way;
import org.tensorferry.engine.TorchGradients;
import org.tensorferry.error.FerryException;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.tensor.HostTensor;

/**
 * Runs a converted SavedModel in a Python's TensorFlow, in every way in which people run one, and
 * compares what comes out with libtorch: outputs in every way, gradients under the tape and again
 * after saving. A process that crashes has failed in that way.
 */
public final class PythonComparison {

  /** How many inputs beside a case are tried where its gradients are off, and how far they are. */
  private static final int BESIDE = 3;

  private static final double ASIDE = 0.05;

  private final ModelPair pair;
  private final List<String> inputs;
  private final List<PortedVariable> variables;
  private final VerifyOptions options;
  private final List<InputCase> cases;
  private final List<Map<String, HostTensor>> originals;
  private final Map<String, HostTensor> factors;
  private final Optional<GradientComparison> gradients;
  private final String remark;
  private Set<Way> ways = EnumSet.allOf(Way.class);

  /**
   * Runs the original in libtorch.
   *
   * @param pair the file and what was converted from it
   * @param inputs the signature's names, in the order of the original's arguments
   * @param variables of the SavedModel; gradients of those that are trainable are compared
   * @param cases inputs that the original runs on; gradients are taken on the first
   */
  public PythonComparison(
      ModelPair pair,
      List<String> inputs,
      List<PortedVariable> variables,
      VerifyOptions options,
      List<InputCase> cases) {
    this.pair = pair;
    this.inputs = List.copyOf(inputs);
    this.variables = List.copyOf(variables);
    this.options = options;
    this.cases = List.copyOf(cases);
    originals = originals(cases);
    factors = cases.isEmpty() ? Map.of() : factors(originals.get(0));
    Optional<GradientComparison> found = Optional.empty();
    String why = "";
    try {
      found = factors.isEmpty() ? found : gradients(cases.get(0), originals.get(0));
    } catch (FerryException e) {
      why = "gradients were not compared: " + e.problems().get(0).why();
    }
    gradients = found;
    remark = why;
  }

  /** The same in some ways alone. */
  public PythonComparison in(Set<Way> some) {
    ways = EnumSet.copyOf(some);
    return this;
  }

  /**
   * Runs many results, one after the other and in one process where none ends it.
   *
   * @return for each comparison its reports: for each way one a case
   * @throws FerryException (usage) where that Python can't run TensorFlow
   */
  public static List<List<CaseReport>> run(
      PythonTensorFlow python, List<PythonComparison> comparisons) {
    List<List<CaseReport>> reports = new ArrayList<>();
    comparisons.forEach(each -> reports.add(new ArrayList<>()));
    for (Attempt attempt : python.run(comparisons.stream().map(PythonComparison::task).toList())) {
      PythonComparison comparison = comparisons.get(attempt.task());
      Set<String> right = comparison.rightBeside(python, attempt);
      reports.get(attempt.task()).add(comparison.report(attempt, python.version(), right));
    }
    return reports;
  }

  /**
   * The gradients that are off here and right on inputs of the same sizes a little beside these: a
   * jump that rounding decides on the one is not there on the others.
   */
  private Set<String> rightBeside(PythonTensorFlow python, Attempt attempt) {
    Set<String> right = new LinkedHashSet<>();
    if (attempt.gradients().isEmpty()) {
      return right;
    }
    Set<String> off = gradients.orElseThrow().off(attempt.gradients().get());
    for (int seed = 0; seed < BESIDE && !right.containsAll(off); seed++) {
      Optional<PythonComparison> other = beside(seed);
      if (other.isEmpty() || other.get().gradients.isEmpty()) {
        break;
      }
      Set<String> wrong = other.get().off(python);
      off.stream().filter(name -> !wrong.contains(name)).forEach(right::add);
    }
    return right;
  }

  private Set<String> off(PythonTensorFlow python) {
    GradientComparison all = gradients.orElseThrow();
    try (PythonTensorFlow another = python.another()) {
      Attempt attempt = another.run(List.of(task())).get(0);
      return attempt.gradients().map(all::off).orElseGet(all::names);
    }
  }

  /** The first case with other numbers, under the tape; empty where no input is floating. */
  private Optional<PythonComparison> beside(int seed) {
    InputCase first = cases.get(0);
    if (first.inputs().stream().noneMatch(input -> input.dtype().isFloating())) {
      return Optional.empty();
    }
    Random random = new Random(seed);
    List<HostTensor> moved = first.inputs().stream().map(input -> moved(input, random)).toList();
    InputCase other = new InputCase(first.dims(), first.origin(), moved);
    return Optional.of(
        new PythonComparison(pair, inputs, variables, options, List.of(other))
            .in(EnumSet.of(Way.TAPE)));
  }

  private static HostTensor moved(HostTensor input, Random random) {
    return input.dtype().isFloating()
        ? HostTensor.generate(
            input.dtype(),
            input.shape(),
            part -> input.get(part) * (1 + ASIDE * random.nextGaussian()))
        : input;
  }

  private PythonTensorFlow.Task task() {
    List<PythonTensorFlow.Case> given = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      boolean differentiated = i == 0 && gradients.isPresent();
      given.add(
          new PythonTensorFlow.Case(
              named(cases.get(i).inputs()), differentiated ? factors : Map.of()));
    }
    return new PythonTensorFlow.Task(pair.savedModel(), pair.further(), given, ways);
  }

  private CaseReport report(Attempt attempt, String version, Set<String> right) {
    InputCase input = cases.get(Math.max(0, attempt.index()));
    CaseReport report =
        switch (attempt.outcome()) {
          case FAILED -> CaseReport.failed(input, attempt.reason());
          case UNSUPPORTED -> CaseReport.skipped(input, attempt.reason());
          case RAN -> compared(input, attempt, right);
        };
    return report.in("Python TensorFlow " + version + ", " + attempt.way());
  }

  private Optional<GradientComparison> gradients(InputCase first, Map<String, HostTensor> outputs) {
    if (pair.referee().isPresent()) {
      return Optional.empty(); // the file itself would draw other numbers
    }
    EngineOptions here = EngineOptions.DEFAULT.inProcess(true);
    try (Engines engines = Engines.open(here, Set.of(pair.model()));
        Originals.Script script = Originals.script(engines.folder(), pair)) {
      TorchGradients torch =
          TorchGradients.of(script.file(), pair.method(), first.inputs(), outputs, factors);
      LongFunction<TorchGradients> disturbed =
          seed ->
              TorchGradients.disturbed(
                  script.file(), pair.method(), first.inputs(), outputs, factors, seed);
      return Optional.of(GradientComparison.of(torch, disturbed, inputs, variables))
          .filter(g -> !g.isEmpty());
    }
  }

  private List<Map<String, HostTensor>> originals(List<InputCase> cases) {
    List<Map<String, HostTensor>> originals = new ArrayList<>();
    EngineOptions here = EngineOptions.DEFAULT.inProcess(true);
    try (Engines engines = Engines.open(here, Set.of(pair.model()));
        Original torch = Originals.open(engines, pair)) {
      cases.forEach(input -> originals.add(torch.run(pair.method(), input.inputs()).flatten()));
    }
    return originals;
  }

  private Map<String, HostTensor> named(List<HostTensor> tensors) {
    Map<String, HostTensor> named = new LinkedHashMap<>();
    for (int i = 0; i < tensors.size(); i++) {
      named.put(inputs.get(i), tensors.get(i));
    }
    return named;
  }

  /** Factors around 0 of deviation 1, so that no gradient vanishes by symmetry. */
  private Map<String, HostTensor> factors(Map<String, HostTensor> outputs) {
    Random random = new Random(options.seed());
    Map<String, HostTensor> factors = new LinkedHashMap<>();
    outputs.forEach(
        (name, output) -> {
          if (output.dtype().isFloating()) {
            factors.put(
                name,
                HostTensor.generate(output.dtype(), output.shape(), part -> random.nextGaussian()));
          }
        });
    return factors;
  }

  private CaseReport compared(InputCase input, Attempt attempt, Set<String> right) {
    List<OutputComparison> outputs =
        new ArrayList<>(
            Comparer.compareAll(
                originals.get(attempt.index()), attempt.outputs(), options.profile()));
    attempt
        .gradients()
        .ifPresent(actual -> outputs.add(gradients.orElseThrow().compare(actual, right)));
    boolean differentiated = attempt.way() == Way.TAPE && attempt.index() == 0;
    return CaseReport.compared(input, differentiated ? remark : "", outputs);
  }
}
