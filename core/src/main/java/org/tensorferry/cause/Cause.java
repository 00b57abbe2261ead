package org.tensorferry.cause;

import java.util.Locale;

/**
 * What explains a difference, shown by a run.
 *
 * @param text what was done otherwise, as it follows "with "
 * @param before root of the mean square of the error, as a share of the signal's
 * @param after the same once the original is run in that way
 */
public record Cause(String text, double before, double after) {

  /** As a sentence. */
  public String sentence() {
    return String.format(
        Locale.ROOT,
        "With %s the error falls from %.2g to %.1g: that is what it computes.",
        text,
        before,
        after);
  }
}
