package org.tensorferry.port;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import org.tensorferry.error.Problem;
import org.tensorferry.keras.Changes;
import org.tensorferry.keras.TargetVariable;
import org.tensorferry.port.PortPlan.Correction;
import org.tensorferry.port.PortPlan.Fault;
import org.tensorferry.port.PortPlan.Kind;
import org.tensorferry.rule.PortRule.Agreement;
import org.tensorferry.rule.PortRule.Fill;
import org.tensorferry.rule.PortRule.Fixed;
import org.tensorferry.rule.PortRule.Remedy;

/**
 * Compares what both sides compute with: epsilon, momentum, functions of gates, directions, heads,
 * groups. What is not known is not assumed.
 */
final class SettingsCheck {

  private static final double TOLERANCE = 1e-9;

  private final TorchNumbers torch;
  private final ConvolutionCheck convolutions;
  private final PortOptions options;
  private final boolean hasSettings;
  private final boolean isProven;
  private final List<Correction> corrections = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();
  private final Map<TargetVariable, Double> offsets = new LinkedHashMap<>();
  private final UntestedSettings untested = new UntestedSettings();
  private final Map<String, Integer> training = new LinkedHashMap<>();
  private final Map<String, List<String>> unknown = new LinkedHashMap<>();
  private final Map<Untold, List<Pair>> untold = new LinkedHashMap<>();
  private final Map<Untold, List<Pair>> counts = new LinkedHashMap<>();
  private final Set<String> accepted = new LinkedHashSet<>();

  /** A setting that the target has, and torch's file doesn't tell. */
  private record Untold(String key, String ofKeras, String ofTorch) {}

  SettingsCheck(
      TorchNumbers torch,
      PortOptions options,
      boolean hasSettings,
      boolean isProven,
      ConvolutionCheck convolutions) {
    this.convolutions = convolutions;
    this.isProven = isProven;
    this.torch = torch;
    this.options = options;
    this.hasSettings = hasSettings;
  }

  void check(Pair pair, List<Fill> fills) {
    convolutions.check(pair);
    if (!convolutions.isCompared(pair)) {
      untested.uncompared(pair.slot());
    }
    pair.slot()
        .rule()
        .ifPresent(
            rule -> {
              rule.agreements().forEach(agreement -> compare(pair, fills, agreement));
              rule.functions().forEach(function -> compare(pair, function));
            });
    checkDirection(pair);
    checkHeads(pair);
    checkGroups(pair);
  }

  private static boolean isUnknown(Pair pair) {
    return !pair.slot().layer().config().isObject();
  }

  private void compare(Pair pair, List<Fill> fills, Agreement agreement) {
    OptionalDouble stated = torch.setting(pair.unit().path(), agreement.attribute());
    if (stated.isEmpty() && agreement.key().equals("epsilon")) {
      stated = options.epsilonOf(pair.unit().path());
    }
    double ofTorch = agreement.inKeras(stated.orElse(agreement.torchDefault()));
    boolean matters = agreement.remedy() != Remedy.TRAINING_ONLY;
    if (isUnknown(pair)) {
      boolean folds =
          agreement.remedy() == Remedy.VARIANCE
              && options.foldEpsilon()
              && options.accepts(agreement.key());
      if (!folds) {
        if (matters) {
          unknown(pair, agreement.key());
        }
        return;
      }
    }
    double ofKeras =
        pair.slot().layer().config().path(agreement.key()).asDouble(agreement.kerasDefault());
    boolean isEqual = Math.abs(ofTorch - ofKeras) <= TOLERANCE * Math.abs(ofKeras);
    if (isEqual) {
      if (stated.isEmpty() && matters) {
        untested.isDefault(agreement.key() + " " + Names.number(ofTorch));
      }
    } else if (!matters) {
      training(pair, agreement, ofTorch, ofKeras, stated.isPresent());
    } else if (stated.isEmpty()) {
      untold(pair, agreement.key(), ofTorch, ofKeras);
    } else {
      differ(pair, fills, agreement, ofTorch, ofKeras);
    }
  }

  private void training(
      Pair pair, Agreement agreement, double ofTorch, double ofKeras, boolean isStated) {
    if (isStated && hasSettings && !isUnknown(pair)) {
      corrections.add(
          new Correction(
              new Changes.Setting(pair.slot().layer(), agreement.key(), ofTorch),
              ofKeras,
              "torch's"));
      return;
    }
    String origin = isStated ? "torch has " : "torch's default is ";
    training.merge(
        agreement.key() + " " + Names.number(ofKeras) + "; " + origin + Names.number(ofTorch),
        1,
        Integer::sum);
  }

  /** The target's file doesn't tell a setting. */
  private void unknown(Pair pair, String key) {
    if (options.accepts(key)) {
      accepted.add(key);
    } else {
      unknown.computeIfAbsent(key, k -> new ArrayList<>()).add(pair.slot().path());
    }
  }

  /** Keras states what torch's file doesn't tell, and torch's default is another. */
  private void untold(Pair pair, String key, double ofTorch, double ofKeras) {
    if (options.accepts(key)) {
      accepted.add(key);
    } else {
      untold
          .computeIfAbsent(
              new Untold(key, Names.number(ofKeras), Names.number(ofTorch)), k -> new ArrayList<>())
          .add(pair);
    }
  }

  private void differ(
      Pair pair, List<Fill> fills, Agreement agreement, double ofTorch, double ofKeras) {
    if (options.accepts(agreement.key())) {
      accepted.add(agreement.key());
    } else if (hasSettings && !isUnknown(pair)) {
      corrections.add(
          new Correction(
              new Changes.Setting(pair.slot().layer(), agreement.key(), ofTorch),
              ofKeras,
              "torch's"));
    } else if (agreement.remedy() == Remedy.VARIANCE && options.foldEpsilon()) {
      for (Fill fill : fills) {
        if (fill.attributes().contains(agreement.variable())) {
          offsets.put(pair.slot().variable(fill), ofTorch - ofKeras);
        }
      }
    } else {
      String build = "build the target with " + agreement.key() + "=" + Names.number(ofTorch);
      fault(
          pair,
          "Layer `%s` computes with %s %s, `%s` with %s."
              .formatted(
                  pair.slot().path(),
                  agreement.key(),
                  Names.number(ofKeras),
                  pair.unit().path(),
                  Names.number(ofTorch)),
          "the target's file can't hold another " + agreement.key(),
          agreement.remedy() == Remedy.VARIANCE
              ? build + ", or fold the difference into the moving variance (--fold-epsilon)"
              : build);
    }
  }

  private void fault(Pair pair, String what, String why, String fix) {
    faults.add(
        new Fault(
            Kind.SETTING,
            Problem.of(what).because(why).fix(fix),
            pair.slot().path(),
            List.of(pair.unit().path())));
  }

  /** What a map file says of single variables is carried out; nothing is compared. */
  void leave(TargetSlot slot) {
    untested.stated(slot);
  }

  /** Torch's recurrent layers have their functions built in, but for the RNN's. */
  private void compare(Pair pair, Fixed function) {
    if (isUnknown(pair)) {
      unknown(pair, function.key());
      return;
    }
    JsonNode stated = pair.slot().layer().config().path(function.key());
    String ofKeras = stated.isMissingNode() ? function.kerasDefault() : stated.asText("linear");
    boolean isEqual = ofKeras.equals(function.torch());
    if (!isEqual && options.accepts(function.key())) {
      accepted.add(function.key());
    } else if (!isEqual) {
      fault(
          pair,
          "Layer `%s` computes with %s `%s`, `%s` with `%s`."
              .formatted(
                  pair.slot().path(),
                  function.key(),
                  ofKeras,
                  pair.unit().path(),
                  function.torch()),
          function.isDefault()
              ? "that is torch's default, and its tensors don't tell whether the layer has another"
              : "torch's layer has no other, so the outputs would differ whatever the weights are",
          "build the target with %s=\"%s\", or keep it with --accept %s"
              .formatted(function.key(), function.torch(), function.key()));
    } else if (function.isDefault()) {
      untested.isDefault(function.key() + " " + function.torch());
    }
  }

  /** A layer that runs backwards has the weights of torch's reverse direction. */
  private void checkDirection(Pair pair) {
    boolean isRecurrent = pair.unit().attributes().containsKey("weight_hh");
    if (!isRecurrent || isUnknown(pair) || options.accepts("go_backwards")) {
      return;
    }
    boolean ofKeras = pair.slot().layer().config().path("go_backwards").asBoolean(false);
    boolean ofTorch = pair.unit().path().endsWith("_reverse");
    if (ofKeras != ofTorch) {
      fault(
          pair,
          "Layer `%s` runs %s, `%s` %s."
              .formatted(
                  pair.slot().path(),
                  ofKeras ? "backwards" : "forwards",
                  pair.unit().path(),
                  ofTorch ? "backwards" : "forwards"),
          "the order of the steps is part of what the weights learned",
          "state the other direction in the map file, or keep it with --accept go_backwards");
    }
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
    compareCount(pair, module, "heads", heads, torch.setting(module, "num_heads"));
  }

  /** Nor do they tell how many groups a normalisation has. */
  private void checkGroups(Pair pair) {
    if (!pair.slot().layer().kerasClass().equals("GroupNormalization")) {
      return;
    }
    if (isUnknown(pair)) {
      unknown(pair, "groups");
      return;
    }
    long groups = pair.slot().layer().config().path("groups").asLong(32);
    OptionalDouble ofTorch = torch.setting(pair.unit().path(), "num_groups");
    long channels = pair.slot().variables().get(0).shape().dim(0).known();
    compareCount(pair, pair.unit().path(), "groups", groups < 0 ? channels : groups, ofTorch);
  }

  private void compareCount(
      Pair pair, String module, String key, long ofKeras, OptionalDouble ofTorch) {
    if (options.accepts(key)) {
      if (ofTorch.isEmpty() || ofTorch.getAsDouble() != ofKeras) {
        accepted.add(key);
      }
    } else if (ofTorch.isEmpty()) {
      counts
          .computeIfAbsent(new Untold(key, Long.toString(ofKeras), ""), k -> new ArrayList<>())
          .add(pair);
    } else if (ofTorch.getAsDouble() != ofKeras) {
      fault(
          pair,
          "Layer `%s` has %d %s, `%s` %d."
              .formatted(pair.slot().path(), ofKeras, key, module, (long) ofTorch.getAsDouble()),
          "weights of one shape mean something else with another number of " + key,
          "build the target with as many " + key);
    }
  }

  List<Correction> corrections() {
    return corrections;
  }

  /** Each cause once, with all the layers that it holds for. */
  List<Fault> faults() {
    List<Fault> all = new ArrayList<>(faults);
    if (isProven) {
      return all;
    }
    all.addAll(convolutions.faults());
    untold.forEach(
        (setting, pairs) ->
            all.add(
                of(
                    pairs,
                    "%s with %s %s in the target; the torch file doesn't tell torch's."
                        .formatted(layers(pairs), setting.key(), setting.ofKeras()),
                    "torch's default is %s, and a model may have any other; with the wrong one the outputs differ"
                        .formatted(setting.ofTorch()),
                    ("say what torch's is (--torch-%s \"*=%s\"), give the original's TorchScript"
                            + " (--model), or keep the target's (--accept %s)")
                        .formatted(setting.key(), setting.ofTorch(), setting.key()))));
    counts.forEach(
        (setting, pairs) ->
            all.add(
                of(
                    pairs,
                    "%s with %s %s in the target; the torch file doesn't tell how many torch has."
                        .formatted(layers(pairs), setting.ofKeras(), setting.key()),
                    "torch's tensors have one shape for any number of " + setting.key(),
                    "give the original's TorchScript (--model), or say that they are as many"
                        + " (--accept "
                        + setting.key()
                        + ")")));
    unknown.forEach(
        (key, paths) ->
            all.add(
                new Fault(
                    Kind.SETTING,
                    Problem.of(
                            "The target's file doesn't tell `"
                                + key
                                + "` of "
                                + Names.list(paths)
                                + ".")
                        .because("it holds weights alone, and with another value outputs differ")
                        .fix(
                            "name the file that tells (--target-config model.keras or model.json), or"
                                + " say that it is torch's (--accept "
                                + key
                                + ")"),
                    paths.get(0),
                    List.of())));
    return all;
  }

  private static String layers(List<Pair> pairs) {
    List<String> paths = pairs.stream().map(pair -> pair.slot().path()).toList();
    return (paths.size() == 1 ? "Layer " : paths.size() + " layers ")
        + Names.list(paths)
        + (paths.size() == 1 ? " computes" : " compute");
  }

  private static Fault of(List<Pair> pairs, String what, String why, String fix) {
    return new Fault(
        Kind.SETTING,
        Problem.of(what).because(why).fix(fix),
        pairs.get(0).slot().path(),
        pairs.stream().map(pair -> pair.unit().path()).toList());
  }

  /** What is to be added to a moving variance. */
  Map<TargetVariable, Double> offsets() {
    return offsets;
  }

  /** What both sides compute with otherwise, and no copy of the target can hold. */
  List<String> differences() {
    return convolutions.sentences();
  }

  /** What is left to a run of both models. */
  PortPlan.Untested untested() {
    return untested.all();
  }

  List<String> notices() {
    List<String> all = new ArrayList<>();
    training.forEach(
        (numbers, layers) ->
            all.add(
                layers
                    + " layer(s) have "
                    + numbers
                    + " as Keras counts it. It matters to further training only."));
    if (isProven) {
      untold.forEach(
          (setting, pairs) ->
              all.add(
                  "%s with %s %s in the target; torch's file doesn't tell, running both does."
                      .formatted(layers(pairs), setting.key(), setting.ofKeras())));
    }
    if (!accepted.isEmpty()) {
      all.add("Taken as the target has it, as you accepted: " + Names.list(accepted) + ".");
    }
    return all;
  }
}
