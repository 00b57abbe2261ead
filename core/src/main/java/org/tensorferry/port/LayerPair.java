package org.tensorferry.port;

/**
 * Two layers that hold the same weights, and where each side's graph has their results.
 *
 * @param layer path of the target's layer
 * @param kerasClass its class
 * @param unit path of torch's module
 * @param ofKeras name of the node in the target's graph
 * @param ofTorch name of the node in the original's graph
 */
public record LayerPair(
    String layer, String kerasClass, String unit, String ofKeras, String ofTorch) {

  /** As reports print it. */
  @Override
  public String toString() {
    return "`" + unit + "` → `" + layer + "` (" + kerasClass + ")";
  }
}
