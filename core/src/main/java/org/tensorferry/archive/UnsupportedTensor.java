package org.tensorferry.archive;

/**
 * A tensor that is known to be there but can't be read: quantized, sparse, or of a type without a
 * counterpart. An error only for whoever needs its elements.
 *
 * @param kind what it is, as it fits into a sentence: {@code quantized}, {@code sparse}, {@code
 *     float8_e4m3fn}
 */
public record UnsupportedTensor(String kind) {}
