package org.tensorferry.keras;

/**
 * A variable of a checkpoint.
 *
 * @param key in the checkpoint
 * @param owner what it belongs to by the graph of objects, or empty
 * @param name its name with those of its layers before it: {@code conv1/kernel}
 */
record CheckpointVariable(String key, String owner, String name) {

  /** Names of the layers. */
  String layer() {
    int slash = name.lastIndexOf('/');
    return slash < 0 ? "" : name.substring(0, slash);
  }

  /** Its name within the layer. */
  String ownName() {
    return name.substring(name.lastIndexOf('/') + 1);
  }
}
