package org.tensorferry.tflite;

import java.util.Locale;

/** How the numbers of a {@code .tflite} file are stored. */
public enum Quantization {
  /** 32 bits, as in the original. */
  FLOAT32,
  /** Weights in 16 bits, computing in 32. */
  FLOAT16,
  /** Weights in 8 bits, values in 32, rounded to 8 while matrices are multiplied. */
  DYNAMIC,
  /** Weights and values in 8 bits, by ranges that real inputs show. */
  INT8;

  /** Whether results are rounded to 8 bits, so that they are near the original's, not equal. */
  public boolean isLossy() {
    return this == DYNAMIC || this == INT8;
  }

  /** As users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
