package org.tensorferry.torchscript.interp;

/**
 * Ends a run at a branch on the result of an operator that has no rule: that problem is recorded
 * already, and there is no way to go on.
 */
final class Stopped extends RuntimeException {

  private static final long serialVersionUID = 1L;

  Stopped() {
    super("a branch depends on an operator without a rule", null, false, false);
  }
}
