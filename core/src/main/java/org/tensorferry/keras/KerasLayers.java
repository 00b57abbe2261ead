package org.tensorferry.keras;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorferry.error.ExitCode;
import org.tensorferry.error.FerryException;
import org.tensorferry.error.Problem;

/**
 * Finds the layers in the HDF5 file that Keras 3 writes, alone ({@code .weights.h5}) or in a {@code
 * .keras} zip.
 *
 * <p>A layer is a group; its variables are the datasets {@code 0}, {@code 1}, ... of the group
 * {@code vars} in it, whose attribute {@code name} is the user's name of the layer. The layers of a
 * model are in its group {@code layers}, each under its class in snake case and {@code _1}, {@code
 * _2}, ... from the second of a class on, counted in the order of the model. Layers that a layer
 * keeps under an attribute are in a group of the attribute's name; lists of layers are groups
 * without {@code vars} ({@code _save_state} of keras/src/saving/saving_lib.py).
 *
 * <p>Without a JSON nothing tells the order of layers of different classes but the places that the
 * datasets were given when the file was written.
 */
final class KerasLayers {

  private static final String VARS = "vars";

  /** {@code _layer_checkpoint_dependencies} is what Keras 2.13 called it. */
  private static final Set<String> LAYERS = Set.of("layers", "_layer_checkpoint_dependencies");

  private static final Set<String> OF_TRAINING =
      Set.of("optimizer", "_compile_metrics", "_metrics", "_loss_tracker", "metrics");

  private final String file;
  private final List<FoundLayer> found = new ArrayList<>();
  private final Set<String> paths = new HashSet<>();

  private KerasLayers(String file) {
    this.file = file;
  }

  /**
   * All layers with variables, in the model's order.
   *
   * @param model what the JSON says of the whole model; {@link LayerConfig#NONE} without one
   * @param file for messages
   */
  static List<FoundLayer> find(Hdf5Group root, LayerConfig model, String file) {
    KerasLayers layers = new KerasLayers(file);
    layers.visit(root, model, "");
    return layers.found;
  }

  private void visit(Hdf5Group group, LayerConfig config, String path) {
    addOwn(group, config, path);
    List<Hdf5Group> below = new ArrayList<>(group.groups().values());
    below.sort(Comparator.comparingLong(Hdf5Group::made));
    for (Hdf5Group child : below) {
      String name = name(child);
      if (name.equals(VARS) || name.startsWith("seed_generator") || isOfTraining(group, name)) {
        continue;
      }
      if (LAYERS.contains(name)) {
        visitLayers(child, config, path);
      } else if (child.groups().containsKey(VARS)) {
        visitAttribute(child, name, config, path);
      } else {
        visitList(child, join(path, name));
      }
    }
  }

  private static boolean isOfTraining(Hdf5Group parent, String name) {
    return parent.path().isEmpty() && OF_TRAINING.contains(name);
  }

  private void addOwn(Hdf5Group group, LayerConfig config, String path) {
    Hdf5Group vars = group.groups().get(VARS);
    if (vars == null || vars.datasets().isEmpty()) {
      return;
    }
    List<FoundLayer.Variable> variables = new ArrayList<>();
    for (Hdf5Dataset dataset : inOrder(vars)) {
      String name = dataset.path().substring(vars.path().length() + 1);
      variables.add(new FoundLayer.Variable(dataset.path(), name, dataset));
    }
    String unique = paths.add(path) ? path : group.path();
    paths.add(unique);
    found.add(new FoundLayer(unique, config, variables));
  }

  /** By number; names that are none come last. */
  private static List<Hdf5Dataset> inOrder(Hdf5Group vars) {
    Map<String, Hdf5Dataset> left = new LinkedHashMap<>(vars.datasets());
    List<Hdf5Dataset> ordered = new ArrayList<>();
    for (int i = 0; left.containsKey(Integer.toString(i)); i++) {
      ordered.add(left.remove(Integer.toString(i)));
    }
    ordered.addAll(left.values());
    return ordered;
  }

  /** The layers of a model, by the model's JSON where there is one. */
  private void visitLayers(Hdf5Group group, LayerConfig model, String path) {
    Map<String, Hdf5Group> left = new LinkedHashMap<>(group.groups());
    Map<String, Integer> counts = new HashMap<>();
    List<LayerConfig> configs = model.layers();
    for (LayerConfig config : configs) {
      if (config.isOperation()) {
        continue;
      }
      String base = KerasNames.snakeCase(config.className());
      int count = counts.merge(base, 1, Integer::sum) - 1;
      Hdf5Group layer = left.remove(count == 0 ? base : base + "_" + count);
      // A layer that stands in the model twice is stored at its first place only.
      if (layer != null) {
        requireSameName(layer, config);
        visit(layer, config, join(path, config.name().isEmpty() ? name(layer) : config.name()));
      }
    }
    List<Hdf5Group> rest = new ArrayList<>(left.values());
    rest.sort(Comparator.comparingLong(Hdf5Group::made));
    for (Hdf5Group layer : rest) {
      if (!configs.isEmpty() && layer.count() > 0) {
        throw disagreeing(
            "The weights have a group `" + layer.path() + "`, which the config does not list.");
      }
      String name = userName(layer);
      LayerConfig inferred = LayerConfig.NONE.orClass(KerasNames.classOf(name(layer)));
      visit(layer, inferred, join(path, name == null ? name(layer) : name));
    }
  }

  private void requireSameName(Hdf5Group layer, LayerConfig config) {
    String stored = userName(layer);
    if (stored != null && !config.name().isEmpty() && !stored.equals(config.name())) {
      throw disagreeing(
          "The group `"
              + layer.path()
              + "` of the weights belongs to the layer `"
              + stored
              + "`, by the config it should be `"
              + config.name()
              + "`.");
    }
  }

  private FerryException disagreeing(String what) {
    return Problem.of(what)
        .at("file", "`" + file + "`")
        .because("weights and config are not of the same model")
        .fix("save the model again in Keras")
        .as(ExitCode.UNREADABLE);
  }

  /** A layer that a layer keeps: a cell, the layer of a wrapper, a layer of a subclassed model. */
  private void visitAttribute(Hdf5Group child, String attribute, LayerConfig owner, String path) {
    if (attribute.equals("cell") && KerasNames.hasOwnCell(owner.className())) {
      visit(child, owner, path);
      return;
    }
    LayerConfig config = owner.inner(attribute);
    String name = userName(child);
    if (!config.isKnown() && name != null) {
      config = config.orClass(KerasNames.classOf(name));
    }
    if (!config.isKnown()) {
      config = config.orClass(classOfItsCell(child));
    }
    visit(child, config, join(path, attribute));
  }

  /** An RNN whose class nothing tells but its cell's name. */
  private static String classOfItsCell(Hdf5Group layer) {
    Hdf5Group cell = layer.groups().get("cell");
    String name = cell == null ? null : userName(cell);
    return name == null ? "" : KerasNames.classOfCell(name);
  }

  /** Layers in a list or dict: groups named by class, as in a model. */
  private void visitList(Hdf5Group list, String path) {
    List<Hdf5Group> items = new ArrayList<>(list.groups().values());
    items.sort(Comparator.comparingLong(Hdf5Group::made));
    for (Hdf5Group item : items) {
      String name = name(item);
      if (item.groups().containsKey(VARS)) {
        LayerConfig inferred = LayerConfig.NONE.orClass(KerasNames.classOf(name));
        visit(item, inferred, join(path, name));
      } else {
        visitList(item, join(path, name));
      }
    }
  }

  /** The name that the user gave the layer, null where the file has none. */
  private static @Nullable String userName(Hdf5Group layer) {
    Hdf5Group vars = layer.groups().get(VARS);
    return vars == null ? null : vars.text("name").orElse(null);
  }

  private static String name(Hdf5Group group) {
    return group.path().substring(group.path().lastIndexOf('/') + 1);
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "/" + name;
  }
}
