package org.tensorferry.keras;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;

/**
 * Finds the layers in the HDF5 file that Keras 2 writes, and Keras 3 for names that end in {@code
 * .h5}.
 *
 * <p>The root, or its group {@code model_weights}, has the attribute {@code layer_names}; each
 * layer is a group with the attribute {@code weight_names}, which are paths of datasets below it:
 * {@code conv1/kernel:0} (keras/src/legacy/saving/legacy_h5_format.py). The names of layers within
 * layers are in those paths, as far as Keras put them there.
 */
final class LegacyLayers {

  private final String file;
  private final Map<String, FoundLayer> found = new LinkedHashMap<>();

  private LegacyLayers(String file) {
    this.file = file;
  }

  /**
   * All layers with variables, in the model's order.
   *
   * @param weights the group with {@code layer_names}
   * @param model what the JSON says of the whole model; {@link LayerConfig#NONE} without one
   * @param file for messages
   */
  static List<FoundLayer> find(Hdf5Group weights, LayerConfig model, String file) {
    LegacyLayers layers = new LegacyLayers(file);
    Map<String, LayerConfig> configs = new LinkedHashMap<>();
    model.layers().forEach(layer -> configs.put(layer.name(), layer));
    for (String name : weights.texts("layer_names")) {
      layers.visit(weights, name, configs.getOrDefault(name, LayerConfig.NONE));
    }
    return layers.named();
  }

  private void visit(Hdf5Group weights, String layer, LayerConfig config) {
    Hdf5Group group = weights.at(layer);
    if (group == null) {
      throw broken("The group of the layer `" + layer + "` is missing.");
    }
    for (String weight : group.texts("weight_names")) {
      Hdf5Dataset dataset = group.dataset(weight);
      if (dataset == null) {
        throw broken("The variable `" + weight + "` of the layer `" + layer + "` is missing.");
      }
      List<String> parts = new ArrayList<>(List.of(weight.split("/")));
      String name = parts.remove(parts.size() - 1).replaceFirst(":\\d+$", "");
      // Some names begin with those of the model and the layer itself.
      int own = parts.indexOf(layer);
      List<String> below = parts.subList(own + 1, parts.size());
      Place place = place(new Place(layer, config), below);
      String shown = own < 0 ? layer + "/" + weight : weight.substring(weight.indexOf(layer));
      add(place, new FoundLayer.Variable(shown, name, dataset));
    }
  }

  private void add(Place place, FoundLayer.Variable variable) {
    FoundLayer known = found.get(place.path);
    List<FoundLayer.Variable> variables = new ArrayList<>();
    if (known != null) {
      variables.addAll(known.variables());
    }
    variables.add(variable);
    found.put(place.path, new FoundLayer(place.path, place.config, variables));
  }

  /** A layer as users see it, and what is known of it. */
  private record Place(String path, LayerConfig config) {
    Place below(String name, LayerConfig layer) {
      return new Place(path + "/" + name, layer);
    }
  }

  /** Goes from a layer to the one below it that the names lead to. */
  private static Place place(Place from, List<String> names) {
    LayerConfig config = from.config;
    if (names.isEmpty()) {
      // Keras 2 leaves out the name of the layer that a TimeDistributed repeats.
      LayerConfig repeated = config.inner("layer");
      boolean isRepeated = config.className().equals("TimeDistributed") && repeated.isKnown();
      return isRepeated ? from.below("layer", repeated) : from;
    }
    String name = names.get(0);
    List<String> rest = names.subList(1, names.size());
    if (KerasNames.hasOwnCell(config.className())) {
      return from;
    }
    if (config.className().equals("Bidirectional")) {
      String direction = name.startsWith("backward_") ? "backward_layer" : "forward_layer";
      return place(from.below(direction, config.inner(direction)), rest);
    }
    boolean hasOneCell = config.inner("cell").className().endsWith("Cell");
    if (config.className().equals("RNN") && hasOneCell) {
      return from.below("cell", config.inner("cell"));
    }
    String part = KerasNames.ATTENTION_PARTS.getOrDefault(name, "");
    if (KerasNames.isAttention(config.className()) && !part.isEmpty()) {
      return place(from.below(part, config.inner(part)), rest);
    }
    LayerConfig wrapped = config.inner("layer");
    if (wrapped.isKnown() && wrapped.name().equals(name)) {
      return place(from.below("layer", wrapped), rest);
    }
    if (name.equals(config.name())) {
      return place(from, rest);
    }
    LayerConfig.Found below = config.find(name).orElse(null);
    if (below != null) {
      return place(from.below(below.path(), below.layer()), rest);
    }
    return place(from.below(name, LayerConfig.NONE), rest);
  }

  /** Without a config, default names tell what some layers are. */
  private List<FoundLayer> named() {
    List<FoundLayer> layers = new ArrayList<>();
    for (FoundLayer layer : found.values()) {
      NamedLayer named = NamedLayer.of(layer.path(), found.keySet());
      layers.add(
          layer.config().isKnown()
              ? layer
              : new FoundLayer(
                  named.path(), LayerConfig.NONE.orClass(named.className()), layer.variables()));
    }
    return layers;
  }

  private FerryException broken(String what) {
    return Problem.of(what)
        .at("file", "`" + file + "`")
        .because("the file is damaged: its lists name what it does not hold")
        .fix("save the model again")
        .as(ExitCode.UNREADABLE);
  }
}
