package org.tensorferry.rule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.dim.Shape;
import org.tensorferry.recipe.PortedVariable;
import org.tensorferry.recipe.Recipe;
import org.tensorferry.source.TorchModule;
import org.tensorferry.tensor.TensorData;
import org.tensorferry.tensor.TensorData.Identity;
import org.tensorferry.value.StoredTensor;

/**
 * Which variable each torch tensor of a model's modules lives in.
 *
 * <p>The layer table says which variables a layer's tensors become. Tensors of layers without a row
 * keep torch's layout and name. A tied tensor is one variable, named where it is met first.
 */
public final class VariablePlan {

  /**
   * Where a tensor lives.
   *
   * @param sources all tensors of the variable
   * @param modulePath the layer whose row said so
   */
  record Home(PortedVariable variable, List<Identity> sources, String modulePath) {}

  private final Map<Identity, Home> homes = new HashMap<>();
  private final Set<String> names = new HashSet<>();

  /**
   * Plans the variables of all modules.
   *
   * @param layers rows by torch class
   * @param keepTorchLayout paths of modules whose row must not be used
   */
  public VariablePlan(
      List<TorchModule> modules, Map<String, LayerRule> layers, Set<String> keepTorchLayout) {
    for (TorchModule layer : modules) {
      @Nullable LayerRule rule = layers.get(layer.torchClass());
      if (rule != null && !keepTorchLayout.contains(layer.path())) {
        rule.variables().apply(layer.tensors()).forEach(port -> plan(layer, port));
      }
      layer.tensors().keySet().forEach(name -> plan(layer, LayerRule.port(name, name)));
    }
  }

  private void plan(TorchModule layer, LayerRule.Port port) {
    List<TensorData> data = new ArrayList<>();
    for (String tensor : port.tensors()) {
      @Nullable TensorData found = layer.tensors().get(tensor);
      if (found == null) {
        return;
      }
      data.add(found);
    }
    List<Identity> keys = data.stream().map(TensorData::identity).toList();
    boolean taken = keys.stream().anyMatch(homes::containsKey);
    boolean mixed = data.stream().map(TensorData::requiresGrad).distinct().count() > 1;
    if (taken || mixed) {
      return;
    }
    List<String> sources = port.tensors().stream().map(layer::nameOf).toList();
    long[] shape = port.recipe().resultShape(data.stream().map(TensorData::shape).toList());
    PortedVariable variable =
        new PortedVariable(
            unique(layer.nameOf(port.variable()).replace('.', '/')),
            data.get(0).dtype(),
            Shape.of(shape),
            data.get(0).requiresGrad(),
            sources,
            data,
            port.recipe());
    Home home = new Home(variable, keys, layer.path());
    keys.forEach(key -> homes.put(key, home));
  }

  /** Plans a variable for what is no tensor of a module, but kept as one. */
  void add(StoredTensor tensor) {
    TensorData data = tensor.data();
    PortedVariable variable =
        new PortedVariable(
            unique(tensor.name().replace('.', '/')),
            data.dtype(),
            Shape.of(data.shape()),
            false,
            List.of(tensor.name()),
            List.of(data),
            Recipe.identity());
    homes.put(data.identity(), new Home(variable, List.of(data.identity()), tensor.modulePath()));
  }

  /**
   * The variable that a module's tensor becomes, or a part of; of a tied tensor, the one that is
   * named where it is met first.
   */
  public PortedVariable variableOf(TensorData tensor) {
    return home(tensor.identity())
        .orElseThrow(() -> new IllegalArgumentException("no module owns " + tensor))
        .variable();
  }

  /** Where a tensor lives; empty where no module owns it. */
  Optional<Home> home(Identity tensor) {
    return Optional.ofNullable(homes.get(tensor));
  }

  /** A name that no variable has: the wanted one, or one made of it. */
  String unique(String wanted) {
    String name = wanted;
    for (int i = 1; !names.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }
}
