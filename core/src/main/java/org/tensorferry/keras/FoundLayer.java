package org.tensorferry.keras;

import java.util.List;

/**
 * A layer of an HDF5 file that owns datasets.
 *
 * @param path as users see it
 * @param config what the model's JSON says of it
 * @param variables in Keras' order
 */
record FoundLayer(String path, LayerConfig config, List<Variable> variables) {

  /**
   * One of its variables.
   *
   * @param path as users see it
   * @param name within the layer
   * @param dataset holds its value
   */
  record Variable(String path, String name, Hdf5Dataset dataset) {}
}
