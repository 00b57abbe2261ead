package org.tensorferry.archive;

/** Python's {@code None} in a pickle. */
public enum PyNone {
  NONE;

  @Override
  public String toString() {
    return "None";
  }
}
