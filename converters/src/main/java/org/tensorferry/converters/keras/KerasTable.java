package org.tensorferry.converters.keras;

import java.util.ArrayList;
import java.util.List;
import org.tensorferry.rule.KerasRule;

/** Every Keras layer and operation that can be run. */
public final class KerasTable {

  private KerasTable() {}

  public static List<KerasRule> rows() {
    List<KerasRule> rows = new ArrayList<>();
    rows.addAll(DenseLayers.rows());
    rows.addAll(ConvolutionLayers.rows());
    rows.addAll(PoolingLayers.rows());
    rows.addAll(NormalizationLayers.rows());
    rows.addAll(RecurrentKerasLayers.rows());
    rows.addAll(AttentionLayers.rows());
    rows.addAll(ShapeLayers.rows());
    rows.addAll(MergeLayers.rows());
    rows.addAll(ActivationLayers.rows());
    rows.addAll(Operations.rows());
    return rows;
  }
}
