package org.tensorferry.port;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorferry.keras.TargetLayer;

/** Gathers what a plan can't compare, each cause once with the number of layers it holds for. */
final class UntestedSettings {

  private final Map<String, Integer> defaults = new LinkedHashMap<>();
  private final Set<TargetLayer> convolutions = new LinkedHashSet<>();
  private final Set<TargetLayer> unknown = new LinkedHashSet<>();
  private final Set<TargetLayer> stated = new LinkedHashSet<>();

  /** A setting of a layer is torch's default, and no file tells whether torch's is it. */
  void isDefault(String setting) {
    defaults.merge(setting, 1, Integer::sum);
  }

  /** A kernel's shape is the same for every stride, padding, dilation and number of groups. */
  void uncompared(TargetSlot slot) {
    if (slot.rule().isEmpty()) {
      unknown.add(slot.layer());
    } else if (slot.rule().get().kerasClass().contains("Conv")) {
      convolutions.add(slot.layer());
    }
  }

  /** Variables that a map file gives their values one by one, past the table of layers. */
  void stated(TargetSlot slot) {
    stated.add(slot.layer());
  }

  PortPlan.Untested all() {
    List<String> named = new ArrayList<>();
    defaults.forEach((setting, layers) -> named.add(setting + " of " + counted(layers, "layer")));
    List<String> uncompared = new ArrayList<>();
    if (!convolutions.isEmpty()) {
      uncompared.add(
          "strides, padding, dilation, groups and data format of "
              + counted(convolutions.size(), "convolution"));
    }
    if (!unknown.isEmpty()) {
      uncompared.add("all settings of layers that the table doesn't know: " + paths(unknown));
    }
    if (!stated.isEmpty()) {
      uncompared.add("settings of layers whose variables the map file states: " + paths(stated));
    }
    uncompared.add("activations, pooling and all else without weights");
    return new PortPlan.Untested(named, uncompared);
  }

  private static String paths(Set<TargetLayer> layers) {
    return Names.list(layers.stream().map(TargetLayer::path).toList());
  }

  private static String counted(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }
}
