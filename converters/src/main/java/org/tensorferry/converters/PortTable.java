package org.tensorferry.converters;

import java.util.List;
import org.tensorferry.converters.layer.KerasLayers;
import org.tensorferry.rule.PortRule;

/** Every Keras layer that weights of a torch layer can be ported into. */
public final class PortTable {

  private PortTable() {}

  public static List<PortRule> rows() {
    return KerasLayers.rows();
  }
}
