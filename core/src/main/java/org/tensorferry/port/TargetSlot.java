package org.tensorferry.port;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tensorferry.keras.TargetLayer;
import org.tensorferry.keras.TargetVariable;
import org.tensorferry.rule.PortRule;

/**
 * What one torch unit fills: a layer, or a part of one that torch has as a module of its own.
 *
 * @param layer the layer
 * @param part what tells it from other slots of the layer; or empty
 * @param rule the row of the port table; empty for a variable that is taken as it is
 * @param forms what it may take; one where the file tells all
 * @param tokens what the path says
 */
record TargetSlot(
    TargetLayer layer,
    String part,
    Optional<PortRule> rule,
    List<List<PortRule.Fill>> forms,
    NameTokens tokens) {

  TargetSlot {
    forms = forms.stream().map(List::copyOf).distinct().toList();
  }

  /** As a map file names it. */
  String path() {
    return part.isEmpty() ? layer.path() : layer.path() + "/" + part;
  }

  TargetVariable variable(PortRule.Fill fill) {
    return layer.variables().get(fill.variable());
  }

  /** The variables of any form. */
  List<TargetVariable> variables() {
    return forms.stream()
        .flatMap(List::stream)
        .map(PortRule.Fill::variable)
        .distinct()
        .sorted()
        .map(number -> layer.variables().get(number))
        .toList();
  }

  /** As messages name it: {@code layer `fc1` (Dense)}. */
  String description() {
    return "layer `"
        + path()
        + "`"
        + (layer.kerasClass().isEmpty() ? "" : " (" + layer.kerasClass() + ")");
  }

  /** Identity: two may look the same. */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }
}
