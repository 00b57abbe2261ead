package org.tensorferry.port;

/** Why a unit of torch tensors was given to a layer, the surest first. */
public enum Evidence {
  MAP_FILE("by the map file"),
  NAME("by name"),
  SHAPE("only shape that fits"),
  NUMBERS("by the numbers in the names"),
  ORDER("by order");

  private final String text;

  Evidence(String text) {
    this.text = text;
  }

  /** As reports print it. */
  @Override
  public String toString() {
    return text;
  }
}
