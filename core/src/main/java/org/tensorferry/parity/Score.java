package org.tensorferry.parity;

import java.util.List;

/**
 * What one named metric says of one output.
 *
 * @param metric which
 * @param value the number by which it is judged: the least or the mean of the parts, as {@link
 *     Metric} says; positive infinity where a ratio has no error
 * @param parts one number for each channel, row or bucket; empty where there is one alone
 * @param detail words beside the number; may be empty
 */
public record Score(Metric metric, double value, List<Double> parts, String detail) {

  public Score {
    parts = List.copyOf(parts);
  }
}
