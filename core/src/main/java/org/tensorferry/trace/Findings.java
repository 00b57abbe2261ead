package org.tensorferry.trace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.tensorferry.parity.LayerReport;
import org.tensorferry.parity.OutputComparison;

/** Says in sentences where two models part, the most telling first. */
public final class Findings {

  private static final int MOST_VARIABLES = 8;
  private static final int MOST_CALLS = 3;

  private final LayerReport layers;
  private final Map<String, List<String>> sources = new HashMap<>();
  private final List<String> sentences = new ArrayList<>();

  private Findings(LayerReport layers) {
    this.layers = layers;
    layers.variables().forEach(variable -> sources.put(variable.name(), variable.sources()));
  }

  /**
   * The report with its findings.
   *
   * @param equal whether all outputs are
   */
  public static LayerReport in(LayerReport layers, boolean equal) {
    Findings findings = new Findings(layers);
    findings.variables();
    if (layers.unavailable().isEmpty()) {
      findings.calls(equal);
    }
    return layers.withFindings(findings.sentences);
  }

  // --- variables

  private void variables() {
    List<LayerReport.Variable> changed = layers.changedVariables();
    changed.stream().limit(MOST_VARIABLES).forEach(this::variable);
    if (changed.size() > MOST_VARIABLES) {
      sentences.add(
          changed.size()
              + " of "
              + layers.variables().size()
              + " variables are not what the torch file gives: the SavedModel was trained or edited"
              + " after it was converted, or the file is another one.");
    }
  }

  private void variable(LayerReport.Variable variable) {
    String from =
        variable.sources().stream().map(s -> "`" + s + "`").collect(Collectors.joining(" + "));
    String read =
        layers.calls().stream()
            .filter(call -> call.variables().contains(variable.name()))
            .findFirst()
            .map(call -> " " + place(call) + " reads it.")
            .orElse("");
    sentences.add(
        "The variable `"
            + variable.name()
            + "` is not "
            + from
            + " ("
            + variable.recipe()
            + "): "
            + variable.difference()
            + "."
            + read);
  }

  // --- calls

  private void calls(boolean equal) {
    List<LayerReport.Call> diverging =
        layers.calls().stream().filter(LayerReport.Call::diverges).toList();
    if (!diverging.isEmpty()) {
      first(diverging.get(0));
      others(diverging.subList(1, diverging.size()));
    } else if (equal) {
      least()
          .ifPresent(
              call ->
                  sentences.add(
                      "Every call agrees; the least agreement on equal inputs is "
                          + decibel(call.snrOwn())
                          + ", of "
                          + place(call)
                          + "."));
    } else {
      nobody();
    }
    layers.flat().filter(flat -> !flat.isEqual()).ifPresent(this::misread);
  }

  private void first(LayerReport.Call call) {
    String operator =
        call.tensorFlowOperator().isEmpty()
            ? "TensorFlow"
            : call.tensorFlowOperator() + " `" + call.tensor() + "`";
    String what =
        call.failure().isEmpty()
            ? "given the original's inputs, " + operator + " agrees to " + own(call)
            : operator + " fails: " + call.failure();
    String inputs =
        Double.isNaN(call.snrInputs())
            ? ""
            : "; in the SavedModel its inputs agree to " + decibel(call.snrInputs());
    sentences.add("The first call that diverges: " + place(call) + ": " + what + inputs + ".");
    sentences.addAll(layers.findings());
    layers.cause().ifPresent(cause -> sentences.add(cause.sentence()));
    if (!call.variables().isEmpty()) {
      sentences.add(
          "It reads "
              + call.variables().stream().map(this::origin).collect(Collectors.joining(", "))
              + ".");
    }
  }

  private static String own(LayerReport.Call call) {
    String difference = call.own().map(OutputComparison::difference).orElse("");
    String numbers = decibel(call.snrOwn());
    return difference.startsWith("SNR") ? numbers + " only" : numbers + " only: " + difference;
  }

  private String origin(String variable) {
    List<String> from = sources.getOrDefault(variable, List.of());
    return "`" + variable + "`" + (from.isEmpty() ? "" : " from " + String.join(" + ", from));
  }

  private void others(List<LayerReport.Call> rest) {
    if (!rest.isEmpty()) {
      String named =
          rest.stream().limit(MOST_CALLS).map(Findings::place).collect(Collectors.joining("; "));
      String more = rest.size() > MOST_CALLS ? " and " + (rest.size() - MOST_CALLS) + " more" : "";
      sentences.add("So do: " + named + more + ".");
    }
  }

  /** Outputs differ though each call is right: rounding, and a model that amplifies it. */
  private void nobody() {
    least()
        .ifPresent(
            call ->
                sentences.add(
                    "No call is out of line: on equal inputs each agrees to "
                        + decibel(call.snrOwn())
                        + " or more, the least being "
                        + place(call)
                        + ". The error is rounding that the model amplifies."));
    layers.calls().stream()
        .filter(call -> Double.isFinite(call.snrInputs()) && Double.isFinite(call.snrResult()))
        .max(Comparator.comparingDouble(call -> call.snrInputs() - call.snrResult()))
        .ifPresent(
            call ->
                sentences.add(
                    "It grows most across "
                        + place(call)
                        + ": inputs "
                        + decibel(call.snrInputs())
                        + ", result "
                        + decibel(call.snrResult())
                        + ", its own error alone "
                        + decibel(call.snrOwn())
                        + "."));
  }

  private Optional<LayerReport.Call> least() {
    return layers.calls().stream()
        .filter(call -> !Double.isNaN(call.snrOwn()))
        .min(Comparator.comparingDouble(LayerReport.Call::snrOwn));
  }

  private void misread(OutputComparison flat) {
    sentences.add(
        "The calls that were converted, run alone in libtorch, do not give the original's outputs ("
            + flat.difference()
            + "): the original takes another path through its code on these inputs than the one"
            + " that was converted.");
  }

  private static String place(LayerReport.Call call) {
    String module = call.module().isEmpty() ? "the root module" : "`" + call.module() + "`";
    return "`" + call.operator() + "` in " + module + " at " + call.line();
  }

  private static String decibel(double snr) {
    if (Double.isInfinite(snr)) {
      return snr > 0 ? "the last bit" : "0 dB";
    }
    return String.format(Locale.ROOT, "%.1f dB", snr);
  }
}
