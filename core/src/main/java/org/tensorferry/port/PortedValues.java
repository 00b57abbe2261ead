package org.tensorferry.port;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorferry.keras.Changes;
import org.tensorferry.keras.TargetVariable;
import org.tensorferry.port.PortPlan.Assigned;
import org.tensorferry.recipe.RecipeBytes;
import org.tensorferry.tensor.DType;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorSource;

/** The values of a plan, made from the torch file while they are read. */
final class PortedValues {

  private static final RecipeBytes BYTES = new RecipeBytes();

  private PortedValues() {}

  static Changes changes(Planner.Planned planned, TorchFile torch) {
    Map<TargetVariable, TensorSource> values = new LinkedHashMap<>();
    for (Assigned assigned : planned.plan().assigned()) {
      double offset = planned.offsets().getOrDefault(assigned.variable(), 0.0);
      values.put(assigned.variable(), value(assigned, torch, offset));
    }
    for (TargetVariable variable : planned.zeros()) {
      long[] shape = variable.shape().known();
      int elements = Math.toIntExact(variable.shape().numel().known());
      values.put(variable, TensorData.ofDoubles(variable.dtype(), shape, new double[elements]));
    }
    List<Changes.Setting> settings =
        planned.plan().settings().stream().map(PortPlan.Correction::setting).toList();
    return new Changes(values, settings);
  }

  /** Widened before the recipe and narrowed after it, so that sums lose nothing. */
  private static TensorSource value(Assigned assigned, TorchFile torch, double offset) {
    DType type = assigned.variable().dtype();
    List<TensorSource> sources =
        assigned.sources().stream()
            .map(source -> (TensorSource) torch.tensor(source.name()))
            .map(source -> Notes.widens(source.dtype(), type) ? source.cast(type) : source)
            .toList();
    TensorSource made = assigned.recipe().apply(sources, BYTES);
    return (offset == 0 ? made : made.plus(offset)).cast(type);
  }
}
