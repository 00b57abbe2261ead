package org.tensorferry;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tensorferry.dim.InputSpec;
import org.tensorferry.engine.PythonTensorFlow;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;
import org.tensorferry.inputs.InputCase;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.ModelPair;
import org.tensorferry.parity.PythonComparison;
import org.tensorferry.parity.Verification;
import org.tensorferry.parity.VerifyListener;
import org.tensorferry.parity.VerifyOptions;
import org.tensorferry.provenance.RecordedConversion;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.rule.RuleTables;
import org.tensorferry.source.SourceModel;
import org.tensorferry.tflite.TfliteFile;
import org.tensorferry.trace.Reconversion;

/** Runs the result in a Python's TensorFlow, on the cases that the original runs on. */
final class PythonVerification {

  private final ModelPair pair;
  private final SourceModel source;
  private final RuleTables rules;
  private final VerifyOptions options;
  private final VerifyListener listener;

  PythonVerification(
      ModelPair pair,
      SourceModel source,
      RuleTables rules,
      VerifyOptions options,
      VerifyListener listener) {
    this.pair = pair;
    this.source = source;
    this.rules = rules;
    this.options = options;
    this.listener = listener;
  }

  List<CaseReport> cases(List<CaseReport> reports) {
    Path python = options.python().orElseThrow();
    if (TfliteFile.isMeant(pair.savedModel())) {
      throw Problem.of("A Python's TensorFlow runs SavedModels only")
          .at("file", pair.savedModel())
          .fix("leave --python out, or convert to a directory")
          .as(ExitCode.USAGE);
    }
    listener.python();
    List<InputCase> all = Verification.cases(pair, options);
    List<InputCase> cases = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (reports.get(i).outcome() != CaseReport.Outcome.SKIPPED) {
        cases.add(all.get(i));
      }
    }
    List<InputSpec> specs = RecordedConversion.of(pair.savedModel(), pair.further()).specs();
    List<String> names = specs.stream().flatMap(spec -> spec.name().stream()).toList();
    PythonComparison comparison = new PythonComparison(pair, names, variables(), options, cases);
    try (PythonTensorFlow tensorFlow =
        PythonTensorFlow.of(python).within(options.engines().timeout())) {
      return PythonComparison.run(tensorFlow, List.of(comparison)).get(0);
    }
  }

  /** Where each variable comes from; none where the original is not converted any more. */
  private List<PortedVariable> variables() {
    try {
      return Reconversion.of(source, rules, pair).variables();
    } catch (FerryException e) {
      if (e.exitCode() != ExitCode.UNCONVERTIBLE) {
        throw e;
      }
      return List.of();
    }
  }
}
