package org.tensorferry.parity;

import java.util.List;

/**
 * How far apart two tensors of one shape are, computed in double. Places where both are the same
 * NaN or infinity are equal and are left out; where only one of them is not finite the error is
 * infinite.
 *
 * @param elements number of elements
 * @param maxAbsolute greatest {@code |a - b|}
 * @param meanAbsolute mean of {@code |a - b|}
 * @param maxRelative greatest {@code |a - b| / |b|} over the elements with {@code b != 0}
 * @param snrDb {@code 10 log10(sum b² / sum (a - b)²)}; infinite where nothing differs
 * @param cosine cosine of the angle between the two as vectors; 1 where both are zero
 * @param rms root of the mean of {@code b²}
 * @param outside number of elements outside the tolerance
 * @param worst the element farthest outside the tolerance, or with the greatest error
 */
public record Metrics(
    long elements,
    double maxAbsolute,
    double meanAbsolute,
    double maxRelative,
    double snrDb,
    double cosine,
    double rms,
    long outside,
    Place worst) {

  /** The same with another ratio. */
  Metrics withSnrDb(double db) {
    return new Metrics(
        elements, maxAbsolute, meanAbsolute, maxRelative, db, cosine, rms, outside, worst);
  }

  /**
   * One element of both tensors.
   *
   * @param index on each axis; empty for a scalar or where there are no elements
   * @param original the original's value
   * @param result TensorFlow's value
   */
  public record Place(List<Long> index, double original, double result) {}
}
