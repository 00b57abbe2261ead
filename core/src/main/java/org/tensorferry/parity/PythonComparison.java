package org.tensorferry.parity;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.tensorferry.engine.PythonTensorFlow;
import org.tensorferry.engine.PythonTensorFlow.Attempt;
import org.tensorferry.engine.PythonTensorFlow.Way;
import org.tensorferry.engine.TorchGradients;
import org.tensorferry.engine.TorchRunner;
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
      reports
          .get(attempt.task())
          .add(comparisons.get(attempt.task()).report(attempt, python.version()));
    }
    return reports;
  }

  private PythonTensorFlow.Task task() {
    List<PythonTensorFlow.Case> given = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      boolean differentiated = i == 0 && gradients.isPresent();
      given.add(
          new PythonTensorFlow.Case(
              named(cases.get(i).inputs()), differentiated ? factors : Map.of()));
    }
    return new PythonTensorFlow.Task(pair.savedModel(), given, ways);
  }

  private CaseReport report(Attempt attempt, String version) {
    InputCase input = cases.get(Math.max(0, attempt.index()));
    CaseReport report =
        switch (attempt.outcome()) {
          case FAILED -> CaseReport.failed(input, attempt.reason());
          case UNSUPPORTED -> CaseReport.skipped(input, attempt.reason());
          case RAN -> compared(input, attempt);
        };
    return report.in("Python TensorFlow " + version + ", " + attempt.way());
  }

  private Optional<GradientComparison> gradients(InputCase first, Map<String, HostTensor> outputs) {
    TorchGradients torch =
        TorchGradients.of(pair.model(), pair.method(), first.inputs(), outputs, factors);
    return Optional.of(GradientComparison.of(torch, inputs, variables)).filter(g -> !g.isEmpty());
  }

  private List<Map<String, HostTensor>> originals(List<InputCase> cases) {
    List<Map<String, HostTensor>> originals = new ArrayList<>();
    try (TorchRunner torch = TorchRunner.open(pair.model())) {
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

  private CaseReport compared(InputCase input, Attempt attempt) {
    List<OutputComparison> outputs =
        new ArrayList<>(
            Comparer.compareAll(
                originals.get(attempt.index()), attempt.outputs(), options.profile()));
    attempt.gradients().ifPresent(actual -> outputs.add(gradients.orElseThrow().compare(actual)));
    boolean differentiated = attempt.way() == Way.TAPE && attempt.index() == 0;
    return CaseReport.compared(input, differentiated ? remark : "", outputs);
  }
}
