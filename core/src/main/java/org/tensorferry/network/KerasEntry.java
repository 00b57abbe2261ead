package org.tensorferry.network;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.tensorferry.keras.TargetModel;

/** One entry of a model's list of layers: a layer, an operation, a model within the model. */
record KerasEntry(JsonNode json) {

  String className() {
    return json.path("class_name").asText("");
  }

  JsonNode config() {
    return json.path("config");
  }

  /** Unique in its list. */
  String name() {
    return json.path("name").asText(config().path("name").asText(""));
  }

  boolean isInput() {
    return className().equals("InputLayer");
  }

  /** True where the entry holds layers of its own. */
  boolean isModel() {
    return config().path("layers").isArray();
  }

  boolean isOperation() {
    return TargetModel.Config.isOperation(json);
  }

  /** The layers within. */
  List<KerasEntry> layers() {
    List<KerasEntry> layers = new ArrayList<>();
    config().path("layers").forEach(layer -> layers.add(new KerasEntry(layer)));
    return layers;
  }

  /** True for a Sequential: its layers are called one after another. */
  boolean isChain() {
    return isModel() && !config().has("input_layers");
  }

  /** Sizes of an input with the batch, as the entry says; empty where it doesn't. */
  JsonNode batchShape() {
    JsonNode shape = config().path("batch_shape");
    return shape.isArray() ? shape : config().path("batch_input_shape");
  }

  /**
   * The package of the user's own that the class is from; empty where it is Keras' own, or where
   * the file doesn't tell, as those of Keras 2.
   */
  String foreignModule() {
    String module = json.path("module").asText("");
    String registered = json.path("registered_name").asText("");
    boolean isKeras = module.matches("(tf_|tensorflow\\.|tensorflow\\.python\\.)?keras(\\..*)?");
    if (module.isEmpty() || module.equals("null") || isKeras) {
      return registered.contains(">") ? registered : "";
    }
    return module;
  }
}
