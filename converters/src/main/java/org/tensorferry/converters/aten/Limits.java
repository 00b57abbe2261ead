package org.tensorferry.converters.aten;

import org.tensorferry.rule.OpArgs;

/** What one call may add to the graph: a file of a kilobyte can ask for a graph of gigabytes. */
final class Limits {

  /** Tensors that one call returns, or steps that it is unrolled into. */
  private static final int PARTS = 1 << 16;

  /** Numbers of a constant that the conversion computes. */
  private static final int NUMBERS = 1 << 22;

  private Limits() {}

  /** A number of results, or of steps. */
  static int parts(OpArgs a, long count) {
    if (count > PARTS) {
      throw a.refuse(
          "it would be cut into " + count + " parts; " + PARTS + " are the limit",
          "keep large axes whole");
    }
    return (int) count;
  }

  /** A product that stays at the largest number instead of overflowing. */
  static long product(long a, long b) {
    return Math.multiplyHigh(a, b) == 0 && a * b >= 0 ? a * b : Long.MAX_VALUE;
  }

  /** A number of elements of a constant. */
  static int numbers(OpArgs a, long count) {
    if (count > NUMBERS) {
      throw a.refuse(
          "it would be a constant of " + count + " numbers; " + NUMBERS + " are the limit",
          "make it a buffer of the module");
    }
    return (int) count;
  }
}
