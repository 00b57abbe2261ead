package org.tensorferry.parity;

import java.util.List;
import java.util.Optional;

/**
 * What a third party that ran beside libtorch and TensorFlow tells of the two.
 *
 * @param engine as {@code ONNX Runtime 1.23.2}
 * @param file what it ran or holds
 * @param said how inputs and outputs were brought together, in sentences
 * @param pairs of parties, and whether they agree on all cases that all three ran; empty where
 *     there is no such case
 * @param alone the party that differs from the two others, which agree
 * @param verdict in a sentence
 */
public record RefereeReport(
    String engine,
    String file,
    List<String> said,
    List<Pair> pairs,
    Optional<String> alone,
    String verdict) {

  /**
   * Two of the three.
   *
   * @param leastSnrDb of all outputs, infinite where nothing differs, NaN where none was compared
   */
  public record Pair(String first, String second, boolean agree, double leastSnrDb) {}

  public RefereeReport {
    said = List.copyOf(said);
    pairs = List.copyOf(pairs);
  }
}
