package org.tensorferry.keras;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a model's JSON says of one layer or model.
 *
 * @param className Keras' class; empty where nothing is said
 * @param config arguments of its constructor; a missing node where nothing is said
 * @param place where the arguments stand in the JSON
 * @param isOperation true for a function of {@code keras.ops} in the list of layers, which no file
 *     of weights has a group for
 */
record LayerConfig(String className, JsonNode config, JsonPointer place, boolean isOperation) {

  LayerConfig(String className, JsonNode config, JsonPointer place) {
    this(className, config, place, false);
  }

  private static final int MAX_DEPTH = 64;

  /** Nothing is said. */
  static final LayerConfig NONE =
      new LayerConfig("", MissingNode.getInstance(), JsonPointer.empty());

  /** The layer that an object with {@code class_name} and {@code config} describes. */
  static LayerConfig of(JsonNode object, JsonPointer place) {
    return new LayerConfig(
        object.path("class_name").asText(""),
        object.path("config"),
        place.appendProperty("config"),
        TargetModel.Config.isOperation(object));
  }

  boolean isKnown() {
    return !className.isEmpty();
  }

  /** The user's name of it, empty where there is none. */
  String name() {
    return config.path("name").asText("");
  }

  /** A class where the JSON says nothing but its group's name does. */
  LayerConfig orClass(String inferred) {
    return isKnown() ? this : new LayerConfig(inferred, config, place);
  }

  /** The layers of a Sequential or Functional model; none for others. */
  List<LayerConfig> layers() {
    // Keras before 2.2.3 wrote the list itself as the config of a Sequential.
    boolean isList = config.isArray();
    JsonNode list = isList ? config : config.path("layers");
    JsonPointer listPlace = isList ? place : place.appendProperty("layers");
    List<LayerConfig> layers = new ArrayList<>();
    for (int i = 0; list.isArray() && i < list.size(); i++) {
      layers.add(of(list.get(i), listPlace.appendIndex(i)));
    }
    return layers;
  }

  /**
   * The layer that this one keeps under an attribute: {@code cell}, {@code layer}, {@code
   * forward_layer}, {@code query_dense}.
   */
  LayerConfig inner(String attribute) {
    if (attribute.equals("cell") && KerasNames.hasOwnCell(className)) {
      return this;
    }
    if (attribute.equals("backward_layer") && !config.has(attribute)) {
      return mirrored();
    }
    if (KerasNames.isAttention(className) && attribute.endsWith("_dense")) {
      return NONE.orClass("EinsumDense");
    }
    String key = attribute.equals("forward_layer") ? "layer" : attribute;
    JsonNode object = config.path(key);
    return object.has("class_name") ? of(object, place.appendProperty(key)) : NONE;
  }

  /** The second direction of a Bidirectional that was given the first one alone. */
  private LayerConfig mirrored() {
    LayerConfig forward = inner("forward_layer");
    if (!(forward.config instanceof ObjectNode arguments)) {
      return NONE;
    }
    ObjectNode turned = arguments.deepCopy();
    turned.put("go_backwards", !arguments.path("go_backwards").asBoolean());
    return new LayerConfig(forward.className, turned, forward.place);
  }

  /** The one layer of this name among the layers of this model and of the models in it. */
  Optional<Found> find(String name) {
    List<Found> found = new ArrayList<>();
    collect(name, "", 0, found);
    return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
  }

  /**
   * A layer of a model.
   *
   * @param path names of the models between, with {@code /} behind each, and its own
   */
  record Found(String path, LayerConfig layer) {}

  private void collect(String name, String prefix, int depth, List<Found> found) {
    if (depth > MAX_DEPTH) {
      return;
    }
    for (LayerConfig layer : layers()) {
      String path = prefix + layer.name();
      if (layer.name().equals(name)) {
        found.add(new Found(path, layer));
      }
      layer.collect(name, path + "/", depth + 1, found);
    }
  }
}
