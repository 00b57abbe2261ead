package org.tensorferry.port;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.tensorferry.error.Problem;
import org.tensorferry.keras.Changes;
import org.tensorferry.keras.TargetVariable;
import org.tensorferry.port.PortPlan.Correction;
import org.tensorferry.port.PortPlan.Fault;
import org.tensorferry.port.PortPlan.Kind;
import org.tensorferry.rule.PortRule.Agreement;
import org.tensorferry.rule.PortRule.Fill;
import org.tensorferry.rule.PortRule.Remedy;

/** Compares the numbers that both sides compute with: epsilon, momentum, heads. */
final class SettingsCheck {

  private static final double TOLERANCE = 1e-9;

  private final TorchFile torch;
  private final PortOptions options;
  private final boolean hasSettings;
  private final List<Correction> corrections = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();
  private final Map<TargetVariable, Double> offsets = new LinkedHashMap<>();
  private final Map<String, Integer> assumed = new LinkedHashMap<>();
  private final Map<String, Integer> unknown = new LinkedHashMap<>();
  private final Map<String, Integer> training = new LinkedHashMap<>();
  private final Map<String, Integer> folded = new LinkedHashMap<>();
  private final List<String> notices = new ArrayList<>();

  SettingsCheck(TorchFile torch, PortOptions options, boolean hasSettings) {
    this.torch = torch;
    this.options = options;
    this.hasSettings = hasSettings;
  }

  void check(Pair pair, List<Fill> fills) {
    pair.slot()
        .rule()
        .ifPresent(rule -> rule.agreements().forEach(agreement -> compare(pair, fills, agreement)));
    checkHeads(pair);
  }

  private void compare(Pair pair, List<Fill> fills, Agreement agreement) {
    boolean isUnknown = !pair.slot().layer().config().isObject();
    OptionalDouble stated = torch.setting(pair.unit().path(), agreement.attribute());
    if (stated.isEmpty() && agreement.key().equals("epsilon")) {
      stated = options.torchEpsilon();
    }
    double ofTorch = agreement.inKeras(stated.orElse(agreement.torchDefault()));
    String what = agreement.key() + " " + Names.number(ofTorch);
    boolean folds = agreement.remedy() == Remedy.VARIANCE && options.foldEpsilon();
    if (isUnknown && folds) {
      folded.merge(
          "Keras' default " + agreement.key() + " " + Names.number(agreement.kerasDefault()),
          1,
          Integer::sum);
    } else if (isUnknown) {
      unknown.merge(what, 1, Integer::sum);
      return;
    }
    double ofKeras =
        pair.slot().layer().config().path(agreement.key()).asDouble(agreement.kerasDefault());
    if (Math.abs(ofTorch - ofKeras) <= TOLERANCE * Math.abs(ofKeras)) {
      return;
    }
    if (agreement.remedy() == Remedy.TRAINING_ONLY && (stated.isEmpty() || !hasSettings)) {
      String origin = stated.isEmpty() ? "torch's default is " : "torch has ";
      String numbers =
          agreement.key() + " " + Names.number(ofKeras) + "; " + origin + Names.number(ofTorch);
      training.merge(numbers, 1, Integer::sum);
      return;
    }
    if (stated.isEmpty()) {
      assumed.merge(what, 1, Integer::sum);
    }
    differ(pair, fills, agreement, ofTorch, ofKeras, stated.isEmpty());
  }

  private void differ(
      Pair pair,
      List<Fill> fills,
      Agreement agreement,
      double ofTorch,
      double ofKeras,
      boolean isAssumed) {
    String origin = isAssumed ? "torch's default, the file doesn't tell" : "torch's";
    if (hasSettings) {
      corrections.add(
          new Correction(
              new Changes.Setting(pair.slot().layer(), agreement.key(), ofTorch), ofKeras, origin));
      return;
    }
    if (agreement.remedy() == Remedy.VARIANCE && options.foldEpsilon()) {
      for (Fill fill : fills) {
        if (fill.attributes().contains(agreement.variable())) {
          offsets.put(pair.slot().variable(fill), ofTorch - ofKeras);
        }
      }
      return;
    }
    faults.add(
        new Fault(
            Kind.SETTING,
            Problem.of(
                    "Layer `"
                        + pair.slot().path()
                        + "` computes with "
                        + agreement.key()
                        + " "
                        + Names.number(ofKeras)
                        + ", `"
                        + pair.unit().path()
                        + "` with "
                        + Names.number(ofTorch)
                        + ".")
                .because(
                    (isAssumed ? "torch's default is assumed, the file doesn't tell; " : "")
                        + "the target's file can't hold another "
                        + agreement.key())
                .fix(
                    agreement.remedy() == Remedy.VARIANCE
                        ? "fold the difference into the moving variance, build the target with "
                            + agreement.key()
                            + "="
                            + Names.number(ofTorch)
                            + ", or say what torch's is"
                        : "build the target with "
                            + agreement.key()
                            + "="
                            + Names.number(ofTorch)
                            + ", or say what torch's is"),
            pair.slot().path(),
            List.of(pair.unit().path())));
  }

  /** Torch's tensors look the same for any number of heads. */
  private void checkHeads(Pair pair) {
    boolean isQuery =
        pair.slot().tokens().words().contains("query")
            && pair.slot().variables().get(0).shape().rank() == 3;
    if (!isQuery) {
      return;
    }
    long heads = pair.slot().variables().get(0).shape().dim(1).known();
    String module = pair.unit().path().replaceFirst("\\.?[^.]*$", "");
    OptionalDouble ofTorch = torch.setting(module, "num_heads");
    if (ofTorch.isEmpty()) {
      notices.add(
          "Layer `"
              + pair.slot().path()
              + "` has "
              + heads
              + " heads; the torch file doesn't tell"
              + " how many `"
              + module
              + "` has, and they must be as many.");
    } else if (ofTorch.getAsDouble() != heads) {
      faults.add(
          new Fault(
              Kind.SETTING,
              Problem.of(
                      "Layer `"
                          + pair.slot().path()
                          + "` has "
                          + heads
                          + " heads, `"
                          + module
                          + "` "
                          + (long) ofTorch.getAsDouble()
                          + ".")
                  .fix("build the target with as many heads"),
              pair.slot().path(),
              List.of(pair.unit().path())));
    }
  }

  List<Correction> corrections() {
    return corrections;
  }

  List<Fault> faults() {
    return faults;
  }

  /** What is to be added to a moving variance. */
  Map<TargetVariable, Double> offsets() {
    return offsets;
  }

  List<String> notices() {
    List<String> all = new ArrayList<>(notices);
    training.forEach(
        (numbers, layers) ->
            all.add(
                layers
                    + " layer(s) have "
                    + numbers
                    + " as Keras counts it. It matters to further training only."));
    assumed.forEach(
        (what, layers) ->
            all.add(
                "Torch's default "
                    + what
                    + " is assumed for "
                    + layers
                    + " layer(s): the torch file doesn't tell."));
    folded.forEach(
        (what, layers) ->
            all.add(
                what
                    + " is assumed for "
                    + layers
                    + " layer(s) whose epsilon is folded: the target's file doesn't tell."));
    unknown.forEach(
        (what, layers) ->
            all.add(
                "The target's file doesn't tell what its layers compute with: "
                    + layers
                    + " layer(s) must have "
                    + what
                    + "."));
    return all;
  }
}
