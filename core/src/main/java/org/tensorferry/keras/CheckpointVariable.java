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

  /** True where nothing but its number in a list leads to it. */
  boolean isListed() {
    return owner.isEmpty() || owner.matches("(.*/)?_?([a-z]+_)*variables(/.*)?");
  }

  /** True where attributes that the user named lead to it, and no list that Keras keeps. */
  boolean hasAttributes() {
    return !isListed()
        && !owner.matches("(.*/)?(_operations|_?layers|layer(_with_weights)?-\\d+)(/.*)?");
  }

  /** Named by the attributes that lead to it; what Keras puts between is left out. */
  CheckpointVariable byAttributes() {
    String own = key.substring(key.indexOf(owner) + owner.length()).replaceFirst("/\\..*$", "");
    String last = own.substring(own.lastIndexOf('/') + 1).replaceFirst("^_", "");
    return new CheckpointVariable(key, owner, owner.replaceFirst("/cell$", "") + "/" + last);
  }
}
