package org.tensorferry.keras;

import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorferry.savedmodel.BundleEntry;
import org.tensorferry.savedmodel.BundleReader;
import org.tensorferry.tensor.DType;

/**
 * Groups the variables of a checkpoint into layers by their names. Keras' default names of cells
 * and of the projections of an attention tell what these are; of other layers nothing tells the
 * class.
 */
final class CheckpointLayers {

  /** Variables of one layer, in the order in which they were found. */
  private static final class Layer {
    final String names;
    final String owner;
    final Map<String, CheckpointVariable> variables = new LinkedHashMap<>();

    Layer(String names, String owner) {
      this.names = names;
      this.owner = owner;
    }
  }

  private final BundleReader bundle;
  private final Map<TargetVariable, String> keys;
  private final List<Layer> layers = new ArrayList<>();

  private CheckpointLayers(BundleReader bundle, Map<TargetVariable, String> keys) {
    this.bundle = bundle;
    this.keys = keys;
  }

  /**
   * The layers.
   *
   * @param keys gets the key of every variable
   */
  static List<TargetLayer> of(
      BundleReader bundle, List<CheckpointVariable> variables, Map<TargetVariable, String> keys) {
    CheckpointLayers grouping = new CheckpointLayers(bundle, keys);
    grouping.group(variables);
    return grouping.named();
  }

  /**
   * A name that comes again begins another layer: layers in different models may have the same one.
   */
  private void group(List<CheckpointVariable> variables) {
    Map<String, Layer> newest = new HashMap<>();
    for (CheckpointVariable variable : variables) {
      Layer layer = newest.get(variable.layer());
      if (layer == null
          || !layer.owner.equals(variable.owner())
          || layer.variables.containsKey(variable.ownName())
          || (variable.isListed() && !isOneKind(layer, variable.ownName()))) {
        layer = new Layer(variable.layer(), variable.owner());
        layers.add(layer);
        newest.put(variable.layer(), layer);
      }
      layer.variables.put(variable.ownName(), variable);
    }
  }

  /** What variables of one layer are called; no layer has some of two rows. */
  private static final List<Set<String>> KINDS =
      List.of(
          Set.of("kernel", "recurrent_kernel", "depthwise_kernel", "pointwise_kernel", "bias"),
          Set.of("gamma", "beta", "moving_mean", "moving_variance"),
          Set.of("scale"),
          Set.of("embeddings"),
          Set.of("alpha"));

  /** In a list of all variables of a model, where a layer ends shows by their names alone. */
  private static boolean isOneKind(Layer layer, String name) {
    String first = layer.variables.keySet().iterator().next();
    return KINDS.stream().allMatch(kind -> kind.contains(first) == kind.contains(name));
  }

  private List<TargetLayer> named() {
    Map<String, Integer> counts = new HashMap<>();
    Set<String> taken = new HashSet<>();
    layers.forEach(layer -> taken.add(layer.names));
    List<String> paths = new ArrayList<>();
    String common = commonStart();
    for (Layer layer : layers) {
      String path = layer.names;
      if (counts.containsKey(layer.names)) {
        path = another(layer.names, counts, taken);
      } else {
        counts.put(layer.names, 0);
      }
      paths.add(path.substring(common.length()));
    }
    List<TargetLayer> named = new ArrayList<>();
    Set<String> all = Set.copyOf(paths);
    for (int i = 0; i < paths.size(); i++) {
      NamedLayer known = NamedLayer.of(paths.get(i), all);
      List<TargetVariable> variables = variables(layers.get(i), known.path());
      if (!variables.isEmpty()) {
        named.add(
            new TargetLayer(known.path(), known.className(), MissingNode.getInstance(), variables));
      }
    }
    return named;
  }

  /** {@code attention_1/query} for a second {@code attention/query}. */
  private static String another(String names, Map<String, Integer> counts, Set<String> taken) {
    int slash = names.indexOf('/');
    String first = slash < 0 ? names : names.substring(0, slash);
    String rest = slash < 0 ? "" : names.substring(slash);
    String path;
    do {
      path = first + "_" + counts.merge(names, 1, Integer::sum) + rest;
    } while (taken.contains(path));
    return path;
  }

  /** The model's name before all names, with its {@code /}. */
  private String commonStart() {
    String first = layers.isEmpty() ? "" : layers.get(0).names;
    String start = first.substring(0, first.indexOf('/') + 1);
    boolean isCommon =
        layers.stream().allMatch(layer -> layer.names.startsWith(start))
            && layers.stream().map(layer -> layer.names).distinct().count() > 1;
    return isCommon ? start : "";
  }

  private List<TargetVariable> variables(Layer layer, String path) {
    List<TargetVariable> variables = new ArrayList<>();
    layer.variables.forEach(
        (name, found) -> {
          BundleEntry entry = bundle.entry(found.key());
          Optional<DType> type =
              entry.type().filter(known -> known.kind() != DType.Kind.OPAQUE && entry.size() >= 0);
          if (type.isPresent()) {
            String shown = path.isEmpty() ? name : path + "/" + name;
            TargetVariable variable = new TargetVariable(shown, name, type.get(), entry.shape());
            variables.add(variable);
            keys.put(variable, found.key());
          }
        });
    return variables;
  }
}
