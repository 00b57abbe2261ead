package org.tensorferry.keras;

import java.util.Set;

/**
 * What the names of a model tell of a layer where no config does: Keras' default names of cells and
 * of the projections of an attention.
 *
 * @param path as users see it, with the attributes of Keras where its names are others
 * @param className Keras' class, empty where the names do not tell
 */
record NamedLayer(String path, String className) {

  /**
   * Reads the names of a layer.
   *
   * @param names of the layer and what it is in, with {@code /} between
   * @param all such names of the model
   */
  static NamedLayer of(String names, Set<String> all) {
    int slash = names.lastIndexOf('/');
    String parent = slash < 0 ? "" : names.substring(0, slash);
    String name = names.substring(slash + 1);
    String ofCell = KerasNames.classOfCell(name);
    if (!ofCell.isEmpty() && slash >= 0 && !isStacked(parent)) {
      return new NamedLayer(direction(parent), ofCell);
    }
    String part = KerasNames.ATTENTION_PARTS.get(name);
    boolean isAttention =
        KerasNames.ATTENTION_PARTS.keySet().stream()
            .allMatch(key -> all.contains(parent + "/" + key));
    return part != null && isAttention
        ? new NamedLayer(parent + "/" + part, "EinsumDense")
        : new NamedLayer(names, "");
  }

  private static boolean isStacked(String path) {
    return KerasNames.classOf(path.substring(path.lastIndexOf('/') + 1)).equals("StackedRNNCells");
  }

  /** {@code both/forward_lstm} is {@code both/forward_layer}. */
  private static String direction(String path) {
    int slash = path.lastIndexOf('/');
    String name = path.substring(slash + 1);
    if (slash < 0 || !(name.startsWith("forward_") || name.startsWith("backward_"))) {
      return path;
    }
    return path.substring(0, slash + 1) + name.substring(0, name.indexOf('_')) + "_layer";
  }
}
