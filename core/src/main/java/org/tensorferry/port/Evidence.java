package org.tensorferry.port;

/** Why a unit of torch tensors was given to a layer, the surest first. */
public enum Evidence {
  MAP_FILE("by the map file"),
  FLOW("by data flow"),
  LIKENESS("by data flow, one of several that look alike"),
  NAME("by name"),
  SHAPE("only shape that fits"),
  SCOPE("within the part of the model that holds it"),
  NUMBERS("by the numbers in the names, along the data flow");

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
