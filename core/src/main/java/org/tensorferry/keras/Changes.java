package org.tensorferry.keras;

import java.util.List;
import java.util.Map;
import org.tensorferry.tensor.TensorSource;

/**
 * What a copy of a model has otherwise than the model.
 *
 * @param values new values, of the variable's dtype and shape
 * @param settings new values in layers' configurations
 */
public record Changes(Map<TargetVariable, TensorSource> values, List<Setting> settings) {

  /** A number in a layer's configuration: {@code epsilon} of {@code bn1}. */
  public record Setting(TargetLayer layer, String key, double value) {}

  public Changes {
    values = Map.copyOf(values);
    settings = List.copyOf(settings);
  }
}
