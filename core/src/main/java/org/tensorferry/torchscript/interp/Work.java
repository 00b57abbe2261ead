package org.tensorferry.torchscript.interp;

import org.tensorferry.value.CallSite;
import org.tensorferry.value.Value;

/**
 * What following a model may cost beyond its statements: a statement may touch a list of a million
 * elements, so elements and characters are counted too. Models of torch spend a few thousand.
 */
final class Work {

  /** Elements that may be touched or copied; each takes some nanoseconds. */
  private static final long MOST = 50_000_000;

  /** What a new number costs beside an element that is only copied: it takes about 150 bytes. */
  private static final int NUMBER = 32;

  /** What a comparison costs beside looking at an element: some hundred nanoseconds. */
  private static final int COMPARISON = 16;

  /** Characters that cost as much as one element. */
  private static final int CHARACTERS = 16;

  /** Elements of a list, a million of which take 150 MB where they are numbers. */
  static final int LONGEST_LIST = 1_000_000;

  /** Characters of a string. */
  static final int LONGEST_TEXT = 1 << 20;

  private long spent;

  /** Forgets what was spent. */
  void restart() {
    spent = 0;
  }

  /** Counts elements that are looked at or copied. */
  void elements(long count, CallSite site) {
    spent += count;
    if (count < 0 || spent > MOST) {
      throw Refusal.of(
          site,
          "The model's own code handles more than " + MOST + " elements of lists and strings",
          "code that is no tensor operator is run while the model is converted",
          "handle large data with tensor operators");
    }
  }

  /** Counts a comparison of two values, which asks what dynamic dims may be. */
  void comparison(CallSite site) {
    elements(COMPARISON, site);
  }

  /** Counts new numbers in a list. */
  void numbers(long count, CallSite site) {
    elements(Math.min(count, MOST) * NUMBER, site);
  }

  /** Counts a value that is looked at, as deep as its own elements. */
  void value(Value value, CallSite site) {
    elements(size(value), site);
  }

  private static long size(Value value) {
    if (value instanceof Value.Str text) {
      return text.value().length() / CHARACTERS;
    }
    if (value instanceof Value.ListOf list) {
      return list.elements().size();
    }
    if (value instanceof Value.TupleOf tuple) {
      return tuple.elements().size();
    }
    return value instanceof Value.DictOf dict ? dict.elements().size() : 0;
  }

  /** Refuses a list before it is made. */
  static void limitList(long size, CallSite site) {
    if (size > LONGEST_LIST) {
      throw Refusal.of(
          site,
          "A list grows to " + size + " elements",
          "the limit is " + LONGEST_LIST,
          "build large data with tensor operators");
    }
  }

  /** Refuses a string before it is made. */
  static void limitText(long length, CallSite site) {
    if (length > LONGEST_TEXT) {
      throw Refusal.invalid(site, "A string grows beyond a million characters");
    }
  }

  /**
   * A product that stays at the largest number instead of overflowing; of numbers that are not
   * negative.
   */
  static long times(long a, long b) {
    return Math.multiplyHigh(a, b) != 0 || a * b < 0 ? Long.MAX_VALUE : a * b;
  }
}
