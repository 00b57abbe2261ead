package org.tensorferry.zoo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.tensorferry.SavedConversion;
import org.tensorferry.engine.PythonTensorFlow;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.Metrics;
import org.tensorferry.parity.ModelPair;
import org.tensorferry.parity.OutputComparison;
import org.tensorferry.parity.PythonComparison;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.recipe.PortedVariable;

/** The columns of a row that a Python's TensorFlow fills: one for each way of running a model. */
final class ZooPython {

  private static final String PYTHON = System.getenv("TENSORFERRY_TENSORFLOW_PYTHON");

  private ZooPython() {}

  /**
   * Runs the model on these inputs in these ways.
   *
   * @param excused whether the model amplifies rounding, so that 90 dB are not asked of it
   * @return what is wrong
   */
  static List<String> check(
      ZooRow row,
      SavedConversion saved,
      List<PortedVariable> variables,
      List<InputCase> cases,
      Set<PythonTensorFlow.Way> ways,
      boolean excused) {
    if (PYTHON == null || cases.isEmpty()) {
      return List.of();
    }
    List<String> names = saved.inputs().stream().map(spec -> spec.name().orElseThrow()).toList();
    PythonComparison comparison =
        new PythonComparison(
                ModelPair.of(saved.model(), saved.directory(), saved.inputs()),
                names,
                variables,
                VerifyOptions.DEFAULT,
                cases)
            .in(ways);
    List<CaseReport> reports;
    try (PythonTensorFlow python = PythonTensorFlow.of(Path.of(PYTHON))) {
      reports = PythonComparison.run(python, List.of(comparison)).get(0);
    }
    List<String> wrong = new ArrayList<>();
    for (PythonTensorFlow.Way way : ways) {
      List<CaseReport> ofWay =
          reports.stream().filter(r -> r.engine().endsWith(", " + way)).toList();
      row.set(way.toString(), cell(ofWay));
      for (CaseReport report : ofWay) {
        if (report.outcome() == CaseReport.Outcome.FAILED) {
          wrong.add(report.label() + ": " + report.reason());
        }
        report.outputs().stream()
            .filter(output -> !output.isEqual() && (output.isGradients() || !excused))
            .forEach(o -> wrong.add(report.label() + ": " + o.name() + " " + o.difference()));
      }
    }
    row.set("gradients", least(reports, OutputComparison::isGradients));
    return wrong;
  }

  private static String cell(List<CaseReport> reports) {
    if (reports.stream().anyMatch(r -> r.outcome() == CaseReport.Outcome.FAILED)) {
      boolean crash = reports.stream().anyMatch(r -> r.reason().contains("whole process"));
      return crash ? "crash" : "fails";
    }
    boolean refused = reports.stream().anyMatch(r -> r.outcome() == CaseReport.Outcome.SKIPPED);
    return refused ? "not compilable" : least(reports, output -> !output.isGradients());
  }

  /** The least ratio, {@code exact} where nothing differs and {@code -} where there is none. */
  private static String least(List<CaseReport> reports, Predicate<OutputComparison> wanted) {
    List<OutputComparison> outputs =
        reports.stream().flatMap(r -> r.outputs().stream()).filter(wanted).toList();
    if (outputs.isEmpty()) {
      return "-";
    }
    double least =
        outputs.stream()
            .mapToDouble(o -> o.metrics().map(Metrics::snrDb).orElse(Double.NEGATIVE_INFINITY))
            .min()
            .orElseThrow();
    return least == Double.POSITIVE_INFINITY ? "exact" : String.format(Locale.ROOT, "%.1f", least);
  }
}
