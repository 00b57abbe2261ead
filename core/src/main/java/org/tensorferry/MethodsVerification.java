package org.tensorferry;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.tensorferry.engine.Engines;
import org.tensorferry.parity.CaseReport;
import org.tensorferry.parity.ParityReport;
import org.tensorferry.parity.VerifyListener;
import org.tensorferry.parity.VerifyOptions;

/** Verifies all methods of a result, as one report whose cases name their method. */
final class MethodsVerification {

  private final SavedConversion saved;
  private final Engines engines;
  private final VerifyOptions options;
  private final VerifyListener listener;

  MethodsVerification(
      SavedConversion saved, Engines engines, VerifyOptions options, VerifyListener listener) {
    this.saved = saved;
    this.engines = engines;
    this.options = options;
    this.listener = listener;
  }

  ParityReport verify() {
    if (options.inputs().isPresent()) {
      saved.requireOneMethod("--inputs");
    }
    options.referees().option().ifPresent(saved::requireOneMethod);
    List<SavedConversion> methods = saved.alone();
    List<ParityReport> reports = new ArrayList<>();
    for (SavedConversion method : methods) {
      reports.add(method.verifyAlone(engines, options.layers(false), listener));
    }
    // Those of this process first, whose positions tell their inputs.
    List<CaseReport> cases = new ArrayList<>();
    List<CaseReport> elsewhere = new ArrayList<>();
    Set<String> assumptions = new LinkedHashSet<>();
    for (int i = 0; i < methods.size(); i++) {
      String name = methods.get(i).method();
      for (CaseReport each : reports.get(i).cases()) {
        (each.engine().isEmpty() ? cases : elsewhere).add(each.of(name));
      }
      assumptions.addAll(reports.get(i).assumptions());
    }
    cases.addAll(elsewhere);
    ParityReport joined =
        reports.get(0).replacingCases(cases).withAssumptions(List.copyOf(assumptions));
    if (!options.layers()) {
      return joined;
    }
    int shown = Math.max(0, reports.stream().map(ParityReport::isEqual).toList().indexOf(false));
    return methods
        .get(shown)
        .verifyAlone(engines, options.alone(), listener)
        .layers()
        .map(joined::withLayers)
        .orElse(joined);
  }
}
