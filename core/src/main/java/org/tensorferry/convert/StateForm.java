package org.tensorferry.convert;

/** Where a result keeps what a call leaves behind for the next one. */
public enum StateForm {
  /** In variables of the model, which the call assigns. */
  VARIABLES,
  /** Nowhere: the caller passes it in and gets the new one back. */
  ARGUMENTS
}
