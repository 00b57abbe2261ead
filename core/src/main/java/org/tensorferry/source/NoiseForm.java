package org.tensorferry.source;

/** What becomes of the random numbers that a method draws. */
public enum NoiseForm {
  /** A method that draws any can't be converted. */
  REFUSED,
  /** The caller draws them: each call's result is an argument. */
  ARGUMENTS,
  /** Normal noise is its mean everywhere, and nothing is dropped. */
  ZERO
}
