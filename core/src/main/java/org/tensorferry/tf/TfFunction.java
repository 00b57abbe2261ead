package org.tensorferry.tf;

import java.util.List;

/**
 * A graph that other nodes call: the condition or the body of a loop.
 *
 * @param name unique in the model
 * @param graph takes {@link TfGraph#parameters()}
 * @param results one value for each output
 */
public record TfFunction(String name, TfGraph graph, List<TfValue> results) {

  public TfFunction {
    results = List.copyOf(results);
  }

  @Override
  public String toString() {
    return name;
  }
}
