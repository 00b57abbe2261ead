package org.tensorferry.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/**
 * The smallest part of a model that owns variables: a Dense, one direction of a Bidirectional, the
 * query projection of a MultiHeadAttention.
 *
 * @param path the names that the user gave, outermost first, with {@code /} between: {@code
 *     encoder/conv1}, {@code bidirectional/forward_layer}
 * @param kerasClass Keras' class, for example {@code Dense} (for the cell of an RNN that of the
 *     RNN, {@code GRU}); empty where the file does not tell
 * @param config Keras' configuration of the layer; a missing node where the file has none
 * @param variables in Keras' order
 */
public record TargetLayer(
    String path, String kerasClass, JsonNode config, List<TargetVariable> variables) {

  public TargetLayer {
    variables = List.copyOf(variables);
  }

  /**
   * The path without the names that Keras gave: {@code dense_3}, {@code functional}. Keras counts
   * layers as they are made, in one Python process, so that these say nothing of their place.
   */
  public String givenPath() {
    List<String> names = List.of(path.split("/", -1));
    List<String> given = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String named = KerasNames.classOf(names.get(i));
      boolean isLast = i == names.size() - 1;
      boolean isKerasOwn =
          isLast
              ? !named.isEmpty() && (kerasClass.isEmpty() || named.equals(kerasClass))
              : KerasNames.holdsLayers(named);
      if (!isKerasOwn) {
        given.add(names.get(i));
      }
    }
    return String.join("/", given);
  }
}
