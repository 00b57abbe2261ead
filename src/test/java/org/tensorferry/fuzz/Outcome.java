package org.tensorferry.fuzz;

/** What became of a program. */
sealed interface Outcome {

  /** Both engines agree. */
  record Equal() implements Outcome {}

  /** Both agree as far as the original agrees with itself when its rounding changes. */
  record Unstable(String text) implements Outcome {}

  /** libtorch itself does not run it. */
  record Discarded(String reason) implements Outcome {}

  /** The conversion says why not. */
  record Refused(String operator, String reason) implements Outcome {}

  /** A bug: another result, or a failure where libtorch has a result. */
  record Differs(String text) implements Outcome {}
}
