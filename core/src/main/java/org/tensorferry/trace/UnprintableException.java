package org.tensorferry.trace;

/** A call that the flat program can't repeat; its message says why. */
final class UnprintableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnprintableException(String why) {
    super(why);
  }
}
