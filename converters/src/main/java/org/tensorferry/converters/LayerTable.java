package org.tensorferry.converters;

import java.util.ArrayList;
import java.util.List;
import org.tensorferry.converters.layer.StandardLayers;
import org.tensorferry.rule.LayerRule;

/** Every torch layer whose weights have a name and a layout in Keras. */
public final class LayerTable {

  private LayerTable() {}

  public static List<LayerRule> rows() {
    return new ArrayList<>(StandardLayers.rows());
  }
}
