package org.tensorferry.tf;

import java.util.List;
import org.tensorferry.value.Structure;

/**
 * A converted {@code forward}.
 *
 * @param graph its body; {@link TfGraph#arguments()} are the inputs, {@link TfGraph#variables()}
 *     the weights it reads
 * @param argumentNames torch's name of each input, legal in TensorFlow and unique
 * @param result the structure that {@code forward} returns
 */
public record TfModel(TfGraph graph, List<String> argumentNames, Structure<TfValue> result) {

  public TfModel {
    argumentNames = List.copyOf(argumentNames);
  }

  /** The values that must be computed, in the order of {@link Structure#flatten()}. */
  public List<TfValue> results() {
    return List.copyOf(result.flatten().values());
  }
}
