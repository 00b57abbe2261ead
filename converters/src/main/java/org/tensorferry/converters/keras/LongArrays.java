package org.tensorferry.converters.keras;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;

/** Small arrays of sizes and numbers. */
final class LongArrays {

  private LongArrays() {}

  static long[] ones(int count) {
    long[] ones = new long[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** The numbers of nested lists, in order. */
  static void flatten(JsonNode value, List<Double> into) {
    if (value.isArray()) {
      value.forEach(element -> flatten(element, into));
    } else if (value.isNumber()) {
      into.add(value.asDouble());
    }
  }
}
